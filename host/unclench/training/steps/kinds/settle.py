"""Step "settle"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds
from unclench.translation import tr


@step_kind
class Settle(TimedStep):
    """Sit down and let the signal settle; nothing is scored."""

    kind: Literal["settle"]
    seconds: Seconds = 30.0

    listed = 0
    in_short = tr("Settle")
    usual_title = tr("Arrive")
    usual_say = tr("Sit comfortably, with your hands still. Let your breath come and go.")
    scored = False
    tension = "settling"
