"""The instruction on a session's page, and the one quiet sentence below it."""

from __future__ import annotations

from unclench.training.session.snapshot import Snapshot
from unclench.translation import tr
from unclench.trial.words import unseen_words

_LETTING_GO = ("rest", "release", "breathe")  # what these actions ask for


def instruction(snapshot: Snapshot, feedback: bool = True) -> tuple[str, str]:
    """Return headline and detail; a session that is not running says so first."""
    if snapshot.phase == "paused":
        if snapshot.question:
            return tr("Paused"), tr("Take your time.")
        return tr("Paused"), tr("Take your time. Press Space to continue.")
    if snapshot.phase == "lost":
        return tr("The board was disconnected"), tr(
            "The session continues when the board reconnects."
        )
    if snapshot.phase in ("done", "ended"):
        return tr("Well done") if snapshot.phase == "done" else tr("Ended"), tr(
            "Everything is kept."
        )
    if snapshot.question:
        return "", ""  # the question is in the middle
    cue = snapshot.cue
    return cue.headline, cue.detail if feedback else unseen_words(snapshot.step, cue.detail)


def part_done(snapshot: Snapshot) -> float | None:
    """Return the elapsed share of a contraction or release; None in all other steps."""
    rounds, left_s = snapshot.step.rounds(), snapshot.cue.left_s
    if snapshot.phase != "running" or left_s is None or rounds is None:
        return None
    whole_s = rounds.tense_s if snapshot.cue.action == "tense" else rounds.release_s
    return 1.0 - min(1.0, left_s / whole_s)


def status(snapshot: Snapshot, feedback: bool = True, removed: str = "") -> str:
    """Return one quiet sentence: why nothing is scored, else the recovery so far, else news.

    Without `feedback` only the first, since the others describe tension. `removed` says what is
    removed from the signal, where there is nothing else to say.
    """
    if snapshot.phase != "running":
        return ""
    if not snapshot.scoring and snapshot.why_not:
        return tr("Not scored now: {reason}", reason=snapshot.why_not)
    if not feedback:
        return removed
    note = snapshot.notes[-1] if snapshot.notes else ""
    if note and snapshot.step.measures:
        return note  # why it is measured again
    if snapshot.recovering_s is not None and snapshot.cue.action in _LETTING_GO:
        return tr("Letting go for {seconds:.0f} s so far", seconds=snapshot.recovering_s)
    return snapshot.progress or note or removed
