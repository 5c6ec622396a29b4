"""Where a sheet is kept: its data as JSON, and beside them the page that is made from them.

Both are written as a whole, over nothing that is not this board's sheet. Up to unclench 0.1 the
page itself carried the data: such a page is read, and the next step carries its data over.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unclench.board.bench.judge import judged_anew
from unclench.board.bench.page import render
from unclench.board.bench.reading import read_data, read_old_page
from unclench.board.bench.sheet import Record, Sheet
from unclench.errors import StoreError
from unclench.files import beside, unwritable, write_whole
from unclench.locking import locked

_ELSE = "give another name with --keep"
_LEFT = f" and is left as it is: {_ELSE}"


class Place(NamedTuple):
    """The two files of a sheet."""

    data: Path
    page: Path


def place_of(file: Path) -> Place:
    """Both files of a sheet; `file` is either of them."""
    if file.suffix.lower() in (".html", ".htm"):
        return Place(file.with_suffix(".json"), file)
    return Place(file, file.parent / f"{file.stem}.html")


def default_path(board_id: str) -> Path:
    """Name of a board's sheet, in the current folder."""
    return Path(f"unclench-bench-{board_id}.json")


def read_sheet(file: Path) -> Sheet:
    """Read a sheet that was kept, by the name of its data or of its page, and judge it again.

    Raises StoreError in a sentence if there is none, or not a whole one.
    """
    place = place_of(file)
    old = read_old_page(file) if file == place.page else None
    sheet = _merged(read_data(place.data), old)
    if sheet is None:
        if file.exists():
            raise StoreError(f"There is no file {place.data}: it holds the figures of {file}.")
        raise StoreError(f"There is no file {file}: a step of the bench makes it.")
    return sheet


def sheet_for(file: Path, board_id: str) -> Sheet:
    """Return the sheet to go on with, or a new one.

    Raises StoreError if one of its files is something else, or the sheet of another board.
    """
    place = place_of(file)
    kept = read_data(place.data, _LEFT), read_old_page(place.page, _LEFT)
    for path, sheet in zip(place, kept, strict=True):
        if sheet is not None and sheet.board_id != board_id:
            raise StoreError(
                f"{path} is the sheet of board {sheet.board_id}, this is board {board_id}: {_ELSE}."
            )
    return _merged(*kept) or Sheet(board_id=board_id)


def check_place(file: Path) -> None:
    """Refuse a place that takes no sheet, before anything is measured. Raises StoreError."""
    for path in place_of(file):
        try:
            with beside(path):
                pass
        except OSError as error:
            raise _unwritable(path, error) from error


def add(file: Path, board_id: str, record: Record) -> Sheet:
    """Put a record on a board's sheet, and judge all of it again.

    What counts is the sheet as it is now: others may have written to it while the step was
    measured, and none of them writes meanwhile. Raises StoreError.
    """
    with _locked(place_of(file).data):
        sheet = judged_anew(sheet_for(file, board_id).with_record(record))
        keep(file, sheet)
    return sheet


def keep(file: Path, sheet: Sheet) -> None:
    """Write the data, then the page. Raises StoreError."""
    place = place_of(file)
    _write(place.data, sheet.model_dump_json() + "\n")
    try:
        _write(place.page, render(sheet))
    except StoreError as error:
        raise StoreError(f"The figures are kept in {place.data}, but {error}") from error


def _merged(data: Sheet | None, old: Sheet | None) -> Sheet | None:
    """The data, and what an old page has newer: an older unclench may have been used since."""
    if data is None or old is None:
        return data or old
    kept = {record.key: record.measured_at for record in data.records}
    for record in old.records:
        if record.key not in kept or record.measured_at > kept[record.key]:
            data = data.with_record(record)
    return judged_anew(data)


def _write(path: Path, text: str) -> None:
    """Write one of the files as a whole. Raises StoreError."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise _unwritable(path, error) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a sheet while it is read, changed and written. Raises StoreError."""
    target = Path(os.path.realpath(path))  # the file itself, where `path` is a link to it
    busy = f"{path} is being written by another program: repeat the step when that is done."
    with contextlib.ExitStack() as holding:
        try:
            target.parent.stat()  # a folder that is gone is not made anew by the lock
            holding.enter_context(locked(target.with_name(f".{target.name}.lock"), busy))
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> StoreError:
    return unwritable(path, error, "name a file in a folder that you may write to with --keep")
