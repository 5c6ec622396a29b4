"""Step "reference", and how its rows become a reference contraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Literal

from pydantic import Field

from unclench.live.blocks import FloatArray, IntArray
from unclench.store.events.event import UV_DECIMALS, ReferenceMeasured
from unclench.training.placement.resting import MeasurementError
from unclench.training.placement.values import ReferenceContraction, TrainedChannel, floor_uv
from unclench.training.steps.measuring import Measurement
from unclench.training.steps.step import Cue, Rounds, Step, step_kind
from unclench.training.steps.underway import Setting
from unclench.translation import tr, trn
from unclench.wording import exactly

_CLEARLY = 3.0  # times the baseline: a reference contraction must be above it


@step_kind
class Reference(Step):
    """A reference contraction: `times` contractions; the best stable second becomes it."""

    kind: Literal["reference"]
    strength: Literal["gentle", "maximum"] = "gentle"
    times: int = Field(default=3, ge=1, le=5, description=tr("times"))
    tense_s: float = Field(default=5.0, ge=3, le=10, description=tr("seconds"))
    release_s: float = Field(default=15.0, ge=5, le=120, description=tr("seconds"))

    listed = 9
    usual_title = tr("Reference contraction")
    measures = "reference"
    tension = "asked"

    def in_words(self) -> str:
        tense, release = exactly(self.tense_s), exactly(self.release_s)
        if self.strength == "gentle":
            return trn(
                "Tense gently for {tense}, release for {release}: your reference contraction",
                "Tense gently for {tense}, release for {release}, {n} times: your reference "
                "contraction",
                self.times,
                tense=tense,
                release=release,
            )
        return trn(
            "Tense as hard as you can for {tense}, release for {release}: your reference "
            "contraction",
            "Tense as hard as you can for {tense}, release for {release}, {n} times: your "
            "reference contraction",
            self.times,
            tense=tense,
            release=release,
        )

    def rounds(self) -> Rounds:
        return Rounds(self.times, self.tense_s, self.release_s)

    def cue(self, step_s: float) -> Cue:
        left_s = self.part_left_s(step_s)
        if self.tenses(step_s):
            how = (
                tr("Gently, as if lifting a cup. Hold it steady.")
                if self.strength == "gentle"
                else tr("As hard as you can without pain. Hold it steady.")
            )
            return Cue(tr("Tense the muscle"), self.say or how, "tense", left_s)
        return Cue(tr("Let go"), tr("All at once. Then rest."), "release", left_s)

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        return replace(channel, reference=ReferenceContraction(inf, self.strength))

    def obstacle(self, channels: Sequence[TrainedChannel]) -> str:
        if any(channel.baseline is not None for channel in channels):
            return ""
        return tr(
            "The reference contraction was skipped: it needs a resting baseline to compare with."
        )

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
                tr(
                    "{label} has no resting baseline yet, and a contraction is compared with "
                    "it: measure the baseline first.",
                    label=channel.label,
                )
            )
        least_uv = max(_CLEARLY * channel.baseline.mean_uv, floor_uv(channel))
        if best_uv <= least_uv:
            raise MeasurementError(
                tr(
                    "No clear contraction on {label}: the highest was {best_uv:.1f} µV, and "
                    "more than {least_uv:.1f} µV was expected. Tense the muscle under the sensor, "
                    "or move the sensor onto it.",
                    label=channel.label,
                    best_uv=best_uv,
                    least_uv=least_uv,
                )
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
                continue  # this one was lost; the others may be enough
            best_uv = max(best_uv, found.uv)
        return best_uv
