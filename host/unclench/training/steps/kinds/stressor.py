"""Step "stressor"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds


@step_kind
class Stressor(TimedStep):
    """Something that stresses, so that the recovery can be seen."""

    kind: Literal["stressor"]
    seconds: Seconds = 120.0

    listed = 7
    in_short = "Something that stresses"
    usual_title = "A little stress"
    usual_say = "Count down from 700 in sevens, as fast as you can."
    action = "stress"
    role = "activity"
    tension = "provoked"
