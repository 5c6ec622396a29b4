"""Checks the person's own files before a command runs, and reports those that cannot be used."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Container

from unclench.settings import load_settings, own_dir


def look_over(but: Container[str] = ()) -> None:
    """Report each file that cannot be used, except those in `but`; a missing one costs nothing."""
    load_settings()
    try:
        there = set(os.listdir(own_dir()))  # noqa: PTH208  # names are enough
    except OSError:  # none yet, or the settings have reported it
        return
    for name, look in FILES.items():
        if name in there and name not in but:
            look()


def _look_at_calibrations(virtual: bool) -> None:
    from unclench.training.placement.calibrations import book_path, load_book

    load_book(book_path(virtual))


def _look_at_trial() -> None:
    from unclench.trial.plan import load_trials

    load_trials()


def _look_at_tags() -> None:
    from unclench.training.tags import own_tags

    own_tags()


def _look_at_programs() -> None:
    from unclench.training.programs.file import notify_broken

    notify_broken()


FILES: dict[str, Callable[[], None]] = {
    "calibrations.json": functools.partial(_look_at_calibrations, virtual=False),
    "calibrations-virtual.json": functools.partial(_look_at_calibrations, virtual=True),
    "trial.json": _look_at_trial,
    "tags.toml": _look_at_tags,
    "programs": _look_at_programs,
}
