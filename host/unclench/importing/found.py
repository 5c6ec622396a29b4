"""What a reader finds in a file of another program, and what a person says about it."""

from __future__ import annotations

import csv
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError

MAX_CHANNELS = 64
MIN_HZ, MAX_HZ = 0.01, 1e7
_DIFFERENT = 1e-6
_LISTED = 8
IN_UV = {"v": 1e6, "mv": 1e3, "uv": 1.0, "nv": 1e-3}

BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError),
    *(OSError, RuntimeError, TypeError, ValueError, csv.Error, struct.error, wave.Error),
)
"""What libraries raise for a damaged file or one in another format."""


class FaultError(ValueError):
    """A problem that a reader here found; its words are for people, unlike those of libraries."""


@dataclass(frozen=True)
class Asked:
    """What a person says about a file; it overrides what the file says."""

    fs_hz: float | None = None
    columns: Sequence[str] = ()
    unit: str | None = None


@dataclass(frozen=True)
class Mark:
    """An event of the file.

    Attributes
    ----------
    sample : int
        Where it begins. With a `kind` other than "tag": where events.csv has it, at its end.
    text : str
    duration_s : float or None
        None for a single moment.
    kind : str
        As in events.csv, for a file that `unclench export` wrote; else "".
    """

    sample: int
    text: str
    duration_s: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class Column:
    """A channel that a file offers."""

    name: str
    uv: float | None  # microvolts per number in the file; None: the file does not say
    emg: bool = False  # whether the file says that it is EMG


@dataclass(frozen=True)
class Choice:
    """Chosen channels: their places among those offered, and microvolts per number of each."""

    places: tuple[int, ...]
    uv: NDArray[np.float64]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A recording as read from its file.

    Attributes
    ----------
    rate : Fraction
        Samples per second and channel.
    channels : tuple of str
    emg_uv : ndarray, shape (n_samples, n_channels)
    sample : ndarray of int64, shape (n_samples,)
        Sample number of each row, rising; a jump is a gap.
    created : datetime or None
        When the recording began, with its time zone; None if the file does not say.
    marks : tuple of Mark
        Their samples count from 0, the first row.
    device : str
        What recorded it, in the file's words.
    notes : tuple of str
        What was assumed, chosen or left out, one sentence each.
    sites : tuple of str or None
        Site of each channel; empty if the file does not say.
    missing_s : float
        Duration missing at the end of a truncated file.
    """

    rate: Fraction
    channels: tuple[str, ...]
    emg_uv: NDArray[np.float64]
    sample: NDArray[np.int64]
    created: datetime | None = None
    marks: tuple[Mark, ...] = ()
    device: str = ""
    notes: tuple[str, ...] = ()
    sites: tuple[str | None, ...] = ()
    missing_s: float = 0.0


def choose(file: str, offered: Sequence[Column], asked: Asked) -> Choice:
    """Choose channels: those asked for, else those named EMG, else all voltages, else all.

    Raises InputError: an unknown name, an unknown unit, too many channels.
    """
    notes = []
    if asked.columns:
        places = [_find(file, offered, name) for name in asked.columns]
        if len(set(places)) < len(places):
            raise InputError(f"{file}: a column was given twice with --column: give each one once.")
    else:
        everything = range(len(offered))
        emg = [i for i in everything if offered[i].emg]
        volts = [i for i in everything if offered[i].uv is not None]
        places = emg or volts or list(everything)
        if len(places) < len(offered):
            left_out = _list([c.name for i, c in enumerate(offered) if i not in places])
            taken = _list([offered[i].name for i in places])
            notes.append(
                f"Imported as EMG: {taken}. Left out: {left_out}; choose others with --column."
            )
        elif not emg:
            taken = _list([offered[i].name for i in places])
            notes.append(f"Imported as EMG, although the file does not say so: {taken}.")
    if not places:
        raise InputError(f"{file} has no EMG channel: choose columns with --column.")
    if len(places) > MAX_CHANNELS:
        raise InputError(
            f"{file} has {len(places)} channels, and at most {MAX_CHANNELS} can be imported: "
            "choose some with --column."
        )
    if asked.unit is not None:
        uv = [IN_UV[asked.unit.lower()]] * len(places)
        notes.append(f"Unit of all numbers: {asked.unit}, from --unit.")
    else:
        unknown = _list([offered[i].name for i in places if offered[i].uv is None])
        if unknown:
            raise InputError(
                f"{file} does not give the unit of {unknown}: give it with --unit uV, mV or V."
            )
        uv = [offered[i].uv or 0.0 for i in places]
    return Choice(tuple(places), np.array(uv), tuple(notes))


def settle_rate(
    file: str, stated: Fraction | float | None, asked: Asked
) -> tuple[Fraction, list[str]]:
    """Return the sample rate, from --fs or else from the file, and notes. Raises InputError."""
    hz = asked.fs_hz if asked.fs_hz is not None else stated
    if hz is None:
        raise InputError(f"{file} does not give its sample rate: give it with --fs HZ.")
    if not MIN_HZ <= hz <= MAX_HZ:
        origin = "--fs" if asked.fs_hz is not None else file
        raise InputError(
            f"{origin} gives a sample rate of {float(hz):g} Hz, outside of {MIN_HZ:g} to "
            f"{MAX_HZ:g} Hz: give the samples per second with --fs HZ."
        )
    notes = []
    if asked.fs_hz is not None and stated and abs(asked.fs_hz / float(stated) - 1) > _DIFFERENT:
        notes.append(
            f"Sample rate: {asked.fs_hz:g} Hz, from --fs; the file says {float(stated):g} Hz."
        )
    return exact_rate(Fraction(hz)), notes


def exact_rate(rate: Fraction) -> Fraction:
    """Return the closest rate that session.json can hold."""
    return rate.limit_denominator(min(10**6, (2**32 - 1) // (int(rate) + 1)))


def local_time(naive: datetime) -> datetime | None:
    """Give a file's wall time the time zone of this computer; None if there is no such time."""
    try:
        return naive.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def broken(file: str, what: str, error: BaseException) -> InputError:
    """Return the error for a file that cannot be read as `what`, a format in words."""
    reason = ""
    if isinstance(error, FaultError):
        reason = f" ({error})"
    elif isinstance(error, OSError) and error.strerror:
        reason = f" ({error.strerror})"
    return InputError(
        f"{file} cannot be read as {what}{reason}. It is damaged or in another format: restore "
        "it, or name its format with --format."
    )


def _find(file: str, offered: Sequence[Column], name: str) -> int:
    names = [column.name for column in offered]
    found = [i for i, n in enumerate(names) if n == name]
    found = found or [i for i, n in enumerate(names) if n.lower() == name.strip().lower()]
    if not found:
        every = _list(names, len(names))
        raise InputError(f"{file} has no column {name!r}: choose from {every}.")
    if len(found) > 1:
        raise InputError(
            f"{file} has {len(found)} columns named {name!r}: give them different names in the "
            "file, or choose another column."
        )
    return found[0]


def _list(names: Sequence[str], most: int = _LISTED) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
