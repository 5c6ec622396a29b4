"""Rows of numbers below the header of a text file."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unclench.errors import InputError
from unclench.store.table.csvfile import CsvFile

HEAD_BYTES = 256 << 10


@dataclass(frozen=True)
class Head:
    """The lines at the beginning of a file, without their line ends, and where each begins."""

    lines: tuple[str, ...]
    starts: tuple[int, ...]


def read_head(path: Path) -> Head:
    """Read the first lines of a text file; what lies beyond 256 KiB is not looked at."""
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
    """Return the rows from line `n_lines` (from 0) on as a table with columns `names`, and notes.

    A last line that was cut off is left out. Raises InputError: no rows.
    """
    stop, notes = path.stat().st_size, []
    start = head.starts[n_lines] if n_lines < len(head.starts) else stop
    with path.open("rb") as file:
        file.seek(max(start, stop - HEAD_BYTES))
        tail = file.read()
    kept = tail.rstrip(b"\r\n\t ,")  # rows of nothing, as some programs append them
    kept = tail[: tail.find(b"\n", len(kept)) + 1] or tail
    last = kept[kept.rfind(b"\n") + 1 :]
    if last.strip() and last.count(delimiter.encode()) < len(names) - 1:
        kept = kept[: len(kept) - len(last)]
        notes.append("its last line is cut off and is left out.")
    if not kept.strip():
        raise InputError(f"{path.name} has a header but no rows of numbers below it.")
    stop -= len(tail) - len(kept)
    table = CsvFile(path.name, path, start, stop, n_lines, tuple(names), delimiter)
    return table, notes
