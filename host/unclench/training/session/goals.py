"""What counts as low enough, in microvolts for each channel, and what cannot be a goal.

Nothing here creeps: a goal follows from frozen figures, and the one that moves only falls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from unclench.errors import InputError
from unclench.training.placement.values import TrainedChannel, floor_uv
from unclench.training.programs.program import Program
from unclench.training.steps.goal import BaselineGoal, FixedGoal, Goal, ReferenceGoal, ShapingGoal

_SHAPE_EVERY_S = 10.0
_SHAPE_AFTER_S = 30.0  # of trusted rows, before which a percentile says little


class GoalError(Exception):
    """A goal that cannot be set; the message is a sentence."""


def goal_uv(goal: Goal, channel: TrainedChannel) -> float:
    """Where a goal begins, in uV. Raises GoalError with a sentence."""
    if isinstance(goal, FixedGoal):
        uv, words = goal.uv, f"{goal.uv:g} µV"
    elif isinstance(goal, ReferenceGoal):
        if channel.reference is None:
            why = channel.why_no_reference or f"{channel.label} has none yet: calibrate it first."
            raise GoalError(f"The goal is {goal.percent:g} % of a reference contraction. {why}")
        uv = goal.percent / 100 * channel.reference.uv
        words = f"{goal.percent:g} % of {channel.reference.uv:.0f} µV, which is {uv:.2f} µV"
    else:
        if channel.baseline is None:
            why = channel.why_no_baseline or (
                f"{channel.label} has none yet: calibrate it first, or put a baseline step before."
            )
            raise GoalError(f"The goal refers to a resting baseline. {why}")
        times = goal.times if isinstance(goal, BaselineGoal) else goal.highest_times
        uv = times * channel.baseline.mean_uv
        words = (
            f"{times:g} times the resting {channel.baseline.mean_uv:.2f} µV, which is {uv:.2f} µV"
        )
    if uv < floor_uv(channel):
        assert channel.noise_uv is not None
        raise GoalError(
            f"The goal of {words} cannot be seen on {channel.label}: the instrument itself adds "
            f"{channel.noise_uv:.2f} µV, and below {floor_uv(channel):.2f} µV rest and noise look "
            "the same; choose a higher goal."
        )
    return uv


class GoalTracker:
    """The goal of one channel during one step."""

    def __init__(self, goal: Goal, channel: TrainedChannel, row_hz: float) -> None:
        self.uv = goal_uv(goal, channel)
        self._shaping = goal if isinstance(goal, ShapingGoal) else None
        if self._shaping is not None:
            assert channel.baseline is not None
            lowest_uv = self._shaping.lowest_times * channel.baseline.mean_uv
            self._lowest_uv = min(self.uv, max(lowest_uv, floor_uv(channel)))
            self._recent: deque[float] = deque(maxlen=round(self._shaping.last_s * row_hz))
            self._every_n = round(_SHAPE_EVERY_S * row_hz)
            self._after_n = round(_SHAPE_AFTER_S * row_hz)
            self._seen_n = 0

    def follow(self, tension_uv: float) -> bool:
        """Take a confirmed row of trusted tension; say whether the goal has fallen."""
        if self._shaping is None:
            return False
        self._recent.append(tension_uv)
        self._seen_n += 1
        if self._seen_n % self._every_n or self._seen_n < self._after_n:
            return False
        wanted = float(np.percentile(self._recent, self._shaping.percentile))
        before, self.uv = self.uv, min(self.uv, max(wanted, self._lowest_uv))
        return self.uv < before


def check_goals(program: Program, channels: Sequence[TrainedChannel]) -> None:
    """Raise InputError, in one sentence, for a goal that is sure to be refused."""
    if not channels:
        raise InputError(
            "No channel is trained: say where the sensor is with --place, such as 1:shoulder:left."
        )
    known = list(channels)
    for number, step in enumerate(program.flat(), 1):
        for k, channel in enumerate(known):
            known[k] = step.expected(channel)
            if step.goal is None or step.measures:
                continue
            try:
                goal_uv(step.goal, known[k])
            except GoalError as refused:
                raise InputError(f"Step {number} ({step.name}): {refused}") from refused
