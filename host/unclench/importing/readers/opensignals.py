"""Recordings of OpenSignals (PLUX): HDF5, and text with a line of JSON.

Samples are raw counts. For PLUX's own sensors uV = (raw / 2^n - 1/2) * 3.0 V / gain, the gain being
1000 for EMG and 1019 for ECG (biosignalsnotebooks).
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.importing.counting import no_counter, places_of
from unclench.importing.formats import Format
from unclench.importing.found import (
    BROKEN,
    Asked,
    Choice,
    Column,
    FaultError,
    Found,
    Mark,
    broken,
    choose,
    local_time,
    settle_rate,
)
from unclench.importing.textrows import read_head, rows_below
from unclench.translation import tr

_PROGRAM = Path(__file__).parents[1] / "hdf5.py"
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
TEXT_MAGIC = "# OpenSignals Text File Format"
_SUPPLY_UV = 3.0e6
_GAIN = {"EMG": 1000.0, "ECG": 1019.0}
_TIMEOUT_S = 120.0
_MOST_MARKS = 100_000
_REASONS = {  # by the keys of `hdf5.FaultError`
    "no_raw_data": tr("no device in it has raw data"),
    "too_few_samples": tr("it has fewer samples than its header says"),
}


@dataclass(frozen=True)
class _Sensor:
    """One raw channel as the file describes it."""

    name: str
    kind: str  # "EMG"
    bits: int
    known: bool  # whether it is one of PLUX's own, in raw counts

    @property
    def column(self) -> Column:
        uv = None
        if self.known and self.kind in _GAIN and 1 <= self.bits <= 32:
            uv = _SUPPLY_UV / _GAIN[self.kind] / 2**self.bits
        return Column(self.name, uv, self.kind == "EMG")


def read_text(path: Path, asked: Asked) -> Found:
    """Read OpenSignals text. Raises InputError."""
    head = read_head(path)
    if not head.lines[0].startswith(TEXT_MAGIC):
        raise InputError(
            tr(
                "{name} is not an OpenSignals text: its first line does not start with "
                "{text_magic!r}.",
                name=path.name,
                text_magic=TEXT_MAGIC,
            )
        )
    end = next((i for i, x in enumerate(head.lines) if x.startswith("# EndOfHeader")), None)
    if end is None:
        raise InputError(
            tr("{name} has no line '# EndOfHeader': restore the file.", name=path.name)
        )
    try:
        devices = json.loads(head.lines[1].lstrip("# "))
        columns, sensors, places, about = _describe(devices)
    except BROKEN as error:
        raise broken(path.name, "OpenSignals text", error) from error
    rate, notes = settle_rate(path.name, _number(about.get("sampling rate")), asked)
    choice = choose(path.name, [sensor.column for sensor in sensors], asked)
    first = head.lines[end + 1] if end + 1 < len(head.lines) else ""
    names = [*columns, ""] if first.endswith("\t") else columns
    table, cut = rows_below(path, head, end + 1, names, "\t")
    counter = [columns.index("nSeq")] if "nSeq" in columns else []
    single, raw = table.read(counter, [places[i] for i in choice.places])
    sample, counted = _places(single[0] if single else None, len(raw))
    return _found(path, about, sensors, choice, raw, rate, sample, asked, [*notes, *cut, *counted])


def read_hdf5(path: Path, asked: Asked) -> Found:
    """Read the first device of OpenSignals HDF5. Raises InputError."""
    arrays = _read_in_process(path)
    try:
        about = json.loads(str(arrays["about"]))
        keys = [str(channel["key"]) for channel in about["channels"]]
        bits = [int(b) for b in np.atleast_1d(about.get("resolution", []))][-len(keys) :]
        sensors = [
            _Sensor(
                str(channel.get("label") or channel["key"]),
                str(channel.get("sensor", "")).upper(),
                bits[i] if i < len(bits) else 0,
                _is_plux(about),
            )
            for i, channel in enumerate(about["channels"])
        ]
    except BROKEN as error:
        raise broken(path.name, "OpenSignals HDF5", error) from error
    rate, notes = settle_rate(path.name, _number(about.get("sampling rate")), asked)
    choice = choose(path.name, [sensor.column for sensor in sensors], asked)
    columns = [arrays[keys[i]] for i in choice.places]
    if len({len(column) for column in columns}) != 1:
        raise InputError(
            tr("{name} has channels of different lengths: restore the file.", name=path.name)
        )
    raw = np.stack(columns, axis=1)
    sample, counted = _places(arrays.get("nSeq"), len(raw))
    if len(about["devices"]) > 1:
        notes.append(
            tr(
                "Only the first of {n} devices is imported: {device}.",
                n=len(about["devices"]),
                device=about["devices"][0],
            )
        )
    marks = _marks(arrays, sample)
    notes += counted
    return _found(path, about, sensors, choice, raw, rate, sample, asked, notes, marks)


def _read_in_process(path: Path) -> dict[str, NDArray[Any]]:
    """Read the file in another process (see `hdf5`)."""
    try:
        done = subprocess.run(
            [sys.executable, str(_PROGRAM), str(path.absolute())],
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
        if done.returncode == 0:
            with np.load(io.BytesIO(done.stdout), allow_pickle=False) as found:
                return {key: found[key] for key in found}
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        if done.returncode < 0 or not lines:
            raise FaultError(tr("the library that reads it has crashed"))
        _, _, reason = lines[-1].partition("FaultError: ")
        raise FaultError(_REASONS[reason]) if reason in _REASONS else ValueError(lines[-1])
    except (*BROKEN, subprocess.TimeoutExpired) as error:
        raise broken(path.name, "OpenSignals HDF5", error) from error


def _found(
    path: Path,
    about: Mapping[str, Any],
    sensors: list[_Sensor],
    choice: Choice,
    raw: NDArray[np.float64],
    rate: Any,
    sample: NDArray[np.int64],
    asked: Asked,
    notes: list[str],
    marks: tuple[Mark, ...] = (),
) -> Found:
    picked = [sensors[i] for i in choice.places]
    if asked.unit is None:
        middle = np.array([2.0 ** (sensor.bits - 1) for sensor in picked])
        emg_uv = (raw - middle) * choice.uv
        kinds = ", ".join(sorted({_in_words(sensor) for sensor in picked}))
        notes = [
            tr(
                "Converted to uV with the formula of PLUX's sensors at 3.0 V: {kinds}.", kinds=kinds
            ),
            *notes,
        ]
    else:
        emg_uv = raw * choice.uv
    return Found(
        rate,
        tuple(sensor.name for sensor in picked),
        emg_uv,
        sample,
        created=_moment(about),
        marks=marks,
        device=str(about.get("device", "")) or "OpenSignals",
        notes=(*choice.notes, *notes),
    )


def _in_words(sensor: _Sensor) -> str:
    gain = _GAIN[sensor.kind]
    return tr("{kind} (gain {gain:g}, {bits} bit)", kind=sensor.kind, gain=gain, bits=sensor.bits)


def _describe(
    devices: Mapping[str, Mapping[str, Any]],
) -> tuple[list[str], list[_Sensor], list[int], Mapping[str, Any]]:
    """Return columns, sensors, the sensors' places, and the header of the first device."""
    columns: list[str] = []
    sensors: list[_Sensor] = []
    places: list[int] = []
    for about in devices.values():
        own = [str(name) for name in about["column"]]
        n = len(about["channels"])
        labels = [str(label) for label in about.get("label", own[-n:])][-n:]
        bits = [int(b) for b in about["resolution"]][-n:]
        kinds = [str(kind).upper() for kind in about["sensor"]][-n:]
        if not len(labels) == len(bits) == len(kinds) == n <= len(own) or not n:
            raise FaultError(tr("the header lists different numbers of channels and sensors"))
        known = _is_plux(about) and not about.get("convertedValues")
        sensors += [_Sensor(labels[i], kinds[i], bits[i], known) for i in range(n)]
        places += range(len(columns) + len(own) - n, len(columns) + len(own))
        columns += own
    return columns, sensors, places, next(iter(devices.values()))


