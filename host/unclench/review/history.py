"""Sessions over weeks: for each site and band how tension went, and what raised it.

A series holds what compares: one site (or a channel of no known site), one band, and one
provenance: a board, the virtual board, replays or imported files. Values of different bands, sites
or origins never meet.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from unclench.errors import StoreError, UnclenchError
from unclench.review.summary import ensure_summary
from unclench.review.tagweeks import TagHistory, tag_histories
from unclench.review.trend import MEASURES, Dated, Measure, Trend, trend_of
from unclench.settings import Place
from unclench.store.library.library import Entry, Library
from unclench.store.provenance import Provenance
from unclench.store.session.reader import open_session
from unclench.store.session.summary import ChannelSummary, SessionSummary, TagSummary
from unclench.training.placement.calibrations import Book, book_path, load_book
from unclench.training.placement.sites import place_label
from unclench_dsp import BANDS, Band

FEWEST_USED_S = 60.0  # a session with less says too little
_MOST_NAMES = 3  # of sessions that could not be read
ORIGIN_WORDS = {
    Provenance.BOARD: "",
    Provenance.VIRTUAL: "virtual board",
    Provenance.REPLAY: "replayed recordings",
    Provenance.IMPORTED: "imported",
}


@dataclass(frozen=True)
class Sitting:
    """A session, as far as its history goes."""

    folder: Path
    at: datetime
    title: str
    program: str
    origin: Provenance
    band: Band
    feedback: bool
    summary: SessionSummary


@dataclass(frozen=True)
class Point:
    """One session of a series; figures as in `ChannelSummary`."""

    at: datetime
    folder: Path
    title: str
    program: str  # its name, "" where nobody was guided
    channel: int  # from 0
    placement: int  # points of one number have the electrodes where they were
    feedback: bool  # False: tension was not shown
    used_s: float
    used_share: float
    baseline_uv: float | None  # only where it was measured, not estimated
    mean_uv: float | None
    p10_uv: float | None
    p50_uv: float | None
    p90_uv: float | None
    rest_share: float | None  # 0 to 1
    recovery_s: float | None  # median of its contractions
    tags: tuple[TagSummary, ...] = ()


@dataclass(frozen=True)
class Change:
    """The electrodes changed place, so what came before does not compare with what comes after."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Series:
    """What compares, oldest first."""

    label: str  # "Left shoulder", or the channel's name
    known_site: bool
    band: Band
    origin: Provenance
    points: tuple[Point, ...]
    changes: tuple[Change, ...]  # between the first point and now
    trends: tuple[Trend, ...]  # in the order of MEASURES
    tags: tuple[TagHistory, ...]  # what raises it most first
    too_short: int  # sessions left out
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Site and band in words."""
        band = f"{self.band.name} band, {self.band.low_hz:g}-{self.band.high_hz:g} Hz"
        origin = f", {ORIGIN_WORDS[self.origin]}" if ORIGIN_WORDS[self.origin] else ""
        return f"{self.label} ({band}{origin})"

    def values(self, measure: Measure) -> list[Dated]:
        """Values of a measure that its trend is made of."""
        return _values(self.points, measure)


@dataclass(frozen=True)
class History:
    """All series, those with most sessions first."""

    root: Path
    series: tuple[Series, ...]
    sessions: int  # folders found
    damaged: int  # that could not be read
    unread: tuple[str, ...] = ()  # names of the damaged

    @property
    def damaged_words(self) -> str:
        """Which sessions could not be read, the first few by name; "" where all could."""
        if not self.damaged:
            return ""
        told = ", ".join(self.unread[:_MOST_NAMES])
        more = f" and {self.damaged - _MOST_NAMES} more" if self.damaged > _MOST_NAMES else ""
        which = f" ({told}{more})" if told else ""
        what = "session" if self.damaged == 1 else "sessions"
        return f"{self.damaged} {what} could not be read and count nowhere{which}."


def load_history(root: Path, *, progress: Callable[[int, int], None] | None = None) -> History:
    """Read the history of the sessions in a folder; figures that are missing are made.

    Parameters
    ----------
    root
        Where sessions are kept.
    progress
        Told how many of how many missing figures are made.
    """
    sittings, unread = _read(root, progress)
    series = make_series(sittings, load_book(), load_book(book_path(virtual=True)))
    n = len(unread)
    return History(root, series, len(sittings) + n, n, tuple(unread))


def make_series(sittings: Iterable[Sitting], book: Book, virtual: Book) -> tuple[Series, ...]:
    """Put together what compares.

    Parameters
    ----------
    sittings
        In any order.
    book, virtual
        Calibrations of a person, and of the virtual board: they tell of new placements.
    """
    found: dict[tuple[str, bool, Band, Provenance], list[tuple[Sitting, int, ChannelSummary]]] = {}
    for sitting in sorted(sittings, key=lambda s: s.at):
        for number, channel in enumerate(sitting.summary.channels):
            key = (channel.site or channel.channel, channel.site is not None)
            found.setdefault((*key, sitting.band, sitting.origin), []).append(
                (sitting, number, channel)
            )
    made = []
    for (label, known, band, origin), members in found.items():
        kept = {Provenance.BOARD: book, Provenance.VIRTUAL: virtual}.get(origin, Book())
        placements = placements_of(kept, label) if known else []
        made.append(_series(label, known, band, origin, members, placements))
    return tuple(
        sorted(made, key=lambda s: (s.origin is not Provenance.BOARD, -len(s.points), s.name))
    )


def load_sittings(
    root: Path, *, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Sitting], int]:
    """Read all sessions of a folder, and how many could not be read; see `load_history`."""
    sittings, unread = _read(root, progress)
    return sittings, len(unread)


def _read(
    root: Path, progress: Callable[[int, int], None] | None
) -> tuple[list[Sitting], list[str]]:
    """All sessions of a folder, and the names of those that could not be read."""
    entries = Library(root).entries()
    missing = sum(not entry.trouble and entry.summary is None for entry in entries)
    sittings: list[Sitting] = []
    unread: list[str] = []
    done = 0
    for entry in entries:
        try:
            if entry.trouble:
                raise StoreError(entry.trouble)
            summary = entry.summary
            if summary is None:
                if progress is not None:
                    progress(done, missing)
                done += 1
                summary = ensure_summary(entry.folder)
            sittings.append(_sitting(entry, summary))
        except UnclenchError:  # `unclench sessions` tells what is wrong with each
            unread.append(entry.folder.name)
    return sittings, unread


def _sitting(entry: Entry, summary: SessionSummary) -> Sitting:
    band = BANDS.get(entry.band)
    if band is None:
        kept = open_session(entry.folder).meta.band
        band = Band(kept.name, kept.low_hz, kept.high_hz, kept.order)
    return Sitting(
        folder=entry.folder,
        at=entry.created,
        title=entry.title,
        program=entry.program,
        origin=entry.provenance,
        band=band,
        feedback=entry.feedback,
        summary=summary,
    )


def _series(
    label: str,
    known: bool,
    band: Band,
    origin: Provenance,
    members: Sequence[tuple[Sitting, int, ChannelSummary]],
    placements: Sequence[Change],
) -> Series:
    enough = [member for member in members if member[2].used_s >= FEWEST_USED_S]
    changes = list(placements)
    if known:
        changes += [
            Change(after[0].at, f"now on channel {after[1] + 1}")
            for before, after in pairwise(enough)
            if before[1] != after[1]
        ]
    changes = _told_once(changes, [member[0].at for member in enough])
    points = tuple(_point(*member, changes) for member in enough)
    trends = tuple(trend_of(measure, _values(points, measure)) for measure in MEASURES)
    shown = tuple(change for change in changes if points and change.at > points[0].at)
    tags = tag_histories([(point.at, point.used_s, point.tags) for point in points])
    short = len(members) - len(enough)
    return Series(
        label, known, band, origin, points, shown, trends, tags, short, _notes(points, known)
    )


def _told_once(changes: Sequence[Change], sessions: Sequence[datetime]) -> list[Change]:
    """Changes in order, the last one of those that no session lies between."""
    before: dict[int, Change] = {}
    for change in sorted(changes, key=lambda change: change.at):
        before[sum(at < change.at for at in sessions)] = change
    return list(before.values())


def _point(sitting: Sitting, number: int, channel: ChannelSummary, changes: list[Change]) -> Point:
    measured = channel.baseline_from in ("calibration", "session")
    duration_s = sitting.summary.duration_s
    return Point(
        at=sitting.at,
        folder=sitting.folder,
        title=sitting.title,
        program=sitting.program,
        channel=number,
        placement=sum(change.at <= sitting.at for change in changes),
        feedback=sitting.feedback,
        used_s=channel.used_s,
        used_share=min(1.0, channel.used_s / duration_s) if duration_s else 0.0,
        baseline_uv=channel.baseline_uv if measured else None,
        mean_uv=channel.mean_uv,
        p10_uv=channel.p10_uv,
        p50_uv=channel.p50_uv,
        p90_uv=channel.p90_uv,
        rest_share=channel.rest_share,
        recovery_s=statistics.median(channel.recovery_s) if channel.recovery_s else None,
        tags=channel.tags,
    )


def _values(points: Sequence[Point], measure: Measure) -> list[Dated]:
    """Values of a measure; a calibration that several sessions rest on counts once."""
    values: list[Dated] = []
    for point in points:
        value: float | None = getattr(point, measure.key)
        if value is None:
            continue
        same = bool(values) and values[-1].value == value
        if measure.key == "baseline_uv" and same and values[-1].placement == point.placement:
            continue
        values.append(Dated(point.at, point.placement, value))
    return values


def placements_of(book: Book, label: str) -> list[Change]:
    """When the electrodes of a site were put in another place, as the calibrations tell."""
    changes: list[Change] = []
    moved: dict[int, datetime | None] = {}  # by channel: until when the latest one held
    for kept in book.calibrations:
        place = Place(channel=kept.channel, site=kept.site, side=kept.side)
        if place_label(place) != label:
            continue
        until = moved.get(kept.channel, kept.created)
        if until is not None and until <= kept.created:
            changes.append(Change(kept.created, "electrodes placed"))
        moved[kept.channel] = kept.moved
        gone = Change(kept.moved, "electrodes moved") if kept.moved is not None else None
        if gone is not None and gone not in changes:
            changes.append(gone)
    return changes


def _notes(points: Sequence[Point], known: bool) -> tuple[str, ...]:
    notes = []
    if points and not known:
        notes.append(
            "No site was given for this channel: its sessions compare only if the electrodes "
            "were always in the same place."
        )
    programs = Counter(point.program or "without a program" for point in points)
    if len(programs) > 1:
        several = ", ".join(f"{name} ({n})" for name, n in programs.most_common(3))
        more = f" and {len(programs) - 3} more" if len(programs) > 3 else ""
        notes.append(
            f"Different sessions are mixed here: {several}{more}. What you did changes tension too."
        )
    if any(not point.feedback for point in points) and any(point.feedback for point in points):
        off = sum(not point.feedback for point in points)
        notes.append(f"In {off} of {len(points)} sessions tension was not shown (self-trial).")
    return tuple(notes)
