"""What a reader finds in a stranger's file, and what a person says of it."""

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
"""What libraries raise over a file that is not what it says it is."""


class FaultError(ValueError):
    """What a reader here has found wrong, in words that may be shown, unlike those of libraries."""


@dataclass(frozen=True)
class Asked:
    """What a person says of a file; it goes before what the file says."""

    fs_hz: float | None = None
    columns: Sequence[str] = ()
    unit: str | None = None


@dataclass(frozen=True)
class Mark:
    """An event of the file.

    Attributes
    ----------
    sample : int
        Where it began; with a `kind` other than "tag" where it stands in events.csv, its end.
    text : str
    duration_s : float or None
        None for a mere moment.
    kind : str
        As in events.csv, where the file is one that `unclench export` wrote; else "".
    """

    sample: int
    text: str
    duration_s: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class Column:
    """A channel that a file offers."""

    name: str
    uv: float | None  # microvolts per number in the file; None: the file does not tell
    emg: bool = False  # whether the file says that it is EMG


@dataclass(frozen=True)
class Choice:
    """Channels chosen: their places among those offered, microvolts per number of each."""

    places: tuple[int, ...]
    uv: NDArray[np.float64]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A recording as its file holds it.

    Attributes
    ----------
    rate : Fraction
        Samples per second and channel.
    channels : tuple of str
    emg_uv : ndarray, shape (n_samples, n_channels)
    sample : ndarray of int64, shape (n_samples,)
        Place of each row, rising; a jump is a gap.
    created : datetime or None
        When the recording began, with its time zone; None where the file does not tell.
    marks : tuple of Mark
        Their samples count from 0, the place of the first row.
    device : str
        What recorded it, in words of the file.
    notes : tuple of str
        What was assumed, chosen or left out, each a sentence.
    sites : tuple of str or None
        Where each channel was; empty where the file does not tell.
    missing_s : float
        How much of the recording was cut off at its end.
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
    """Choose channels: those asked for, else those that say EMG, else all in volts, else all.

    Raises InputError: an unknown name, a unit that nobody tells, too many.
    """
    notes = []
    if asked.columns:
        places = [_find(file, offered, name) for name in asked.columns]
        if len(set(places)) < len(places):
            raise InputError(f"{file}: a column was asked for twice: name each one once.")
    else:
        everything = range(len(offered))
        emg = [i for i in everything if offered[i].emg]
        volts = [i for i in everything if offered[i].uv is not None]
        places = emg or volts or list(everything)
        if len(places) < len(offered):
            left_out = _list([c.name for i, c in enumerate(offered) if i not in places])
            taken = _list([offered[i].name for i in places])
            notes.append(f"taken as EMG: {taken}; left out: {left_out} (--column chooses others).")
        elif not emg:
            taken = _list([offered[i].name for i in places])
            notes.append(f"taken as EMG, though the file does not say so: {taken}.")
    if not places:
        raise InputError(f"{file} holds no channel of EMG.")
    if len(places) > MAX_CHANNELS:
        raise InputError(
            f"{file} has {len(places)} channels, {MAX_CHANNELS} can be imported: choose some with "
            "--column."
        )
    if asked.unit is not None:
        uv = [IN_UV[asked.unit.lower()]] * len(places)
        notes.append(f"its numbers are taken as {asked.unit}, as --unit says.")
    else:
        silent = [offered[i].name for i in places if offered[i].uv is None]
        if silent:
            names = _list(silent)
            raise InputError(
                f"{file} does not tell in which unit {names} {'are' if len(silent) > 1 else 'is'}: "
                "say it with --unit uV, mV or V."
            )
        uv = [offered[i].uv or 0.0 for i in places]
    return Choice(tuple(places), np.array(uv), tuple(notes))


def settle_rate(
    file: str, stated: Fraction | float | None, asked: Asked
) -> tuple[Fraction, list[str]]:
    """Return the sample rate, --fs going before the file, and notes. Raises InputError."""
    hz = asked.fs_hz if asked.fs_hz is not None else stated
    if hz is None:
        raise InputError(f"{file} does not tell its sample rate: give it with --fs HZ.")
    if not MIN_HZ <= hz <= MAX_HZ:
        who = "--fs" if asked.fs_hz is not None else f"{file} states a sample rate of"
        raise InputError(
            f"{who} {float(hz):g} Hz, where {MIN_HZ:g} to {MAX_HZ:g} is expected: give the samples "
            "per second with --fs HZ."
        )
    notes = []
    if asked.fs_hz is not None and stated and abs(asked.fs_hz / float(stated) - 1) > _DIFFERENT:
        notes.append(
            f"the file states {float(stated):g} Hz; {asked.fs_hz:g} Hz is used, as --fs says."
        )
    return exact_rate(Fraction(hz)), notes


def exact_rate(rate: Fraction) -> Fraction:
    """Return the closest rate that session.json can hold."""
    return rate.limit_denominator(min(10**6, (2**32 - 1) // (int(rate) + 1)))


def local_time(naive: datetime) -> datetime | None:
    """Give a file's wall time the time zone of this computer; None where there is no such time."""
    try:
        return naive.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def broken(file: str, what: str, error: BaseException) -> InputError:
    """Return the sentence for a file that a library cannot read."""
    why = ""
    if isinstance(error, FaultError):
        why = f" ({error})"
    elif isinstance(error, OSError) and error.strerror:
        why = f" ({error.strerror})"
    return InputError(
        f"{file} cannot be read as {what}{why}: it is damaged or of another kind; restore it, "
        "or name its format with --format."
    )


def _find(file: str, offered: Sequence[Column], name: str) -> int:
    names = [column.name for column in offered]
    found = [i for i, n in enumerate(names) if n == name]
    found = found or [i for i, n in enumerate(names) if n.lower() == name.strip().lower()]
    if len(found) != 1:
        what = "no column" if not found else f"{len(found)} columns named"
        raise InputError(f"{file} has {what} {name!r}: choose from {_list(names, len(names))}.")
    return found[0]


def _list(names: Sequence[str], most: int = _LISTED) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(repr(name) for name in names[:most]) + more
