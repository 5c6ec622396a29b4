"""Reads a session folder, also one that a crash left behind."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError, StoreError
from unclench.files import require_file
from unclench.store.constants import BoardConstants
from unclench.store.events.event import Event
from unclench.store.events.rows import EVENTS_HEADER, event_of
from unclench.store.model import Recording
from unclench.store.session.folder import EMG, EVENTS, META, TENSION, is_session
from unclench.store.session.schema import SessionMeta, parse_meta
from unclench.store.table.csvfile import CsvFile
from unclench.store.text import plain_text

T = TypeVar("T")
_CHUNK_BYTES = 64 << 10
_CHUNK_ROWS = 1 << 16
_WHOLE_UNIT = 0.3  # our files round by a quarter of a unit at most
_LARGEST_UNIT = 2.0**30  # far above the 24 bits of the wire: nothing that a board has sent


@dataclass(frozen=True)
class Tension:
    """tension.csv: `tension_uv` is (n_rows, n_channels), NaN where there was no value."""

    sample: NDArray[np.int64]
    time_s: NDArray[np.float64]
    tension_uv: NDArray[np.float64]
    state: tuple[str, ...]


@dataclass(frozen=True)
class Session:
    """A session folder; its counts in `meta` are those of the last save (see `load`)."""

    folder: Path
    meta: SessionMeta

    def load(self, columns: Sequence[str] = ()) -> Recording:
        """Read emg.csv; `columns` picks channels by name (or as ch1_uv, ch2_uv ...).

        Raises
        ------
        InputError
            An unknown channel, or rows that another program has spoilt.
        StoreError
            emg.csv is missing or empty, though samples were recorded, or cannot be read.
        """
        meta, picked = self.meta, self.pick(columns)
        notes = list(self._notes())
        rows = self._rows(EMG)
        sample, emg_uv = np.empty(0, np.int64), np.empty((0, len(picked)))
        if rows is None:
            self.require_samples()
        else:
            places = [_place(rows, f"ch{i + 1}_uv") for i in picked]
            (count,), emg_uv = rows.read([_place(rows, "sample")], places)
            sample = _whole_numbers(count, rows)
            del count
        constants = meta.constants.only(picked)
        exact = _make_exact(emg_uv, constants)
        if not exact:
            notes.append(
                "emg.csv was changed after recording (its values are no longer whole units of the "
                "board); it is taken as it stands."
            )
        if meta.ended == "closed" and len(sample) != meta.n_samples:
            notes.append(
                f"session.json says {meta.n_samples} samples, emg.csv holds {len(sample)}."
            )
        return Recording(
            name=self.folder.resolve().name,
            rate=constants.rate,
            channels=tuple(meta.channels[i] for i in picked),
            sample=sample,
            emg_uv=emg_uv,
            constants=constants if exact else None,
            band=meta.band,
            mains=meta.mains,
            origin=meta.origin,
            notes=tuple(notes),
        )

    def require_samples(self) -> None:
        """Raise StoreError where emg.csv is missing or empty, though samples were recorded.

        Without any, a kill right at the start leaves a session like that, and it opens.
        """
        if self.meta.n_samples and self._rows(EMG) is None:
            path = self.folder / EMG
            state = "is empty" if path.exists() else "is missing"
            raise StoreError(
                f"{path} {state}, and {self.meta.n_samples} samples were recorded into it: restore "
                "it from a backup."
            )

    def events(self) -> list[Event]:
        """Read events.csv in the order of the samples. Raises InputError, StoreError."""

        def event(cells: list[str]) -> Event:
            sample, _, kind, text, duration_s, lost, *data = cells
            return event_of(
                int(sample),
                plain_text(kind),
                plain_text(text),
                float(duration_s) if duration_s else None,
                int(lost) if lost else None,
                *data,
            )

        found = self._parsed(EVENTS, len(EVENTS_HEADER) - 1, event, len(EVENTS_HEADER))
        return sorted(found, key=attrgetter("sample"))  # old files may have a gap behind its end

    def tension(self) -> Tension:
        """Read tension.csv. Raises InputError, StoreError."""
        n = len(self.meta.channels)

        def numbers(cells: list[str]) -> tuple[int, float, list[float], str]:
            values = [float(c) if c else np.nan for c in cells[2 : 2 + n]]
            return np.int64(int(cells[0])).item(), float(cells[1]), values, plain_text(cells[2 + n])

        rows = self._parsed(TENSION, n + 3, numbers)
        return Tension(
            np.array([sample for sample, *_ in rows], np.int64),
            np.array([time_s for _, time_s, *_ in rows]),
            np.array([values for _, _, values, _ in rows]).reshape(len(rows), n),
            tuple(state for *_, state in rows),
        )

    def pick(self, columns: Sequence[str]) -> tuple[int, ...]:
        """Return the places of channels by name (or as ch1_uv, ch2_uv ...); of all for none.

        Raises
        ------
        InputError
            An unknown channel, or one asked for twice.
        """
        names = self.meta.channels
        picked = []
        for column in columns:
            files = [f"ch{i + 1}_uv" for i in range(len(names))]
            place = names.index(column) if column in names else None
            if place is None and column in files:
                place = files.index(column)
            if place is None or place in picked:
                what = "has no channel" if place is None else "was asked twice for channel"
                raise InputError(
                    f"{self.folder.name} {what} {column!r}: choose from {', '.join(names)}."
                )
            picked.append(place)
        return tuple(picked) or tuple(range(len(names)))

    def _notes(self) -> list[str]:
        if self.meta.ended == "running":
            return [
                "the session was not closed (it is still running, or the program was stopped); "
                "everything up to its last whole row is here."
            ]
        if self.meta.ended == "error":
            return [f"the recording ended with an error: {self.meta.reason or 'not stated'}"]
        return []

    def _parsed(
        self, file_name: str, n: int, parse: Callable[[list[str]], T], most: int | None = None
    ) -> list[T]:
        """Read a file row by row: the first n cells of each at least, `most` at most."""
        rows = self._rows(file_name)
        found: list[T] = []
        for line, cells in () if rows is None else rows.rows():
            where = f"{file_name} of {self.folder}, line {line}"
            if len(cells) < n:
                raise InputError(
                    f"{where} has {len(cells)} cells, {n} are expected: restore the file."
                )
            try:
                found.append(parse(cells[: most or n]))
            except (ValueError, OverflowError) as error:
                raise InputError(
                    f"{where} has no number where one is expected, or spoilt data ({error}; "
                    f"{','.join(cells)[:60]!r}): restore the file."
                ) from error
        return found

    def _rows(self, file_name: str) -> CsvFile | None:
        """Return the whole rows of a file; None if a kill came before its header was written."""
        path = self.folder / file_name
        if not path.exists():
            return None
        name = f"{file_name} of {self.folder}"
        try:
            require_file(path)
            stop = _end_of_last_line(path)
            with path.open("rb") as raw:
                first = raw.readline()
        except OSError as error:
            raise StoreError(f"{name} cannot be read: {error.strerror or error}.") from error
        if not first.endswith(b"\n"):
            return None
        try:
            header = next(csv.reader([first.decode(errors="replace")]), [])
        except csv.Error as error:
            raise InputError(f"{name}, line 1 cannot be read: {error}.") from error
        return CsvFile(name, path, len(first), stop, 1, tuple(header))


def open_session(path: Path) -> Session:
    """Open a session folder, given itself or a file in it.

    Raises
    ------
    StoreError
        No session, not readable, or of a newer version.
    """
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}: check the name.")
    if not is_session(folder):
        inside = sorted(p.name for p in folder.iterdir() if is_session(p))
        hint = "give the folder that a recording was made into, or a CSV file"
        if inside:
            hint = f"it holds {len(inside)} of them: name one, such as {folder / inside[-1]}"
        raise StoreError(f"{folder} is no session folder (it has no {META}): {hint}.")
    try:
        text = (folder / META).read_text(encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder / META} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise StoreError(
            f"{folder / META} cannot be read: it is no text (byte {error.start} is none); restore "
            "it from a backup."
        ) from error
    return Session(folder, parse_meta(text, folder / META))


def _place(rows: CsvFile, column: str) -> int:
    if rows.header.count(column) != 1:
        raise InputError(
            f"{rows.name} has {rows.header.count(column)} columns {column!r}, one is expected; its "
            f"header is {','.join(rows.header)!r}: restore the file."
        )
    return rows.header.index(column)


def _whole_numbers(count: NDArray[np.float64], rows: CsvFile) -> NDArray[np.int64]:
    """Make sample numbers of a column that must rise. Raises InputError."""
    backwards = np.flatnonzero(count[1:] <= count[:-1])
    if len(backwards):
        row = int(backwards[0]) + 1
        raise InputError(
            f"{rows.name}, line {rows.line_of(row)}: sample {count[row]:.15g} follows sample "
            f"{count[row - 1]:.15g}, a higher number is expected: restore the file."
        )
    with np.errstate(invalid="ignore"):  # what is too large is no whole number either
        sample = count.astype(np.int64)
    odd = np.flatnonzero((sample != count) | (np.abs(count) >= 2.0**53))
    if len(odd):
        row = int(odd[0])
        raise InputError(
            f"{rows.name}, line {rows.line_of(row)}: sample {count[row]:.15g} is no whole number "
            "that a board counts to: restore the file."
        )
    return sample


def _make_exact(emg_uv: NDArray[np.float64], constants: BoardConstants) -> bool:
    """Undo the rounding to decimals, in place; False, and nothing done, if that cannot be all."""
    chunks = range(0, len(emg_uv), _CHUNK_ROWS)
    for start in chunks:
        units = emg_uv[start : start + _CHUNK_ROWS] / constants.uv_per_unit
        if (
            np.abs(units - np.rint(units)).max() > _WHOLE_UNIT
            or np.abs(units).max() > _LARGEST_UNIT
        ):
            return False
    for start in chunks:
        chunk = emg_uv[start : start + _CHUNK_ROWS]
        chunk[:] = constants.to_uv(constants.to_units(chunk))
    return True


def _end_of_last_line(path: Path) -> int:
    """Return where the last line end is: behind it lies a row that a kill cut off."""
    with path.open("rb") as raw:
        end = raw.seek(0, io.SEEK_END)
        while end > 0:
            start = max(0, end - _CHUNK_BYTES)
            raw.seek(start)
            at = raw.read(end - start).rfind(b"\n")
            if at >= 0:
                return start + at + 1
            end = start
    return 0
