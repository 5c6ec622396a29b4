"""What is said of a trial while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.settings import Place
from unclench.training.placement.sites import place_label
from unclench.training.steps.step import Step
from unclench.trial.phases import Standing, last_day
from unclench.trial.plan import MEASURE_WORDS, Trial

UNSHOWN = "Self-trial: tension is not shown in this block."
SHOWN_ANYWAY = "Self-trial: you see tension in a block without feedback. This is recorded."
SHOWN_NOTE = "Tension shown in a block without feedback."


def plan_words(trial: Trial) -> list[str]:
    """The plan in lines, without the order that was drawn."""
    days = 2 * trial.pairs * trial.block_days
    return [
        "Question: does seeing my tension help?",
        f"Measured: {MEASURE_WORDS[trial.measure]} of the sessions on {trial.site} in the "
        f"{trial.band.name} band ({trial.band.low_hz:g}-{trial.band.high_hz:g} Hz)"
        + (", virtual board." if trial.virtual else "."),
        f"{2 * trial.pairs} blocks of {_days(trial.block_days)}, with and without feedback in "
        f"{trial.pairs} pairs; which comes first in a pair is drawn, and told when it is due.",
        f"From {trial.starts} to {last_day(trial)}: {_days(days)}. At least one session a block.",
    ]


def standing_words(standing: Standing, done_today: int | None = None) -> str:
    """Where it stands, in a sentence or three.

    `done_today` counts the day's sessions so far; None where that is not known.
    """
    trial, block = standing.trial, standing.block
    if standing.state == "to come":
        wait = (trial.starts - standing.day).days
        return f"The self-trial begins on {trial.starts}, in {_days(wait)}."
    if standing.state == "stopped":
        return f"The self-trial was stopped on {trial.stopped}."
    if block is None:
        return "The self-trial is over: `unclench trial verdict` tells what came of it."
    phase = "with feedback" if block.feedback else "without feedback, tension is not shown"
    left = standing.days_left
    until = "this is its last day" if not left else f"{_days(left)} left after today"
    words = f"Self-trial, block {block.number + 1} of {2 * trial.pairs}: {phase}; {until}."
    if not standing.placed:
        words += f" It is about {trial.site}; no place is known here, so it holds for any signal."
    if done_today is None:
        return words
    if not done_today:
        return f"{words} Today's session is still to be done."
    return f"{words} Today's session is done."


def unseen_words(step: Step, detail: str) -> str:
    """What to do in a step, where tension is not shown, in place of the `detail` of its cue.

    A program's own words stay, but may speak of what is not there: so that is said below them.
    """
    if step.say:
        return f"{detail}\nTension is not shown in this block."
    return step.unseen_say or detail


def figures_question(standing: Standing, what: str) -> str:
    """Asked before figures of a block without feedback open: `what` is a window."""
    assert standing.block is not None
    return (
        f"Today is in a block without feedback, and figures can wait until after "
        f"{standing.block.last}. Open the {what} all the same? The self-trial keeps that you did."
    )


def dashboard_words(trial: Trial, places: Sequence[Place]) -> str:
    """Whether the dashboard will heed the trial, and how to tell it the place."""
    how = "set it in the training window (G in the dashboard, or `unclench session`): Sensors."
    own = [place_label(place) for place in places]
    if trial.site in own:
        return "The dashboard and the training window heed it."
    if own:
        there = " and ".join(own)
        return f"The dashboard does not heed it yet, for your place there is {there}: {how}"
    return (
        "The dashboard heeds it. It does not know your place yet, so it takes any signal in this "
        f"band for {trial.site}: {how}"
    )


def _days(n: int) -> str:
    return f"{n} day{'' if n == 1 else 's'}"
