"""Where a session lies: the files of its folder and how a new folder gets its name."""

import errno
import os
import shutil
import stat
from datetime import datetime
from itertools import count
from pathlib import Path

from unclench.errors import StoreError

META, EMG, TENSION, EVENTS = "session.json", "emg.csv", "tension.csv", "events.csv"
PROGRAM = "program.toml"  # of a guided session
SUMMARY = "summary.json"  # figures in short, a cache
LOCK = ".lock"  # held while session.json or events.csv is changed


def is_session(path: Path) -> bool:
    """Say whether `path` is a session folder."""
    return (path / META).is_file()


def new_session_folder(path: Path, *, now: datetime | None = None) -> Path:
    """Make the folder for a new session and return it.

    A `path` that does not exist, or is an empty folder, becomes the session itself. Inside a folder
    that holds other things a dated one is made. A session is never written over.

    Raises
    ------
    StoreError
        `path` is a session already, is a file, or cannot be written.
    """
    try:
        if is_session(path):
            raise StoreError(
                f"{path} already holds a session, which is never overwritten: give a new name, "
                f"or the folder above it ({path.parent}) to get a dated folder there."
            )
        if path.exists() and not path.is_dir():
            raise StoreError(
                f"{path} is a file where a folder for the session is expected: give another name."
            )
        if not path.exists() or not any(path.iterdir()):
            path.mkdir(parents=True, exist_ok=True)
            return path
        date = (now or datetime.now()).strftime("%Y-%m-%d_%H-%M-%S")
        for n in count(1):
            folder = path / (date if n == 1 else f"{date}-{n}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise StoreError(
            f"no session folder can be made at {path}: {error.strerror or error}; "
            "give a folder that you may write to."
        ) from error
    raise AssertionError("unreachable")


def require_file(path: Path) -> None:
    """Refuse to open what would never end, or never begin: a pipe, a device, a folder.

    Raises
    ------
    StoreError
        `path` is there and no file.
    OSError
        It cannot be looked at, or is not there.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise StoreError(
            f"{path} is no file (a folder, a pipe or a device) where one is expected: restore it, "
            "or give a file."
        )


def why_unwritable(error: OSError) -> str:
    """Say why the system did not write, also where a library has put it in its own words."""
    words = error.strerror or str(error)
    # NumPy tells a full disk in numbers ("8 requested and 4 written"), Arrow around the system's.
    if error.errno == errno.ENOSPC or "errno 28" in words or "requested and" in words:
        return os.strerror(errno.ENOSPC)
    return words


def free_space(folder: Path) -> str:
    """Say how much room is left where `folder` lies."""
    try:
        return f"{shutil.disk_usage(folder).free / 1e6:.1f} MB free"
    except OSError:
        return "free space unknown"
