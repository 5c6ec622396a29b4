"""Step "stressor"."""

from __future__ import annotations

from typing import Literal

from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.values import Seconds
from unclench.translation import tr


@step_kind
class Stressor(TimedStep):
    """Something stressful, so that recovery from it can be measured."""

    kind: Literal["stressor"]
    seconds: Seconds = 120.0

    listed = 7
    in_short = tr("Do something stressful")
    usual_title = tr("A little stress")
    usual_say = tr("Count down from 700 in sevens as fast as you can.")
    action = "stress"
    role = "activity"
    tension = "provoked"
