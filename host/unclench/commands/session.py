"""`unclench session`: a guided session, in a window or without one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from unclench.commands.guided import outcome_words, run_guided
from unclench.commands.options import Wanted
from unclench.errors import InputError
from unclench.live.pipeline import Pipeline
from unclench.live.rings import DisplayRings
from unclench.settings import Place, Settings, load_settings, sessions_dir
from unclench.sources import Source
from unclench.training.programs.file import NamedProgram, find_program
from unclench.training.session.setup import parse_place


def _in_window(
    source: Source,
    pipeline: Pipeline,
    settings: Settings,
    program: NamedProgram | None,
    out: Path | None,
    places: tuple[Place, ...],
) -> None:
    from unclench.desktop.display import check_display  # Qt only where a window is wanted

    check_display(
        instead="`unclench session PROGRAM --terminal` guides in the terminal, without a window."
    )
    from unclench.desktop.app import run_training

    try:
        rings = DisplayRings(pipeline.connect())
        pipeline.start([rings])
        run_training(
            pipeline,
            rings,
            settings,
            settings.model_copy(),
            situation=source.situation,
            program=program,
            out=None if out is None else out.expanduser(),
            places=places,
            notes=source.notes,
        )
    finally:
        pipeline.stop()


def run(
    program: str | None,
    wanted: Wanted,
    places: Sequence[str],
    in_terminal: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Be guided through PROGRAM: a name of `unclench programs list`, or a file."""
    if as_json and not in_terminal:
        raise InputError("--json prints the outcome of a session without a window: add --terminal.")
    named = None if program is None else find_program(program)
    if out is not None and (not str(out).strip() or out == Path()):
        raise InputError("--out needs the name of a folder.")
    settings, trouble = load_settings()
    chosen = [parse_place(text) for text in places] or list(settings.places)
    opened = wanted.open()
    pipeline = wanted.pipeline(opened)
    if trouble:
        click.echo(trouble, err=True)
    try:
        if not in_terminal:
            _in_window(opened, pipeline, settings, named, out, tuple(chosen))
            return
        if named is None:
            raise InputError(
                "A session without a window needs a PROGRAM: `unclench programs list` shows them."
            )
        if out is None:
            out = sessions_dir(settings) / datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        guided = run_guided(
            opened,
            pipeline,
            named.program,
            named.name,
            chosen,
            out=out.expanduser(),
            text=named.text,
            limits=settings.sustained,
            asks=opened.board is None,  # somebody sits there
        )
    finally:
        opened.close()
    if guided.note:
        click.echo(guided.note, err=True)
    if as_json:
        assert guided.meta is not None
        outcome = guided.outcome.to_json()
        if not guided.feedback:  # what tells of tension: in session.json for the verdict
            for name in ("channels", "score", "steps", "notes"):
                del outcome[name]
        summary = {
            **outcome,
            "feedback": guided.feedback,
            "folder": str(guided.folder),
            "duration_s": guided.meta.duration_s,
            "lost_samples": guided.meta.lost_samples,
        }
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    words = outcome_words(guided.outcome, guided.feedback)
    for line in (*words, f"Kept in {guided.folder}"):
        click.echo(line)
