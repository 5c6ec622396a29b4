"""Finds session folders and reads what is in them; fast even with thousands."""

from __future__ import annotations

import gc
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from unclench.errors import InputError, UnclenchError
from unclench.files import require_file
from unclench.store.library.index import Index, Kept, default_index, stamp_of
from unclench.store.provenance import Provenance
from unclench.store.session.folder import EMG, META
from unclench.store.session.reader import open_session
from unclench.store.session.schema import SessionMeta
from unclench.store.session.summary import SessionSummary, read_summary
from unclench.translation import tr

_DEEPEST = 16  # folders in folders; also ends loops that do not look like links
_TAIL_BYTES = 4096
_ELSEWHERE = ("folder", "name", "summary")  # not among the plain values that the index keeps
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)")


@dataclass(frozen=True)
class Entry:
    """A session folder, perhaps a damaged one.

    If it is damaged, `trouble` is a sentence that says how, and only folder, name and `created`
    are known; `created` comes from the folder's name or else from the file's date.
    """

    folder: Path
    name: str  # of the folder
    created: datetime  # with its time zone
    trouble: str = ""
    title: str = ""
    labels: tuple[str, ...] = ()
    duration_s: float = 0.0
    program: str = ""
    sites: tuple[str | None, ...] = ()
    channels: tuple[str, ...] = ()
    band: str = ""
    ended: str = ""  # "running", "closed", "error"
    source: str = ""
    feedback: bool = True
    provenance: Provenance = Provenance.BOARD
    summary: SessionSummary | None = None  # None: never made, or no longer true

    @property
    def local(self) -> datetime:
        """When it was recorded, in the time zone of this computer."""
        try:
            return self.created.astimezone()
        except (OverflowError, OSError):  # a damaged date, such as the year 1
            return self.created

    @property
    def virtual(self) -> bool:
        """Whether the signal comes from the virtual board."""
        return self.provenance is Provenance.VIRTUAL

    @property
    def imported(self) -> bool:
        """Whether it was imported from another program's file."""
        return self.provenance is Provenance.IMPORTED

    @property
    def called(self) -> str:
        """Its title, or else the folder's name."""
        return self.title or self.name


