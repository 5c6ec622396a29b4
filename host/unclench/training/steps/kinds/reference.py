"""Step "reference", and what makes a reference contraction of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Literal

from pydantic import Field

from unclench.live.blocks import FloatArray, IntArray
from unclench.store.events.event import UV_DECIMALS, ReferenceMeasured
from unclench.training.placement.values import ReferenceContraction, TrainedChannel, floor_uv
from unclench.training.steps.measuring import Measurement, MeasurementError
from unclench.training.steps.step import Cue, Rounds, Step, step_kind
from unclench.training.steps.underway import Setting
from unclench.wording import exactly

_CLEARLY = 3.0  # times the baseline that a reference contraction must at least be


@step_kind
class Reference(Step):
    """A reference contraction: `times` contractions; the best stable second is the reference."""

    kind: Literal["reference"]
    strength: Literal["gentle", "maximum"] = "gentle"
    times: int = Field(default=3, ge=1, le=5, description="times")
    tense_s: float = Field(default=5.0, ge=3, le=10, description="seconds")
    release_s: float = Field(default=15.0, ge=5, le=120, description="seconds")

    listed = 9
    usual_title = "Reference contraction"
    measures = "reference"
    tension = "asked"

    def in_words(self) -> str:
        strength = "gently" if self.strength == "gentle" else "as hard as you can"
        times = "once" if self.times == 1 else f"{self.times} times"
        return (
            f"Tense {strength} for {exactly(self.tense_s)}, release for "
            f"{exactly(self.release_s)}, {times}: your reference contraction"
        )

    def rounds(self) -> Rounds:
        return Rounds(self.times, self.tense_s, self.release_s)

    def cue(self, step_s: float) -> Cue:
        left_s = self.part_left_s(step_s)
        if self.tenses(step_s):
            gentle = self.strength == "gentle"
            how = "Gently, as if lifting a cup" if gentle else "As hard as is good"
            said = self.say or f"{how}, and hold it steady."
            return Cue("Tense the muscle", said, "tense", left_s)
        return Cue("Let go", "All at once, and rest.", "release", left_s)

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        return replace(channel, reference=ReferenceContraction(inf, self.strength))

    def why_not(self, channels: Sequence[TrainedChannel]) -> str:
        if any(channel.baseline is not None for channel in channels):
            return ""
        return "No contraction is measured, as there is no resting level to tell it from."

    def begin(self, setting: Setting) -> ContractionMeasurement:
        return ContractionMeasurement(self, setting)


class ContractionMeasurement(Measurement):
    """Measures the best stable second of all contractions of a step."""

    def __init__(self, step: Reference, setting: Setting) -> None:
        super().__init__(setting.channels, setting.stream)
        self._step = step

    def _measure(
        self, channel: TrainedChannel, parts: IntArray, fast_uv: FloatArray, slow_uv: FloatArray
    ) -> tuple[TrainedChannel, ReferenceMeasured]:
        best_uv = self._best_uv(parts, fast_uv, slow_uv)
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
        strength = self._step.strength
        found = ReferenceContraction(best_uv, strength)
        told = ReferenceMeasured(channel.label, round(best_uv, UV_DECIMALS), strength)
        return replace(channel, reference=found), told

    def _best_uv(self, parts: IntArray, fast_uv: FloatArray, slow_uv: FloatArray) -> float:
        from unclench_dsp import best_stable_second

        best_uv = 0.0
        for part in range(0, self._step.rounds().n_parts, 2):
            here = parts == part
            try:
                found = best_stable_second(fast_uv[here], slow_uv[here], self._row_hz)
            except ValueError:
                continue  # one that was lost; the others may do
            best_uv = max(best_uv, found.uv)
        return best_uv
