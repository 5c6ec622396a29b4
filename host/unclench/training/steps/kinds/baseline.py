"""Step "baseline", and how its rows become a resting baseline."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Literal

from pydantic import Field

from unclench.live.blocks import FloatArray, IntArray
from unclench.store.events.event import UV_DECIMALS, BaselineMeasured
from unclench.training.placement.resting import (
    LEAST_S,
    MOST_S,
    MeasurementError,
    compared,
    measured_rest,
)
from unclench.training.placement.values import RestBaseline, TrainedChannel, older
from unclench.training.steps.measuring import Measurement
from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Setting
from unclench.translation import tr
from unclench.wording import exactly

_TO_COME = RestBaseline(inf, 0.0, 0.0, 0.0)  # will be measured before it is needed


@step_kind
class Baseline(TimedStep):
    """Measure the resting baseline; it stays frozen for the rest of the session."""

    kind: Literal["baseline"]
    seconds: float = Field(default=60.0, ge=LEAST_S, le=MOST_S, description=tr("seconds"))

    listed = 1
    usual_title = tr("Sit still and let go")
    usual_say = tr("Your resting baseline is being measured.")
    measures = "baseline"
    attempts = (
        2  # twice its length at most: rest that has not come by then does not come by waiting
    )
    role = "baseline"

    def in_words(self) -> str:
        return tr(
            "Rest for {seconds} to measure your resting baseline", seconds=exactly(self.seconds)
        )

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        return channel if channel.own_baseline else replace(channel, baseline=_TO_COME)

    def begin(self, setting: Setting) -> RestMeasurement:
        return RestMeasurement(setting.channels, setting.stream)


class RestMeasurement(Measurement):
    """Measures rest. What a session measures replaces a calibration, and is then frozen."""

    def _measure(
        self, channel: TrainedChannel, parts: IntArray, fast_uv: FloatArray, slow_uv: FloatArray
    ) -> tuple[TrainedChannel, BaselineMeasured]:
        before = channel.baseline
        try:
            found = measured_rest(channel.label, fast_uv, slow_uv, self._row_hz, self._window_s)
        except MeasurementError as error:
            if before is None or channel.own_baseline:
                raise
            raise MeasurementError(
                tr(
                    "{error} The calibration stays in use: {uv:.2f} µV.",
                    error=error,
                    uv=before.mean_uv,
                )
            ) from error
        told = BaselineMeasured(
            channel.label, round(found.mean_uv, UV_DECIMALS), round(found.sd_uv, UV_DECIMALS)
        )
        if before is not None and channel.own_baseline:
            return channel, replace(told, kept_uv=round(before.mean_uv, UV_DECIMALS))
        if before is not None and not older(before) and compared(found, before).differs:
            told = replace(told, before_uv=round(before.mean_uv, UV_DECIMALS))
        return replace(channel, baseline=found, own_baseline=True, why_no_baseline=""), told

    def _unmeasured(self, channel: TrainedChannel, why: str) -> TrainedChannel:
        return replace(channel, why_no_baseline=why)
