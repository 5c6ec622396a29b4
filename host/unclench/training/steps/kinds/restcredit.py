"""Step "rest-credit"."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Counts, Setting
from unclench.training.steps.values import Seconds, refuse
from unclench.translation import tr
from unclench.wording import exactly


@step_kind
class RestCredit(TimedStep):
    """Collect rest: one credit for each second at rest, and one for each moment of rest."""

    kind: Literal["rest-credit"]
    seconds: Seconds = 300.0
    moment_s: float = Field(default=1.0, ge=0.2, le=30, description=tr("seconds"))

    listed = 5
    usual_title = tr("Rest")
    usual_say = tr("You earn a credit for every second at rest, and for every moment of rest.")
    takes_goal = True
    needs_baseline = True  # the rest level follows from it

    @model_validator(mode="after")
    def _can_be_done(self) -> RestCredit:
        if self.moment_s > self.seconds:
            refuse(
                (
                    ("moment_s",),
                    tr(
                        "{moment_s:g} is longer than the step; give at most {seconds:g}, "
                        "or increase seconds",
                        moment_s=self.moment_s,
                        seconds=self.seconds,
                    ),
                )
            )
        return self

    def in_words(self) -> str:
        moment = exactly(self.moment_s)
        return tr(
            "Collect rest for {seconds}; a moment of rest is {moment}",
            seconds=exactly(self.seconds),
            moment=moment,
        )

    def counts(self, setting: Setting) -> Credits:
        return Credits(self.moment_s)


class Credits(Counts):
    """Earns credits for rest."""

    def __init__(self, moment_s: float) -> None:
        self.moment_s = moment_s
