"""Typed notices: what a person should know although the program continues; each is shown once.

The code that finds a problem calls `tell`. Every command prints the notices on stderr, and every
window shows them, independent of who read the file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from unclench.translation import tr


class Why(Enum):
    """Why a file cannot be used."""

    UNREADABLE = "unreadable"  # the system refuses it
    BROKEN = "broken"  # not what it should hold
    NEWER = "newer"  # of a later version of unclench


@dataclass(frozen=True)
class Unusable:
    """A file of the person's own that cannot be used. It stays as it is."""

    path: Path
    called: str  # "settings"
    why: Why
    detail: str  # as the system or the check says it, without a full stop
    instead: str  # what holds meanwhile: "the defaults apply"


@dataclass(frozen=True)
class Refused:
    """A text file that the person writes and that has a mistake in it. It stays as it is."""

    path: Path
    mistake: str  # a sentence of its own, which names the file and says what to do
    instead: str


@dataclass(frozen=True)
class SetAside:
    """A file that cannot be used has made way for a new one, and is kept under another name."""

    path: Path
    called: str
    kept_as: Path


@dataclass(frozen=True)
class Remark:
    """What a source has to say of itself."""

    sentence: str


Notice: TypeAlias = Unusable | Refused | SetAside | Remark


def words(notice: Notice) -> str:
    """Say a notice in one sentence: which file, what is wrong, what to do."""
    if isinstance(notice, Remark):
        return notice.sentence
    if isinstance(notice, SetAside):
        return tr(
            "The {called} that could not be used are kept as {kept_as}; {name} is a new file.",
            called=notice.called,
            kept_as=notice.kept_as,
            name=notice.path.name,
        )
    if isinstance(notice, Refused):
        return tr("{mistake} Until then {instead}.", mistake=notice.mistake, instead=notice.instead)
    if notice.why is Why.UNREADABLE:
        fault, remedy = tr("cannot be read"), tr("make the file readable, or move it away")
    elif notice.why is Why.NEWER:
        fault, remedy = tr("were written by a newer version of unclench"), tr("update unclench")
    else:
        fault, remedy = tr("cannot be used"), tr("correct the file, or move it away")
    return tr(
        "The {called} in {path} {fault} ({detail}), so {instead}: {remedy}.",
        called=notice.called,
        path=notice.path,
        fault=fault,
        detail=notice.detail,
        instead=notice.instead,
        remedy=remedy,
    )


class _Told:
    """All notices of this run, in the order in which they were told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Notice] = []
        self._show: Callable[[Notice], object] | None = None

    def tell(self, notice: Notice) -> None:
        with self._lock:
            if notice in self._all:
                return
            self._all.append(notice)
            show = self._show
        if show is not None:
            show(notice)

    @contextmanager
    def fresh_run(self, show: Callable[[Notice], object]) -> Iterator[None]:
        self._all, self._show = [], show
        try:
            yield
        finally:
            self._show = None

    def since(self, n: int) -> tuple[Notice, ...]:
        with self._lock:
            return tuple(self._all[n:])


_TOLD = _Told()


def tell(notice: Notice) -> None:
    """Tell the person of something, unless the same has been told already. From any thread."""
    _TOLD.tell(notice)


def told(since: int = 0) -> tuple[Notice, ...]:
    """Return what has been told in this run, without the first `since` notices."""
    return _TOLD.since(since)


@contextmanager
def fresh_run(show: Callable[[Notice], object] = lambda _: None) -> Iterator[None]:
    """Begin a run in which nothing has been told yet, and `show` each notice as it comes."""
    with _TOLD.fresh_run(show):
        yield
