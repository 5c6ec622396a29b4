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
from unclench.translation import tr

MAX_CHANNELS = 64
MIN_HZ, MAX_HZ = 0.01, 1e7
_DIFFERENT = 1e-6
_LISTED = 8
IN_UV = {"v": 1e6, "mv": 1e3, "uv": 1.0, "nv": 1e-3}

BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError),
    *(OSError, RuntimeError, TypeError, UnboundLocalError, ValueError),
    *(csv.Error, struct.error, wave.Error),
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
            raise InputError(
                tr("{file}: a column was given twice with --column: give each one once.", file=file)
            )
    else:
        everything = range(len(offered))
        emg = [i for i in everything if offered[i].emg]
        volts = [i for i in everything if offered[i].uv is not None]
        places = emg or volts or list(everything)
        if len(places) < len(offered):
            left_out = _list([c.name for i, c in enumerate(offered) if i not in places])
            taken = _list([offered[i].name for i in places])
            notes.append(
                tr(
                    "Imported as EMG: {taken}. Left out: {left_out}; choose others with --column.",
                    taken=taken,
                    left_out=left_out,
                )
            )
        elif not emg:
            taken = _list([offered[i].name for i in places])
            notes.append(
                tr("Imported as EMG, although the file does not say so: {taken}.", taken=taken)
            )
    if not places:
        raise InputError(tr("{file} has no EMG channel: choose columns with --column.", file=file))
    if len(places) > MAX_CHANNELS:
        raise InputError(
            tr(
                "{file} has {n} channels, and at most {most} can be imported: "
                "choose some with --column.",
                file=file,
                n=len(places),
                most=MAX_CHANNELS,
            )
        )
    if asked.unit is not None:
        uv = [IN_UV[asked.unit.lower()]] * len(places)
        notes.append(tr("Unit of all numbers: {unit}, from --unit.", unit=asked.unit))
    else:
        unknown = _list([offered[i].name for i in places if offered[i].uv is None])
        if unknown:
            raise InputError(
                tr(
                    "{file} does not give the unit of {unknown}: give it with --unit uV, mV or V.",
                    file=file,
                    unknown=unknown,
                )
            )
        uv = [offered[i].uv or 0.0 for i in places]
    return Choice(tuple(places), np.array(uv), tuple(notes))


def settle_rate(
    file: str, stated: Fraction | float | None, asked: Asked
) -> tuple[Fraction, list[str]]:
    """Return the sample rate, from --fs or else from the file, and notes. Raises InputError."""
    hz = asked.fs_hz if asked.fs_hz is not None else stated
    if hz is None:
        raise InputError(
            tr("{file} does not give its sample rate: give it with --fs HZ.", file=file)
        )
    if not MIN_HZ <= hz <= MAX_HZ:
        origin = "--fs" if asked.fs_hz is not None else file
        raise InputError(
            tr(
                "{origin} gives a sample rate of {hz:g} Hz, outside of {min_hz:g} to "
                "{max_hz:g} Hz: give the samples per second with --fs HZ.",
                origin=origin,
                hz=float(hz),
                min_hz=MIN_HZ,
                max_hz=MAX_HZ,
            )
        )
    notes = []
    if asked.fs_hz is not None and stated and abs(asked.fs_hz / float(stated) - 1) > _DIFFERENT:
        notes.append(
            tr(
                "Sample rate: {fs_hz:g} Hz, from --fs; the file says {stated:g} Hz.",
                fs_hz=asked.fs_hz,
                stated=float(stated),
            )
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
    reason = str(error) if isinstance(error, FaultError) else ""
    if isinstance(error, OSError):
        reason = error.strerror or ""
    if not reason:
        return InputError(
            tr(
                "{file} cannot be read as {what}. It is damaged or in another format: restore it, "
                "or name its format with --format.",
                file=file,
                what=what,
            )
        )
    return InputError(
        tr(
            "{file} cannot be read as {what} ({reason}). It is damaged or in another format: "
            "restore it, or name its format with --format.",
            file=file,
            what=what,
            reason=reason,
        )
    )


def _find(file: str, offered: Sequence[Column], name: str) -> int:
    names = [column.name for column in offered]
    found = [i for i, n in enumerate(names) if n == name]
    found = found or [i for i, n in enumerate(names) if n.lower() == name.strip().lower()]
    if not found:
        every = _list(names, len(names))
        raise InputError(
            tr(
                "{file} has no column {name!r}: choose from {every}.",
                file=file,
                name=name,
                every=every,
            )
        )
    if len(found) > 1:
        raise InputError(
            tr(
                "{file} has {n} columns named {name!r}: give them different names in the "
                "file, or choose another column.",
                file=file,
                n=len(found),
                name=name,
            )
        )
    return found[0]


def _list(names: Sequence[str], most: int = _LISTED) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    more = len(names) - most
    return tr("{shown} and {n} more", shown=shown, n=more) if more > 0 else shown
