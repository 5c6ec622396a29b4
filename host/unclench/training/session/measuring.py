"""Measuring steps: rows in, a channel's baseline or reference out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.programs.program import Baseline, Reference
from unclench.training.rows import Row
from unclench.training.session.goals import floor_uv
from unclench_dsp import best_stable_second, resting_baseline

_RESTLESS = 0.5  # deviation over mean from which on it is no rest
_CLEARLY = 3.0  # times the baseline that a reference contraction must at least be


class MeasurementError(Exception):
    """A channel that could not be measured; the message is a sentence."""


class Measurement:
    """Collects the confirmed rows of a baseline or reference step."""

    def __init__(
        self,
        step: Baseline | Reference,
        channels: Sequence[TrainedChannel],
        row_hz: float,
        window_s: float,
    ) -> None:
        self.step = step
        self._channels = list(channels)
        self._row_hz = row_hz
        self._window_s = window_s  # of the fast RMS
        self._parts: list[int] = []
        self._fast_uv: list[list[float]] = []
        self._slow_uv: list[list[float]] = []

    def add(self, part: int, row: Row, usable: Sequence[bool]) -> None:
        """Take a row of the step."""
        nan = float("nan")
        pairs = list(zip(self._channels, usable, strict=True))
        self._parts.append(part)
        self._fast_uv.append([row.fast_uv[c.index] if ok else nan for c, ok in pairs])
        self._slow_uv.append([row.slow_uv[c.index] if ok else nan for c, ok in pairs])

    def result(self) -> tuple[list[TrainedChannel], list[str], list[str]]:
        """Return the channels with what was measured, a line of words for each, and failures.

        A baseline that a channel has already stays as it is: it is frozen. One sensor that is off
        costs the others nothing.
        """
        measured, words, failures = [], [], []
        for k, channel in enumerate(self._channels):
            try:
                now, text = self._measure(k, channel)
            except MeasurementError as failure:
                failures.append(str(failure))
                measured.append(channel)
            else:
                words.append(text)
                measured.append(now)
        return measured, words, failures

    def _measure(self, k: int, channel: TrainedChannel) -> tuple[TrainedChannel, str]:
        if isinstance(self.step, Reference):
            reference = self._reference(k, channel, self.step)
            text = f"{channel.label}: {reference.uv:.1f} µV ({reference.strength})"
            return replace(channel, reference=reference), text
        baseline = self._baseline(k, channel)
        text = f"{channel.label}: {baseline.mean_uv:.2f} ± {baseline.sd_uv:.2f} µV at rest"
        if channel.baseline is not None:
            text += f"; {channel.baseline.mean_uv:.2f} µV stays the baseline"
        return replace(channel, baseline=channel.baseline or baseline), text

    def _baseline(self, k: int, channel: TrainedChannel) -> RestBaseline:
        slow_uv = np.array([row[k] for row in self._slow_uv])
        fast_uv = np.array([row[k] for row in self._fast_uv])
        try:
            found = resting_baseline(slow_uv, round(self._row_hz))
            fast = resting_baseline(fast_uv, round(self._window_s * self._row_hz))
        except ValueError as error:
            raise MeasurementError(f"The resting level of {channel.label}: {error}") from error
        if found.sd_uv > _RESTLESS * found.mean_uv:
            raise MeasurementError(
                f"The resting level of {channel.label} was {found.mean_uv:.1f} µV with a deviation "
                f"of {found.sd_uv:.1f} µV, and less than half of it was expected at rest: sit "
                "still, let go, and measure again."
            )
        return RestBaseline(found.mean_uv, found.sd_uv, found.n / self._row_hz, fast.sd_uv)

    def _reference(self, k: int, channel: TrainedChannel, step: Reference) -> ReferenceContraction:
        parts = np.array(self._parts)
        fast_uv = np.array([row[k] for row in self._fast_uv])
        slow_uv = np.array([row[k] for row in self._slow_uv])
        best_uv = 0.0
        for part in range(0, 2 * step.times, 2):
            here = parts == part
            try:
                found = best_stable_second(fast_uv[here], slow_uv[here], self._row_hz)
            except ValueError:
                continue  # one that was lost; the others may do
            best_uv = max(best_uv, found.uv)
        if channel.baseline is None:
            raise MeasurementError(
                f"{channel.label} has no resting level yet, so no contraction can be told from it: "
                "measure rest first."
            )
        least_uv = max(_CLEARLY * channel.baseline.mean_uv, floor_uv(channel))
        if best_uv <= least_uv:
            raise MeasurementError(
                f"No clear contraction was seen on {channel.label}: {best_uv:.1f} µV at most, and "
                f"more than {least_uv:.1f} µV was expected; tense the muscle under the sensor, or "
                "move the sensor onto it."
            )
        return ReferenceContraction(best_uv, step.strength)
