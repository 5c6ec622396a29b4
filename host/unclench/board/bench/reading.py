"""Reads a sheet with distrust: its data, or a page of unclench 0.1, which carried them itself."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from pydantic import ValidationError

from unclench.board.bench.judge import judged_anew
from unclench.board.bench.page import PAGE_MARK
from unclench.board.bench.sheet import FORMAT, VERSION, Sheet
from unclench.errors import StoreError

_MOST_BYTES = 5_000_000  # a whole sheet of three sensors is a tenth of that
_OLD_BEGIN, _OLD_END = '<script type="application/json" id="unclench-bench">', "</script>"


def read_data(file: Path, left: str = "") -> Sheet | None:
    """Read a sheet's data and judge them again; None if there is no such file.

    Parameters
    ----------
    file : Path
    left : str
        Ends the sentence about a file that is no good.

    Raises
    ------
    StoreError
        It is something else, damaged, or of a newer unclench.
    """
    text = _text(file)
    return None if text is None else _sheet(file, text, left, marked=f'"{FORMAT}"' in text[:200])


def read_old_page(page: Path, left: str = "") -> Sheet | None:
    """Read the data out of a page of unclench 0.1; None if there is no page, or none with data.

    Raises StoreError like `read_data`; a page that unclench did not make is something else.
    """
    text = _text(page)
    if text is None:
        return None
    _, old, rest = text.partition(_OLD_BEGIN)
    if old:
        block, ended, _ = rest.partition(_OLD_END)
        return _sheet(page, block if ended else "", left, marked=True)
    if PAGE_MARK not in text:
        raise StoreError(f"{page} is not a bench sheet of unclench{left}.")
    return None


def _text(file: Path) -> str | None:
    """What is in a file, "" if it is no text or too large; None if nothing is there."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # it may have no end, or nobody who writes
            raise StoreError(f"{file} cannot be read: it is a folder or a device, not a file.")
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        return content.decode("utf-8") if len(content) <= _MOST_BYTES else ""
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror or error}.") from error


def _sheet(file: Path, text: str, left: str, *, marked: bool) -> Sheet:
    """Parse a sheet; `marked` tells a damaged sheet from a file that never was one."""
    wrong = (
        f"{file} is a bench sheet, but damaged{left}."
        if marked
        else f"{file} is not a bench sheet of unclench{left}."
    )
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise StoreError(wrong) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise StoreError(wrong)
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            f"{file} was made by a newer unclench (version {version} of the sheet, this one knows "
            f"{VERSION}) and is left as it is: update unclench."
        )
    try:
        return judged_anew(Sheet.model_validate_json(text))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StoreError(
            f"{file} is a bench sheet, but damaged (at {where or 'its data'}){left}."
        ) from None
