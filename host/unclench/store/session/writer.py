"""Writes a session folder so that a crash at any moment leaves one that opens.

Rows are gathered, formatted in bulk and handed to the system by `flush`, always whole rows in one
write; so a kill loses what came after the last `flush` and at worst cuts the last line, which the
reader drops. A full disk cuts a file back to its last whole row.
"""

import csv
import errno
import io
import math
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from pyarrow import csv as pa_csv

from unclench.errors import StoreError
from unclench.files import write_whole
from unclench.store.constants import decimals_for
from unclench.store.events.event import Event
from unclench.store.events.rows import EVENTS_HEADER, event_row
from unclench.store.session.folder import EMG, EVENTS, META, TENSION, new_session_folder
from unclench.store.session.rowfile import RowFile, unwritable
from unclench.store.session.schema import Ended, SessionMeta
from unclench.store.text import safe_cell

_SYNC_S = 5.0  # at most this much is lost when the power fails; a kill loses less
_MAX_PENDING_ROWS = 100_000  # formatted early, so that a late flush cannot eat the memory
_TIME_DECIMALS = 6
_TENSION_DECIMALS = 4
_NO_HEADER = pa_csv.WriteOptions(include_header=False, quoting_style="none")


class SessionWriter:
    """One session folder being written; to be used from one thread.

    Parameters
    ----------
    path
        See `new_session_folder`; what it became is in `folder`.
    meta
        Constants and settings; the counts in it are kept by the writer.

    Raises
    ------
    StoreError
        From any method that writes; what was written before stays valid, what could not be written
        is tried again by the next `flush`.
    """

    def __init__(self, path: Path, meta: SessionMeta) -> None:
        self.folder = new_session_folder(path)
        self.meta = meta
        self._save_meta()  # first: a kill between the files leaves a folder that opens
        self._uv_decimals = [decimals_for(k) for k in meta.constants.uv_per_unit]
        emg = [f"ch{i + 1}_uv" for i in range(len(meta.channels))]
        tension = [f"ch{i + 1}_tension_uv" for i in range(len(meta.channels))]
        with ExitStack() as opened:
            self._emg = self._create(opened, EMG, emg)
            self._tension = self._create(opened, TENSION, [*tension, "state"])
            self._events = self._create(opened, EVENTS, EVENTS_HEADER[2:])
            self._opened = opened.pop_all()
        self._pending: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []
        self._pending_rows = 0
        self._pending_tension = b""
        self._pending_events = b""
        self._next_sample: int | None = None  # what follows the last sample handed in
        self._last_kept = -1  # of the samples that are in the file
        self._passed = 0  # samples that have passed, those lost at the very end included
        self._synced_s = time.monotonic()

    def write_samples(self, first_sample: int, units: NDArray[np.int32]) -> None:
        """Take rows of units (n, c), the first of them number `first_sample` on the device's count.

        A jump against the rows before is a gap. `units` is copied.
        """
        if units.ndim != 2 or units.shape[1] != len(self.meta.channels):
            raise ValueError(f"units {units.shape}, expected (n, {len(self.meta.channels)})")
        if len(units) == 0:
            return
        if self._next_sample is not None and first_sample < self._next_sample:
            raise ValueError(f"sample {first_sample} after {self._next_sample - 1}")
        self._next_sample = first_sample + len(units)
        sample = np.arange(first_sample, self._next_sample, dtype=np.int64)
        self._pending.append((sample, units.astype(np.int32)))
        self._pending_rows += len(units)
        if self._pending_rows >= _MAX_PENDING_ROWS:
            self._flush_emg()

    def write_tension(self, sample: ArrayLike, tension_uv: ArrayLike, state: Sequence[str]) -> None:
        """Take rows of tension (k, c) in uV, NaN where there is no value, and a word for each."""
        columns = np.asarray(tension_uv, dtype=np.float64)
        fs_hz, rows = self.meta.fs_hz, []
        for at, row, word in zip(np.asarray(sample).tolist(), columns.tolist(), state, strict=True):
            cells = ["" if math.isnan(v) else f"{v:.{_TENSION_DECIMALS}f}" for v in row]
            rows.append([at, _time_s(at, fs_hz), *cells, safe_cell(word)])
        self._pending_tension += _csv_bytes(rows)

    def write_event(self, event: Event) -> None:
        """Take one event; its words may be anything that a person types."""
        if event.lost_samples:
            self._passed = max(self._passed, event.sample + event.lost_samples)
        self._pending_events += _csv_bytes([event_row(event, self.meta.fs_hz)])

    def update(self, **changes: Any) -> None:
        """Change entries of session.json (sites, drift_ppm, note, ...) and save it."""
        self.meta = SessionMeta.model_validate({**self.meta.model_dump(), **changes})
        self._save_meta()

    def flush(self) -> None:
        """Hand all rows to the system: call it twice a second or oftener."""
        self._try_all(self._flush_emg, self._flush_text)
        if time.monotonic() - self._synced_s >= _SYNC_S:
            self._sync()

    def close(self, ended: Ended = "closed", reason: str | None = None) -> None:
        """Write what is left and the final counts; all files are closed whatever happens."""
        with self._opened:
            self._try_all(
                self._flush_emg,
                self._flush_text,
                self._count_the_end,
                self._sync,
                lambda: self.update(ended=ended, reason=reason),
            )

    def __enter__(self) -> "SessionWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
            return
        with suppress(StoreError):  # the error that is under way says more than this one
            self.close("error", f"{type(error).__name__}: {error}")

    def _create(self, opened: ExitStack, name: str, columns: Sequence[str]) -> RowFile:
        file = RowFile(self.folder / name, ["sample", "time_s", *columns])
        opened.callback(file.close)
        return file

    def _flush_emg(self) -> None:
        if not self._pending:
            return
        sample = np.concatenate([s for s, _ in self._pending])
        units = np.concatenate([u for _, u in self._pending])
        rows = self._format_emg(sample, units)
        done, error = self._emg.append(rows)
        kept = len(sample) if error is None else rows.count(b"\n", 0, done)
        self._count(sample[:kept])
        self._pending = [(sample[kept:], units[kept:])] if kept < len(sample) else []
        self._pending_rows = len(sample) - kept
        if error is not None:
            raise error

    def _flush_text(self) -> None:
        done, tension_error = self._tension.append(self._pending_tension)
        self._pending_tension = self._pending_tension[done:]
        done, events_error = self._events.append(self._pending_events)
        self._pending_events = self._pending_events[done:]
        for error in (tension_error, events_error):
            if error is not None:
                raise error

    def _format_emg(self, sample: NDArray[np.int64], units: NDArray[np.int32]) -> bytes:
        constants = self.meta.constants
        emg_uv = constants.to_uv(units)
        # A rounded double is printed with just the digits it was rounded to.
        time_s = np.round(sample / self.meta.fs_hz, _TIME_DECIMALS)
        columns = [pa.array(sample), pa.array(time_s)]
        for i, decimals in enumerate(self._uv_decimals):
            columns.append(pa.array(np.round(emg_uv[:, i], decimals)))
        out = pa.BufferOutputStream()
        names = [str(i) for i in range(len(columns))]
        pa_csv.write_csv(pa.table(columns, names=names), out, _NO_HEADER)
        return out.getvalue().to_pybytes()

    def _count(self, kept: NDArray[np.int64]) -> None:
        if len(kept) == 0:
            return
        meta = self.meta
        jumps = int(np.count_nonzero(np.diff(kept, prepend=self._last_kept) != 1))
        self._last_kept = int(kept[-1])
        self._sum_up(meta.n_samples + len(kept), meta.gaps + jumps)

    def _count_the_end(self) -> None:
        if self._passed > self._last_kept + 1:
            self._sum_up(self.meta.n_samples, self.meta.gaps + 1)

    def _sum_up(self, n_samples: int, gaps: int) -> None:
        """Count from sample 0 to the last that has passed: losses at either end are losses."""
        passed = max(self._passed, self._last_kept + 1)
        self.meta = self.meta.model_copy(
            update={
                "n_samples": n_samples,
                "lost_samples": passed - n_samples,
                "gaps": gaps,
                "duration_s": float(passed / self.meta.constants.rate),
            }
        )

    def _sync(self) -> None:
        for file in (self._emg, self._tension, self._events):
            file.sync()
        self._synced_s = time.monotonic()

    def _save_meta(self) -> None:
        path = self.folder / META
        try:
            write_whole(path, self.meta.to_json())
        except OSError as error:
            # A full disk has no room for a second file, but for a few bytes more in place.
            if error.errno != errno.ENOSPC or not self._rewrite_meta(path):
                raise unwritable(path, error) from error

    def _rewrite_meta(self, path: Path) -> bool:
        try:
            with path.open("r+b") as file:
                file.write(self.meta.to_json().encode())
                file.truncate()
        except OSError:
            return False
        return True

    @staticmethod
    def _try_all(*steps: Callable[[], None]) -> None:
        """Take every step, then raise the first error: a full disk must not keep the rest back."""
        errors = []
        for step in steps:
            try:
                step()
            except StoreError as error:
                errors.append(error)
        if errors:
            raise errors[0]


def _time_s(sample: int, fs_hz: float) -> float:
    return round(sample / fs_hz, _TIME_DECIMALS)


def _csv_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
