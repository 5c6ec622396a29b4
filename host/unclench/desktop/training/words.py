"""What the training's pages say: numbers and sentences. No number is said that does not hold."""

from __future__ import annotations

import math

from unclench.live.blocks import LiveStatus
from unclench.live.words import tension_words
from unclench.training.placement.values import FLOOR_GATE, TrainedChannel
from unclench.training.session.snapshot import Score
from unclench.training.steps.goal import BaselineGoal, FixedGoal, Goal, ReferenceGoal, ShapingGoal
from unclench.wording import clock

NOTHING = "–"

HELP = """
<h3>What you see</h3>
<p>The number is how hard the muscle works, in microvolts (µV): its <b>tension</b>. Lower is calmer.
The <b>goal</b> is a line on the trace, and below it the ground is tinted. The dashed line is the
<b>noise floor</b>: what the board itself adds. A grey piece of the trace could not be trusted.</p>
<p>Nothing has to succeed. A session can be paused, skipped in part or ended at any time, and what
was measured is kept.</p>
<h3>Keys in every page</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Enter</b>, <b>Esc</b></td><td>go on, go back</td></tr>
<tr><td><b>Tab</b></td><td>from one control to the next</td></tr>
<tr><td><b>Ctrl +</b>, <b>Ctrl -</b>, <b>Ctrl 0</b></td>
<td>larger, smaller, usual text</td></tr>
<tr><td><b>Ctrl T</b></td><td>light or dark</td></tr>
<tr><td><b>F11</b></td><td>full screen</td></tr>
<tr><td><b>F1</b></td><td>this page</td></tr>
<tr><td><b>Ctrl Q</b></td><td>close the window; a session is ended and kept</td></tr>
</table>
<h3>In a session</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Space</b></td><td>pause, and go on</td></tr>
<tr><td><b>N</b> or <b>→</b></td><td>skip to the next step</td></tr>
<tr><td><b>Esc</b></td><td>end early; asks once</td></tr>
<tr><td><b>Shift N</b></td><td>a note about this moment</td></tr>
<tr><td><b>S</b>, <b>T</b></td><td>sound on or off, light or dark</td></tr>
<tr><td>the tags' keys</td><td>mark what happens now</td></tr>
</table>
<p>unclench is not a medical device.</p>
"""


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
    return f"{seconds:.0f} s" if seconds < 59.5 else clock(seconds)


def left_words(seconds: float) -> str:
    """Time left without a countdown's haste: whole minutes, then 'less than a minute'."""
    minutes = round(seconds / 60)
    if seconds < 55:
        return "less than a minute left"
    return f"about {minutes} minute{'s' if minutes != 1 else ''} left"


def minutes_words(minutes: float | None) -> str:
    """'10 min'."""
    return "" if minutes is None else f"{math.ceil(minutes)} min"


def figures(score: Score) -> tuple[str, str, str, str]:
    """Time below goal, at rest, longest rest, last recovery."""
    below = NOTHING
    if score.with_goal_s:
        below = f"{length_words(score.below_goal_s)} · {percent_words(score.below_goal)}"
    known = score.with_rest_s > 0
    rest = f"{length_words(score.rest_s)} · {percent_words(score.rest_share)}"
    return (
        below,
        rest if known else NOTHING,
        length_words(score.longest_rest_s) if known else NOTHING,
        length_words(score.recovery_s[-1]) if score.recovery_s else NOTHING,
    )


def end_words(status: LiveStatus) -> str:
    """What to do once nothing more will come."""
    if status.cut_short:
        return f"The signal has ended: {status.why}. Start again once the sensor is back."
    return "The recording is over: open it again to train on it."
