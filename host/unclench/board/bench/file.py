"""Where a sheet is kept: read with distrust, written as a whole, over nothing that is no sheet."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from unclench.board.bench.page import DATA_BEGIN, DATA_END, render
from unclench.board.bench.sheet import FORMAT, VERSION, Sheet
from unclench.errors import StoreError

_MOST_BYTES = 5_000_000  # a whole sheet of three sensors is a tenth of that
_ELSE = "give another name with --keep"


def default_path(board_id: str) -> Path:
    """Name of a board's sheet, in the current folder."""
    return Path(f"unclench-bench-{board_id}.html")


def read_sheet(path: Path) -> Sheet:
    """Read a sheet that was kept. Raises StoreError in a sentence if it is none, or not whole."""
    try:
        content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        text = content.decode("utf-8")
    except FileNotFoundError:
        raise StoreError(f"There is no file {path}: a step of the bench makes it.") from None
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
    _, found, rest = text.partition(DATA_BEGIN)
    if not found:
        raise StoreError(f"{path} is no bench sheet of unclench and is left as it is: {_ELSE}.")
    block, ended, _ = rest.partition(DATA_END)
    damaged = f"{path} is a bench sheet, but damaged, and is left as it is: {_ELSE}."
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
        return Sheet.model_validate_json(block)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StoreError(
            f"{path} is a bench sheet, but damaged (at {where or 'its data'}), and is left as it "
            f"is: {_ELSE}."
        ) from None


def sheet_for(path: Path, board_id: str) -> Sheet:
    """The sheet to go on with, or a new one. Raises StoreError if the file is not this board's."""
    if not path.exists():
        return Sheet(board_id=board_id)
    sheet = read_sheet(path)
    if sheet.board_id != board_id:
        raise StoreError(
            f"{path} is the sheet of board {sheet.board_id}, this is board {board_id}: {_ELSE}."
        )
    return sheet


def keep(path: Path, sheet: Sheet) -> None:
    """Write the page aside and put it in its place. Raises StoreError."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(render(sheet), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}; name a file in a folder that "
            "you may write to with --keep."
        ) from error
