"""A session as one line of the list, made from what the library knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from unclench.report import words
from unclench.store.library.library import Entry
from unclench.store.session.summary import SessionSummary
from unclench.translation import tr
from unclench.wording import clock, month, weekday

_NOTHING = words.NOTHING
_PENDING = "…"  # not calculated yet
COLUMNS = (
    tr("Date"),
    tr("Title"),
    tr("Site"),
    tr("Program"),
    tr("Length"),
    tr("Median, µV"),
    tr("At rest"),
    tr("Used"),
    tr("Labels"),
)
AT_REST = 6  # index of the column
_LEAST_QUALITY = 0.8  # the list colours a lower value


@dataclass(frozen=True)
class SessionRow:
    """One session; figures are None until they are calculated."""

    folder: Path
    created: datetime
    title: str
    sites: tuple[str, ...]
    program: str
    length_s: float
    labels: tuple[str, ...]
    median_uv: tuple[float | None, ...] | None  # of each channel
    rest_share: tuple[float | None, ...] | None
    quality: float | None
    rest_named: bool = False  # marked or chosen in review
    recording: bool = False  # right now
    trouble: str = ""  # why it cannot be opened

    @property
    def cells(self) -> tuple[str, ...]:
        """The text of each column."""
        date = f"{self.created:%Y-%m-%d %H:%M}"
        if self.trouble:
            return (date, f"▲ {self.title}", tr("damaged"), "", "", "", "", "", "")
        return (
            date,
            self.title,
            ", ".join(self.sites),
            self.program,
            clock(self.length_s),
            _each(self.median_uv, words.uv),
            _each(self.rest_share, words.share),
            _PENDING if self.quality is None else words.share(self.quality),
            ", ".join(self.labels),
        )

    @property
    def poor(self) -> bool:
        """True if much of its time is excluded."""
        return self.quality is not None and self.quality < _LEAST_QUALITY

    @property
    def found_by(self) -> str:
        """All words that a search can find it by."""
        said = (self.title, self.folder.name, *self.sites, self.program, *self.labels, self.trouble)
        day = f"{self.created:%Y-%m-%d} {month(self.created)} {weekday(self.created)}"
        return " ".join((*said, day)).casefold()

    @property
    def said(self) -> str:
        """The row in one sentence, for screen readers."""
        if self.trouble:
            return tr("{title}, damaged: {problem}", title=self.title, problem=self.trouble)
        named = zip(COLUMNS, self.cells, strict=True)
        return ", ".join(f"{name} {cell}" for name, cell in named if cell)

    def key(self, column: int) -> tuple[bool, float | str]:
        """Return the key to sort by a column; unknown values come first, as the oldest does."""
        numbers = {
            0: self.created.timestamp(),
            4: self.length_s,
            5: _first(self.median_uv),
            AT_REST: _first(self.rest_share),
            7: self.quality,
        }
        if column in numbers:
            number = numbers[column]
            return (False, 0.0) if number is None else (True, number)
        return (not self.trouble, self.cells[column].casefold())

    def without_figures(self, trouble: str) -> SessionRow:
        """Return a copy for a session that cannot be summed up."""
        return replace(self, trouble=trouble)

    def with_summary(self, summary: SessionSummary) -> SessionRow:
        """Return a copy with its figures."""
        return replace(
            self,
            median_uv=tuple(c.p50_uv for c in summary.channels),
            rest_share=tuple(c.rest_share for c in summary.channels),
            rest_named=any(c.rest_named for c in summary.channels),
            quality=summary.quality,
        )

    def tip(self, column: int) -> str:
        """Return what a cell says on its own: all of it, and where rest comes from."""
        if column == AT_REST and self.rest_named and not self.trouble:
            return tr("{share} (rest was named in review)", share=self.cells[column])
        return self.trouble or self.cells[column]


def row_of(entry: Entry) -> SessionRow:
    """Return the row of a session in the library."""
    sites = tuple(site or name for site, name in zip(entry.sites, entry.channels, strict=True))
    row = SessionRow(
        entry.folder,
        entry.created.astimezone(),
        entry.called,
        sites,
        entry.program,
        entry.duration_s,
        entry.labels,
        None,
        None,
        None,
        recording=entry.ended == "running",
        trouble=entry.trouble,
    )
    return row if entry.summary is None else row.with_summary(entry.summary)


def _each(values: Sequence[float | None] | None, say: object) -> str:
    if values is None:
        return _PENDING
    assert callable(say)
    if all(value is None for value in values):
        return _NOTHING
    return " / ".join(_NOTHING if value is None else say(value) for value in values)


def _first(values: Sequence[float | None] | None) -> float | None:
    return next((value for value in values or () if value is not None), None)
