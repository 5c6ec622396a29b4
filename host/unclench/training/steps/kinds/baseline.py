"""Step "baseline", and how its rows become a resting baseline."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Literal

from pydantic import Field

from unclench.live.blocks import FloatArray, IntArray
from unclench.store.events.event import UV_DECIMALS, BaselineMeasured
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench.training.steps.measuring import Measurement, MeasurementError
from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Setting
from unclench.translation import tr
from unclench.wording import exactly

_TO_COME = RestBaseline(inf, 0.0, 0.0, 0.0)  # will be measured before it is needed
_RESTLESS = 0.5  # deviation over mean above which it was not rest


@step_kind
class Baseline(TimedStep):
    """Measure the resting baseline; it stays frozen for the rest of the session."""

    kind: Literal["baseline"]
    seconds: float = Field(default=60.0, ge=20, le=600, description=tr("seconds"))

    listed = 1
    usual_title = tr("Sit still and let go")
    usual_say = tr("Your resting baseline is being measured.")
    measures = "baseline"
    role = "baseline"

    def in_words(self) -> str:
        return tr(
            "Rest for {seconds} to measure your resting baseline", seconds=exactly(self.seconds)
        )

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        return replace(channel, baseline=channel.baseline or _TO_COME)

    def begin(self, setting: Setting) -> RestMeasurement:
        return RestMeasurement(setting.channels, setting.stream)


class RestMeasurement(Measurement):
    """Measures rest. A baseline that a channel already has is frozen and stays."""

    def _measure(
        self, channel: TrainedChannel, parts: IntArray, fast_uv: FloatArray, slow_uv: FloatArray
    ) -> tuple[TrainedChannel, BaselineMeasured]:
        found, kept = self._rest(channel, fast_uv, slow_uv), channel.baseline
        return replace(channel, baseline=kept or found), BaselineMeasured(
            channel.label,
            round(found.mean_uv, UV_DECIMALS),
            round(found.sd_uv, UV_DECIMALS),
            None if kept is None else round(kept.mean_uv, UV_DECIMALS),
        )

    def _rest(
        self, channel: TrainedChannel, fast_uv: FloatArray, slow_uv: FloatArray
    ) -> RestBaseline:
        from unclench_dsp import resting_baseline

        try:
            found = resting_baseline(slow_uv, round(self._row_hz))
            fast = resting_baseline(fast_uv, round(self._window_s * self._row_hz))
        except ValueError as error:
            raise MeasurementError(
                tr("Resting baseline of {label}: {error}", label=channel.label, error=error)
            ) from error
        if found.sd_uv > _RESTLESS * found.mean_uv:
            raise MeasurementError(
                tr(
                    "The tension of {label} varied too much for a resting baseline: "
                    "{mean_uv:.1f} µV with a standard deviation of {sd_uv:.1f} µV; at "
                    "rest it is less than half. Sit still, let go, and measure again.",
                    label=channel.label,
                    mean_uv=found.mean_uv,
                    sd_uv=found.sd_uv,
                )
            )
        return RestBaseline(found.mean_uv, found.sd_uv, found.n / self._row_hz, fast.sd_uv)
