"""Step "reflect"."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from unclench.training.steps.step import Cue, Question, Step, step_kind
from unclench.training.steps.values import Words


@step_kind
class Reflect(Step):
    """A question, answered in words or on a scale from 0 to 10; waits for the answer."""

    kind: Literal["reflect"]
    question: Words = Field(min_length=1, max_length=200)
    answer: Literal["words", "scale"] = "words"
    low: Words = Field(default="not at all", max_length=40)  # what 0 means
    high: Words = Field(default="very much", max_length=40)  # what 10 means

    listed = 10
    usual_title = "A question"
    picture = "question"
    scored = False

    def in_words(self) -> str:
        how = "in words" if self.answer == "words" else f"0 {self.low}, 10 {self.high}"
        return f"{self.question} ({how})"

    def asks(self) -> Question:
        return Question(self.question, self.say, self.answer, self.low, self.high)

    def cue(self, step_s: float) -> Cue:
        return Cue(self.question, self.say, "answer", None)
