"""Finds out how a CSV or TSV is written: encoding, comments, header, delimiter, decimal mark."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from unclench.errors import InputError
from unclench.files import require_file
from unclench.store.table.csvfile import CsvFile, number, opened
from unclench.translation import tr

_HEAD_BYTES = 256 << 10
_DELIMITERS = ("\t", ";", ",")
_SKIPPED = (b"#", b"%", b"sep=")  # comments, and a note for spreadsheets
_SNIFF_ROWS = 20
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")


@dataclass(frozen=True)
class Table:
    """A file whose format is known, with its first rows."""

    file: CsvFile
    comments: str
    first_rows: tuple[tuple[str, ...], ...]


def open_table(path: Path) -> Table:
    """Look at the beginning and the end of a file.

    Raises
    ------
    InputError
        Empty, binary, without a header, without rows.
    StoreError
        A pipe or a device.
    """
    name = path.name
    source = _source(path)
    with opened(source) as raw:
        head = raw.read(_HEAD_BYTES)
        stop = _end_of_rows(raw)
    if not head.strip():
        raise InputError(
            tr("{name} is empty, but a header line and rows of numbers are expected.", name=name)
        )
    if b"\0" in head:
        raise InputError(
            tr(
                "{name} is a binary file (byte {index} is zero). "
                "Export the recording as CSV text with a header line.",
                name=name,
                index=head.index(0),
            )
        )
    if len(head) == _HEAD_BYTES:  # the last line is probably cut
        head = head[: head.rfind(b"\n") + 1] or head
    mark = codecs.BOM_UTF8 if head.startswith(codecs.BOM_UTF8) else b""
    lines = head[len(mark) :].splitlines(keepends=True)
    comments, at = [], 0
    while at < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith(_SKIPPED)):
        comments.append(_text(lines[at]))
        at += 1
    if at == len(lines):
        raise InputError(
            tr("{name} has only comments, but a header line and rows are expected.", name=name)
        )
    start = len(mark) + sum(len(line) for line in lines[: at + 1])
    numbered = [(at + 1 + i, _text(line)) for i, line in enumerate(lines[at:]) if line.strip()]
    texts = [text for _, text in numbered]
    try:
        delimiter = _find_delimiter(texts[: _SNIFF_ROWS + 1])
        rows = [tuple(r) for r in csv.reader(texts, delimiter=delimiter, skipinitialspace=True)]
    except csv.Error as error:
        raise InputError(
            tr("{name} cannot be read as a table: {error}.", name=name, error=error)
        ) from error
    header = tuple(cell.strip() for cell in rows[0])
    decimal = _find_decimal(rows[1:])
    if _is_numeric(header):
        raise InputError(
            tr(
                "{name} has no header: line {at} has numbers ({row!r}). Put a "
                "line with the column names above it, such as 'time_s,emg_uv'.",
                name=name,
                at=at + 1,
                row=texts[0].strip()[:40],
            )
        )
    if stop <= start or len(rows) < 2:
        raise InputError(
            tr(
                "{name} has a header (line {at}), but no rows of numbers below it.",
                name=name,
                at=at + 1,
            )
        )
    file = CsvFile(name, source, start, stop, at + 1, header, delimiter, decimal)
    first_rows = tuple(rows[1 : _SNIFF_ROWS + 1])
    if all(len(row) != len(header) for row in first_rows if _is_numeric(row)):
        for (line, _), row in zip(numbered[1:], first_rows, strict=False):
            if _is_numeric(row):  # the line above it is not its header
                raise InputError(file.ragged(line, len(row)))
    return Table(file, "".join(comments), first_rows)


def _source(path: Path) -> Path | bytes:
    require_file(path)
    with path.open("rb") as raw:
        mark = raw.read(4)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:  # rare and made by spreadsheets, so small enough for memory
            return path.read_bytes().decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise InputError(
                tr(
                    "{name} begins as UTF-16 text, but is not. Save it again as UTF-8.",
                    name=path.name,
                )
            ) from error
    return path


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _is_numeric(cells: tuple[str, ...]) -> bool:
    return all(number(cell, ".") is not None or number(cell, ",") is not None for cell in cells)


def _find_delimiter(lines: list[str]) -> str:
    """Return the delimiter under which header and rows have the same number of cells."""
    header_cells, row_cells = {}, {}
    for d in _DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=d, skipinitialspace=True)]
        header_cells[d] = counts[0]
        row_cells[d] = Counter(counts[1:]).most_common(1)[0][0] if counts[1:] else counts[0]
    agreeing = [d for d in _DELIMITERS if header_cells[d] == row_cells[d] > 1]
    if agreeing:
        return max(agreeing, key=lambda d: header_cells[d])
    # One column, its numbers perhaps with decimal commas: any delimiter that does not occur.
    if max(header_cells.values()) == 1 and all(map(_DECIMAL_COMMA.fullmatch, lines[1:])):
        return ";"
    # Otherwise header and rows contradict each other; reading finds the line.
    return max(_DELIMITERS, key=lambda d: (header_cells[d] > 1, row_cells[d]))


def _find_decimal(rows: list[tuple[str, ...]]) -> str:
    return "," if any(_DECIMAL_COMMA.fullmatch(cell) for row in rows for cell in row) else "."


def _end_of_rows(raw: BinaryIO) -> int:
    """Return the end of the last row that is more than delimiters, as spreadsheets append them."""
    size = raw.seek(0, io.SEEK_END)
    raw.seek(max(0, size - _HEAD_BYTES))
    tail = raw.read()
    for line in reversed(tail.splitlines(keepends=True)):
        if line.strip(b'\t;, \r\n"'):
            break
        size -= len(line)
    return size
