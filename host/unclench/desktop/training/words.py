"""What the training's pages say: numbers and sentences. No number is said that does not hold."""

from __future__ import annotations

from unclench.desktop.words import clock_words, tension_words
from unclench.training.program import (
    BaselineGoal,
    FixedGoal,
    Goal,
    ReferenceGoal,
    ShapingGoal,
)
from unclench.training.snapshot import Score
from unclench.training.values import FLOOR_GATE, TrainedChannel

NOTHING = "–"


def reliable_uv(channel: TrainedChannel) -> float:
    """Tension below which this channel cannot be told from its own noise; 0: not known."""
    return FLOOR_GATE * (channel.noise_uv or 0.0)


def now_words(tension_uv: float | None, channel: TrainedChannel) -> str:
    """The large number: '2.1', '<0.3' at the noise floor, '–' where there is none to trust."""
    if tension_uv is None:
        return NOTHING
    least_uv = reliable_uv(channel)
    return f"<{least_uv:.1f}" if tension_uv < least_uv else tension_words(tension_uv)


def share_words(tension_uv: float | None, channel: TrainedChannel) -> str:
    """'0.8 % of your reference', or '' where either is missing."""
    if tension_uv is None or channel.reference is None:
        return ""
    least_uv = reliable_uv(channel)
    percent = 100 * max(tension_uv, least_uv) / channel.reference.uv
    digits = f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"
    sign = "<" if tension_uv < least_uv else ""
    return f"{sign}{digits} % of reference"


def goal_words(goal_uv: float | None, goal: Goal | None) -> str:
    """'Goal: below 2.4 µV, 1.2 × your resting baseline'."""
    if goal_uv is None:
        return ""
    why = ""
    if isinstance(goal, BaselineGoal):
        why = f", {goal.times:g} × your resting baseline"
    elif isinstance(goal, ReferenceGoal):
        why = f", {goal.percent:g} % of your reference"
    elif isinstance(goal, ShapingGoal):
        why = ", follows you down"
    else:
        assert goal is None or isinstance(goal, FixedGoal)
    return f"Goal: below {tension_words(goal_uv)} µV{why}"


def percent_words(share: float | None) -> str:
    """'62 %'."""
    return NOTHING if share is None else f"{100 * share:.0f} %"


def length_words(seconds: float | None) -> str:
    """'24 s', '1:20' from a minute on."""
    if seconds is None:
        return NOTHING
    return f"{seconds:.0f} s" if seconds < 59.5 else clock_words(seconds + 0.5).lstrip("0")


def left_words(seconds: float) -> str:
    """Time left without a countdown's haste: whole minutes, then 'less than a minute'."""
    minutes = round(seconds / 60)
    if seconds < 55:
        return "less than a minute left"
    return f"about {minutes} minute{'s' if minutes != 1 else ''} left"


def minutes_words(minutes: float | None) -> str:
    """'10 min'."""
    return "" if minutes is None else f"{max(1, round(minutes))} min"


def figures(score: Score) -> tuple[str, str, str, str]:
    """Time below goal, at rest, longest rest, last recovery."""
    below = NOTHING
    if score.with_goal_s:
        below = f"{length_words(score.below_goal_s)} · {percent_words(score.below_goal)}"
    rest = f"{length_words(score.rest_s)} · {percent_words(score.rest_share)}"
    scored = score.scored_s > 0
    return (
        below,
        rest if scored else NOTHING,
        length_words(score.longest_rest_s) if scored else NOTHING,
        length_words(score.recovery_s[-1]) if score.recovery_s else NOTHING,
    )
