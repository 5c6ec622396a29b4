"""The parts of a page: words, tables and plots, in reading order.

All texts are plain text; they are escaped when the page is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from unclench.report.plots.svg import Drawing
from unclench.report.words import NOTHING

_EMPTY = ("", NOTHING)


@dataclass(frozen=True)
class Words:
    """A paragraph; `tone` sets its look: plain, the lead, a quiet aside, or a warning ("mind")."""

    text: str
    tone: str = "plain"  # "plain" | "lead" | "quiet" | "mind"
    kind: str = "words"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True)
class Tile:
    """One large figure."""

    name: str
    value: str
    unit: str
    detail: str


@dataclass(frozen=True)
class Tiles:
    """The most important figures."""

    name: str  # of the channel
    items: tuple[Tile, ...]
    kind: str = "tiles"


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"

    @property
    def columns(self) -> tuple[int, ...]:
        """Columns with content; the first one always."""
        return tuple(
            k
            for k in range(len(self.head))
            if not k or any(row[k] not in _EMPTY for row in self.rows)
        )


@dataclass(frozen=True)
class Plot:
    """A plot for wide pages, with another one for phones if it would be too small there."""

    caption: str
    wide: Drawing
    narrow: Drawing | None = None
    kind: str = "plot"


@dataclass(frozen=True)
class Plots:
    """Small plots that may be side by side."""

    items: tuple[Plot, ...]
    kind: str = "plots"


@dataclass(frozen=True)
class Heading:
    """The name of a part of a section."""

    text: str
    kind: str = "heading"


Part: TypeAlias = Words | Points | Tiles | Table | Plot | Plots | Heading


@dataclass(frozen=True)
class Section:
    """A part of the page with its own heading; `key` is its anchor."""

    key: str
    title: str
    parts: tuple[Part, ...]
    appendix: bool = False


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    facts: tuple[tuple[str, str], ...]  # below the title: name and value
    sections: tuple[Section, ...]
    made: str  # when and by what


def section(key: str, title: str, parts: Iterable[Part], appendix: bool = False) -> Section:
    """Make a section."""
    return Section(key, title, tuple(parts), appendix)
