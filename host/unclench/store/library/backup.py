"""Writes sessions and a person's own files into one zip file, and checks it."""

from __future__ import annotations

import json
import os
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from unclench import __version__
from unclench.errors import StoreError
from unclench.files import PART, free_space, why_unwritable, written
from unclench.store.session.edit import is_recording
from unclench.store.session.folder import LOCK
from unclench.store.session.reader import open_session
from unclench.translation import tr

MANIFEST = "unclench-backup.json"
FORMAT = 1
SESSIONS, OWN = "sessions", "own"
OWN_SUFFIXES = (".json", ".toml")  # settings, calibrations, tags, programs, a self-trial

_CHUNK_BYTES = 1 << 20
_EARLIEST, _LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # that a zip can say


@dataclass
class BackupReport:
    """What went into a backup."""

    file: Path
    sessions: int = 0
    own_files: int = 0
    size_bytes: int = 0
    running: list[Path] = field(default_factory=list)  # saved as they were
    left_out: list[str] = field(default_factory=list)  # sentences about files that cannot be read


def write_backup(
    file: Path,
    root: Path,
    folders: Sequence[Path],
    *,
    own: Path | None = None,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> BackupReport:
    """Write sessions, and the files in the folder `own`, into a new zip file.

    Sessions keep their place under `root`; others go by their name. `progress` is called with the
    number of sessions done and the number of all.

    Raises
    ------
    StoreError
        The file exists (unless `force`), cannot be written, or is damaged when read back. It is
        removed then, and an older file stays as it was.
    """
    if file.exists() and not force:
        raise StoreError(
            tr(
                "{file} exists, and a backup overwrites nothing. Give another name, or --force to "
                "overwrite it.",
                file=file,
            )
        )
    if file.is_dir():
        raise StoreError(
            tr("{file} is a folder. Give the name of a file, such as backup.zip.", file=file)
        )
    report = BackupReport(file, len(folders))
    places = _places(root, folders)
    try:
        with written(file) as part:
            content = _fill(part, places, own, report, progress)
            _check(part, content)
            if file.exists() and not force:
                raise StoreError(
                    tr(
                        "{file} was made by another program just now and is not overwritten.",
                        file=file,
                    )
                )
            report.size_bytes = part.stat().st_size
    except UnicodeEncodeError as error:
        raise StoreError(
            tr("A zip file cannot hold the name {name!r}. Rename it.", name=error.object)
        ) from error
    except OSError as error:
        raise StoreError(
            tr(
                "{file} cannot be written: {reason} ({space}). Choose another folder or disk.",
                file=file,
                reason=why_unwritable(error),
                space=free_space(file.parent),
            )
        ) from error
    return report


def _fill(
    part: Path,
    places: dict[Path, str],
    own: Path | None,
    report: BackupReport,
    progress: Callable[[int, int], None] | None,
) -> dict[str, tuple[int, int]]:
    """Write the zip file; return the size and check sum of each file in it."""
    about = {
        "backup_format": FORMAT,
        "unclench_version": __version__,
        "created": datetime.now().astimezone().isoformat(timespec="seconds"),
        "sessions": list(places.values()),
    }
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr(MANIFEST, json.dumps(about, indent=1, ensure_ascii=False))
        for n, (folder, place) in enumerate(places.items()):
            if progress:
                progress(n, len(places))
            if _is_running(folder):
                report.running.append(folder)
            for path in _files(folder):
                name = f"{SESSIONS}/{place}/{path.relative_to(folder).as_posix()}"
                _add(archive, path, name, report)
        if own is not None:
            for path in own_files(own):
                name = f"{OWN}/{path.relative_to(own).as_posix()}"
                report.own_files += _add(archive, path, name, report)
        return {info.filename: (info.file_size, info.CRC) for info in archive.infolist()}


def own_files(own: Path) -> Iterator[Path]:
    """Yield a person's own files: in the folder `own` and in the folders right below it."""
    for path in sorted((*own.glob("*"), *own.glob("*/*"))):
        if path.suffix in OWN_SUFFIXES and ".broken" not in path.suffixes and path.is_file():
            yield path


def _places(root: Path, folders: Sequence[Path]) -> dict[Path, str]:
    """Where each session goes in the zip."""
    places: dict[Path, str] = {}
    top = root.resolve()
    for folder in folders:
        real = folder.resolve()
        inside = real != top and real.is_relative_to(top)
        place = real.relative_to(top).as_posix() if inside else real.name
        numbered = (place if n == 1 else f"{place}-{n}" for n in count(1))
        places[folder] = next(name for name in numbered if name not in places.values())
    return places


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        left_out = path.suffix == PART or path.name == LOCK
        if path.is_file() and not path.is_symlink() and not left_out:
            yield path


def _add(archive: zipfile.ZipFile, path: Path, name: str, report: BackupReport) -> bool:
    """Add a file with its size of this moment: a growing one would never end."""
    try:
        source = path.open("rb")
    except OSError as error:
        report.left_out.append(
            tr(
                "{path} cannot be read ({reason}) and is left out.",
                path=path,
                reason=error.strerror,
            )
        )
        return False
    with source:
        stat = os.fstat(source.fileno())
        when = min(max(time.localtime(stat.st_mtime)[:6], _EARLIEST), _LATEST)
        info = zipfile.ZipInfo(name, when)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size = left = stat.st_size
        with archive.open(info, "w") as target:
            while left and (data := source.read(min(left, _CHUNK_BYTES))):
                target.write(data)
                left -= len(data)
    return True


def _check(part: Path, written: dict[str, tuple[int, int]]) -> None:
    """Read the whole file again. Raises StoreError."""
    try:
        with zipfile.ZipFile(part) as archive:
            broken = archive.testzip()
            found = {info.filename: (info.file_size, info.CRC) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError):
        broken, found = tr("table of contents"), {}
    if broken is not None or found != written:
        raise StoreError(
            tr(
                "The backup cannot be read back as it was written (damaged: {part}), so it was "
                "deleted. The disk may be failing; choose another one.",
                part=broken or tr("list of files"),
            )
        )


def _is_running(folder: Path) -> bool:
    try:
        return is_recording(folder, open_session(folder).meta)
    except (StoreError, OSError):
        return False
