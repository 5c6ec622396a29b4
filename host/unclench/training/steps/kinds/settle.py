"""Step "settle"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds


@step_kind
class Settle(TimedStep):
    """Arrive, sit, let the signal settle; nothing is scored."""

    kind: Literal["settle"]
    seconds: Seconds = 30.0

    listed = 0
    in_short = "Settle"
    usual_title = "Arrive"
    usual_say = "Sit comfortably, hands still. Let your breath find itself."
    scored = False
    tension = "settling"
