"""Step "reflect"."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from unclench.training.steps.step import Cue, Question, Step, step_kind
from unclench.training.steps.values import Words
from unclench.translation import tr


@step_kind
class Reflect(Step):
    """A question, answered in words or on a scale from 0 to 10; waits for the answer."""

    kind: Literal["reflect"]
    question: Words = Field(min_length=1, max_length=200)
    answer: Literal["words", "scale"] = "words"
    low: Words = Field(default=tr("not at all"), max_length=40)  # what 0 means
    high: Words = Field(default=tr("very much"), max_length=40)  # what 10 means

    listed = 10
    usual_title = tr("A question")
    picture = "question"
    scored = False

    def in_words(self) -> str:
        if self.answer == "words":
            return tr("{question} (in words)", question=self.question)
        return tr(
            "{question} (0 {low}, 10 {high})", question=self.question, low=self.low, high=self.high
        )

    def asks(self) -> Question:
        return Question(self.question, self.say, self.answer, self.low, self.high)

    def cue(self, step_s: float) -> Cue:
        return Cue(self.question, self.say, "answer", None)
