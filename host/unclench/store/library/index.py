"""What the library found the last time, in SQLite: only a cache.

If it is missing, corrupt, locked, of another version or on a read-only disk, it is made again or
not used. Every row has a checksum, because SQLite itself would not notice a flipped bit.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import platformdirs
from pydantic import ValidationError

from unclench import __version__
from unclench.store.session.folder import EMG, EVENTS, META, SUMMARY
from unclench.store.session.schema import SCHEMA_VERSION
from unclench.store.session.summary import SUMMARY_VERSION, SessionSummary
from unclench_dsp.version import CHAIN_VERSION

_LAYOUT = 2
_MADE_BY = zlib.crc32(
    f"{_LAYOUT} {__version__} {SCHEMA_VERSION} {SUMMARY_VERSION} {CHAIN_VERSION}".encode()
)
_WAIT_S = 0.5  # for another program that has it open
_SETTLED_NS = 3 * 10**9  # clocks of file systems tick in up to 2 s
_TABLE = "CREATE TABLE entries (key BLOB PRIMARY KEY, stamp, fields, summary, crc) WITHOUT ROWID"

Stamp: TypeAlias = bytes | None
"""Sizes and times of a session's files; None where they changed just now, so cannot be trusted."""


@dataclass(frozen=True)
class Kept:
    """What is kept of one session folder."""

    stamp: Stamp
    fields: Mapping[str, Any]  # plain values
    summary: SessionSummary | None


def default_index(root: Path) -> Path:
    """Where the index of a folder lies on this system."""
    real = os.fsencode(os.path.realpath(root))
    name = f"sessions-{hashlib.sha256(real).hexdigest()[:16]}.sqlite"
    return Path(platformdirs.user_cache_dir("unclench", appauthor=False)) / name


def stamp_of(folder: str) -> Stamp:
    """Return what changes when a session's entry does."""
    stamp = b""
    newest = 0
    for name in (META, SUMMARY, EMG, EVENTS):
        try:
            stat = os.stat(f"{folder}/{name}")  # noqa: PTH116  # thousands: a Path costs more
        except OSError:
            stamp += b"-;"
        else:
            stamp += b"%d %d;" % (stat.st_size, stat.st_mtime_ns)
            newest = max(newest, stat.st_mtime_ns)
    # A second change within one tick of the file system's clock would leave no trace.
    return stamp if newest < time.time_ns() - _SETTLED_NS else None


class Index:
    """The index file; neither method raises."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Kept]:
        """Return all that is kept and sound."""
        if not self._path.is_file():
            return {}
        try:
            with closing(self._open("ro")) as database:
                rows = database.execute(
                    "SELECT key, stamp, fields, summary, crc FROM entries"
                ).fetchall()
        except (sqlite3.Error, OSError, UnicodeDecodeError):  # the latter over spoilt texts in it
            return {}
        kept = {}
        for row in rows:
            with suppress(ValueError, TypeError, ValidationError, RecursionError):
                kept.update(_from_row(*row))
        return kept

    def write(self, before: Mapping[str, Kept], now: Mapping[str, Kept]) -> None:
        """Keep what changed."""
        settled = {key: kept for key, kept in now.items() if kept.stamp is not None}
        gone = [os.fsencode(key) for key in before.keys() - settled.keys()]
        new = [_to_row(key, kept) for key, kept in settled.items() if before.get(key) is not kept]
        if not gone and not new:
            return
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with closing(self._open("rwc")) as database, database:
                    self._prepare(database, empty=not before)
                    database.executemany("DELETE FROM entries WHERE key = ?", [(k,) for k in gone])
                    database.executemany("REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", new)
                return
            except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
                if "locked" in str(error):
                    return
                # This is not an index, so delete it and make another one.
                with suppress(OSError):
                    self._path.unlink()
                before, gone = {}, []
                new = [_to_row(key, kept) for key, kept in settled.items()]

    def _open(self, mode: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, timeout=_WAIT_S, uri=True)

    @staticmethod
    def _prepare(database: sqlite3.Connection, empty: bool) -> None:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if "entries" not in tables:
            database.execute(_TABLE)
        elif empty:  # none of its rows was sound
            database.execute("DELETE FROM entries")


def _to_row(key: str, kept: Kept) -> tuple[object, ...]:
    row = (
        os.fsencode(key),
        kept.stamp or b"",
        json.dumps(kept.fields).encode(),
        b"" if kept.summary is None else kept.summary.model_dump_json().encode(),
    )
    return (*row, _crc(*row))


def _from_row(key: bytes, stamp: bytes, fields: bytes, summary: bytes, crc: int) -> dict[str, Kept]:
    if crc != _crc(key, stamp, fields, summary):
        return {}
    made = SessionSummary.model_validate_json(summary) if summary else None
    return {os.fsdecode(key): Kept(stamp, json.loads(fields), made)}


def _crc(*parts: bytes) -> int:
    return zlib.crc32(b"\0".join(parts), _MADE_BY)
