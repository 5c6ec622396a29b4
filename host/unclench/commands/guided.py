"""A session without a window: for terminals, recordings and virtual boards."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from unclench.errors import InputError, SourceError
from unclench.live.blocks import StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.summary import keep_summary
from unclench.settings import Place, Sustained, load_settings, save_settings
from unclench.sources import Source
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.calibrations import Book, book_path, load_book
from unclench.training.placement.safety import RULES
from unclench.training.placement.sites import word_of_caution
from unclench.training.programs.program import Program, Reflect
from unclench.training.session.outcome import Outcome, breath_words
from unclench.training.session.setup import site_names, trained_channels, without_calibration
from unclench.training.session.sink import Session
from unclench.training.session.snapshot import Snapshot
from unclench.trial.phases import running_now
from unclench.trial.words import UNSHOWN, standing_words, unseen_words

_LOOK_S = 0.1
_PATIENCE_S = 60.0  # for a board that went away; the session waits for it meanwhile


@dataclass(frozen=True)
class Guided:
    """What came of it."""

    outcome: Outcome
    meta: SessionMeta | None
    folder: Path | None
    info: StreamInfo
    book: Book  # that holds for such a board
    note: str  # why it ended before its time; "" otherwise
    feedback: bool  # False: a block of a self-trial in which tension is not shown


def run_guided(
    source: Source,
    pipeline: Pipeline,
    program: Program,
    name: str,
    places: Sequence[Place],
    *,
    out: Path | None,
    text: str = "",
    limits: Sustained,
    anew: bool = False,
    asks: bool = False,
) -> Guided:
    """Run a program from the first sample on, and keep it in `out`.

    Parameters
    ----------
    text
        The program's file, to be kept with the session.
    limits
        When to speak up in a task.
    anew
        Measure as if nothing were known: a calibration.
    asks
        Say what to do as it comes and put questions, to somebody who has no window.

    Raises
    ------
    UnclenchError
        In one sentence; what was recorded until then is kept.
    """
    if source.situation is not None:
        source.situation.lead()  # from the first sample on
    ask_safety(source)
    info = pipeline.connect()
    tell_safety(source, info)
    book, trouble = load_book(book_path(info.virtual))
    if trouble:
        click.echo(trouble, err=True)
    recorder: Recorder | None = None
    try:
        channels = trained_channels(info, places, book)
        channels = without_calibration(channels) if anew else channels
        sites = [channel.label for channel in channels] if places else []
        standing = None if anew else running_now(sites, info.settings.band, info.virtual, _tell)
        feedback = standing is None or standing.feedback
        if standing is not None:
            _tell(standing_words(standing))
        session = Session(
            pipeline,
            program,
            name,
            channels,
            situation=source.situation,
            attended=asks and sys.stdin.isatty(),
            ends_stream=True,
            limits=limits,
        )
        if out is not None:
            about: dict[str, Any] = {"sites": site_names(channels, len(info.channels))}
            if standing is not None:
                about |= standing.in_session()
            recorder = Recorder(out, info, origin=0, lossless=pipeline.lossless, about=about)
            session.keep(recorder, text)
    except BaseException:
        pipeline.stop()
        if recorder is not None:
            recorder.close()
        raise
    for note in source.notes:
        click.echo(note, err=True)
    if not info.virtual and (caution := word_of_caution(places)):
        _tell(caution)
    why = meta = None
    interrupted = False
    try:
        pipeline.start([session] if recorder is None else [session, recorder])
        why = _follow(pipeline, session, recorder, asks, feedback)
    except (KeyboardInterrupt, click.Abort):  # an early end like any other
        interrupted = True
    finally:
        pipeline.stop()
        session.close()
        if recorder is not None:
            meta = recorder.close(pipeline.status.drift_ppm)
            keep_summary(recorder.folder)
    folder = recorder.folder if recorder is not None else None
    outcome = session.outcome()
    if why or outcome is None:
        kept = f"; what came until then is in {folder}" if folder is not None else ""
        raise SourceError(f"{why or 'The source sent no samples'}{kept}.")
    note = ""
    if outcome.state != "done":
        lasted_s = pipeline.status.n_samples / info.fs_hz
        who = "You ended it" if interrupted else f"{info.source} ended"
        note = f"{who} after {lasted_s:.0f} s, before the program was done."
    return Guided(outcome, meta, folder, info, book, note, feedback)


def ask_safety(source: Source) -> None:
    """Show the short form of safety to somebody who has not agreed to it yet, and ask once.

    To be called before a board streams, as an answer takes its time. Raises InputError if it is no.
    """
    settings, _ = load_settings()
    if not _unread(source, settings.safety_read) or not sys.stdin.isatty():
        return
    _show_rules()
    if not click.confirm("I have read this and will keep to it", err=True):
        raise InputError("Nothing begins until the safety rules have been agreed to.")
    settings.safety_read = date.today()
    save_settings(settings)


def tell_safety(source: Source, info: StreamInfo) -> None:
    """Show the short form where nobody can be asked; to be called once a board has answered."""
    if _unread(source, load_settings()[0].safety_read) and not info.virtual:
        _show_rules()


def _unread(source: Source, read: date | None) -> bool:
    """Whether electrodes may be on skin, and nobody has agreed to the rules."""
    return read is None and source.board is None and not source.recording


def _show_rules() -> None:
    _tell("Before you begin:")
    for title, words in RULES:
        _tell(f"  {title}. {words}")


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _follow(
    pipeline: Pipeline,
    session: Session,
    recorder: Recorder | None,
    asks: bool,
    feedback: bool,
) -> str | None:
    """Tell how it goes until it is over; return what went wrong, if anything."""
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
            if asks and snapshot.cue.headline != said:
                said = snapshot.cue.headline
                step, detail = snapshot.step, snapshot.cue.detail
                if not feedback and not isinstance(step, Reflect):
                    detail = unseen_words(step.kind, detail, bool(step.say))
                click.echo(f"{said}. {detail}".strip(), err=True)
            if isinstance(snapshot.step, Reflect) and asked != snapshot.step_number:
                asked = snapshot.step_number  # only put to somebody who can answer
                line.stop()
                scale = " (0 to 10)" if snapshot.step.answer == "scale" else ""
                session.answer(click.prompt(f"Your answer{scale}", default="", err=True))
                line.start()
    status = pipeline.status
    return status.why[:1].upper() + status.why[1:] if status.cut_short else None


def _line(snapshot: Snapshot, feedback: bool) -> str:
    words = []
    if snapshot.step_left_s is not None:
        words.append(f"{snapshot.step_left_s:.0f} s left")
    if feedback:
        tension = " ".join("–" if uv is None else f"{uv:.1f}" for uv in snapshot.tension_uv)
        words.append(f"{tension} µV")
    step = f"{snapshot.step_number + 1}/{snapshot.n_steps} {snapshot.cue.headline}"
    return f"{step}: {', '.join(words)}"


def outcome_words(outcome: Outcome, feedback: bool = True) -> list[str]:
    """A session in a few lines; without `feedback` nothing of its tension."""
    words = [f"{outcome.title}: {'done' if outcome.state == 'done' else 'ended early'}"]
    if not feedback:
        return [*words, UNSHOWN]
    for k, score in enumerate(outcome.score):
        parts = []
        if score.mean_uv is not None:
            parts.append(f"mean {score.mean_uv:.1f} µV")
        if score.below_goal is not None:
            parts.append(f"below the goal {100 * score.below_goal:.0f} % of the time")
        if score.rest_share is not None:
            longest = f"at most {score.longest_rest_s:.0f} s"
            parts.append(f"at rest {100 * score.rest_share:.0f} %, {longest}")
        if score.recovery_s:
            times = ", ".join(f"{seconds:.1f}" for seconds in score.recovery_s)
            parts.append(f"let go within {times} s")
        words.append(f"{score.channel}: {'; '.join(parts) or 'nothing to be trusted came'}")
        words.extend(
            f"{score.channel}, {step.title}: {breath_words(step.breath[k])}"
            for step in outcome.steps
            if step.breath
        )
    return [*words, *outcome.notes]
