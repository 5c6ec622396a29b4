"""Reads any CSV or TSV file with a header as a recording."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.store.model import Recording
from unclench.store.table import timing
from unclench.store.table.columns import Choice, choose, seconds_per_unit
from unclench.store.table.dialect import Table, open_table

_DIFFERENT = 0.01  # two statements of the rate that differ by more contradict each other
_MIN_HZ, _MAX_HZ = 0.01, 1e7
_MAX_SPAN_S = 1e9  # thirty years
_MAX_VALUE = 1e15
_RATE_COMMENT = re.compile(
    r"sampl\w*[ _]?(?:rate|frequency|freq)\D{0,20}?(\d+(?:\.\d+)?)", re.IGNORECASE
)


def read_table(
    path: Path,
    *,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
) -> Recording:
    """Read a table.

    Parameters
    ----------
    path : Path
    fs_hz : float, optional
        Sample rate; else it comes from the time column, else from a comment that states it.
    columns : sequence of str
        EMG columns; else every numeric column that is no time and no count.
    unit : {"uV", "mV", "V"}, optional
        Unit of the EMG columns; else as the header says, else uV.

    Raises
    ------
    InputError
        Whatever is wrong with the file, in a sentence.
    """
    if fs_hz is not None and not _MIN_HZ <= fs_hz <= _MAX_HZ:
        raise InputError(
            f"--fs {fs_hz:g} is not a sample rate: give the samples per second, such as 1000."
        )
    table = open_table(path)
    choice = choose(table, columns, unit)
    extra = [c for c in (choice.time, choice.count) if c is not None]
    read, emg_uv = table.file.read([c.place for c in extra], [c.place for c in choice.emg])
    time = read.pop(0) if choice.time else None
    count = read.pop(0) if choice.count else None
    _check_size(table, choice, emg_uv)
    emg_uv *= np.array(choice.uv)
    rate, sample, notes = _timing(table, choice, time, count, fs_hz, len(emg_uv))
    return Recording(
        name=path.name,
        rate=rate,
        channels=tuple(c.name for c in choice.emg),
        sample=sample,
        emg_uv=emg_uv,
        notes=(*choice.notes, *notes),
    )


def _check_size(table: Table, choice: Choice, emg: NDArray[np.float64]) -> None:
    """Refuse numbers that are finite, yet would not be so once squared and summed."""
    if max(emg.max(), -emg.min()) <= _MAX_VALUE:
        return
    row, i = np.argwhere(np.abs(emg) > _MAX_VALUE)[0].tolist()
    raise InputError(
        f"{table.file.name}, line {table.file.line_of(row)}, column {choice.emg[i].name!r}: "
        f"{emg[row, i]:g} is too large for a voltage: correct it or drop the row."
    )


def _timing(
    table: Table,
    choice: Choice,
    time: NDArray[np.float64] | None,
    count: NDArray[np.float64] | None,
    fs_hz: float | None,
    n: int,
) -> tuple[Fraction, NDArray[np.int64], list[str]]:
    """Settle rate and numbering: --fs before time column before comment; gaps from what jumps."""
    notes = []
    said_hz, who = fs_hz, "--fs says"
    match = _RATE_COMMENT.search(table.comments)
    if said_hz is None and match is not None and _MIN_HZ <= float(match[1]) <= _MAX_HZ:
        said_hz, who = float(match[1]), "a comment in the file says"
    rate = None if said_hz is None else Fraction(said_hz).limit_denominator(1_000_000)
    sample = None
    if choice.time is not None and time is not None and n > 1:
        time_s = time * seconds_per_unit(choice.time, time[0])
        fault = _time_fault(table, choice, time, time_s, said_hz)
        if fault is None:
            period_s, _ = timing.sample_period(time_s)
            sample = timing.samples_from_time(time_s, period_s)
            of_time = timing.rate_of(period_s)
            if rate is None or fs_hz is None:
                rate = of_time
            if said_hz is not None and abs(float(of_time) / said_hz - 1) > _DIFFERENT:
                notes.append(
                    f"{who} {said_hz:g} Hz, but column {choice.time.name!r} runs at "
                    f"{float(of_time):g} Hz: {float(rate):g} Hz is used."
                )
        else:
            notes.append(fault)
    if rate is None:
        raise InputError(
            f"{table.file.name} does not tell its sample rate (it has no column such as time_s): "
            "give it with --fs HZ."
        )
    if choice.count is not None and count is not None:
        if timing.counts_up(count):
            sample = count.astype(np.int64)
        else:
            notes.append(f"column {choice.count.name!r} does not count the rows: it is ignored.")
    return rate, np.arange(n, dtype=np.int64) if sample is None else sample, notes


def _time_fault(
    table: Table,
    choice: Choice,
    time: NDArray[np.float64],
    time_s: NDArray[np.float64],
    said_hz: float | None,
) -> str | None:
    """Return why a time column is left aside, None if it is sound.

    Raises where the rate hangs on it, or where a true time axis runs backwards or stands still.
    """
    assert choice.time is not None
    column = choice.time.name
    row = timing.first_not_rising(time_s)
    if row is not None:
        how = "stands still" if time[row] == time[row - 1] else "runs backwards"
        fault = (
            f"{table.file.name}, line {table.file.line_of(row)}: time {how} in column {column!r} "
            f"({time[row]:.15g} after {time[row - 1]:.15g})"
        )
        if said_hz is None:
            raise InputError(
                f"{fault}: a higher value is expected; correct the rows, or give the rate with "
                "--fs HZ if these are times of arrival."
            )
        # Times of arrival, and times too coarse to tell samples apart, may stand still.
        if not choice.time_is_stamp and not timing.is_coarse(time_s, said_hz):
            raise InputError(f"{fault}: a higher value is expected; correct the rows.")
        return f"{fault}; the column is left aside, so gaps cannot be seen."
    period_s, regular = timing.sample_period(time_s)
    if not 1 / _MAX_HZ <= period_s <= 1 / _MIN_HZ or time_s[-1] - time_s[0] > _MAX_SPAN_S:
        raise InputError(
            f"{table.file.name}: column {column!r} goes from {time[0]:.15g} to {time[-1]:.15g} in "
            f"{len(time)} rows, which is no time of samples: state its unit in its name, such as "
            "time_s or time_ms."
        )
    if not regular:
        fault = f"{table.file.name}: the steps of column {column!r} vary as times of arrival do"
        if said_hz is None:
            raise InputError(f"{fault}: give the true sample rate with --fs HZ.")
        return f"{fault}; it is left aside, so gaps cannot be seen."
    return None