def _is_plux(about: Mapping[str, Any]) -> bool:
    """False for BITalino, whose sensors have other gains and another supply."""
    return not str(about.get("device", "")).lower().startswith("bitalino")


def _places(counter: NDArray[np.float64] | None, n: int) -> tuple[NDArray[np.int64], list[str]]:
    if counter is None or len(counter) != n:
        return np.arange(n, dtype=np.int64), [no_counter()]
    return places_of(counter, "nSeq")


def _marks(arrays: Mapping[str, NDArray[Any]], sample: NDArray[np.int64]) -> tuple[Mark, ...]:
    """Return where a digital input switches on; a button or another device is connected there."""
    marks: list[Mark] = []
    for key, line in arrays.items():
        if key.startswith("digital_") and len(line) == len(sample):
            rising = np.flatnonzero(np.diff((line > 0).astype(np.int8)) > 0) + 1
            marks += [Mark(int(sample[row]), f"{key} on") for row in rising[:_MOST_MARKS]]
    return tuple(marks)


def _moment(about: Mapping[str, Any]) -> datetime | None:
    """Join "2017-1-23" and "10:28:51.69"."""
    found = re.findall(
        r"\d+", f"{about.get('date', '')} {str(about.get('time', '')).split('.')[0]}"
    )
    try:
        year, month, day, hour, minute, second = (int(part) for part in found[:6])
        return local_time(datetime(year, month, day, hour, minute, second))
    except (ValueError, OverflowError):
        return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


FORMATS = (
    Format(
        "opensignals-h5",
        "OpenSignals (.h5, .txt)",
        read_hdf5,
        lambda file: file.first.startswith(HDF5_MAGIC),
    ),
    Format("opensignals-txt", "", read_text, lambda file: file.line_starts(TEXT_MAGIC)),
)
