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
from unclench.commands.terminalrun import greet, terminal_run
from unclench.errors import InputError
from unclench.live.blocks import LiveBlock
from unclench.running.run import Run
from unclench.running.wanted import Wanted
from unclench.store.events.event import Event
from unclench.store.session.schema import SessionMeta
from unclench.training.session.setup import parse_place
from unclench.translation import tr

_POLL_S = 0.1


class _LatestTension:
    """A sink that remembers the newest tension, shown unless a self-trial hides it."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown
        self.tension_uv: np.ndarray[Any, np.dtype[np.float64]] | None = None

    def block(self, block: LiveBlock) -> None:
        self.tension_uv = None if block.settling[-1] else block.envelope_uv[-1]

    def event(self, event: Event) -> None:
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
        raise InputError(tr("--out needs the name of a folder."))
    with terminal_run(wanted.with_sink("record", out), sites, seconds=seconds) as opened:
        greet(opened)
        _print_result(_record(opened, seconds), opened.recorded[0], as_json)


def _print_result(meta: SessionMeta, folder: Path, as_json: bool) -> None:
    if as_json:
        summary = {
            "duration_s": meta.duration_s,
            "n_samples": meta.n_samples,
            "lost_samples": meta.lost_samples,
            "fs_hz": meta.fs_hz,
            "channels": list(meta.channels),
            "folder": str(folder),
        }
        click.echo(json.dumps(summary, indent=2))
    else:
        click.echo(
            tr(
                "{duration_s:.1f} s, {n_samples} samples, {lost_samples} lost: {folder}",
                duration_s=meta.duration_s,
                n_samples=meta.n_samples,
                lost_samples=meta.lost_samples,
                folder=folder,
            )
        )


def _record(run: Run, seconds: float | None) -> SessionMeta:
    latest = _LatestTension(run.trial.shown)
    recorder = run.recorder
    assert recorder is not None
    trouble = None
    try:
        run.start(latest)
        trouble = _follow(run, latest, seconds)
    except KeyboardInterrupt:  # a normal end: the recording is complete
        pass
    finally:
        run.pipeline.stop()
        meta = run.end_recording(recorder)
    if trouble:
        raise run.early_end(trouble)
    return meta


def _follow(run: Run, latest: _LatestTension, seconds: float | None) -> str | None:
    """Show progress until the end; return an error sentence, or None."""
    pipeline, recorder = run.pipeline, run.recorder
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
            status = pipeline.status  # once more at the end, so that the last line is complete
            signal_s = status.n_samples / fs_hz
            progress.update(
                task,
                completed=signal_s,
                signal_s=signal_s,
                tension=latest.words(),
                lost=status.lost_samples,
            )
            if recorder is not None and recorder.error is not None:
                return None  # close() reports it
    return ending.trouble
