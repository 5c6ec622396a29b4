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
from unclench.files import require_file, unreadable
from unclench.store.constants import BoardConstants
from unclench.store.events.event import Event
from unclench.store.events.rows import EVENTS_HEADER, event_of
from unclench.store.model import Recording
from unclench.store.session.folder import EMG, EVENTS, META, TENSION, is_session
from unclench.store.session.schema import SessionMeta, parse_meta
from unclench.store.table.csvfile import CsvFile
from unclench.store.text import plain_text
from unclench.translation import tr, trn

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
            An unknown channel, or rows that another program has damaged.
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
                tr(
                    "emg.csv was changed after recording: its values are not whole units of the "
                    "board. They are used as they are."
                )
            )
        if meta.ended == "closed" and len(sample) != meta.n_samples:
            notes.append(
                tr(
                    "session.json says {expected} samples, but emg.csv has {found}.",
                    expected=meta.n_samples,
                    found=len(sample),
                )
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
            n = self.meta.n_samples
            if path.exists():
                fault = tr(
                    "{path} is empty, but {n} samples were recorded into it.", path=path, n=n
                )
            else:
                fault = tr(
                    "{path} is missing, but {n} samples were recorded into it.", path=path, n=n
                )
            raise StoreError(f"{fault} {_restore()}")

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
        """Return the indices of channels by name (or as ch1_uv, ch2_uv ...); all if none is named.

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
                if place is None:
                    fault = tr(
                        "{name} has no channel {column!r}.", name=self.folder.name, column=column
                    )
                else:
                    fault = tr("Channel {column!r} is given twice.", column=column)
                choice = tr("Choose from {names}.", names=", ".join(names))
                raise InputError(f"{fault} {choice}")
            picked.append(place)
        return tuple(picked) or tuple(range(len(names)))

    def _notes(self) -> list[str]:
        if self.meta.ended == "running":
            return [
                tr(
                    "The session was not closed: it is still running, or the program was stopped. "
                    "All complete rows are read."
                )
            ]
        if self.meta.ended == "error":
            return [
                tr("The recording ended with an error: {reason}", reason=self.meta.reason)
                if self.meta.reason
                else tr("The recording ended with an error that was not recorded.")
            ]
        return []

    def _parsed(
        self, file_name: str, n: int, parse: Callable[[list[str]], T], most: int | None = None
    ) -> list[T]:
        """Read a file row by row: at least n cells of each, at most `most`."""
        rows = self._rows(file_name)
        found: list[T] = []
        for line, cells in () if rows is None else rows.rows():
            where = tr(
                "{file_name} of {folder}, line {line}",
                file_name=file_name,
                folder=self.folder,
                line=line,
            )
            if len(cells) < n:
                raise _damaged(
                    trn(
                        "{where} has {n} cell, but {expected} are expected.",
                        "{where} has {n} cells, but {expected} are expected.",
                        len(cells),
                        where=where,
                        expected=n,
                    )
                )
            try:
                found.append(parse(cells[: most or n]))
            except (ValueError, OverflowError) as error:
                raise _damaged(
                    tr(
                        "{where} is damaged ({error}; {cells!r}).",
                        where=where,
                        error=error,
                        cells=",".join(cells)[:60],
                    )
                ) from error
        return found

    def _rows(self, file_name: str) -> CsvFile | None:
        """Return the whole rows of a file; None if a kill came before its header was written."""
        path = self.folder / file_name
        if not path.exists():
            return None
        name = tr("{file_name} of {folder}", file_name=file_name, folder=self.folder)
        try:
            require_file(path)
            stop = _end_of_last_line(path)
            with path.open("rb") as raw:
                first = raw.readline()
        except OSError as error:
            raise StoreError(unreadable(name, error)) from error
        if not first.endswith(b"\n"):
            return None
        try:
            header = next(csv.reader([first.decode(errors="replace")]), [])
        except csv.Error as error:
            raise InputError(
                unreadable(tr("{name}, line {line}", name=name, line=1), error)
            ) from error
        return CsvFile(name, path, len(first), stop, 1, tuple(header))


def open_session(path: Path) -> Session:
    """Open a session folder; `path` is the folder or a file in it.

    Raises
    ------
    StoreError
        Not a session, not readable, or of a newer version.
    """
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise StoreError(tr("There is no folder {folder}. Check the name.", folder=folder))
    if not is_session(folder):
        inside = sorted(p.name for p in folder.iterdir() if is_session(p))
        fault = tr("{folder} is not a session folder: it has no {file}.", folder=folder, file=META)
        hint = tr("Give the folder of a recording, or a CSV file.")
        if inside:
            hint = trn(
                "It holds {n} session: {example}.",
                "It holds {n} sessions. Name one, such as {example}.",
                len(inside),
                example=folder / inside[-1],
            )
        raise StoreError(f"{fault} {hint}")
    try:
        text = (folder / META).read_text(encoding="utf-8")
    except OSError as error:
        raise StoreError(unreadable(folder / META, error)) from error
    except UnicodeDecodeError as error:
        fault = tr("{path} is not text (byte {at}).", path=folder / META, at=error.start)
        raise StoreError(f"{fault} {_restore()}") from error
    return Session(folder, parse_meta(text, folder / META))


def _damaged(fault: str) -> InputError:
    return InputError(f"{fault} {_restore()}")


def _restore() -> str:
    return tr("Restore the file from a backup.")


def _place(rows: CsvFile, column: str) -> int:
    if rows.header.count(column) != 1:
        raise _damaged(
            tr(
                "{name} has {n} columns {column!r}, but one is expected (its header: {header!r}).",
                name=rows.name,
                n=rows.header.count(column),
                column=column,
                header=",".join(rows.header),
            )
        )
    return rows.header.index(column)


def _whole_numbers(count: NDArray[np.float64], rows: CsvFile) -> NDArray[np.int64]:
    """Turn a column that must rise into sample numbers. Raises InputError."""
    backwards = np.flatnonzero(count[1:] <= count[:-1])
    if len(backwards):
        row = int(backwards[0]) + 1
        raise _damaged(
            tr(
                "{name}, line {line}: sample {at:.15g} follows sample {before:.15g}, but a higher "
                "number is expected.",
                name=rows.name,
                line=rows.line_of(row),
                at=count[row],
                before=count[row - 1],
            )
        )
    with np.errstate(invalid="ignore"):  # also reports what is too large
        sample = count.astype(np.int64)
    odd = np.flatnonzero((sample != count) | (np.abs(count) >= 2.0**53))
    if len(odd):
        row = int(odd[0])
        raise _damaged(
            tr(
                "{name}, line {line}: sample {at:.15g} is not a whole number below 2^53.",
                name=rows.name,
                line=rows.line_of(row),
                at=count[row],
            )
        )
    return sample


def _make_exact(emg_uv: NDArray[np.float64], constants: BoardConstants) -> bool:
    """Undo the rounding to decimals, in place; return False, unchanged, if it is not all of it."""
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
    """Return the end of the last complete line: a kill may have cut off the next one."""
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
