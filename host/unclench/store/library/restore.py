"""Takes a backup back: checked as a whole before anything is written, and nothing overwritten."""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath

from unclench.errors import StoreError
from unclench.files import unreadable, written, written_folder
from unclench.store.library.backup import FORMAT, MANIFEST, OWN, OWN_SUFFIXES, SESSIONS
from unclench.store.session.folder import LOCK, SUMMARY, is_session
from unclench.translation import tr

_CHUNK_BYTES = 1 << 20
_LARGEST_RATIO = 1100  # deflate makes nothing smaller than 1/1032
_MOST_FILES = 1_000_000
_LARGEST_MANIFEST = 64 << 20
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, struct.error),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


@dataclass
class RestoreReport:
    """What became of a backup."""

    restored: list[Path] = field(default_factory=list)
    renamed: list[tuple[str, Path]] = field(default_factory=list)  # its name was taken
    there: list[str] = field(default_factory=list)  # there already, and the same
    own_restored: list[Path] = field(default_factory=list)
    own_beside: list[Path] = field(default_factory=list)  # as NAME.restored: one is there already


def restore_backup(
    file: Path, to: Path, *, own: Path, progress: Callable[[int, int], None] | None = None
) -> RestoreReport:
    """Restore what `write_backup` wrote: sessions into `to`, the rest into the folder `own`.

    Raises
    ------
    StoreError
        Not a complete backup of unclench, or one that may be tampered with; nothing is written
        then. Or the disk is not writable; what was restored until then stays.
    """
    with _opened(file) as archive:
        sessions, owned = _contents(file, archive, to)
        report = RestoreReport()
        try:
            to.mkdir(parents=True, exist_ok=True)
            for n, (place, members) in enumerate(sessions.items()):
                if progress:
                    progress(n, len(sessions))
                _restore_session(archive, to, place, members, report)
            for name, info in owned.items():
                _restore_own(archive, own / name, info, report)
        except OSError as error:
            raise StoreError(
                tr(
                    "{path} cannot be written: {reason}. {n} of {total} sessions are restored. "
                    "Make room and restore again; what is restored already stays.",
                    path=error.filename or to,
                    reason=error.strerror or error,
                    n=len(report.restored),
                    total=len(sessions),
                )
            ) from error
    return report


Members = dict[str, zipfile.ZipInfo]


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise StoreError(unreadable(file, error)) from error
    except _DAMAGED as error:
        raise _damaged(file, str(error)) from error
    with archive:
        yield archive


def _damaged(file: Path, reason: str) -> StoreError:
    return StoreError(
        tr(
            "{file} is damaged or not a zip file ({reason}), so nothing was restored. Use another "
            "copy of it.",
            file=file,
            reason=" ".join(reason.split()).rstrip("."),
        )
    )


