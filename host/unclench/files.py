"""Files that are there as a whole or not at all, whatever happens while they are written.

A new file is written beside the one that it replaces, brought to the disk itself, and renamed. What
fails leaves the old file as it was and nothing beside it; a program that is killed, or a power cut,
leaves at most a hidden file that ends in `.part`, which nothing reads.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from unclench.errors import StoreError
from unclench.translation import tr

PART = ".part"


def write_whole(path: Path, content: bytes | str) -> None:
    """Put `content` into `path`, text as UTF-8. Raises OSError."""
    with written(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A new file for the caller to write, which takes the place of `path` at the end.

    Nothing changes if the caller raises. A link stays a link: the file that it leads to is
    replaced. The new file gets the old one's permissions. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    with beside(path) as part:
        yield part
        with suppress(FileNotFoundError):
            shutil.copymode(target, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        _sync_names(target.parent)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file in the folder of `path`, gone at the end unless it was renamed.

    Raises OSError if nothing can be written there.
    """
    part = Path(os.path.realpath(path)).with_name(f".unclench-{secrets.token_hex(8)}{PART}")
    part.touch(exist_ok=False)
    try:
        yield part
    finally:
        with suppress(OSError):  # what went wrong before says more
            part.unlink(missing_ok=True)


@contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """An empty folder for the caller to fill, which becomes the new folder `path` at the end.

    Raises OSError, also if there is something at `path` by then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    around = Path(tempfile.mkdtemp(prefix=".unclench-", suffix=PART, dir=path.parent))
    try:
        inside = around / "folder"
        inside.mkdir()
        yield inside
        inside.rename(path)
        _sync_names(path.parent)
    finally:
        shutil.rmtree(around, ignore_errors=True)


def set_aside(path: Path) -> Path:
    """Rename a file to the first of NAME.broken.json, NAME.2.broken.json, ... that is not taken.

    Of a link the file that it leads to, as that is what would be written over. Raises OSError.
    """
    real = Path(os.path.realpath(path))
    for n in count(1):
        name = real.with_suffix(f"{f'.{n}' if n > 1 else ''}.broken{real.suffix}")
        if not os.path.lexists(name):
            return real.rename(name)
    raise AssertionError("unreachable")


def require_file(path: Path) -> None:
    """Raise an error unless `path` is a regular file: a pipe or device may block forever.

    Raises
    ------
    StoreError
        If `path` exists but is not a file.
    OSError
        If `path` does not exist or is not accessible.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise StoreError(
            tr(
                "{path} is a folder, a pipe or a device, but a file is expected. Restore the "
                "file, or give another one.",
                path=path,
            )
        )


def why_unwritable(error: OSError) -> str:
    """Return the reason why the system did not write, also for a library's own wording."""
    words = error.strerror or str(error)
    # NumPy reports a full disk as "8 requested and 4 written", Arrow wraps the system's words.
    if error.errno == errno.ENOSPC or "errno 28" in words or "requested and" in words:
        return os.strerror(errno.ENOSPC)
    return words


def unreadable(name: object, error: Exception) -> str:
    """Return the sentence for a file, or a line of it, that cannot be read."""
    reason = getattr(error, "strerror", None) or error
    return tr("{name} cannot be read: {reason}.", name=name, reason=reason)


def unwritable(path: Path, error: OSError, advice: str) -> StoreError:
    """Return the error for a file that the system does not write; `advice` is a sentence."""
    reason = why_unwritable(error)
    return StoreError(
        tr("{path} cannot be written: {reason}. {advice}", path=path, reason=reason, advice=advice)
    )


def free_space(folder: Path) -> str:
    """Return how much room is left on the disk of `folder`, in words."""
    try:
        return tr("{n_mb:.1f} MB free", n_mb=shutil.disk_usage(folder).free / 1e6)
    except OSError:
        return tr("free space unknown")


def _sync_names(folder: Path) -> None:
    """Write a folder's new names to the disk, where the system can: Windows cannot."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
