"""A session without a window: for terminals, recordings and virtual boards."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from unclench.commands.terminalrun import greet
from unclench.errors import SourceError
from unclench.review.session import SessionReview
from unclench.running.run import Run
from unclench.settings import Settings
from unclench.sources import Source
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.sites import sensor_warning
from unclench.training.programs.file import NamedProgram
from unclench.training.session.outcome import Outcome
from unclench.training.session.sink import Session
from unclench.training.session.snapshot import Snapshot
from unclench.trial.words import unseen_words
from unclench.wording import capital

_LOOK_S = 0.1
_PATIENCE_S = 60.0  # for a board that went away; the session waits for it meanwhile


@dataclass(frozen=True)
class Guided:
    """What came of it."""

    outcome: Outcome
    meta: SessionMeta | None
    folder: Path | None
    note: str  # why it ended before its time; "" otherwise
    feedback: bool  # False: a block of a self-trial in which tension is not shown
    review: SessionReview | None  # of what was kept


def lead(source: Source, _: Settings) -> None:
    """Let a virtual person wait for the session from the first sample on; before it streams."""
    if source.situation is not None:
        source.situation.lead()


def run_guided(
    run: Run, named: NamedProgram, *, out: Path | None, fresh: bool = False, asks: bool = False
) -> Guided:
    """Run a program from the first sample on, and keep it in `out`.

    Parameters
    ----------
    run
        Opened after `lead`, and not started.
    fresh
        Measure as if nothing were known: a calibration.
    asks
        Say what to do as it comes and put questions, to somebody who has no window.

    Raises
    ------
    UnclenchError
        In one sentence; what was recorded until then is kept.
    """
    pipeline, info = run.pipeline, run.info
    channels = run.channels()
    session = run.session(
        named, channels, fresh=fresh, attended=asks and sys.stdin.isatty(), ends_stream=True
    )
    if out is None:
        run.follow(session)
    else:
        recorder = run.record(out, origin=0, guided=channels)
        session.keep(recorder, named.text)
        run.follow(session, recorder)
    greet(run, "" if info.virtual else sensor_warning(run.places), trial=not fresh)
    feedback = fresh or run.trial.shown
    why = meta = None
    interrupted = False
    try:
        run.start()
        why = _follow(run, session, asks, feedback)
    except (KeyboardInterrupt, click.Abort):  # an early end like any other
        interrupted = True
    finally:
        pipeline.stop()
        session.close()
        if out is not None:
            meta = run.end_recording(recorder)
    outcome = session.outcome()
    if why or outcome is None:
        raise SourceError(f"{why or 'The source sent no samples'}{run.kept}.")
    note = ""
    if outcome.state != "done":
        lasted_s = pipeline.status.n_samples / info.fs_hz
        who = "You ended it" if interrupted else f"{info.source} ended"
        note = f"{who} after {lasted_s:.0f} s, before the program was done."
    folder = run.recorded[0] if out is not None else None
    review = run.review_of(folder) if folder is not None else None
    return Guided(outcome, meta, folder, note, feedback, review)


def _follow(run: Run, session: Session, asks: bool, feedback: bool) -> str | None:
    """Tell how it goes until it is over; return what went wrong, if anything."""
    pipeline, recorder = run.pipeline, run.recorder
    console = Console(stderr=True)
    said, asked = "", -1
    away_s = 0.0
    with console.status("", spinner="dots") as line:
        if not sys.stderr.isatty():
            line.stop()
        while not pipeline.wait(_LOOK_S):
            if recorder is not None and recorder.error is not None:
                return None  # told by close()
            away_s = 0.0 if pipeline.status.connected else away_s + _LOOK_S
            if away_s > _PATIENCE_S:
                return f"{pipeline.info.source} went away and did not come back"
            snapshot = session.snapshot()
            if snapshot is None:
                continue
            line.update(_line(snapshot, feedback))
            question = snapshot.step.asks()
            if asks and snapshot.cue.headline != said:
                said = snapshot.cue.headline
                detail = snapshot.cue.detail
                if not feedback and question is None:
                    detail = unseen_words(snapshot.step, detail)
                click.echo(f"{said}. {detail}".strip(), err=True)
            if question is not None and asked != snapshot.step_number:
                asked = snapshot.step_number  # only put to somebody who can answer
                line.stop()
                scale = " (0 to 10)" if question.answer == "scale" else ""
                session.answer(click.prompt(f"Your answer{scale}", default="", err=True))
                line.start()
    status = pipeline.status
    return capital(status.why) if status.cut_short else None


def _line(snapshot: Snapshot, feedback: bool) -> str:
    words = []
    if snapshot.step_left_s is not None:
        words.append(f"{snapshot.step_left_s:.0f} s left")
    if feedback:
        tension = " ".join("–" if uv is None else f"{uv:.1f}" for uv in snapshot.tension_uv)
        words.append(f"{tension} µV")
    step = f"{snapshot.step_number + 1}/{snapshot.n_steps} {snapshot.cue.headline}"
    return f"{step}: {', '.join(words)}"
