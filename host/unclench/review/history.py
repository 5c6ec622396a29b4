"""Sessions over weeks: how tension changes for each site and band, and what raises it.

A series holds values that can be compared: one site (or a channel without a site), one band, and
one provenance: a board, the virtual board, replays or imported files.
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
from unclench.translation import tr, trn
from unclench_dsp import BANDS, Band
from unclench_dsp.version import CHAIN_VERSION

FEWEST_USED_S = 60.0  # shorter sessions are left out
_MOST_NAMES = 3  # listed; the others are counted
ORIGIN_WORDS = {
    Provenance.BOARD: "",
    Provenance.VIRTUAL: tr("virtual board"),
    Provenance.REPLAY: tr("replayed recordings"),
    Provenance.IMPORTED: tr("imported"),
}


@dataclass(frozen=True)
class Sitting:
    """What the history needs to know about a session."""

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
    program: str  # its name, "" without a program
    channel: int  # from 0
    placement: int  # points with one number share one electrode placement
    feedback: bool  # False: tension was not shown
    used_s: float
    used_share: float
    baseline_uv: float | None  # only if measured, not estimated
    mean_uv: float | None
    p10_uv: float | None
    p50_uv: float | None
    p90_uv: float | None
    rest_share: float | None  # 0 to 1
    recovery_s: float | None  # median of its contractions
    noise_uv: float | None  # the instrument's own, in the band
    tags: tuple[TagSummary, ...] = ()


@dataclass(frozen=True)
class Change:
    """A new electrode placement: values before and after it cannot be compared."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Series:
    """Sessions that can be compared, oldest first."""

    label: str  # "Left shoulder", or the channel's name
    known_site: bool
    band: Band
    origin: Provenance
    points: tuple[Point, ...]
    changes: tuple[Change, ...]  # between the first point and now
    trends: tuple[Trend, ...]  # in the order of MEASURES
    tags: tuple[TagHistory, ...]  # what raises tension most comes first
    too_short: int  # sessions left out
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Site, band and provenance as a text."""
        band = tr(
            "{name} band, {low_hz:g}-{high_hz:g} Hz",
            name=self.band.name,
            low_hz=self.band.low_hz,
            high_hz=self.band.high_hz,
        )
        about = ", ".join(filter(None, (band, ORIGIN_WORDS[self.origin])))
        return f"{self.label} ({about})"

    def values(self, measure: Measure) -> list[Dated]:
        """Return the values of a measure that its trend uses."""
        return _values(self.points, measure)


@dataclass(frozen=True)
class History:
    """All series, those with the most sessions first."""

    root: Path
    series: tuple[Series, ...]
    sessions: int  # folders found
    damaged: int  # that could not be read
    unread: tuple[str, ...] = ()  # names of the damaged

    @property
    def damaged_words(self) -> str:
        """Say which sessions could not be read, the first few by name; "" if all could."""
        if not self.damaged:
            return ""
        names = _first_few(list(self.unread), self.damaged)
        if not names:
            return trn(
                "{n} session could not be read and is left out.",
                "{n} sessions could not be read and are left out.",
                self.damaged,
            )
        return trn(
            "{n} session could not be read and is left out ({names}).",
            "{n} sessions could not be read and are left out ({names}).",
            self.damaged,
            names=names,
        )


def load_history(root: Path, *, progress: Callable[[int, int], None] | None = None) -> History:
    """Read the history of the sessions in a folder; missing figures are calculated.

    Parameters
    ----------
    root
        Folder with the sessions.
    progress
        Called with how many of how many missing figures are done.
    """
    sittings, unread = _read(root, progress)
    series = make_series(sittings, load_book(), load_book(book_path(virtual=True)))
    n = len(unread)
    return History(root, series, len(sittings) + n, n, tuple(unread))


def make_series(sittings: Iterable[Sitting], book: Book, virtual: Book) -> tuple[Series, ...]:
    """Group sessions that can be compared.

    Parameters
    ----------
    sittings
        In any order.
    book, virtual
        Calibrations of a person and of the virtual board: they mark new placements.
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
    """Read all sessions of a folder and count those that could not be read: see `load_history`."""
    sittings, unread = _read(root, progress)
    return sittings, len(unread)


def _read(
    root: Path, progress: Callable[[int, int], None] | None
) -> tuple[list[Sitting], list[str]]:
    """Return the sessions of a folder, and the names of those that could not be read."""
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
        except UnclenchError:  # `unclench sessions` says what is wrong with each
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
    ours = [member for member in members if member[0].summary.chain == CHAIN_VERSION]
    enough = [member for member in ours if member[2].used_s >= FEWEST_USED_S]
    changes = list(placements)
    if known:
        changes += [
            Change(after[0].at, tr("now on channel {n}", n=after[1] + 1))
            for before, after in pairwise(enough)
            if before[1] != after[1]
        ]
    changes = _merged(changes, [member[0].at for member in enough])
    points = tuple(_point(*member, changes) for member in enough)
    trends = tuple(trend_of(each, _values(points, each)) for each in _measures(points))
    shown = tuple(change for change in changes if points and change.at > points[0].at)
    tags = tag_histories([(point.at, point.used_s, point.tags) for point in points])
    short = len(ours) - len(enough)
    notes = (
        *_notes(points, known),
        *_named_notes(enough),
        *_chain_notes(enough, len(members) - len(ours)),
    )
    return Series(label, known, band, origin, points, shown, trends, tags, short, notes)


