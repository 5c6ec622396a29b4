"""Step "relax"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from unclench.training.steps.step import Cue, Rounds, Step, step_kind
from unclench.training.steps.values import Words
from unclench.translation import tr, trn
from unclench.wording import exactly


@step_kind
class Relax(Step):
    """Progressive muscle relaxation: each group is tensed and released, `times` in a row."""

    kind: Literal["relax"]
    groups: tuple[Annotated[Words, Field(min_length=1, max_length=60)], ...] = Field(
        min_length=1,
        max_length=20,
        strict=False,
        description=tr('names of muscle groups, as in ["hands", "face"]'),
    )
    tense_s: float = Field(default=6.0, ge=2, le=15, description=tr("seconds"))
    release_s: float = Field(default=35.0, ge=5, le=120, description=tr("seconds"))
    times: int = Field(default=2, ge=1, le=5, description=tr("times"))

    listed = 3
    usual_title = tr("Tense and release")
    usual_say = tr("Firmly, without pain. Keep breathing.")
    takes_goal = True
    tension = "asked"

    def in_words(self) -> str:
        return trn(
            "Tense for {tense}, release for {release}, once each: {groups}",
            "Tense for {tense}, release for {release}, {n} times each: {groups}",
            self.times,
            tense=exactly(self.tense_s),
            release=exactly(self.release_s),
            groups=", ".join(self.groups),
        )

    def rounds(self) -> Rounds:
        return Rounds(len(self.groups) * self.times, self.tense_s, self.release_s)

    def cue(self, step_s: float) -> Cue:
        left_s = self.part_left_s(step_s)
        group = self.groups[self.part(step_s) // (2 * self.times)]
        if self.tenses(step_s):
            return Cue(
                tr("Tense: {group}", group=group), self.say or self.usual_say, "tense", left_s
            )
        return Cue(
            tr("Let go: {group}", group=group),
            tr("All at once. Feel the difference."),
            "release",
            left_s,
        )
