"""Step "baseline", and what makes a resting baseline of its rows."""

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
from unclench.wording import exactly

_TO_COME = RestBaseline(inf, 0.0, 0.0, 0.0)  # will be measured before it is needed
_RESTLESS = 0.5  # deviation over mean from which on it is no rest


@step_kind
class Baseline(TimedStep):
    """Measure the resting baseline; from its end on it is frozen for the whole session."""

    kind: Literal["baseline"]
    seconds: float = Field(default=60.0, ge=20, le=600, description="seconds")

    listed = 1
    usual_title = "Sit still and let go"
    usual_say = "Your resting level is being measured."
    measures = "baseline"
    role = "baseline"

    def in_words(self) -> str:
        return f"Rest for {exactly(self.seconds)}: your resting baseline"

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        return replace(channel, baseline=channel.baseline or _TO_COME)

    def begin(self, setting: Setting) -> RestMeasurement:
        return RestMeasurement(setting.channels, setting.stream)


class RestMeasurement(Measurement):
    """Measures rest. A baseline that a channel has already stays as it is: it is frozen."""

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
            raise MeasurementError(f"The resting level of {channel.label}: {error}") from error
        if found.sd_uv > _RESTLESS * found.mean_uv:
            raise MeasurementError(
                f"The resting level of {channel.label} was {found.mean_uv:.1f} µV with a deviation "
                f"of {found.sd_uv:.1f} µV, and less than half of it was expected at rest: sit "
                "still, let go, and measure again."
            )
        return RestBaseline(found.mean_uv, found.sd_uv, found.n / self._row_hz, fast.sd_uv)
