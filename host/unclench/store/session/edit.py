"""Changes to a session after the fact: its title and labels, and the events in it.

A file is replaced as a whole or not at all. Samples are never touched.
"""

from __future__ import annotations

import csv
import io
import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unclench.errors import InputError, StoreError
from unclench.files import unwritable, write_whole, written
from unclench.store.events.event import Event
from unclench.store.events.rows import EVENTS_HEADER, event_row
from unclench.store.events.words import text_of
from unclench.store.session.folder import EMG, EVENTS, META, SUMMARY, TENSION
from unclench.store.session.lock import locked
from unclench.store.session.reader import open_session
from unclench.store.session.schema import SessionMeta, parse_meta
from unclench.translation import tr
from unclench.wording import printable

EVENTS_ORIGINAL = "events.original.csv"  # as recorded, once they were edited

LONGEST_TITLE = 120
LONGEST_LABEL = 40
_STILL_S = 60.0  # a recorder writes twice a second; a board may be disconnected for a while


class ChangedMeanwhileError(StoreError):
    """Another program has changed what was about to be overwritten."""


def is_recording(folder: Path, meta: SessionMeta) -> bool:
    """Whether a session is probably being recorded: not closed, and just written to.

    One that a crash left behind looks the same for a minute.
    """
    if meta.ended != "running":
        return False
    newest = 0.0
    for name in (META, EMG, TENSION, EVENTS):
        with suppress(OSError):
            newest = max(newest, (folder / name).stat().st_mtime)
    return time.time() - newest < _STILL_S


def require_ended(folder: Path) -> SessionMeta:
    """Return session.json's content. Raises StoreError while the session is being recorded."""
    meta = open_session(folder).meta
    if is_recording(folder, meta):
        raise StoreError(
            tr(
                "{folder} is still being recorded. End the recording first; if the program was "
                "stopped, wait a minute.",
                folder=folder,
            )
        )
    return meta


def edit_meta(
    folder: Path,
    change: Callable[[SessionMeta], Mapping[str, Any]] | None = None,
    /,
    **changes: Any,
) -> SessionMeta:
    """Change entries of session.json, such as `title` and `labels`; unknown keys are kept.

    The session is locked meanwhile.

    Parameters
    ----------
    change
        Returns further changes that depend on what the file says.

    Raises
    ------
    InputError
        A title or label that is not valid.
    StoreError
        Not readable, of a newer version, still being recorded, or not writable.
    """
    with _held(folder):
        meta = require_ended(folder)
        return _write_meta(folder, meta, {**changes, **(change(meta) if change else {})})


def _write_meta(folder: Path, meta: SessionMeta, changes: dict[str, Any]) -> SessionMeta:
    unknown = changes.keys() - SessionMeta.model_fields.keys()
    if unknown:
        raise TypeError(f"session.json has no {', '.join(sorted(unknown))}")
    if "title" in changes:
        changes["title"] = _line(changes["title"], LONGEST_TITLE)
    if "labels" in changes:
        labels = [_line(label, LONGEST_LABEL) for label in changes["labels"]]
        if "" in labels:
            raise InputError(tr("A label is empty. Give it one or more letters."))
        changes["labels"] = tuple(dict.fromkeys(labels))
    path = folder / META
    try:
        edited = SessionMeta.model_validate({**meta.model_dump(), **changes})
        text = edited.to_json()
        same = parse_meta(text, path) == edited
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            tr(
                "{key} cannot be {given!r}: {fault}.",
                key=key,
                given=str(first["input"])[:60],
                fault=first["msg"],
            )
        ) from error
    except (ValueError, StoreError):  # a text or number that JSON has no way to write
        same = False
    if not same:
        raise StoreError(
            tr(
                "{path} holds values that cannot be written again, so it was not changed. Restore "
                "it from a backup.",
                path=path,
            )
        )
    _replace(path, text.encode())
    return edited


def edit_events(
    folder: Path, events: Sequence[Event], *, before: Sequence[Event] | None = None
) -> None:
    """Write events.csv again, sorted by sample, as the recorder would have written it.

    A tag is a pair of events, kinds "tag" and "tag end", with the same text ("posture:
    slouching"); the second has the duration. The first edit keeps what was recorded as
    events.original.csv.

    Parameters
    ----------
    before
        What the caller has read and changed: nothing is written if the file differs from it by
        now. None always writes.

    Raises
    ------
    InputError
        An event before the session, of negative length, or with text that cannot be saved.
    ChangedMeanwhileError
        The file differs from `before`.
    StoreError
        Not readable, of a newer version, still being recorded, or not writable.
    """
    with _held(folder):
        _write_events(folder, events, before)


def _write_events(folder: Path, events: Sequence[Event], before: Sequence[Event] | None) -> None:
    meta = require_ended(folder)
    for event in events:
        _check(event)
    text = _table(events, meta.fs_hz)
    path, original = folder / EVENTS, folder / EVENTS_ORIGINAL
    if before is not None:
        there = open_session(folder).events()
        if _table(there, meta.fs_hz) != _table(before, meta.fs_hz):
            raise ChangedMeanwhileError(
                tr(
                    "{path} was changed by another window or program in the meantime. It is read "
                    "again; make your change once more.",
                    path=path,
                )
            )
    try:
        if path.exists() and not original.exists():
            with written(original) as part:
                shutil.copy2(path, part)
        # Its figures belong to the old events; a new file of the same size would not show that.
        (folder / SUMMARY).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(original, error) from error
    _replace(path, text.encode())


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Lock a session that can be read. Raises StoreError."""
    require_ended(folder)  # what cannot be changed gets no lock file
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder))
        except OSError as error:
            raise _unwritable(folder / META, error) from error
        yield


def _table(events: Sequence[Event], fs_hz: float) -> str:
    """Return all of events.csv."""
    in_order = sorted(events, key=lambda event: event.sample)
    rows = [EVENTS_HEADER, *(event_row(event, fs_hz) for event in in_order)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _check(event: Event) -> None:
    if event.sample < 0:
        raise InputError(
            tr("An event is at sample {sample}; 0 or later is expected.", sample=event.sample)
        )
    length = event.duration_s
    if length is not None and not (math.isfinite(length) and length >= 0):
        raise InputError(tr("An event lasts {length} s; 0 s or longer is expected.", length=length))
    _encodable(event.kind + text_of(event))


def _line(text: str, longest: int) -> str:
    """Return one line without blanks around it. Raises InputError if it is too long."""
    line = " ".join(printable(text, " ").split())
    if len(line) > longest:
        raise InputError(
            tr(
                "{start!r} has {n} characters; at most {longest} are possible.",
                start=f"{line[:20]}…",
                n=len(line),
                longest=longest,
            )
        )
    return line


def _encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            tr("{text!r} has a character that cannot be saved. Remove it.", text=text)
        ) from error


def _replace(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> StoreError:
    advice = tr("It was not changed. Check the disk and the permissions of the folder.")
    return unwritable(path, error, advice)
