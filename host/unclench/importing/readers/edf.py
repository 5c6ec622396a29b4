"""EDF, EDF+, BDF and BDF+, through edfio; discontinuous files too."""

from __future__ import annotations

import re
import warnings
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.importing.formats import Format
from unclench.importing.found import (
    BROKEN,
    IN_UV,
    Asked,
    Column,
    FaultError,
    Found,
    Mark,
    broken,
    choose,
    local_time,
    settle_rate,
)
from unclench.store.exporting.edf import AT_SITE, OURS
from unclench.translation import tr, trn

EDF_MAGIC, BDF_MAGIC = b"0       ", b"\xffBIOSEMI"
_LEAST_BYTES = 256  # of a header
SKIP = "BAD_ACQ_SKIP"  # how MNE and `unclench export` mark time without samples
_ONSET = re.compile(rb"([+-]\d+(?:\.\d+)?)\x14")
_MOST_MARKS = 100_000
_NO_DATE = 1985  # the year in an anonymous EDF+


def read_edf(path: Path, asked: Asked) -> Found:
    """Read an EDF or BDF. Raises InputError."""
    import edfio

    with path.open("rb") as raw:
        header = raw.read(256)
    is_bdf = header.startswith(BDF_MAGIC)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            file = edfio.read_bdf(path) if is_bdf else edfio.read_edf(path, lazy_load_data=False)
            stated = int(header[236:244])  # data records; -1: not known
            missing = max(0, stated - int(file.num_data_records))
            return _read(path, file, asked, is_bdf, missing, bool(warned) and not missing)
        except BROKEN as error:
            raise broken(path.name, "EDF or BDF", error) from error


def _read(path: Path, file: Any, asked: Asked, is_bdf: bool, missing: int, odd: bool) -> Found:
    """Read an open file that lacks `missing` data records; `odd`: edfio warned about it."""
    signals = file.signals
    if not signals:
        raise InputError(
            tr("{name} has annotations but no signals: nothing can be imported.", name=path.name)
        )
    names = _unique([signal.label or "signal" for signal in signals])
    offered = [
        Column(name, _uv(signal.physical_dimension), "emg" in name.lower())
        for name, signal in zip(names, signals, strict=True)
    ]
    choice = choose(path.name, offered, asked)
    for i in choice.places:
        physical, digital = signals[i].physical_range, signals[i].digital_range
        if physical[0] == physical[1] or digital[0] == digital[1]:
            raise InputError(
                tr(
                    "{name} has an empty range for {channel!r}, so it has no scale: restore "
                    "the file.",
                    name=path.name,
                    channel=names[i],
                )
            )
    lengths = {signals[i].samples_per_data_record for i in choice.places}
    if len(lengths) > 1:
        raise InputError(
            tr(
                "{name} has channels with different sample rates: choose channels that share "
                "one with --column.",
                name=path.name,
            )
        )
    per_record, record_s = lengths.pop(), Fraction(str(file.data_record_duration))
    if per_record < 1 or record_s <= 0:
        raise InputError(
            tr(
                "{name} has data records without samples or length: restore the file.",
                name=path.name,
            )
        )
    rate, notes = settle_rate(path.name, Fraction(per_record) / record_s, asked)
    emg_uv = np.stack([signals[i].data for i in choice.places], axis=1) * choice.uv
    sample = np.arange(len(emg_uv), dtype=np.int64)
    if not file.is_continuous:
        onsets = _onsets(path, is_bdf)
        starts = np.rint((onsets - onsets[0]) * float(rate)).astype(np.int64)
        if len(starts) != len(emg_uv) // per_record or (np.diff(starts) < per_record).any():
            raise InputError(
                tr("{name} has data records whose times overlap: restore the file.", name=path.name)
            )
        sample = (starts[:, None] + np.arange(per_record)).reshape(-1)
    ours = _is_ours(file)
    present, marks = _present_and_marks(file, sample, float(rate), ours)
    if odd:
        notes.append(tr("The header breaks a rule of the format: check what was imported."))
    if missing:
        notes.append(
            trn(
                "The file is cut off: 1 data record is missing at the end.",
                "The file is cut off: {n} data records are missing at the end.",
                missing,
            )
        )
    return Found(
        rate,
        tuple(names[i] for i in choice.places),
        emg_uv[present],
        sample[present],
        created=_moment(file),
        marks=tuple(marks),
        device=_device(file),
        notes=(*choice.notes, *notes),
        sites=tuple(_site(signals[i]) if ours else None for i in choice.places),
        missing_s=float(missing * record_s),
    )


