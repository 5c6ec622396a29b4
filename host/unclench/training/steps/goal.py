"""Goals: what counts as low enough. `session/goals` turns each into microvolts for each channel."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from unclench.training.steps.values import Part
from unclench.translation import tr


class FixedGoal(Part):
    """A tension in microvolts."""

    kind: Literal["fixed"]
    uv: float = Field(gt=0, le=1000, description=tr("microvolts RMS"))


class ReferenceGoal(Part):
    """A percentage of the reference contraction."""

    kind: Literal["reference"]
    percent: float = Field(gt=0, le=100, description=tr("% of the reference contraction"))


class BaselineGoal(Part):
    """A multiple of the frozen resting baseline."""

    kind: Literal["baseline"]
    times: float = Field(gt=0, le=10, description=tr("times the resting baseline"))


class ShapingGoal(Part):
    """A percentile of the last minutes, within limits set by the frozen baseline.

    It begins at `highest_times` and can only fall, so a shoulder that creeps up does not raise its
    goal.
    """

    kind: Literal["shaping"]
    percentile: float = Field(
        default=40.0, ge=5, le=80, description=tr("% of the time it looks back on")
    )
    last_s: float = Field(default=120.0, ge=30, le=600, description=tr("seconds"))
    lowest_times: float = Field(
        default=0.7, gt=0, le=1, description=tr("times the resting baseline")
    )
    highest_times: float = Field(
        default=1.2, ge=1, le=2, description=tr("times the resting baseline")
    )


Goal: TypeAlias = Annotated[
    FixedGoal | ReferenceGoal | BaselineGoal | ShapingGoal, Field(discriminator="kind")
]

GOAL_EXAMPLE = tr('a goal, as in { kind = "baseline", times = 1.2 }')
GOALS: dict[str, type[Part]] = {
    get_args(goal.model_fields["kind"].annotation)[0]: goal
    for goal in (FixedGoal, ReferenceGoal, BaselineGoal, ShapingGoal)
}
