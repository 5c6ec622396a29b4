"""`unclench session`: a guided session, in a window or without one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from unclench.commands.guided import Guided, lead, run_guided
from unclench.commands.terminalrun import terminal_run
from unclench.errors import InputError
from unclench.report.closing import closing_of, closing_words
from unclench.review.metrics import as_json as figures_json
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted
from unclench.settings import Place, sessions_dir
from unclench.training.programs.file import NamedProgram, find_program
from unclench.training.session.setup import parse_place
from unclench.translation import tr
from unclench.trial.words import UNSHOWN


def _in_window(
    wanted: Wanted, program: NamedProgram | None, out: Path | None, places: Sequence[Place]
) -> None:
    from unclench.desktop.display import check_display  # Qt only where a window is wanted

    check_display(
        instead=tr(
            "`unclench session PROGRAM --terminal` guides you in the terminal, without a window."
        )
    )
    from unclench.desktop.app import run_training

    with open_run(wanted, places) as run:
        run_training(run, program=program, out=None if out is None else out.expanduser())


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
        raise InputError(
            tr("--json prints the outcome of a session without a window: add --terminal.")
        )
    named = None if program is None else find_program(program)
    if out is not None and (not str(out).strip() or out == Path()):
        raise InputError(tr("--out needs the name of a folder."))
    chosen = [parse_place(text) for text in places]
    if not in_terminal:
        _in_window(wanted, named, out, chosen)
        return
    if named is None:
        raise InputError(
            tr("A session without a window needs a PROGRAM: `unclench programs list` shows them.")
        )
    with terminal_run(wanted, chosen, check=lead) as opened:
        if out is None:
            out = sessions_dir(opened.settings) / datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        somebody = opened.source.board is None
        _print_result(run_guided(opened, named, out=out.expanduser(), asks=somebody), as_json)


def _print_result(guided: Guided, as_json: bool) -> None:
    if guided.note:
        click.echo(guided.note, err=True)
    if as_json:
        click.echo(json.dumps(_as_object(guided), indent=2, ensure_ascii=False))
        return
    unshown = "" if guided.feedback else UNSHOWN
    words = closing_words(guided.outcome, closing_of(guided.outcome, guided.review), unshown)
    for line in (*words, tr("Saved in {folder}", folder=guided.folder)):
        click.echo(line)


def _as_object(guided: Guided) -> dict[str, Any]:
    assert guided.meta is not None
    outcome = guided.outcome.to_json()
    if guided.feedback:
        outcome["whole_session"] = _figures(guided)
    else:  # hide tension; session.json has it for the verdict
        for name in ("channels", "score", "steps", "notes"):
            del outcome[name]
    return {
        **outcome,
        "feedback": guided.feedback,
        "folder": str(guided.folder),
        "duration_s": guided.meta.duration_s,
        "lost_samples": guided.meta.lost_samples,
    }


def _figures(guided: Guided) -> list[dict[str, Any]]:
    """The review's figures of each trained channel, as `analyze --json` has them."""
    review = guided.review
    if review is None:
        return []
    trained = [channel.index for channel in guided.outcome.channels]
    return [
        {"channel": review.contexts[k].label, **figures_json(review.figures(k))} for k in trained
    ]
