"""The files of a session folder, and the name of a new one."""

from datetime import datetime
from itertools import count
from pathlib import Path

from unclench.errors import StoreError
from unclench.translation import tr

META, EMG, TENSION, EVENTS = "session.json", "emg.csv", "tension.csv", "events.csv"
PROGRAM = "program.toml"  # of a guided session
SUMMARY = "summary.json"  # figures in short, a cache
LOCK = ".lock"  # held while session.json or events.csv is changed


def is_session(path: Path) -> bool:
    """Whether `path` is a session folder."""
    return (path / META).is_file()


def new_session_folder(path: Path, *, now: datetime | None = None) -> Path:
    """Make the folder for a new session and return it.

    A `path` that does not exist, or is an empty folder, becomes the session itself. In a folder
    that holds other things a dated folder is made. No session is ever overwritten.

    Raises
    ------
    StoreError
        `path` is a session already, is a file, or cannot be written.
    """
    try:
        if is_session(path):
            raise StoreError(
                tr(
                    "{path} already holds a session, which is never overwritten. Give a new name, "
                    "or the folder above it ({parent}) for a dated folder inside.",
                    path=path,
                    parent=path.parent,
                )
            )
        if path.exists() and not path.is_dir():
            raise StoreError(
                tr(
                    "{path} is a file, but a folder for the session is expected. Give another "
                    "name.",
                    path=path,
                )
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
            tr(
                "No session folder can be made at {path}: {reason}. Give a folder that you can "
                "write to.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error
    raise AssertionError("unreachable")
