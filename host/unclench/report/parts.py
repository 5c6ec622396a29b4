"""What a page consists of: words, tables and plots, in the order in which they are read.

Texts are plain text; whatever a person has typed is escaped when the page is rendered.
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
    """A paragraph; `tone` says how loud: a plain one, a quiet aside, or something to mind."""

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
    """One figure, large."""

    name: str
    value: str
    unit: str
    detail: str


@dataclass(frozen=True)
class Tiles:
    """The figures to see first."""

    name: str  # whose they are
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
        """Those that say something; the first one always."""
        return tuple(
            k
            for k in range(len(self.head))
            if not k or any(row[k] not in _EMPTY for row in self.rows)
        )


@dataclass(frozen=True)
class Plot:
    """A picture drawn for wide pages, and once more for phones where it would be too small."""

    caption: str
    wide: Drawing
    narrow: Drawing | None = None
    kind: str = "plot"


@dataclass(frozen=True)
class Plots:
    """Small pictures that may stand side by side."""

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
    """A part of the page with a heading of its own; `key` is its anchor."""

    key: str
    title: str
    parts: tuple[Part, ...]
    appendix: bool = False


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    facts: tuple[tuple[str, str], ...]  # under the title: what, when, where
    sections: tuple[Section, ...]
    made: str  # when and by what


def section(key: str, title: str, parts: Iterable[Part], appendix: bool = False) -> Section:
    """Make a section."""
    return Section(key, title, tuple(parts), appendix)
