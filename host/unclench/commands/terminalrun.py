"""A run for somebody in a terminal: safety asked for, then what there is to read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import click

from unclench.errors import InputError
from unclench.running.opener import open_run
from unclench.running.run import Run
from unclench.running.wanted import Wanted
from unclench.settings import Place, Settings, save_settings
from unclench.sources import Source
from unclench.training.placement.safety import RULES
from unclench.translation import tr


def print_note(sentence: str) -> None:
    """Print a sentence that is not part of the output."""
    click.echo(sentence, err=True)


@contextmanager
def terminal_run(
    wanted: Wanted,
    places: Sequence[Place] = (),
    *,
    seconds: float | None = None,
    gather_s: float = 0.0,
    check: Callable[[Source, Settings], object] = lambda source, settings: None,
) -> Iterator[Run]:
    """Open a run (see `open_run`) after `check` and the safety rules."""

    def before(source: Source, settings: Settings) -> None:
        check(source, settings)
        _ask_safety(source, settings)

    with open_run(wanted, places, stop_after_s=seconds, gather_s=gather_s, before=before) as run:
        yield run


def greet(run: Run, *notes: str | None, trial: bool = True) -> None:
    """Print what to read before a run begins; not earlier, so that an error stands alone.

    `notes` are the command's own. The state of a self-trial is included if `trial`.
    """
    if not run.info.virtual and _unread(run.source, run.settings):
        _show_rules()
    for note in filter(None, (run.trial.words if trial else "", *notes)):
        print_note(note)


def _ask_safety(source: Source, settings: Settings) -> None:
    """Show the short safety rules to a person who has not agreed to them yet, and ask once.

    This comes before a board streams, as an answer takes time. Raises InputError for a no.
    """
    if not _unread(source, settings) or not sys.stdin.isatty():
        return
    _show_rules()
    if not click.confirm(tr("I have read this and will follow it"), err=True):
        raise InputError(tr("Nothing starts until you have agreed to the safety rules."))
    settings.safety_read = date.today()
    save_settings(settings)


def _unread(source: Source, settings: Settings) -> bool:
    """Return whether electrodes may be on skin and nobody has agreed to the rules."""
    return settings.safety_read is None and source.board is None and not source.recording


def _show_rules() -> None:
    print_note(tr("Before you begin:"))
    for title, words in RULES:
        print_note(f"  {title}. {words}")
