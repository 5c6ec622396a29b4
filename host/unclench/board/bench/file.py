"""Where a sheet is kept: read with distrust, written as a whole, over nothing that is no sheet."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from unclench.board.bench.judge import judged_anew
from unclench.board.bench.page import DATA_BEGIN, DATA_END, render
from unclench.board.bench.sheet import FORMAT, VERSION, Record, Sheet
from unclench.errors import StoreError
from unclench.locking import locked

_MOST_BYTES = 5_000_000  # a whole sheet of three sensors is a tenth of that
_ELSE = "give another name with --keep"


def default_path(board_id: str) -> Path:
    """Name of a board's sheet, in the current folder."""
    return Path(f"unclench-bench-{board_id}.html")


def read_sheet(path: Path) -> Sheet:
    """Read a sheet that was kept, and judge it anew.

    Raises StoreError in a sentence if it is none, or not whole.
    """
    return _read(path, "")


def sheet_for(path: Path, board_id: str) -> Sheet:
    """The sheet to go on with, or a new one. Raises StoreError if the file is not this board's."""
    try:
        path.stat()
    except OSError:  # nothing is there, or writing there says what is wrong
        return Sheet(board_id=board_id)
    sheet = _read(path, f" and is left as it is: {_ELSE}")
    if sheet.board_id != board_id:
        raise StoreError(
            f"{path} is the sheet of board {sheet.board_id}, this is board {board_id}: {_ELSE}."
        )
    return sheet


def check_place(path: Path) -> None:
    """Refuse a place that takes no sheet, before anything is measured. Raises StoreError."""
    with _beside(path):
        pass


def add(path: Path, board_id: str, record: Record) -> Sheet:
    """Put a record on a board's sheet, and judge all of it anew.

    What counts is the sheet as it is now: others may have written to it while the step was
    measured, and none of them writes meanwhile. Raises StoreError.
    """
    with _locked(path):
        sheet = judged_anew(sheet_for(path, board_id).with_record(record))
        keep(path, sheet)
    return sheet


def keep(path: Path, sheet: Sheet) -> None:
    """Write the page aside and put it in its place. Raises StoreError."""
    with _beside(path) as part:
        part.write_text(render(sheet), encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, part)
        part.replace(_target(path))


def _read(path: Path, left: str) -> Sheet:
    """See read_sheet; `left` ends the sentence about a file that is no good."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # it may have no end, or nobody who writes
            no_file = "it is a folder or a device, no file"
            raise StoreError(f"{path} cannot be read: {no_file}.")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode("utf-8") if len(content) <= _MOST_BYTES else ""
    except FileNotFoundError:
        raise StoreError(f"There is no file {path}: a step of the bench makes it.") from None
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
    _, found, rest = text.partition(DATA_BEGIN)
    if not found:
        raise StoreError(f"{path} is no bench sheet of unclench{left}.")
    block, ended, _ = rest.partition(DATA_END)
    damaged = f"{path} is a bench sheet, but damaged{left}."
    try:
        data = json.loads(block) if ended else None
    except (ValueError, RecursionError):
        raise StoreError(damaged) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise StoreError(damaged)
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            f"{path} is of a newer unclench (version {version} of the sheet, {VERSION} is known "
            "here) and is left as it is: update unclench."
        )
    try:
        return judged_anew(Sheet.model_validate_json(block))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StoreError(
            f"{path} is a bench sheet, but damaged (at {where or 'its data'}){left}."
        ) from None


def _target(path: Path) -> Path:
    """The file itself, where `path` is a link to it."""
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new file in the folder of the sheet; gone afterwards unless it took the sheet's place.

    Trouble with it becomes a StoreError.
    """
    try:
        part = _target(path).with_name(f".unclench-{secrets.token_hex(8)}.part")
        part.touch(exist_ok=False)
        try:
            yield part
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a sheet while it is read, changed and written. Raises StoreError."""
    target = _target(path)
    busy = f"{path} is being written by another program: repeat the step when that is done."
    with contextlib.ExitStack() as holding:
        try:
            target.parent.stat()  # a folder that is gone is not made anew by the lock
            holding.enter_context(locked(target.with_name(f".{target.name}.lock"), busy))
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written: {error.strerror or error}; name a file in a folder that "
        "you may write to with --keep."
    )