def _present_and_marks(
    file: Any, sample: NDArray[np.int64], fs_hz: float, ours: bool
) -> tuple[NDArray[np.bool_], list[Mark]]:
    """Return which samples are present, and the marks; `ours`: unclench wrote the file."""
    present = np.ones(len(sample), bool)
    marks = []
    for note in file.annotations[:_MOST_MARKS]:
        start = round(note.onset * fs_hz)
        if note.text.startswith(SKIP):
            stop = round((note.onset + (note.duration or 0.0)) * fs_hz)
            if stop >= sample[-1]:  # the end of the file, give or take a sample
                stop = int(sample[-1]) + 1
            present &= (sample < start) | (sample >= stop)
        elif start >= 0 and note.text and ours:
            kind, _, text = note.text.partition(": ")
            lasted_s = note.duration or 0.0
            at = start if kind == "tag" else round((note.onset + lasted_s) * fs_hz)
            marks.append(Mark(at, text, note.duration, kind))
        elif start >= 0 and note.text:
            marks.append(Mark(start, note.text, note.duration))
    return present, marks


def _onsets(path: Path, is_bdf: bool) -> NDArray[np.float64]:
    """Return the time of each data record, which its first annotation gives (EDF+ 2.2.4)."""
    data, width = path.read_bytes(), 3 if is_bdf else 2
    n_signals, header = int(data[252:256]), int(data[184:192])
    labels = [data[256 + 16 * i : 272 + 16 * i].strip() for i in range(n_signals)]
    at = 256 + 216 * n_signals
    lengths = [width * int(data[at + 8 * i : at + 8 * i + 8]) for i in range(n_signals)]
    place = next(i for i, label in enumerate(labels) if label.endswith(b"DF Annotations"))
    begin = header + sum(lengths[:place])
    onsets = []
    for record in range(begin, len(data) - sum(lengths[place:]) + 1, sum(lengths)):
        match = _ONSET.match(data[record : record + lengths[place]])
        if match is None:
            raise FaultError(tr("a data record has no time"))
        onsets.append(float(match[1]))
    return np.array(onsets)


def _uv(dimension: str) -> float | None:
    return IN_UV.get(dimension.strip().lower().replace("µ", "u").replace("\ufffd", "u"))


def _moment(file: Any) -> datetime | None:
    try:
        start = file.startdatetime
    except BROKEN:
        return None
    return None if start.year <= _NO_DATE else local_time(start)


def _is_ours(file: Any) -> bool:
    try:
        return OURS in file.recording.additional
    except BROKEN:
        return False


def _site(signal: Any) -> str | None:
    words = str(signal.transducer_type)
    return words.removeprefix(AT_SITE) if words.startswith(AT_SITE) else None


def _device(file: Any) -> str:
    try:
        equipment = file.recording.equipment_code
    except BROKEN:
        return "EDF"
    return "EDF" if equipment in ("", "X") else str(equipment).replace("_", " ")


def _unique(names: list[str]) -> list[str]:
    unique: list[str] = []
    for name in names:
        twin, candidate = 2, name
        while candidate in unique:
            candidate, twin = f"{name} {twin}", twin + 1
        unique.append(candidate)
    return unique


FORMATS = (
    Format(
        "edf",
        "EDF and BDF",
        read_edf,
        lambda file: file.first.startswith(EDF_MAGIC) and len(file.first) >= _LEAST_BYTES,
    ),
    Format("bdf", "", read_edf, lambda file: file.first.startswith(BDF_MAGIC)),
)
