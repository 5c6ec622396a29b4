"""Words about a self-trial that is planned, running or over."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.settings import Place
from unclench.training.placement.sites import place_label
from unclench.training.steps.step import Step
from unclench.translation import tr, trn
from unclench.trial.phases import Standing, last_day
from unclench.trial.plan import MEASURE_WORDS, Trial

UNSHOWN = tr("Self-trial: tension is not shown in this block.")
SHOWN_ANYWAY = tr("Self-trial: you see tension in a block without feedback. This is recorded.")
SHOWN_NOTE = tr("Tension shown in a block without feedback.")


def plan_words(trial: Trial) -> list[str]:
    """Return the plan in lines, without the order that was drawn."""
    return [
        tr("Question: does seeing my tension help?"),
        _measure_words(trial),
        trn(
            "{blocks} blocks of 1 day, with and without feedback, in {pairs} pairs. The order in "
            "each pair is random; you learn it block by block.",
            "{blocks} blocks of {n} days, with and without feedback, in {pairs} pairs. The order "
            "in each pair is random; you learn it block by block.",
            trial.block_days,
            blocks=2 * trial.pairs,
            pairs=trial.pairs,
        ),
        tr(
            "From {first} to {last}: {days} days, with at least one session in each block.",
            first=trial.starts,
            last=last_day(trial),
            days=2 * trial.pairs * trial.block_days,
        ),
    ]


def _measure_words(trial: Trial) -> str:
    words = tr(
        "Measure: {measure} in the sessions on {site}, {band} band ({low_hz:g}-{high_hz:g} Hz).",
        measure=MEASURE_WORDS[trial.measure],
        site=trial.site,
        band=trial.band.name,
        low_hz=trial.band.low_hz,
        high_hz=trial.band.high_hz,
    )
    return words + (" " + tr("It uses the virtual board.") if trial.virtual else "")


def standing_words(standing: Standing, done_today: int | None = None) -> str:
    """Return where a trial stands, in up to four sentences.

    `done_today` is the number of today's sessions so far; None if not known.
    """
    trial, block = standing.trial, standing.block
    if standing.state == "to come":
        return trn(
            "The self-trial begins on {day}, in 1 day.",
            "The self-trial begins on {day}, in {n} days.",
            (trial.starts - standing.day).days,
            day=trial.starts,
        )
    if standing.state == "stopped":
        return tr("The self-trial was stopped on {day}.", day=trial.stopped)
    if block is None:
        return tr("The self-trial is over. See the result with `unclench trial verdict`.")
    number, blocks = block.number + 1, 2 * trial.pairs
    sentences = [
        tr("Self-trial, block {number} of {blocks}: with feedback.", number=number, blocks=blocks)
        if block.feedback
        else tr(
            "Self-trial, block {number} of {blocks}: without feedback, tension is not shown.",
            number=number,
            blocks=blocks,
        ),
        trn("1 day left after today.", "{n} days left after today.", standing.days_left)
        if standing.days_left
        else tr("This is its last day."),
    ]
    if not standing.placed:
        sentences.append(
            tr(
                "The trial is about {site}. The site of this sensor is not known, so the trial "
                "applies to any signal.",
                site=trial.site,
            )
        )
    if done_today is not None:
        done = tr("Today's session is done.")
        sentences.append(done if done_today else tr("Today's session is not done yet."))
    return " ".join(sentences)


def unseen_words(step: Step, detail: str) -> str:
    """Return what to do in a step while tension is not shown, in place of its cue's `detail`.

    A program's own words stay, with a line below them, because they may mention tension.
    """
    if step.say:
        return tr("{words}\nTension is not shown in this block.", words=detail)
    return step.unseen_say or detail


def figures_question(standing: Standing, what: str) -> str:
    """Return the question before a window with figures (`what`) opens in such a block."""
    assert standing.block is not None
    return tr(
        "This is a block without feedback, and figures can wait until after {last}. Open the "
        "{window} anyway? The self-trial records it.",
        last=standing.block.last,
        window=what,
    )


def dashboard_words(trial: Trial, places: Sequence[Place]) -> str:
    """Return whether the dashboard follows the trial, and how to set the site."""
    own = [place_label(place) for place in places]
    if trial.site in own:
        return tr("The dashboard and the training window follow the trial.")
    if own:
        return trn(
            "The dashboard does not follow the trial yet, because its site is {sites}. Set the "
            "site in the training window, under Sensors (G in the dashboard, or "
            "`unclench session`).",
            "The dashboard does not follow the trial yet, because its sites are {sites}. Set the "
            "site in the training window, under Sensors (G in the dashboard, or "
            "`unclench session`).",
            len(own),
            sites=", ".join(own),
        )
    return tr(
        "The dashboard follows the trial. It does not know your site yet, so it treats any signal "
        "in this band as {site}. Set the site in the training window, under Sensors (G in the "
        "dashboard, or `unclench session`).",
        site=trial.site,
    )
