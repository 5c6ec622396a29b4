"""A session without a window: for terminals, recordings and virtual boards."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from unclench.commands.terminalrun import greet
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
from unclench.training.steps.step import Question
from unclench.translation import tr
from unclench.trial.words import unseen_words
from unclench.wording import capital

_LOOK_S = 0.1
_PATIENCE_S = 60.0  # for a disconnected board; the session waits meanwhile


@dataclass(frozen=True)
class Guided:
    """Result of a guided run."""

    outcome: Outcome
    meta: SessionMeta | None
    folder: Path | None
    note: str  # why it ended early; "" if it did not
    feedback: bool  # False: a block of a self-trial in which tension is not shown
    review: SessionReview | None  # of what was kept


def lead(source: Source, _: Settings) -> None:
    """Make a virtual person wait for the session from the first sample on."""
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
        Ignore what is known and measure again: a calibration.
    asks
        Print instructions and ask questions in the terminal.

    Raises
    ------
    UnclenchError
        With one sentence; what was recorded until then is kept.
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
    trouble = meta = None
    interrupted = False
    try:
        run.start()
        trouble = _follow(run, session, asks, feedback)
    except (KeyboardInterrupt, click.Abort):  # a normal early end
        interrupted = True
    finally:
        pipeline.stop()
        session.close()
        if out is not None:
            meta = run.end_recording(recorder)
    outcome = session.outcome()
    if outcome is not None and outcome.moved:
        run.mark_moved(outcome.moved)
    if trouble or outcome is None:
        trouble = trouble or tr("The source sent no samples")
        raise run.early_end(trouble)
    note = ""
    if outcome.state != "done":
        lasted_s = pipeline.status.n_samples / info.fs_hz
        note = (
            tr(
                "You ended it after {seconds:.0f} s, before the program was finished.",
                seconds=lasted_s,
            )
            if interrupted
            else tr(
                "{source} ended after {seconds:.0f} s, before the program was finished.",
                source=info.source,
                seconds=lasted_s,
            )
        )
    folder = run.recorded[0] if out is not None else None
    review = run.review_of(folder) if folder is not None else None
    return Guided(outcome, meta, folder, note, feedback, review)


def _follow(run: Run, session: Session, asks: bool, feedback: bool) -> str | None:
    """Show progress until the end; return an error sentence, or None."""
    pipeline, recorder = run.pipeline, run.recorder
    console = Console(stderr=True)
    said = ""
    asked: tuple[int, Question] | None = None
    away_s = 0.0
    with console.status("", spinner="dots") as line:
        if not sys.stderr.isatty():
            line.stop()
        while not pipeline.wait(_LOOK_S):
            if recorder is not None and recorder.error is not None:
                return None  # close() reports it
            away_s = 0.0 if pipeline.status.connected else away_s + _LOOK_S
            if away_s > _PATIENCE_S:
                return tr(
                    "{source} was disconnected and did not reconnect", source=pipeline.info.source
                )
            snapshot = session.snapshot()
            if snapshot is None:
                continue
            line.update(_line(snapshot, feedback))
            question = snapshot.question
            if asks and snapshot.cue.headline != said:
                said = snapshot.cue.headline
                detail = snapshot.cue.detail
                if not feedback and question is None:
                    detail = unseen_words(snapshot.step, detail)
                click.echo(f"{said}. {detail}".strip(), err=True)
            if question is None:
                asked = None
            elif asked != (snapshot.step_number, question):
                asked = snapshot.step_number, question  # only where somebody can answer
                line.stop()
                session.answer(_ask(question))
                line.start()
    status = pipeline.status
    return capital(status.why) if status.cut_short else None


def _ask(question: Question) -> str:
    """Ask in the terminal; return the answer, that of a choice as its key."""
    if not question.choices:
        scale = question.answer == "scale"
        prompt = tr("Your answer (0 to 10)") if scale else tr("Your answer")
        return str(click.prompt(prompt, default="", err=True))
    click.echo(f"{question.text} {question.say}", err=True)
    keys = {str(number): key for number, key in enumerate(question.choices, 1)}
    for number, words in enumerate(question.choices.values(), 1):
        click.echo(f"  {number}  {words}", err=True)
    return keys[click.prompt(tr("Your answer"), type=click.Choice(list(keys)), err=True)]


def _line(snapshot: Snapshot, feedback: bool) -> str:
    words = []
    if snapshot.step_left_s is not None:
        words.append(f"{snapshot.step_left_s:.0f} s left")
    if feedback:
        tension = " ".join("–" if uv is None else f"{uv:.1f}" for uv in snapshot.tension_uv)
        words.append(f"{tension} µV")
    step = f"{snapshot.step_number + 1}/{snapshot.n_steps} {snapshot.cue.headline}"
    return f"{step}: {', '.join(words)}"
