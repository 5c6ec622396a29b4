"""Tension over the breath in a breathing step, for each channel that is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row
from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.underway import Counts
from unclench_dsp import BreathAverage

_BINS = 20


@dataclass(frozen=True)
class BreathEffect:
    """Tension over the breath, for one channel."""

    channel: str
    breaths: int  # that went into it
    phase: tuple[float, ...]  # middle of each bin, 0 to 1
    mean_uv: tuple[float, ...]
    spread_uv: tuple[float, ...]  # standard deviation between breaths
    change: float | None  # exhale against inhale: -0.2 is 20 % lower; None: too few breaths
    change_low: float | None  # 95 % confidence interval
    change_high: float | None
    falls: bool | None  # lower on the exhale beyond chance; None: too few breaths to tell


class BreathWatch(Counts):
    """Averages confirmed rows over the pacer's breath; there is no breath sensor.

    `window_s` is that of the fast RMS.
    """

    def __init__(self, pacer: Pacer, channels: Sequence[TrainedChannel], window_s: float) -> None:
        self._pacer = pacer
        self._channels = list(channels)
        self._lag_s = window_s / 2  # of the fast RMS
        self._average = BreathAverage(_BINS, pacer.bounds, len(channels))
        self._breath = -1
        self._effects: tuple[BreathEffect, ...] | None = None

    def row(self, step_s: float, row: Row, usable: Sequence[bool]) -> None:
        """See Counts.row."""
        now = self._pacer.at(max(0.0, step_s - self._lag_s))
        if now.number != self._breath:
            self._breath = now.number
            self._effects = None
        tension_uv = np.array(
            [
                row.fast_uv[channel.index] if ok else np.nan
                for channel, ok in zip(self._channels, usable, strict=True)
            ]
        )
        self._average.add(now.number, now.phase, tension_uv)

    def close(self) -> None:
        """See Counts.close; the last breath counts too."""
        self._average.finish()
        self._effects = None

    def breath(self) -> tuple[BreathEffect, ...]:
        """See Counts.breath; news with every breath."""
        if self._effects is None:
            self._effects = tuple(self._effect(k) for k in range(len(self._channels)))
        return self._effects

    def _effect(self, k: int) -> BreathEffect:
        profile, effect = self._average.profile(), self._average.effect(k)
        return BreathEffect(
            self._channels[k].label,
            effect.breaths,
            tuple(profile.phase.tolist()),
            tuple(profile.mean_uv[:, k].tolist()),
            tuple(profile.spread_uv[:, k].tolist()),
            effect.change,
            effect.low,
            effect.high,
            effect.falls,
        )
