"""Reads numbers from a CSV file: fast by pyarrow, or slowly to find out what is wrong.

The slow way reads cell by cell and knows line, column and value of the first bad cell. It is used
only after the fast way has refused the file.
"""

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as pa_csv

from unclench.errors import InputError
from unclench.files import unreadable
from unclench.translation import tr, trn

FloatArray: TypeAlias = NDArray[np.float64]

_BLOCK_BYTES = 1 << 20
_POINT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_COMMA = re.compile(r"\s*[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?\s*")


def opened(source: Path | bytes) -> BinaryIO:
    """Open a file, or what was read of it."""
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


@dataclass(frozen=True)
class CsvFile:
    """Where the rows of a table are in a file, and how they are written."""

    name: str
    source: Path | bytes
    start: int  # bytes: first data row
    stop: int  # bytes: end of the last complete row
    header_line: int
    header: tuple[str, ...]
    delimiter: str = ","
    decimal: str = "."

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and cells of every row that is not blank."""
        with (
            opened(self.source) as raw,
            io.BufferedReader(_Window(raw, self.start, self.stop)) as window,
        ):
            text = io.TextIOWrapper(window, "utf-8", errors="replace", newline="")
            reader = csv.reader(text, delimiter=self.delimiter, skipinitialspace=True)
            try:
                for cells in reader:
                    if cells:
                        yield self.header_line + reader.line_num, cells
            except csv.Error as error:
                line = self.header_line + reader.line_num
                where = tr("{name}, line {line}", name=self.name, line=line)
                raise InputError(unreadable(where, error)) from error

    def line_of(self, row: int) -> int:
        """Line number of a data row, counted from 0."""
        return next(islice(self.rows(), row, None))[0]

    def read(
        self, single: Sequence[int], together: Sequence[int]
    ) -> tuple[list[FloatArray], FloatArray]:
        """Read columns, given by their places in the header, as finite numbers.

        Parameters
        ----------
        single : sequence of int
            Columns to return one by one.
        together : sequence of int
            Columns to return as one array (n_rows, n_columns).

        Raises
        ------
        InputError
            The first cell that is not a finite number, or the first row of another length.
        """
        try:
            found = self._read_fast(single, together)
        except pa.ArrowInvalid:
            found = None
        if found is None:
            found = self._read_slowly(single, together)
        return found.single, found.together

    def _read_fast(self, single: Sequence[int], together: Sequence[int]) -> "_Columns | None":
        names = [str(i) for i in range(len(self.header))]
        wanted = dict.fromkeys(names[i] for i in (*single, *together))
        columns = _Columns(len(single), len(together))
        if self.start == self.stop:
            return columns
        # A file of pyarrow's own: its threads read ahead, and one that comes back into Python while
        # the program ends would abort it.
        with (
            _native(self.source) as raw,
            raw.get_stream(self.start, self.stop - self.start) as rows,
        ):
            reader = pa_csv.open_csv(
                cast("BinaryIO", rows),
                pa_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
                pa_csv.ParseOptions(delimiter=self.delimiter),
                pa_csv.ConvertOptions(
                    include_columns=list(wanted),
                    column_types=dict.fromkeys(wanted, pa.float64()),
                    null_values=[],
                    decimal_point=self.decimal,
                ),
            )
            with reader:
                for n_blocks, batch in enumerate(reader, 1):
                    values = [c.to_numpy() for c in batch.columns]
                    if not all(np.isfinite(v).all() for v in values):
                        return None
                    read_bytes = n_blocks * _BLOCK_BYTES
                    columns.append(values, share_read=read_bytes / (self.stop - self.start))
        return columns

    def _read_slowly(self, single: Sequence[int], together: Sequence[int]) -> "_Columns":
        indices = (*single, *together)
        values = [array("d") for _ in indices]
        for line, cells in self.rows():
            if len(cells) != len(self.header):
                raise InputError(self.ragged(line, len(cells)))
            for column, i in zip(values, indices, strict=True):
                column.append(self._number(line, i, cells[i]))
        columns = _Columns(len(single), len(together))
        columns.append([np.array(v) for v in values], share_read=1.0)
        return columns

    def _number(self, line: int, i: int, cell: str) -> float:
        value = number(cell, self.decimal)
        if value is not None and math.isfinite(value):
            return value
        where = tr(
            "{name}, line {line}, column {header!r}",
            name=self.name,
            line=line,
            header=self.header[i],
        )
        if not cell.strip():
            raise InputError(
                tr(
                    "{where} is empty, but a number is expected. Fill it or delete the row.",
                    where=where,
                )
            )
        other = "," if self.decimal == "." else "."
        if value is None and number(cell, other) is not None:
            raise InputError(
                tr(
                    "{where}: {cell!r} has the decimal mark {found!r}, but this file uses "
                    "{used!r}. Write all numbers in one way.",
                    where=where,
                    cell=cell.strip(),
                    found=other,
                    used=self.decimal,
                )
            )
        raise InputError(
            tr(
                "{where}: {cell!r} is not a finite number. Correct it or delete the row.",
                where=where,
                cell=cell.strip()[:40],
            )
        )

    def ragged(self, line: int, n_cells: int) -> str:
        """Return the message for a row that does not fit the header."""
        n = len(self.header)
        cells = trn("{n} cell", "{n} cells", n_cells)
        columns = trn("{n} column", "{n} columns", n)
        sentence = tr(
            "{name}, line {line} has {cells}, but the header in line {header_line} ({header!r}) "
            "names {columns}. One header line with a name for each column is expected, and rows "
            "of that length.",
            name=self.name,
            line=line,
            cells=cells,
            header_line=self.header_line,
            header=self.delimiter.join(self.header)[:40],
            columns=columns,
        )
        if self.delimiter == "," and n_cells > n:
            hint = tr("If the comma is the decimal mark, separate the columns by semicolons.")
            sentence = f"{sentence} {hint}"
        return sentence


def number(cell: str, decimal: str) -> float | None:
    """Value of a cell, or None; 'nan' and 'inf' give themselves."""
    if (_COMMA if decimal == "," else _POINT).fullmatch(cell):
        return float(cell.strip().replace(",", "."))  # of all that \s matches, float() refuses some
    return float(cell) if cell.strip().lower() in ("nan", "inf", "-inf") else None


class _Columns:
    """Columns that grow by blocks, in memory that is claimed once: fresh memory is what costs."""

    def __init__(self, n_single: int, n_together: int) -> None:
        self._n_rows = 0
        self._single = [np.empty(0) for _ in range(n_single)]
        self._together = np.empty((n_together, 0))

    def append(self, values: Sequence[FloatArray], share_read: float) -> None:
        """Add rows, of which `share_read` of the file's have then been read."""
        start, stop = self._n_rows, self._n_rows + len(values[0])
        if stop > self._together.shape[1]:
            capacity = max(stop, int(1.1 * stop / min(share_read, 1.0)))
            self._single = [_grown(column, capacity) for column in self._single]
            self._together = _grown(self._together, capacity)
        for column, new in zip((*self._single, *self._together), values, strict=True):
            column[start:stop] = new
        self._n_rows = stop

    @property
    def single(self) -> list[FloatArray]:
        return [column[: self._n_rows] for column in self._single]

    @property
    def together(self) -> FloatArray:
        rows: FloatArray = self._together[:, : self._n_rows].T
        return rows


def _grown(old: FloatArray, capacity: int) -> FloatArray:
    new: FloatArray = np.empty((*old.shape[:-1], capacity))
    new[..., : old.shape[-1]] = old
    return new


def _native(source: Path | bytes) -> pa.NativeFile:
    if isinstance(source, Path):
        return pa.OSFile(str(source), "rb")
    return pa.BufferReader(source)


class _Window(io.RawIOBase):
    """The bytes from `start` to `stop` of a binary file, as a file of their own."""

    def __init__(self, raw: BinaryIO, start: int, stop: int) -> None:
        raw.seek(start)
        self._raw = raw
        self._left = stop - start

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)
