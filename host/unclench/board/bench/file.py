"""The files of a sheet: its data as JSON, and next to it the page made from the data.

Both files are written as a whole and replace nothing but a sheet of the same board. Up to unclench
0.1 the page itself held the data: such a page is still read, and the next step copies its data to
JSON.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unclench.board.bench.judge import judge_sheet
from unclench.board.bench.page import render
from unclench.board.bench.reading import read_data, read_old_page
from unclench.board.bench.sheet import Record, Sheet
from unclench.errors import StoreError
from unclench.files import beside, unwritable, write_whole
from unclench.locking import locked
from unclench.translation import tr


class Place(NamedTuple):
    """The two files of a sheet."""

    data: Path
    page: Path


def place_of(file: Path) -> Place:
    """Return both files of a sheet; `file` is either of them."""
    if file.suffix.lower() in (".html", ".htm"):
        return Place(file.with_suffix(".json"), file)
    return Place(file, file.parent / f"{file.stem}.html")


def default_path(board_id: str) -> Path:
    """Return the usual file of a board's sheet, in the current folder."""
    return Path(f"unclench-bench-{board_id}.json")


def read_sheet(file: Path) -> Sheet:
    """Read a sheet by the name of its data or of its page, and judge it again.

    Raises StoreError if the sheet is missing or damaged.
    """
    place = place_of(file)
    old = read_old_page(file) if file == place.page else None
    sheet = _merged(read_data(place.data), old)
    if sheet is None:
        if file.exists():
            raise StoreError(
                tr(
                    "There is no file {data}, which should hold the figures of {file}. Put it "
                    "back, or repeat the steps.",
                    data=place.data,
                    file=file,
                )
            )
        raise StoreError(
            tr(
                "There is no file {file}. A step of the bench makes it, such as `unclench board "
                "check shorted`.",
                file=file,
            )
        )
    return sheet


def sheet_for(file: Path, board_id: str) -> Sheet:
    """Return the sheet to continue, or a new one.

    Raises StoreError if one of its files is something else, or the sheet of another board.
    """
    place = place_of(file)
    kept = read_data(place.data, to_write=True), read_old_page(place.page, to_write=True)
    for path, sheet in zip(place, kept, strict=True):
        if sheet is not None and sheet.board_id != board_id:
            raise StoreError(
                tr(
                    "{path} is the sheet of board {theirs}, but this is board {ours}. Choose "
                    "another file with --keep.",
                    path=path,
                    theirs=sheet.board_id,
                    ours=board_id,
                )
            )
    return _merged(*kept) or Sheet(board_id=board_id)


def check_place(file: Path) -> None:
    """Raise StoreError if a sheet cannot be written there, before anything is measured."""
    for path in place_of(file):
        try:
            with beside(path):
                pass
        except OSError as error:
            raise _unwritable(path, error) from error


def add(file: Path, board_id: str, record: Record) -> Sheet:
    """Add a record to a board's sheet, and judge the whole sheet again.

    The sheet is read again under a lock, because another step may have written to it meanwhile.
    Raises StoreError.
    """
    with _locked(place_of(file).data):
        sheet = judge_sheet(sheet_for(file, board_id).with_record(record))
        keep(file, sheet)
    return sheet


def keep(file: Path, sheet: Sheet) -> None:
    """Write the data, then the page. Raises StoreError."""
    place = place_of(file)
    _write(place.data, sheet.model_dump_json() + "\n")
    try:
        _write(place.page, render(sheet))
    except StoreError as error:
        raise StoreError(
            tr(
                "The figures were saved in {data}, but not the page. {error}",
                data=place.data,
                error=error,
            )
        ) from error


def _merged(data: Sheet | None, old: Sheet | None) -> Sheet | None:
    """Merge the data with newer records of an old page: an older unclench may have added them."""
    if data is None or old is None:
        return data or old
    kept = {record.key: record.measured_at for record in data.records}
    for record in old.records:
        if record.key not in kept or record.measured_at > kept[record.key]:
            data = data.with_record(record)
    return judge_sheet(data)


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
    busy = tr(
        "{path} is being written by another program. Repeat the step when that has finished.",
        path=path,
    )
    with contextlib.ExitStack() as holding:
        try:
            target.parent.stat()  # the lock must not create a folder that is gone
            holding.enter_context(locked(target.with_name(f".{target.name}.lock"), busy))
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> StoreError:
    return unwritable(
        path, error, tr("Choose a file in a folder that you can write to with --keep.")
    )