def _contents(file: Path, archive: zipfile.ZipFile, to: Path) -> tuple[dict[str, Members], Members]:
    """Check everything; return the files of each session, and those of a person's own."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _check_sizes(file, infos, to)
    names: set[str] = set()
    for info in infos:
        _check_name(file, info)
        if info.filename in names:
            raise _untrusted(file, tr("it has {name!r} twice", name=info.filename))
        names.add(info.filename)
    places = _places(file, archive)
    sessions: dict[str, Members] = {place: {} for place in places}
    owned: Members = {}
    for info in infos:
        top, _, rest = info.filename.partition("/")
        if top == OWN and rest.count("/") < 2 and rest.endswith(OWN_SUFFIXES):
            owned[rest] = info
            continue
        parents = (str(parent) for parent in PurePosixPath(rest).parents)
        place = next((parent for parent in parents if parent in sessions), None)
        if top == SESSIONS and place is not None:
            sessions[place][rest[len(place) + 1 :]] = info
        elif info.filename != MANIFEST:
            raise _untrusted(file, tr("{name!r} does not belong to a session", name=info.filename))
    try:
        broken = archive.testzip()
    except OSError as error:
        raise StoreError(unreadable(file, error)) from error
    except _DAMAGED as error:
        raise _damaged(file, str(error)) from error
    if broken is not None:
        raise _damaged(file, tr("the checksum of {name} is wrong", name=broken))
    return {place: members for place, members in sessions.items() if members}, owned


def _places(file: Path, archive: zipfile.ZipFile) -> list[str]:
    """Read the sessions' places from the table that a backup begins with."""
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise StoreError(
            tr(
                "{file} is not a backup of unclench (it has no {manifest}). Give a file that "
                "`unclench sessions backup` wrote.",
                file=file,
                manifest=MANIFEST,
            )
        ) from None
    if info.file_size > _LARGEST_MANIFEST:
        raise _untrusted(file, tr("its {file} has {n} bytes", file=MANIFEST, n=info.file_size))
    try:
        about = json.loads(archive.read(info))
        version, places = about["backup_format"], about["sessions"]
        if type(version) is int and version > FORMAT:
            raise StoreError(
                tr(
                    "{file} is a backup of format {version} (unclench {other}), but this "
                    "unclench reads formats up to {newest}. Update unclench.",
                    file=file,
                    version=version,
                    other=str(about.get("unclench_version"))[:20],
                    newest=FORMAT,
                )
            )
        if not all(isinstance(place, str) and place for place in places):
            raise ValueError(tr("its list of sessions is not a list of names"))
    except StoreError:
        raise
    except (*_DAMAGED, OSError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(file, f"{MANIFEST}: {error}") from error
    return list(places)


def _check_sizes(file: Path, infos: list[zipfile.ZipInfo], to: Path) -> None:
    packed = sum(info.compress_size for info in infos)
    whole = sum(info.file_size for info in infos)
    if len(infos) > _MOST_FILES:
        raise _untrusted(file, tr("it has {n} files", n=len(infos)))
    if packed > file.stat().st_size or any(
        info.file_size > _LARGEST_RATIO * info.compress_size for info in infos
    ):
        raise _untrusted(
            file, tr("its sizes are impossible ({gb:.1f} GB unpacked)", gb=whole / 1e9)
        )
    above = next(folder for folder in (to, *to.absolute().parents) if folder.exists())
    free = shutil.disk_usage(above).free
    if whole > free:
        raise StoreError(
            tr(
                "{file} needs {needed:.2f} GB, but {folder} has {free:.2f} GB free. Make room, or "
                "restore to another disk with --out. Nothing was restored.",
                file=file,
                needed=whole / 1e9,
                folder=above,
                free=free / 1e9,
            )
        )


def _check_name(file: Path, info: zipfile.ZipInfo) -> None:
    name = info.filename
    odd = any(part in ("", ".", "..") for part in name.replace("\\", "/").split("/"))
    if odd or info.orig_filename != name or (os.name == "nt" and ":" in name):
        raise _untrusted(file, tr("the name {name!r} leads out of the folder", name=name[:80]))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _untrusted(file, tr("{name!r} is not an ordinary file", name=name[:80]))
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _untrusted(
            file, tr("{name!r} is compressed in a way that backups never use", name=name[:80])
        )


def _untrusted(file: Path, reason: str) -> StoreError:
    return StoreError(
        tr(
            "{file} was not written by `unclench sessions backup` ({reason}), so nothing was "
            "restored. Use another copy of it.",
            file=file,
            reason=reason,
        )
    )


def _restore_session(
    archive: zipfile.ZipFile, to: Path, place: str, members: Members, report: RestoreReport
) -> None:
    wanted = to / place
    above = [to / parent for parent in PurePosixPath(place).parents]
    if any(is_session(folder) or folder.is_file() for folder in above if folder != to):
        wanted = to / PurePosixPath(place).name  # inside another session nobody would find it
    for n in count():
        target = wanted
        if n:
            target = wanted.with_name(f"{wanted.name}-restored{'' if n == 1 else f'-{n}'}")
        if not os.path.lexists(target):
            break
        if _same(archive, target, members):
            report.there.append(place)
            return
    with written_folder(target) as inside:
        for name, info in members.items():
            _extract(archive, info, inside / name)
    if target == to / place:
        report.restored.append(target)
    else:
        report.renamed.append((place, target))


def _same(archive: zipfile.ZipFile, folder: Path, members: Members) -> bool:
    """Whether a session is there already; its figures in short are only a cache."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    names = members.keys() - {SUMMARY, LOCK}
    if there - {SUMMARY, LOCK} != names:
        return False
    return all(_same_file(archive, folder / name, members[name]) for name in names)


def _same_file(archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo) -> bool:
    if path.stat().st_size != info.file_size:
        return False
    with path.open("rb") as there, archive.open(info) as kept:
        while data := kept.read(_CHUNK_BYTES):
            if there.read(len(data)) != data:
                return False
    return True


def _restore_own(
    archive: zipfile.ZipFile, path: Path, info: zipfile.ZipInfo, report: RestoreReport
) -> None:
    for n in count():
        target = path
        if n:
            target = path.with_name(f"{path.name}.restored{'' if n == 1 else f'-{n}'}")
        if not os.path.lexists(target):
            break
        if target.is_file() and _same_file(archive, target, info):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    with written(target) as part:
        _extract(archive, info, part)
    (report.own_restored if target == path else report.own_beside).append(target)


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as kept, path.open("wb") as file:
        shutil.copyfileobj(kept, file, _CHUNK_BYTES)
