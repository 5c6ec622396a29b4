"""Read a sheet's data, or a page of unclench 0.1, which held the data itself; trust neither."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from pydantic import ValidationError

from unclench.board.bench.judge import judge_sheet
from unclench.board.bench.page import PAGE_MARK
from unclench.board.bench.sheet import FORMAT, VERSION, Sheet
from unclench.errors import StoreError
from unclench.translation import tr

_MOST_BYTES = 5_000_000  # a whole sheet of three sensors is a tenth of that
_OLD_BEGIN, _OLD_END = '<script type="application/json" id="unclench-bench">', "</script>"


def read_data(file: Path, *, to_write: bool = False) -> Sheet | None:
    """Read a sheet's data and judge it again; None if there is no such file.

    Parameters
    ----------
    file : Path
    to_write : bool
        The caller wants to replace the file: an error says that it was not changed.

    Raises
    ------
    StoreError
        If the file is something else, damaged, or from a newer unclench.
    """
    text = _text(file)
    return None if text is None else _sheet(file, text, to_write, f'"{FORMAT}"' in text[:200])


def read_old_page(page: Path, *, to_write: bool = False) -> Sheet | None:
    """Read the data from a page of unclench 0.1; None if there is no page, or one without data.

    Raises StoreError like `read_data`, also for a page that unclench did not make.
    """
    text = _text(page)
    if text is None:
        return None
    _, old, rest = text.partition(_OLD_BEGIN)
    if old:
        block, ended, _ = rest.partition(_OLD_END)
        return _sheet(page, block if ended else "", to_write, True)
    if PAGE_MARK not in text:
        raise _foreign(page, to_write)
    return None


def _text(file: Path) -> str | None:
    """Return a file's text, "" if it is not text or too large, None if there is no such file."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a device may be endless or block forever
            raise StoreError(
                tr("{file} is a folder or a device, not a file. Choose a file.", file=file)
            )
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        return content.decode("utf-8") if len(content) <= _MOST_BYTES else ""
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise StoreError(
            tr("{file} cannot be read: {reason}.", file=file, reason=error.strerror or error)
        ) from error


def _sheet(file: Path, text: str, to_write: bool, marked: bool) -> Sheet:
    """Parse a sheet; a `marked` file that is not a sheet is a damaged one."""
    wrong = _damaged(file, to_write) if marked else _foreign(file, to_write)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise wrong
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise StoreError(
            tr(
                "{file} was made by a newer unclench (sheet version {theirs}; this one knows "
                "{ours}). It was not changed. Update unclench.",
                file=file,
                theirs=version,
                ours=VERSION,
            )
        )
    try:
        return judge_sheet(Sheet.model_validate_json(text))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _damaged(file, to_write, where) from None


def _damaged(file: Path, to_write: bool, where: str = "") -> StoreError:
    name = f"{file} ({where})" if where else str(file)
    if to_write:
        return StoreError(
            tr(
                "The bench sheet {name} is damaged. It was not changed. Choose another file with "
                "--keep.",
                name=name,
            )
        )
    return StoreError(tr("The bench sheet {name} is damaged.", name=name))


def _foreign(file: Path, to_write: bool) -> StoreError:
    if to_write:
        return StoreError(
            tr(
                "{file} is not a bench sheet of unclench. It was not changed. Choose another file "
                "with --keep.",
                file=file,
            )
        )
    return StoreError(tr("{file} is not a bench sheet of unclench.", file=file))
