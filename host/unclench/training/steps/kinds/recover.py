"""Step "recover"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds
from unclench.translation import tr


@step_kind
class Recover(TimedStep):
    """Let go after a stressor or a contraction."""

    kind: Literal["recover"]
    seconds: Seconds = 120.0

    listed = 8
    in_short = tr("Let go")
    usual_title = tr("Let go")
    usual_say = tr("It is over. Breathe out and let go of everything.")
    takes_goal = True
    starts_recovery = True
    role = "recovery"
