"""Step "recover"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds


@step_kind
class Recover(TimedStep):
    """Let go after a stressor or a contraction."""

    kind: Literal["recover"]
    seconds: Seconds = 120.0

    listed = 8
    in_short = "Let go"
    usual_title = "Let go"
    usual_say = "It is over. Breathe out and let everything sink."
    takes_goal = True
    lets_go = True
    role = "recovery"
