"""Step "rest-credit"."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Counts, Setting
from unclench.training.steps.values import Seconds, refuse
from unclench.wording import exactly


@step_kind
class RestCredit(TimedStep):
    """Collect rest: a credit for each second at rest, and one for each moment of rest."""

    kind: Literal["rest-credit"]
    seconds: Seconds = 300.0
    moment_s: float = Field(default=1.0, ge=0.2, le=30, description="seconds")

    listed = 5
    usual_title = "Rest"
    usual_say = "Every second at rest counts, and every moment of it."
    takes_goal = True
    needs_baseline = True  # rest is told from it

    @model_validator(mode="after")
    def _can_be_done(self) -> RestCredit:
        if self.moment_s > self.seconds:
            most = f"give at most {self.seconds:g}, or more for seconds"
            refuse((("moment_s",), f"{self.moment_s:g} is longer than the step; {most}"))
        return self

    def in_words(self) -> str:
        moment = exactly(self.moment_s)
        return f"Collect moments of rest of {moment} for {exactly(self.seconds)}"

    def counts(self, setting: Setting) -> Credits:
        return Credits(self.moment_s)


class Credits(Counts):
    """Earns credits for rest."""

    def __init__(self, moment_s: float) -> None:
        self.moment_s = moment_s
