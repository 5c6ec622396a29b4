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


def tell(sentence: str) -> None:
    """Say something that is no part of the output."""
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
    """Open a run (see `open_run`), once it has passed `check` and safety has been agreed to."""

    def before(source: Source, settings: Settings) -> None:
        check(source, settings)
        _ask_safety(source, settings)

    with open_run(wanted, places, stop_after_s=seconds, gather_s=gather_s, before=before) as run:
        yield run


def greet(run: Run, *notes: str | None, trial: bool = True) -> None:
    """Say what there is to read before a run begins; not sooner, as an error stands alone.

    `notes` are the command's own; where a self-trial stands is left out if it is not `trial`.
    """
    if not run.info.virtual and _unread(run.source, run.settings):
        _show_rules()
    for note in filter(None, (run.trial.words if trial else "", *notes)):
        tell(note)


def _ask_safety(source: Source, settings: Settings) -> None:
    """Show the short form of safety to somebody who has not agreed to it yet, and ask once.

    Before a board streams, as an answer takes its time. Raises InputError if it is no.
    """
    if not _unread(source, settings) or not sys.stdin.isatty():
        return
    _show_rules()
    if not click.confirm("I have read this and will keep to it", err=True):
        raise InputError("Nothing begins until the safety rules have been agreed to.")
    settings.safety_read = date.today()
    save_settings(settings)


def _unread(source: Source, settings: Settings) -> bool:
    """Whether electrodes may be on skin, and nobody has agreed to the rules."""
    return settings.safety_read is None and source.board is None and not source.recording


def _show_rules() -> None:
    tell("Before you begin:")
    for title, words in RULES:
        tell(f"  {title}. {words}")
