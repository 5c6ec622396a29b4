"""Where a session lies: the files of its folder and how a new folder gets its name."""

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
