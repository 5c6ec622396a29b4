"""Read rows of numbers below the header of a text file."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unclench.errors import InputError
from unclench.store.table.csvfile import CsvFile
from unclench.translation import tr

HEAD_BYTES = 256 << 10


@dataclass(frozen=True)
class Head:
    """The first lines of a file, without their line ends, and the byte where each begins."""

    lines: tuple[str, ...]
    starts: tuple[int, ...]


def read_head(path: Path) -> Head:
    """Read the first lines of a text file, at most 256 KiB."""
    with path.open("rb") as file:
        data = file.read(HEAD_BYTES)
    at = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    lines, starts = [], []
    for line in data[at:].split(b"\n"):
        lines.append(line.decode("utf-8", errors="replace").rstrip("\r"))
        starts.append(at)
        at += len(line) + 1
    return Head(tuple(lines), tuple(starts))


def rows_below(
    path: Path, head: Head, n_lines: int, names: Sequence[str], delimiter: str
) -> tuple[CsvFile, list[str]]:
    """Return the rows from line `n_lines` (counted from 0) as a table, and notes.

    A truncated last line is left out. Raises InputError: no rows.
    """
    stop, notes = path.stat().st_size, []
    start = head.starts[n_lines] if n_lines < len(head.starts) else stop
    with path.open("rb") as file:
        file.seek(max(start, stop - HEAD_BYTES))
        tail = file.read()
    kept = tail.rstrip(b"\r\n\t ,")  # some programs append empty rows
    kept = tail[: tail.find(b"\n", len(kept)) + 1] or tail
    last = kept[kept.rfind(b"\n") + 1 :]
    if last.strip() and last.count(delimiter.encode()) < len(names) - 1:
        kept = kept[: len(kept) - len(last)]
        notes.append(tr("The last line is cut off, so it is left out."))
    if not kept.strip():
        raise InputError(
            tr("{name} has a header but no rows of numbers: restore the file.", name=path.name)
        )
    stop -= len(tail) - len(kept)
    table = CsvFile(path.name, path, start, stop, n_lines, tuple(names), delimiter)
    return table, notes
