"""Text of the OpenBCI GUI, versions 5 and 6.

Version 6 has a line of column names; version 5 has none, but always the same order: sample index,
EXG channels, three of the accelerometer, others, time. EXG channels are in microvolts
(docs.openbci.com, "OpenBCI Data Format"; version 5 says so in its header).
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.importing.counting import places_of
from unclench.importing.formats import Format
from unclench.importing.found import Asked, Column, Found, Mark, choose, settle_rate
from unclench.importing.textrows import Head, read_head, rows_below
from unclench.translation import tr

MAGIC = "%OpenBCI"
_RATE = re.compile(r"%\s*Sample Rate\s*=\s*([0-9.]+)\s*Hz.*", re.IGNORECASE)
_CHANNELS = re.compile(r"%\s*Number of channels\s*=\s*(\d{1,3})\s*", re.IGNORECASE)
_BOARD = re.compile(r"%\s*Board\s*=\s*(.*)", re.IGNORECASE)
_LAST_YEARS_S = 4e9  # stamps above it count milliseconds
_MOST_MARKS = 100_000


def read_openbci(path: Path, asked: Asked) -> Found:
    """Read a file of the OpenBCI GUI. Raises InputError."""
    head = read_head(path)
    if not head.lines[0].startswith(MAGIC):
        raise InputError(
            tr(
                "{name} is not an OpenBCI GUI text: its first line does not start with {magic}.",
                name=path.name,
                magic=MAGIC,
            )
        )
    n_lines = next((i for i, x in enumerate(head.lines) if not x.startswith("%")), len(head.lines))
    header = "\n".join(head.lines[:n_lines])
    stated = _RATE.search(header)
    board = _BOARD.search(header)
    names, n_lines = _names(path, head, n_lines, header)
    offered = [_column(name) for name in names]
    exg = [i for i, column in enumerate(offered) if column.emg]
    if not exg and not asked.columns:
        raise InputError(
            tr("{name} has no EXG channel: choose columns with --column.", name=path.name)
        )
    rate, notes = settle_rate(path.name, _float(stated[1]) if stated else None, asked)
    choice = choose(path.name, offered, asked)
    table, cut = rows_below(path, head, n_lines, names, ",")
    extra = {key: i for i, key in enumerate(names) if key in ("Timestamp", "Marker Channel")}
    single, values = table.read([0, *extra.values()], choice.places)
    others = dict(zip(extra, single[1:], strict=True))
    time_s = others.get("Timestamp")
    if time_s is not None and len(time_s) and time_s[0] > _LAST_YEARS_S:
        time_s = time_s / 1000
    sample, counted = places_of(single[0], names[0], time_s, float(rate))
    markers = others.get("Marker Channel", np.empty(0))
    rows = np.flatnonzero(markers)[:_MOST_MARKS]
    return Found(
        rate,
        tuple(names[i] for i in choice.places),
        values * choice.uv,
        sample,
        created=_moment(time_s[0]) if time_s is not None and len(time_s) else None,
        marks=tuple(Mark(int(sample[row]), f"{markers[row]:g}") for row in rows),
        device=board[1].strip() if board else "OpenBCI",
        notes=(*choice.notes, *notes, *cut, *counted),
    )


def _names(path: Path, head: Head, n_lines: int, header: str) -> tuple[list[str], int]:
    """Return the names of the columns, and how many lines are above the numbers."""
    first = head.lines[n_lines] if n_lines < len(head.lines) else ""
    cells = [cell.strip() for cell in first.split(",")]
    if not first.strip():
        raise InputError(
            tr("{name} has a header but no rows of numbers: restore the file.", name=path.name)
        )
    if _float(cells[0]) is None:
        return cells, n_lines + 1
    stated = _CHANNELS.search(header)
    n = int(stated[1]) if stated else 0
    if not 0 < n < len(cells):
        raise InputError(
            tr(
                "{name} does not say which of its {n_cells} columns are channels: add a line "
                "'%Number of channels = 8' with their number.",
                name=path.name,
                n_cells=len(cells),
            )
        )
    names = ["Sample Index", *(f"EXG Channel {i}" for i in range(n))]
    names += [f"column {i + 1}" for i in range(len(names), len(cells))]
    if (_float(cells[-1]) or 0) > 1e9:
        names[-1] = "Timestamp"
    return names, n_lines


def _column(name: str) -> Column:
    exg = re.fullmatch(r"(EXG|EEG|EMG) Channel \d+", name, re.IGNORECASE) is not None
    return Column(name, 1.0 if exg else None, exg)


def _moment(time_s: float) -> datetime | None:
    try:
        return (
            datetime.fromtimestamp(float(time_s), timezone.utc).astimezone().replace(microsecond=0)
        )
    except (ValueError, OverflowError, OSError):
        return None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


FORMATS = (
    Format("openbci", "OpenBCI GUI text", read_openbci, lambda file: file.line_starts(MAGIC)),
)
