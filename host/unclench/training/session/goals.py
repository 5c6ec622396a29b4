"""What counts as low enough, in microvolts for each channel, and which goals are refused.

Goals do not creep up: they follow from frozen figures, and the one that moves can only fall.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from unclench.errors import InputError
from unclench.training.placement.values import TrainedChannel, floor_uv
from unclench.training.programs.program import Program
from unclench.training.steps.goal import BaselineGoal, FixedGoal, Goal, ReferenceGoal, ShapingGoal
from unclench.translation import tr
from unclench_dsp.abovefloor import times_above_floor

_SHAPE_EVERY_S = 10.0
_SHAPE_AFTER_S = 30.0  # of trusted rows; with fewer a percentile says little


class GoalError(Exception):
    """A goal that is not possible; the message is a sentence."""


def goal_uv(goal: Goal, channel: TrainedChannel) -> float:
    """Return a goal's first value, in uV. Raises GoalError with a sentence.

    A multiple of a baseline or reference is one of the muscle's own tension, so the instrument's
    noise is subtracted before and added again after: the goal is compared with raw tension.
    """
    noise_uv = channel.noise_uv or 0.0
    if isinstance(goal, FixedGoal):
        uv, words = goal.uv, tr("{uv:g} µV", uv=goal.uv)
    elif isinstance(goal, ReferenceGoal):
        if channel.reference is None:
            reason = channel.why_no_reference or tr(
                "{label} has none yet: calibrate it first.", label=channel.label
            )
            raise GoalError(
                tr(
                    "The goal is {percent:g} % of a reference contraction. {reason}",
                    percent=goal.percent,
                    reason=reason,
                )
            )
        uv = times_above_floor(channel.reference.uv, goal.percent / 100, noise_uv)
        words = tr(
            "{uv:.2f} µV ({percent:g} % of the reference of {reference_uv:.0f} µV)",
            uv=uv,
            percent=goal.percent,
            reference_uv=channel.reference.uv,
        )
    else:
        if channel.baseline is None:
            reason = channel.why_no_baseline or tr(
                "{label} has none yet: calibrate it first, or put a baseline step before.",
                label=channel.label,
            )
            raise GoalError(tr("The goal refers to a resting baseline. {reason}", reason=reason))
        times = goal.times if isinstance(goal, BaselineGoal) else goal.highest_times
        uv = times_above_floor(channel.baseline.mean_uv, times, noise_uv)
        words = tr(
            "{uv:.2f} µV ({times:g} times the baseline of {baseline_uv:.2f} µV)",
            uv=uv,
            times=times,
            baseline_uv=channel.baseline.mean_uv,
        )
    if uv < floor_uv(channel):
        assert channel.noise_uv is not None
        raise GoalError(
            tr(
                "The goal of {words} is too low for {label}: the noise floor is {noise_uv:.2f} µV, "
                "and below {floor_uv:.2f} µV rest and noise look the same. Choose a higher goal.",
                words=words,
                label=channel.label,
                noise_uv=channel.noise_uv,
                floor_uv=floor_uv(channel),
            )
        )
    return uv


class GoalTracker:
    """The goal of one channel during one step."""

    def __init__(self, goal: Goal, channel: TrainedChannel, row_hz: float) -> None:
        self.uv = goal_uv(goal, channel)
        self._shaping = goal if isinstance(goal, ShapingGoal) else None
        if self._shaping is not None:
            assert channel.baseline is not None
            lowest_uv = times_above_floor(
                channel.baseline.mean_uv, self._shaping.lowest_times, channel.noise_uv or 0.0
            )
            self._lowest_uv = min(self.uv, max(lowest_uv, floor_uv(channel)))
            self._recent: deque[float] = deque(maxlen=round(self._shaping.last_s * row_hz))
            self._every_n = round(_SHAPE_EVERY_S * row_hz)
            self._after_n = round(_SHAPE_AFTER_S * row_hz)
            self._seen_n = 0

    def follow(self, tension_uv: float) -> bool:
        """Take a confirmed row of trusted tension; return whether the goal has fallen."""
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
    """Raise InputError, in one sentence, for a goal that would be refused."""
    if not channels:
        raise InputError(
            tr(
                "No channel to train: give the place of the sensor with --place, such as "
                "1:shoulder:left."
            )
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
                words = tr(
                    "Step {number} ({name}): {refused}",
                    number=number,
                    name=step.name,
                    refused=refused,
                )
                raise InputError(words) from refused