class Library:
    """All sessions under one folder.

    Parameters
    ----------
    root
        Searched with all folders in it, except hidden ones and those in a session. May be missing.
    index
        Cache of what was found, by default in the user's cache folder. Without it `entries`
        returns the same, but slower.
    """

    def __init__(self, root: Path, index: Path | None = None) -> None:
        self.root = root
        self._index = Index(default_index(root) if index is None else index)

    def entries(self) -> list[Entry]:
        """Return all sessions, newest first, with the damaged ones."""
        with _uncollected():
            return self._entries()

    def find(self, text: str) -> Entry:
        """Return a session by its folder, or by the beginning of its name, title or date.

        Raises
        ------
        InputError
            None or several match.
        """
        if is_path(text):
            return read_entry(Path(text))
        entries = self.entries()
        wanted = text.strip().casefold()
        exact = [e for e in entries if wanted in (e.name.casefold(), e.title.casefold())]
        found = exact or [e for e in entries if any(n.startswith(wanted) for n in _names(e))]
        if len(found) == 1 and wanted:
            return found[0]
        if not found or not wanted:
            raise InputError(
                tr(
                    "There is no session {text!r} in {root}. Give its folder, or the beginning "
                    "of its name or title; `unclench sessions` lists them.",
                    text=text,
                    root=self.root,
                )
            )
        few = ", ".join(e.name for e in found[:3])
        if len(found) > 3:
            few = tr("{names} and {n} more", names=few, n=len(found) - 3)
        raise InputError(
            tr(
                "{text!r} matches {n} sessions: {few}. Give more of the name, or the folder.",
                text=text,
                n=len(found),
                few=few,
            )
        )

    def _entries(self) -> list[Entry]:
        kept = self._index.read()
        found: dict[str, Kept] = {}
        entries = []
        root = str(self.root)
        for folder in _session_folders(root):
            stamp = stamp_of(folder)
            key = folder[len(root) :].lstrip(os.sep)
            known = kept.get(key)
            if known is None or known.stamp != stamp:
                entry = read_entry(Path(folder))
                if not entry.trouble:  # its sentence names the folder as given
                    found[key] = Kept(stamp, _to_plain(entry), entry.summary)
            else:
                entry = _from_plain(Path(folder), known)
                found[key] = known
            entries.append(entry)
        self._index.write(kept, found)
        return sorted(entries, key=lambda e: (e.created, e.name), reverse=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Switch garbage collection off while thousands of lasting objects are made: twice as fast."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def is_path(text: str) -> bool:
    """Whether a person means a folder, not a name in the library."""
    path = Path(text)
    return bool(text.strip()) and (len(path.parts) > 1 or (path / META).is_file())


def read_entry(folder: Path) -> Entry:
    """Read one session folder; never raises for what is wrong with it."""
    try:
        if not (folder / META).exists() and (folder / EMG).exists():
            return _damaged(
                folder,
                tr(
                    "{folder} has {emg} but no {meta}. Restore {meta} from a backup, or read "
                    "{emg} as a plain CSV.",
                    folder=folder,
                    emg=EMG,
                    meta=META,
                ),
            )
        session = open_session(folder)
        meta = session.meta
        require_file(folder / EMG)
        session.require_samples()
        size = (folder / EMG).stat().st_size
    except FileNotFoundError:
        return _damaged(
            folder,
            tr(
                "{folder} has no samples: {emg} is missing. Restore it from a backup.",
                folder=folder,
                emg=EMG,
            ),
        )
    except UnclenchError as error:
        return _damaged(folder, str(error))
    except OSError as error:
        trouble = tr(
            "{folder} cannot be read: {reason}. Check its permissions.",
            folder=folder,
            reason=error.strerror or error,
        )
        return _damaged(folder, trouble)
    program = (meta.training or {}).get("program")
    return Entry(
        folder=folder,
        name=folder.name or folder.resolve().name,
        created=meta.created,
        title=meta.title,
        labels=meta.labels,
        duration_s=meta.duration_s if meta.ended != "running" else _so_far_s(folder, meta, size),
        program=program if isinstance(program, str) else "",
        sites=meta.sites,
        channels=meta.channels,
        band=meta.band.name,
        ended=meta.ended,
        source=meta.source,
        feedback=meta.feedback,
        provenance=meta.origin,
        summary=read_summary(folder),
    )


def _damaged(folder: Path, trouble: str) -> Entry:
    name = folder.name or folder.resolve().name
    dated = _DATED.match(name)
    try:
        if dated:
            created = datetime.strptime("".join(dated.groups()), "%Y-%m-%d%H%M%S").astimezone()
        else:
            path = folder / META if (folder / META).exists() else folder
            created = datetime.fromtimestamp(int(path.stat().st_mtime), timezone.utc)
    except (OSError, ValueError, OverflowError):
        created = datetime.fromtimestamp(0, timezone.utc)
    return Entry(folder, name, created, " ".join(trouble.split()))


def _so_far_s(folder: Path, meta: SessionMeta, size: int) -> float:
    """Length of a session that was never closed, by the last whole row of emg.csv."""
    with (folder / EMG).open("rb") as file:
        file.seek(max(0, size - _TAIL_BYTES), io.SEEK_SET)
        lines = file.read(_TAIL_BYTES).split(b"\n")[:-1]
    try:
        return (int(lines[-1].split(b",", 1)[0]) + 1) / float(meta.constants.rate)
    except (IndexError, ValueError, OverflowError):  # only the header, or damaged
        return 0.0


def _session_folders(root: str) -> Iterator[str]:
    """Yield folders that hold a session, or a session's samples."""
    top = os.path.realpath(root)
    seen = {top}  # real places of what links lead to
    todo = [(root, 0)]
    while todo:
        folder, depth = todo.pop()
        inside: list[os.DirEntry[str]] = []
        try:
            if os.path.isfile(f"{folder}/{META}"):  # noqa: PTH113  # thousands: a Path costs more
                yield folder
                continue
            with os.scandir(folder) as found:
                for item in found:
                    if item.name == EMG:
                        inside = []
                        yield folder
                        break
                    if item.name[0] != "." and _is_folder(item):
                        inside.append(item)
        except PermissionError:
            if depth == 1:  # directly in the library: probably a session
                yield folder
            continue
        except OSError:
            continue
        for item in inside:
            if item.is_symlink():
                real = os.path.realpath(item.path)
                if real in seen or _holds(top, real) or _holds(real, top):
                    continue  # listed under its real path, or a loop
                seen.add(real)
            if depth < _DEEPEST:
                todo.append((item.path, depth + 1))


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_dir()
    except OSError:  # a link to itself
        return False


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _names(entry: Entry) -> Sequence[str]:
    return (entry.name.casefold(), entry.title.casefold(), f"{entry.local:%Y-%m-%d %H:%M:%S}")


def _to_plain(entry: Entry) -> dict[str, object]:
    fields = {name: value for name, value in vars(entry).items() if name not in _ELSEWHERE}
    return {**fields, "created": entry.created.isoformat()}


def _from_plain(folder: Path, kept: Kept) -> Entry:
    plain = kept.fields.items()
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain}
    fields["created"] = datetime.fromisoformat(fields["created"])
    fields["provenance"] = Provenance(fields["provenance"])
    return Entry(
        folder=folder, name=folder.name or folder.resolve().name, summary=kept.summary, **fields
    )
