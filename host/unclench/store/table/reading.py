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
from unclench.translation import tr

_DIFFERENT = 0.01  # two statements of the rate that differ by more contradict each other
_MIN_HZ, _MAX_HZ = 0.01, 1e7
_MAX_SPAN_S = 1e9  # thirty years
_MAX_VALUE = 1e15
_RATE_COMMENT = re.compile(
    r"sampl\w*[ _]?(?:rate|frequency|freq)\D{0,20}?(\d+(?:\.\d+)?)", re.IGNORECASE
)


def read_table(
    path: Path, *, fs_hz: float | None = None, columns: Sequence[str] = (), unit: str | None = None
) -> Recording:
    """Read a table.

    Parameters
    ----------
    path : Path
    fs_hz : float, optional
        Sample rate; else it comes from the time column, else from a comment that states it.
    columns : sequence of str
        EMG columns; else every numeric column that is not a time or a count.
    unit : {"uV", "mV", "V"}, optional
        Unit of the EMG columns; else as the header says, else uV.

    Raises
    ------
    InputError
        The file cannot be used; the message says why.
    """
    if fs_hz is not None and not _MIN_HZ <= fs_hz <= _MAX_HZ:
        raise InputError(
            tr(
                "--fs {fs_hz:g} is not a valid sampling rate. Give samples per second, such as "
                "1000.",
                fs_hz=fs_hz,
            )
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
    """Refuse finite numbers that overflow when they are squared and summed."""
    if max(emg.max(), -emg.min()) <= _MAX_VALUE:
        return
    row, i = np.argwhere(np.abs(emg) > _MAX_VALUE)[0].tolist()
    raise InputError(
        tr(
            "{file}, line {line}, column {column!r}: {value:g} is too large for a voltage. Correct "
            "it or delete the row.",
            file=table.file.name,
            line=table.file.line_of(row),
            column=choice.emg[i].name,
            value=emg[row, i],
        )
    )


def _timing(
    table: Table,
    choice: Choice,
    time: NDArray[np.float64] | None,
    count: NDArray[np.float64] | None,
    fs_hz: float | None,
    n: int,
) -> tuple[Fraction, NDArray[np.int64], list[str]]:
    """Return rate, sample numbers and notes: --fs before time column before comment."""
    notes = []
    said_hz, source = fs_hz, "--fs"
    match = _RATE_COMMENT.search(table.comments)
    if said_hz is None and match is not None and _MIN_HZ <= float(match[1]) <= _MAX_HZ:
        said_hz, source = float(match[1]), tr("a comment in the file")
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
                    tr(
                        "The sampling rate is {said_hz:g} Hz by {source}, but {of_time:g} Hz by "
                        "column {column!r}: {rate:g} Hz is used.",
                        source=source,
                        said_hz=said_hz,
                        column=choice.time.name,
                        of_time=float(of_time),
                        rate=float(rate),
                    )
                )
        else:
            notes.append(fault)
    if rate is None:
        raise InputError(
            tr(
                "{file} has no sampling rate: it has no column such as time_s. Give the rate with "
                "--fs HZ.",
                file=table.file.name,
            )
        )
    if choice.count is not None and count is not None:
        if timing.counts_up(count):
            sample = count.astype(np.int64)
        else:
            notes.append(
                tr(
                    "Column {name!r} does not count the rows, so it is not used.",
                    name=choice.count.name,
                )
            )
    return rate, np.arange(n, dtype=np.int64) if sample is None else sample, notes


def _time_fault(
    table: Table,
    choice: Choice,
    time: NDArray[np.float64],
    time_s: NDArray[np.float64],
    said_hz: float | None,
) -> str | None:
    """Return why a time column is not used, None if it is good.

    Raises InputError if the rate depends on it, or if a true time axis does not rise.
    """
    assert choice.time is not None
    column = choice.time.name
    row = timing.first_not_rising(time_s)
    if row is not None:
        fault = tr(
            "{file}, line {line}: column {column!r} goes from {before:.15g} to {value:.15g}, but "
            "times must rise.",
            file=table.file.name,
            line=table.file.line_of(row),
            column=column,
            before=time[row - 1],
            value=time[row],
        )
        if said_hz is None:
            advice = tr(
                "Correct the rows, or give the rate with --fs HZ if these are arrival times."
            )
            raise InputError(f"{fault} {advice}")
        # Arrival times, and times too coarse to separate samples, may repeat.
        if not choice.time_is_stamp and not timing.is_coarse(time_s, said_hz):
            raise InputError(fault + " " + tr("Correct the rows."))
        return f"{fault} {_unused()}"
    period_s, regular = timing.sample_period(time_s)
    if not 1 / _MAX_HZ <= period_s <= 1 / _MIN_HZ or time_s[-1] - time_s[0] > _MAX_SPAN_S:
        raise InputError(
            tr(
                "{file}: column {column!r} goes from {first:.15g} to {last:.15g} in {n} rows, "
                "which cannot be the times of samples. Put the unit into its name, such as "
                "time_s or time_ms.",
                file=table.file.name,
                column=column,
                first=time[0],
                last=time[-1],
                n=len(time),
            )
        )
    if not regular:
        fault = tr(
            "{file}: the steps of column {column!r} vary, as arrival times do.",
            file=table.file.name,
            column=column,
        )
        if said_hz is None:
            raise InputError(fault + " " + tr("Give the true sampling rate with --fs HZ."))
        return f"{fault} {_unused()}"
    return None


def _unused() -> str:
    return tr("The column is not used, so gaps cannot be found.")