def _merged(changes: Sequence[Change], sessions: Sequence[datetime]) -> list[Change]:
    """Return changes in order; of several without a session in between, only the last."""
    before: dict[int, Change] = {}
    for change in sorted(changes, key=lambda change: change.at):
        before[sum(at < change.at for at in sessions)] = change
    return list(before.values())


def _point(sitting: Sitting, number: int, channel: ChannelSummary, changes: list[Change]) -> Point:
    measured = channel.rest_measured
    here = measured and channel.baseline_chain == CHAIN_VERSION
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
        baseline_uv=channel.baseline_uv if here else None,
        mean_uv=channel.mean_uv,
        p10_uv=channel.p10_uv,
        p50_uv=channel.p50_uv,
        p90_uv=channel.p90_uv,
        rest_share=channel.rest_share if here or not measured else None,
        recovery_s=statistics.median(channel.recovery_s)
        if channel.recovery_s and (here or not measured)
        else None,
        noise_uv=channel.noise_uv,
        tags=channel.tags,
    )


def _named_notes(members: Sequence[tuple[Sitting, int, ChannelSummary]]) -> tuple[str, ...]:
    """Say how often a person named rest in review."""
    n = sum(channel.rest_named for _, _, channel in members)
    words = trn(
        "In 1 session, rest was named in review: a stretch was marked, or a calibration chosen.",
        "In {n} sessions, rest was named in review: a stretch was marked, or a calibration chosen.",
        n,
    )
    return (words,) if n else ()


def _chain_notes(
    members: Sequence[tuple[Sitting, int, ChannelSummary]], n_others: int
) -> tuple[str, ...]:
    """Say which figures are left out because another version of the chain made them."""
    n_baselines = sum(
        channel.rest_measured and channel.baseline_chain != CHAIN_VERSION
        for _, _, channel in members
    )
    others = trn(
        "Left out: 1 session with figures of another version of the analysis and without samples "
        "to compute them again.",
        "Left out: {n} sessions with figures of another version of the analysis and without "
        "samples to compute them again.",
        n_others,
    )
    baselines = trn(
        "The calibration of 1 session was measured with another version of the analysis, so its "
        "baseline, time at rest and recovery time are left out: calibrate again.",
        "The calibrations of {n} sessions were measured with another version of the analysis, so "
        "their baseline, time at rest and recovery time are left out: calibrate again.",
        n_baselines,
    )
    counted = ((others, n_others), (baselines, n_baselines))
    return tuple(words for words, n in counted if n)


def _measures(points: Sequence[Point]) -> tuple[Measure, ...]:
    """Return what is followed; tensions above the floor, if every session knows its noise."""
    known = bool(points) and all(point.noise_uv is not None for point in points)
    return tuple(each.subtracted() if known and each.unit == "µV" else each for each in MEASURES)


def _values(points: Sequence[Point], measure: Measure) -> list[Dated]:
    """Return the values of a measure; a calibration that several sessions share counts once."""
    values: list[Dated] = []
    for point in points:
        value = measure.of(point)
        if value is None:
            continue
        same = bool(values) and values[-1].value == value
        if measure.key == "baseline_uv" and same and values[-1].placement == point.placement:
            continue
        values.append(Dated(point.at, point.placement, value))
    return values


def placements_of(book: Book, label: str) -> list[Change]:
    """Return when the electrodes of a site were placed or moved, according to the calibrations."""
    changes: list[Change] = []
    moved: dict[int, datetime | None] = {}  # by channel: how long the latest one was valid
    for kept in book.calibrations:
        place = Place(channel=kept.channel, site=kept.site, side=kept.side)
        if place_label(place) != label:
            continue
        until = moved.get(kept.channel, kept.created)
        if until is not None and until <= kept.created:
            changes.append(Change(kept.created, tr("electrodes placed")))
        moved[kept.channel] = kept.moved
        moved_at = Change(kept.moved, tr("electrodes moved")) if kept.moved is not None else None
        if moved_at is not None and moved_at not in changes:
            changes.append(moved_at)
    return changes


def _notes(points: Sequence[Point], known: bool) -> tuple[str, ...]:
    notes = []
    if points and not known:
        notes.append(
            tr(
                "No site was given for this channel: compare its sessions only if the electrodes "
                "were always in the same place."
            )
        )
    programs = Counter(point.program or tr("without a program") for point in points)
    if len(programs) > 1:
        several = [f"{name} ({n})" for name, n in programs.most_common(_MOST_NAMES)]
        notes.append(
            tr(
                "This series mixes different sessions: {programs}. What you did changes tension, "
                "too.",
                programs=_first_few(several, len(programs)),
            )
        )
    if any(not point.feedback for point in points) and any(point.feedback for point in points):
        off = sum(not point.feedback for point in points)
        notes.append(
            tr(
                "In {off} of {n} sessions tension was not shown (self-trial).",
                off=off,
                n=len(points),
            )
        )
    return tuple(notes)


def _first_few(names: list[str], n: int) -> str:
    """List the first names of `n`, and how many more there are."""
    listed = ", ".join(names[:_MOST_NAMES])
    if not listed or n <= _MOST_NAMES:
        return listed
    return tr("{names} and {more} more", names=listed, more=n - _MOST_NAMES)
