"""Finds out from their names what the columns of another program's table mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from unclench.errors import InputError
from unclench.store.table.csvfile import number
from unclench.store.table.dialect import Table
from unclench.translation import tr

_IN_UV = {"v": 1e6, "mv": 1e3, "uv": 1.0, "nv": 1e-3}
_PREFIXES = {"": "v", "milli": "mv", "micro": "uv"}
_WORDS = {f"{prefix}volt{s}": unit for prefix, unit in _PREFIXES.items() for s in ("", "s")}
_IN_S = {"min": 60.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_TIME = {"time", "t", "elapsed", "elapsed time", "seconds", "sec"}
_STAMP = {"timestamp", "timestamps", "time stamp", "time stamps", "lsl timestamp", "unix time"}
_COUNT = {"sample", "samples", "sample index", "sample number", "sample no"}
_INDEX = {"index", "idx", "n", "no", "nr", "nseq", "row", "#", "", "unnamed: 0", "frame", "counter"}
_OTHER_UNITS = {"deg", "°", "rad", "g", "n", "nm", "kg", "%", "hz", "bpm", "°c", "ohm"}
_IN_BRACKETS = re.compile(r"(.*?)[\s_]*[(\[]\s*([^)\]]*?)\s*[)\]]")
_SUFFIX = re.compile(r"(.*)[\s_]([munµμ]?v|min|s|sec|seconds|ms|[uµμ]s|ns)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column: its index, its name as written, its name without the unit, and its unit."""

    place: int
    name: str
    stem: str
    unit: str | None

    @property
    def uv(self) -> float | None:
        """Microvolts per unit of the column, None if its name gives no unit of voltage."""
        return _IN_UV.get(self.unit or "")


@dataclass(frozen=True)
class Choice:
    """The columns to read, and what had to be assumed to choose them."""

    emg: tuple[Column, ...]
    uv: tuple[float, ...]
    time: Column | None
    count: Column | None
    notes: tuple[str, ...]

    @property
    def time_is_stamp(self) -> bool:
        """Whether the time says when data arrived rather than when it was sampled."""
        return self.time is not None and self.time.stem in _STAMP


def choose(table: Table, wanted: Sequence[str], unit: str | None) -> Choice:
    """Find time, count and EMG columns of a table.

    Parameters
    ----------
    table : Table
    wanted : sequence of str
        EMG columns by name; empty for every numeric one that is not a time or a count.
    unit : {"uV", "mV", "V"} or None
        Overrides what the header says.

    Raises
    ------
    InputError
        A column that is unknown, ambiguous or given twice; no numeric column; an unknown unit.
    """
    columns = [_parse(i, name) for i, name in enumerate(table.file.header)]
    numeric = {c.place for c in columns if _has_numbers(table, c.place)}
    emg = [_find(table, columns, name) for name in wanted]
    notes = []
    twice = [c.name for c in emg if emg.count(c) > 1]
    if twice:
        raise InputError(
            tr("Column {name!r} is given twice. Give each column once.", name=twice[0])
        )
    free = [c for c in columns if c not in emg]
    times = [c for c in free if _is_time(c)]
    usable = sorted((c for c in times if c.place in numeric), key=lambda c: c.stem in _STAMP)
    notes += [
        tr("Column {name!r} is not used as the time: it has no numbers.", name=c.name)
        for c in times
        if c not in usable
    ]
    count = next((c for c in free if c.stem in _COUNT and c.place in numeric), None)
    if not emg:
        named = _TIME | _STAMP | _COUNT | _INDEX
        rest = [c for c in columns if c.stem not in named]
        emg = [c for c in rest if (c.place in numeric and not _other_unit(c)) or c.uv is not None]
        left_out = [repr(c.name) for c in rest if c not in emg]
        if left_out:
            notes.append(tr("Columns left out: {names}.", names=", ".join(left_out)))
    if not emg:
        raise InputError(
            tr(
                "{file} has no column of EMG numbers. Its columns are {columns}.",
                file=table.file.name,
                columns=_list(columns),
            )
        )
    for column in [*emg, *usable[:1], *([count] if count else [])]:
        _find(table, columns, column.name)  # a name that is there twice
    uv, unit_notes = _units(emg, unit)
    return Choice(tuple(emg), uv, usable[0] if usable else None, count, (*notes, *unit_notes))


def seconds_per_unit(column: Column, first: float) -> float:
    """Seconds per unit of a time column; without a unit, guessed from its first value."""
    if column.unit in _IN_S:
        return _IN_S[column.unit]
    if column.stem in ("seconds", "sec"):
        return 1.0
    # Stamps count from 1970: 1.7e9 seconds is now, and so the size shows the unit.
    for above, factor in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3)):
        if first > above:
            return factor
    return 1.0


def _parse(place: int, name: str) -> Column:
    match = _IN_BRACKETS.fullmatch(name) or _SUFFIX.fullmatch(name)
    stem, unit = match.groups() if match else (name, None)
    if unit is not None:
        unit = unit.lower().replace("µ", "u").replace("μ", "u")
        unit = _WORDS.get(unit, unit)
    return Column(place, name, stem.lower().replace("_", " ").strip(), unit)


def _is_time(column: Column) -> bool:
    return column.stem in _TIME | _STAMP and (column.unit is None or column.unit in _IN_S)


def _other_unit(column: Column) -> bool:
    """Whether a name has a unit that is not a voltage; brackets may hold anything."""
    return column.unit in _IN_S or column.unit in _OTHER_UNITS


def _has_numbers(table: Table, place: int) -> bool:
    cells = [row[place] for row in table.first_rows if place < len(row)]
    return any(number(cell, table.file.decimal) is not None for cell in cells)


def _find(table: Table, columns: list[Column], name: str) -> Column:
    wanted = name.strip()
    found = [c for c in columns if c.name == wanted] or [
        c for c in columns if c.name.lower() == wanted.lower()
    ]
    if not found:
        raise InputError(
            tr(
                "{file} has no column {name!r}. Its columns are {columns}.",
                file=table.file.name,
                name=name,
                columns=_list(columns),
            )
        )
    if len(found) > 1:
        places = ", ".join(str(c.place + 1) for c in found)
        raise InputError(
            tr(
                "{file} has {n} columns named {name!r} (columns {places}). Rename one, or choose "
                "others with --column.",
                file=table.file.name,
                n=len(found),
                name=found[0].name,
                places=places,
            )
        )
    return found[0]


def _units(emg: Sequence[Column], unit: str | None) -> tuple[tuple[float, ...], list[str]]:
    if unit is not None:
        factor = _IN_UV.get(unit.lower().replace("µ", "u").replace("μ", "u"))
        if factor is None:
            raise InputError(tr("{unit!r} is not a unit of EMG. Give uV, mV or V.", unit=unit))
        return (factor,) * len(emg), []
    unknown = [c for c in emg if c.uv is None]
    notes = []
    if unknown:
        names = ", ".join(repr(c.name) for c in unknown)
        notes.append(
            tr("No unit is given for {names}: uV is assumed. Use --unit to change it.", names=names)
        )
    return tuple(1.0 if c.uv is None else c.uv for c in emg), notes


def _list(columns: Sequence[Column]) -> str:
    return ", ".join(repr(c.name) for c in columns)
