"""`unclench record`: a source to a session folder, without a screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from unclench.commands.ending import Ending
from unclench.commands.guided import ask_safety, tell_safety
from unclench.commands.options import Wanted
from unclench.errors import InputError, SourceError
from unclench.live.blocks import LiveBlock, LiveEvent
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.summary import keep_summary
from unclench.settings import Place
from unclench.sources import Source
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.calibrations import book_path, load_book
from unclench.training.session.setup import about_channels, parse_place, trained_channels
from unclench.trial.phases import running_now
from unclench.trial.words import standing_words

_POLL_S = 0.1


class _LatestTension:
    """A sink that remembers the newest tension, to be told unless a self-trial hides it."""

    def __init__(self) -> None:
        self.shown = True
        self.tension_uv: np.ndarray[Any, np.dtype[np.float64]] | None = None

    def block(self, block: LiveBlock) -> None:
        self.tension_uv = None if block.settling[-1] else block.envelope_uv[-1]

    def event(self, event: LiveEvent) -> None:
        pass

    def words(self) -> str:
        if not self.shown:
            return ""
        if self.tension_uv is None:
            return "settling"
        return " ".join(f"{value:.1f}" for value in self.tension_uv) + " uV"


def run(
    wanted: Wanted,
    seconds: float | None,
    out: Path,
    places: Sequence[str],
    as_json: bool,
) -> None:
    """Record SOURCE into the session folder DIR."""
    sites = [parse_place(text) for text in places]
    if not str(out).strip() or out == Path():
        raise InputError("--out needs the name of a folder.")
    out = out.expanduser()
    opened = wanted.open()
    pipeline = wanted.pipeline(opened, seconds)
    try:
        meta, folder = _run(opened, pipeline, out, seconds, sites)
    finally:
        opened.close()
    keep_summary(folder)
    summary = {
        "duration_s": meta.duration_s,
        "n_samples": meta.n_samples,
        "lost_samples": meta.lost_samples,
        "fs_hz": meta.fs_hz,
        "channels": list(meta.channels),
        "folder": str(folder),
    }
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    else:
        click.echo(
            f"{meta.duration_s:.1f} s, {meta.n_samples} samples, {meta.lost_samples} lost: {folder}"
        )


def _run(
    source: Source,
    pipeline: Pipeline,
    out: Path,
    seconds: float | None,
    places: Sequence[Place],
) -> tuple[SessionMeta, Path]:
    latest = _LatestTension()
    ask_safety(source)
    info = pipeline.connect()
    said: list[str] = []
    try:
        about: dict[str, Any] = {}
        sites: list[str] = []
        if places:
            book, _ = load_book(book_path(info.virtual))
            channels = trained_channels(info, places, book)
            about = about_channels(channels, len(info.channels))
            sites = [channel.label for channel in channels]
        standing = running_now(sites, info.settings.band, info.virtual, said.append)
        if standing is not None:
            about |= standing.in_session()
            said.append(standing_words(standing))
            latest.shown = standing.feedback
        recorder = Recorder(out, info, origin=0, lossless=pipeline.lossless, about=about)
    except BaseException:
        pipeline.stop()
        raise
    tell_safety(source, info)  # not sooner, as the notes: an error stands alone
    for note in (*source.notes, *said):
        click.echo(note, err=True)
    trouble = None
    try:
        pipeline.start([recorder, latest])
        trouble = _follow(pipeline, recorder, latest, seconds)
    except KeyboardInterrupt:  # as good an end as any: what was recorded is whole
        pass
    finally:
        pipeline.stop()
        meta = recorder.close(pipeline.status.drift_ppm)
    if trouble:
        raise SourceError(f"{trouble}; what came until then is in {recorder.folder}.")
    return meta, recorder.folder


def _follow(
    pipeline: Pipeline, recorder: Recorder, latest: _LatestTension, seconds: float | None
) -> str | None:
    """Show progress until the end; return what went wrong, if anything."""
    ending = Ending(pipeline, seconds)
    progress = Progress(
        TextColumn("recording"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn(
            "{task.fields[signal_s]:.0f} s  {task.fields[tension]}  {task.fields[lost]} lost"
        ),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    fs_hz = pipeline.info.fs_hz
    with progress:
        task = progress.add_task("", total=seconds, signal_s=0.0, tension="", lost=0)
        over = False
        while not over:
            over = ending.over(_POLL_S)
            status = pipeline.status  # once more at the end: the last line tells of it all
            signal_s = status.n_samples / fs_hz
            progress.update(
                task,
                completed=signal_s,
                signal_s=signal_s,
                tension=latest.words(),
                lost=status.lost_samples,
            )
            if recorder.error is not None:
                return None  # told by close()
    return ending.trouble
