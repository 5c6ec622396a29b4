"""WFDB, the format of PhysioNet, through its own library: NAME.hea, its signals, NAME.atr."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from types import ModuleType

import numpy as np

from unclench.errors import InputError
from unclench.importing.formats import Beginning, Format
from unclench.importing.found import (
    BROKEN,
    IN_UV,
    Asked,
    Column,
    Found,
    Mark,
    broken,
    choose,
    local_time,
    settle_rate,
)
from unclench.translation import tr

_RECORD = re.compile(r"[\w.-]+(/\d+)?\s+\d+(\s+[\d./()-]+)*(\s+\d{1,2}:\d{2}:.*)?\s*")
_SIGNAL = re.compile(r"(\S+)\s+(\d+)(x\d+)?(:\d+)?(\+\d+)?(\s.*)?")
_FORMATS = {"8", "16", "24", "32", "61", "80", "160", "212", "310", "311"}
_MOST_MARKS = 100_000


def is_header(lines: tuple[str, ...]) -> bool:
    """Return True for a text that begins like a WFDB header."""
    real = [line for line in lines[:50] if line.strip() and not line.startswith("#")]
    if len(real) < 2 or not _RECORD.fullmatch(real[0].strip()):
        return False
    match = _SIGNAL.fullmatch(real[1].strip())
    return match is not None and match[2] in _FORMATS and "." in match[1]


def header_of(path: Path) -> Path:
    """Return the header of a record, given the header or one of its files."""
    return path.with_suffix(".hea")


def read_wfdb(path: Path, asked: Asked) -> Found:
    """Read a record of one segment. Raises InputError."""
    header = header_of(path)
    if not header.is_file():
        raise InputError(
            tr(
                "{name} needs its header {header}: put it in the folder {folder}.",
                name=path.name,
                header=header.name,
                folder=header.parent,
            )
        )
    lines = header.read_text(encoding="utf-8", errors="replace").splitlines()
    _check(header, tuple(lines))
    name = str(header.with_suffix("").absolute())
    try:
        with _wfdb() as wfdb:
            record = wfdb.rdrecord(name, return_res=64)
        units, names = list(record.units), [str(name) for name in record.sig_name]
        values = np.asarray(record.p_signal, np.float64)
        base = (record.base_date, record.base_time)
        stated = float(record.fs)
    except BROKEN as error:
        raise broken(header.name, "WFDB", error) from error
    uv = [IN_UV.get(str(unit).lower().replace("µ", "u")) for unit in units]
    offered = [Column(name, k, "emg" in name.lower()) for name, k in zip(names, uv, strict=True)]
    rate, notes = settle_rate(header.name, stated, asked)
    choice = choose(header.name, offered, asked)
    emg_uv = values[:, choice.places] * choice.uv
    present = np.isfinite(emg_uv).all(axis=1)  # WFDB has a value for missing samples
    sample = np.flatnonzero(present)
    first = int(sample[0]) if len(sample) else 0
    marks, source = _annotations(header, name, len(values), first)
    return Found(
        rate,
        tuple(names[i] for i in choice.places),
        emg_uv[present],
        sample - first,
        created=_moment(*base),
        marks=marks,
        device="WFDB",
        notes=(*choice.notes, *notes, *source),
    )


def _check(header: Path, lines: tuple[str, ...]) -> None:
    """Refuse what would make the library read other folders, or more than there is."""
    if not is_header(lines):
        raise InputError(tr("{name} is not a WFDB header: restore the file.", name=header.name))
    real = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    n_signals = int(real[0][1])
    if "/" in real[0][0]:
        raise InputError(
            tr("{name} is a record of several segments: import each on its own.", name=header.name)
        )
    if not 1 <= n_signals == len(real) - 1:
        raise InputError(
            tr(
                "{name} announces {n_signals} signals but describes {described}: restore the file.",
                name=header.name,
                n_signals=n_signals,
                described=len(real) - 1,
            )
        )
    size = 0
    for name in {cells[0] for cells in real[1:]}:
        file = header.with_name(name) if re.fullmatch(r"[\w.-]+", name) else None
        if file is None or not file.is_file():
            raise InputError(
                tr(
                    "{name} needs the file {file!r}, which is not beside it: put it there.",
                    name=header.name,
                    file=name,
                )
            )
        size += file.stat().st_size
    stated = real[0][3] if len(real[0]) > 3 else "0"
    if not stated.isdigit() or int(stated) * n_signals > 2 * size:
        raise InputError(
            tr(
                "{name} announces {stated} samples of {n_signals} signals, but its files have "
                "only {size} bytes: restore them.",
                name=header.name,
                stated=stated,
                n_signals=n_signals,
                size=size,
            )
        )
    for cells in real[1:]:
        match = _SIGNAL.fullmatch(" ".join(cells))
        if match is None or match[2] not in _FORMATS or match[3] or match[4]:
            raise InputError(
                tr(
                    "{name} has a signal in format {format!r}; unclench reads one sample a frame "
                    "in these formats: {formats}.",
                    name=header.name,
                    format=cells[1] if cells[1:] else "",
                    formats=", ".join(sorted(_FORMATS, key=int)),
                )
            )


@contextmanager
def _wfdb() -> Iterator[ModuleType]:
    """Import wfdb, without the warnings of the libraries that it uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import wfdb

        yield wfdb


def _annotations(header: Path, name: str, n: int, first: int) -> tuple[tuple[Mark, ...], list[str]]:
    file = header.with_suffix(".atr")
    if not file.is_file():
        return (), []
    try:
        with _wfdb() as wfdb:
            found = wfdb.rdann(name, "atr")
        notes = found.aux_note or [""] * len(found.sample)
        rows = zip(found.sample.tolist(), found.symbol, notes, strict=True)
        texts = [(at, f"{symbol} {note}".strip(" \0")) for at, symbol, note in rows]
    except BROKEN as error:
        raise broken(file.name, tr("WFDB annotations"), error) from error
    inside = [(at - first, text) for at, text in texts if first <= at < n][:_MOST_MARKS]
    return tuple(Mark(at, text) for at, text in inside), [
        tr("Events are from {name}.", name=file.name)
    ]


def _moment(date: object, clock: object) -> datetime | None:
    from datetime import date as Date  # noqa: N812

    if not isinstance(date, Date) or not isinstance(clock, time):
        return None
    return local_time(datetime.combine(date, clock))


def _recognizes(file: Beginning) -> bool:
    """Return True for a header, or a signal or annotation file beside one."""
    if file.path.suffix.lower() in (".dat", ".atr") and header_of(file.path).is_file():
        return True
    return is_header(file.lines)


FORMATS = (Format("wfdb", "WFDB (.hea)", read_wfdb, _recognizes),)
