"""How sessions look in a terminal, in a pipe and as JSON."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import click
from rich.cells import cell_len, set_cell_size

from unclench.report.words import share, uv
from unclench.store.library.library import Entry
from unclench.store.session.summary import ChannelSummary
from unclench.translation import tr
from unclench.wording import clock, printable

_DATED = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
_DATE = "%Y-%m-%d %H:%M"
_NOTHING = "-"
_LEAST_SENTENCE = 40


@dataclass(frozen=True)
class _Column:
    name: str
    right: bool = False  # numbers
    least: int = 0  # smallest width; 0: as wide as necessary


_COLUMNS = (
    _Column(tr("date")),
    _Column(tr("session"), least=10),
    _Column(tr("site"), least=8),
    _Column(tr("program"), least=8),
    _Column(tr("length"), right=True),
    _Column(tr("median"), right=True),
    _Column(tr("at rest"), right=True),
    _Column(tr("used"), right=True),
)
_UV = 5  # index of the median; only the first channel's where there is little room
_Row: TypeAlias = tuple[str, ...]


def print_list(entries: Sequence[Entry]) -> None:
    """Print a table that fits the terminal; as wide as necessary if there is none."""
    rows = [_cells(entry) for entry in entries]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths, shown = _widths(rows, entries)
    if width is not None and _whole(widths, shown) > width:
        rows = [(*row[:_UV], row[_UV].split(" ")[0], *row[_UV + 1 :]) for row in rows]
        widths, shown = _widths(rows, entries)
        _shrink(widths, shown, width)
    told = any(not entry.trouble for entry in entries)
    lines = [_line([column.name for column in _COLUMNS], widths, shown)] if told else []
    for entry, row in zip(entries, rows, strict=True):
        if entry.trouble:
            lines.append(_damaged(entry, row[0], width))
        else:
            lines.append(_line(row, widths, shown))
    click.echo("\n".join(lines))


def plain(entry: Entry) -> dict[str, Any]:
    """Return an entry in plain values."""
    named = {f.name: getattr(entry, f.name) for f in fields(entry) if f.name != "summary"}
    summary = entry.summary
    return {
        **named,
        "folder": printable(str(entry.folder)),
        "name": printable(entry.name),
        "program": printable(entry.program),
        "created": entry.created.isoformat(),
        "provenance": entry.provenance.value,
        "virtual": entry.virtual,
        "imported": entry.imported,
        "quality": None if summary is None else summary.quality,
        "summary": None if summary is None else summary.model_dump(mode="json"),
    }


def _cells(entry: Entry) -> _Row:
    called = entry.title
    if not called and not _DATED.match(entry.name):  # a dated name repeats the date
        called = entry.name
    channels: list[ChannelSummary] = []
    quality = None
    if entry.summary is not None:
        channels = sorted(entry.summary.channels, key=lambda channel: channel.site is None)
        quality = entry.summary.quality
    medians = [_number(channel.p50_uv) for channel in channels]
    return (
        f"{entry.local:{_DATE}}",
        printable(called),
        printable(", ".join(site for site in entry.sites if site)),
        printable(entry.program),
        tr("running") if entry.ended == "running" and not entry.duration_s else _length(entry),
        " ".join(medians) or _NOTHING,
        _share(channels[0].rest_share if channels else None),
        _share(quality),
    )


def _length(entry: Entry) -> str:
    mark = "+" if entry.ended == "running" else ""  # never closed: at least this long
    return f"{clock(entry.duration_s)}{mark}"


def _number(value: float | None) -> str:
    return _NOTHING if value is None else uv(value)


def _share(value: float | None) -> str:
    return _NOTHING if value is None else share(value)


def _widths(rows: Sequence[_Row], entries: Sequence[Entry]) -> tuple[list[int], list[int]]:
    """Return how wide the columns are, and which of them have anything in them."""
    told = [row for row, entry in zip(rows, entries, strict=True) if not entry.trouble]
    widths = [max(map(cell_len, cells)) for cells in zip(*told, strict=True)]
    shown = [i for i, widest in enumerate(widths) if widest]
    named = [max(w, len(c.name)) for w, c in zip(widths, _COLUMNS, strict=bool(told))]
    return named, shown


def _whole(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[i] + 2 for i in shown) - 2


def _shrink(widths: list[int], shown: Sequence[int], width: int) -> None:
    """Take from the widest columns that can give, until the line fits."""
    while _whole(widths, shown) > width:
        giving = [i for i in shown if 0 < _COLUMNS[i].least < widths[i]]
        if not giving:
            return
        widths[max(giving, key=lambda i: widths[i])] -= 1


def _line(cells: Sequence[str], widths: Sequence[int], shown: Sequence[int]) -> str:
    parts = []
    for i in shown:
        cell, width = cells[i], widths[i]
        if cell_len(cell) > width:
            cell = set_cell_size(cell, width - 1) + "…"
        blanks = " " * (width - cell_len(cell))
        parts.append(blanks + cell if _COLUMNS[i].right else cell + blanks)
    return "  ".join(parts).rstrip()


def _damaged(entry: Entry, date: str, width: int | None) -> str:
    text = f"{date}  {printable(entry.name)}: {printable(entry.trouble)}"
    if width is None:
        return text
    return textwrap.fill(
        text, max(width, _LEAST_SENTENCE), subsequent_indent="    ", break_on_hyphens=False
    )
