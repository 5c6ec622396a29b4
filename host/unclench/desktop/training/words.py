"""Numbers and sentences of the training pages. No number is shown that does not hold."""

from __future__ import annotations

import math

from unclench.live.blocks import LiveStatus
from unclench.live.words import tension_words
from unclench.training.placement.values import FLOOR_GATE, TrainedChannel
from unclench.training.session.snapshot import Score
from unclench.training.steps.goal import BaselineGoal, FixedGoal, Goal, ReferenceGoal, ShapingGoal
from unclench.translation import tr, trn
from unclench.wording import clock
from unclench_dsp.abovefloor import above_floor_uv

NOTHING = "–"

HELP = tr("""
<h3>What you see</h3>
<p>The number is how hard the muscle works, in microvolts (µV): its <b>tension</b>. Lower is calmer.
The <b>goal</b> is a line on the trace, with the area below it tinted. The dashed line is the
<b>noise floor</b>: the tension that the board shows without a muscle. The trace is grey where the
signal could not be trusted.</p>
<p>You cannot fail. You can pause a session, skip parts of it or end it at any time; what was
measured is kept.</p>
<h3>Keys on every page</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Enter</b>, <b>Esc</b></td><td>continue, go back</td></tr>
<tr><td><b>Tab</b></td><td>next control</td></tr>
<tr><td><b>Ctrl +</b>, <b>Ctrl -</b>, <b>Ctrl 0</b></td>
<td>larger, smaller or normal text</td></tr>
<tr><td><b>Ctrl T</b></td><td>light or dark</td></tr>
<tr><td><b>F11</b></td><td>full screen</td></tr>
<tr><td><b>F1</b></td><td>this page</td></tr>
<tr><td><b>Ctrl Q</b></td><td>close the window; a running session is ended and kept</td></tr>
</table>
<h3>In a session</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Space</b></td><td>pause or continue</td></tr>
<tr><td><b>N</b> or <b>→</b></td><td>skip to the next step</td></tr>
<tr><td><b>Esc</b></td><td>end early; asks first</td></tr>
<tr><td><b>Shift N</b></td><td>a note about this moment</td></tr>
<tr><td><b>S</b>, <b>T</b></td><td>sound on or off, light or dark</td></tr>
<tr><td>the tags' keys</td><td>mark what is happening now</td></tr>
</table>
<p>unclench is not a medical device.</p>
""")


def reliable_uv(channel: TrainedChannel) -> float:
    """Return the tension below which the channel shows only noise, in uV; 0 if not known."""
    return FLOOR_GATE * (channel.noise_uv or 0.0)


def now_words(tension_uv: float | None, channel: TrainedChannel) -> str:
    """Return the large number: '2.1', '<0.3' at the noise floor, '–' if there is none."""
    if tension_uv is None:
        return NOTHING
    least_uv = reliable_uv(channel)
    return f"<{least_uv:.1f}" if tension_uv < least_uv else tension_words(tension_uv)


def share_words(tension_uv: float | None, channel: TrainedChannel) -> str:
    """Return '0.8 % of reference', and the tension above the noise floor where it differs."""
    if tension_uv is None:
        return ""
    words, least_uv = [], reliable_uv(channel)
    if channel.reference is not None:
        percent = 100 * max(tension_uv, least_uv) / channel.reference.uv
        digits = f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"
        sign = "<" if tension_uv < least_uv else ""
        words.append(tr("{sign}{digits} % of reference", sign=sign, digits=digits))
    if channel.noise_uv is not None and tension_uv >= least_uv:
        above = tension_words(above_floor_uv(tension_uv, channel.noise_uv))
        if above != tension_words(tension_uv):
            words.append(tr("{uv} µV above the floor", uv=above))
    return "\n".join(words)


def goal_words(goal_uv: float | None, goal: Goal | None) -> str:
    """Return 'Goal: below 2.4 µV, 1.2 × your resting baseline'."""
    if goal_uv is None:
        return ""
    words = [tr("Goal: below {goal_uv} µV", goal_uv=tension_words(goal_uv))]
    if isinstance(goal, BaselineGoal):
        words.append(tr("{times:g} × your resting baseline", times=goal.times))
    elif isinstance(goal, ReferenceGoal):
        words.append(tr("{percent:g} % of your reference", percent=goal.percent))
    elif isinstance(goal, ShapingGoal):
        words.append(tr("follows you down"))
    else:
        assert goal is None or isinstance(goal, FixedGoal)
    return ", ".join(words)


def percent_words(share: float | None) -> str:
    """Return '62 %'."""
    return NOTHING if share is None else f"{100 * share:.0f} %"


def length_words(seconds: float | None) -> str:
    """Return '24 s', or '1:20' from a minute on."""
    if seconds is None:
        return NOTHING
    return f"{seconds:.0f} s" if seconds < 59.5 else clock(seconds)


def left_words(seconds: float) -> str:
    """Return the time left without hurry: whole minutes, then 'less than a minute'."""
    minutes = round(seconds / 60)
    if seconds < 55:
        return tr("less than a minute left")
    return trn("about {n} minute left", "about {n} minutes left", minutes)


def minutes_words(minutes: float | None) -> str:
    """Return '10 min'."""
    return "" if minutes is None else f"{math.ceil(minutes)} min"


def figures(score: Score) -> tuple[str, str, str, str]:
    """Return time below goal, time at rest, longest rest and last recovery."""
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
    """Return what to do once the signal has ended."""
    if status.cut_short:
        return tr(
            "The signal has ended: {reason}. Start again once the board is connected.",
            reason=status.why,
        )
    return tr("The recording is over. Open it again to train with it.")
