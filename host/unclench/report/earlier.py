"""Earlier sessions that compare with this one: of the same site, band and origin."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from unclench.errors import UnclenchError
from unclench.report.parts import Part, Plot, Plots, Section, Table, Words, section
from unclench.report.plots.small import Frame
from unclench.report.plots.timeline import Moment, draw_timeline
from unclench.report.words import NOTHING, brief, compared, local, share, uv
from unclench.review.history import FEWEST_USED_S
from unclench.review.results import ChannelContext, Figures
from unclench.review.session import SessionReview
from unclench.review.summary import ensure_summary
from unclench.store.library.index import default_index
from unclench.store.library.library import Entry, Library, read_entry
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta
from unclench.store.session.summary import SessionSummary
from unclench.wording import length

MOST_ROWS = 10  # of earlier sessions in the table; the plot shows twice as many
_MAKE_S = 4.0  # for figures of earlier sessions that were never made
_FEW_FOR_A_PLACE = 4  # sessions: fewer have no middle worth the name


@dataclass(frozen=True)
class EarlierSession:
    """One of them; figures as in `ChannelSummary`."""

    when: datetime
    title: str
    program: str
    used_s: float
    mean_uv: float | None
    baseline_uv: float | None
    rest_share: float | None


@dataclass(frozen=True)
class Earlier:
    """What came before for one channel, oldest first; `why_not` where nothing can be compared."""

    sessions: tuple[EarlierSession, ...]
    why_not: str = ""


def program_of(meta: SessionMeta | None) -> str:
    """Name of the program that guided a session, "" where none did."""
    training = meta.training if meta is not None else None
    return str(training.get("program", "")) if training else ""


def same_program(review: SessionReview, session: EarlierSession) -> bool:
    """Whether an earlier session was of this one's kind."""
    return session.program == program_of(review.meta)


def find_earlier(review: SessionReview, root: Path) -> tuple[Earlier, ...]:
    """Look for earlier sessions in a folder, for each channel of a session.

    Figures that were never made are made, the latest first, as many as a few seconds allow.
    """
    meta = review.meta
    if meta is None:
        return tuple(Earlier((), "nothing is known of this file's site.") for _ in review.contexts)
    here = review.folder.resolve() if review.folder is not None else None
    before = [
        entry
        for entry in _sessions_in(root)
        if not entry.trouble
        and entry.created <= meta.created
        and entry.folder.resolve() != here
        and entry.band == review.signal.band.name
        and entry.provenance is meta.origin
    ]
    until = time.monotonic() + _MAKE_S
    summaries = {}
    sites = {context.site for context in review.contexts} - {None}
    for entry in before:
        if sites.isdisjoint(entry.sites):
            continue
        summary = entry.summary
        if summary is None and time.monotonic() < until:
            with contextlib.suppress(UnclenchError):  # not to be reviewed: it compares with none
                summary = ensure_summary(entry.folder)
        if summary is not None:
            summaries[entry.folder] = summary
    return tuple(_of_site(context.site, before, summaries) for context in review.contexts)


def _sessions_in(root: Path) -> list[Entry]:
    """Return sessions, the newest first: all of a library, else those that lie in `root` itself.

    Nobody's whole home is searched because a session lies in it.
    """
    if default_index(root).exists():  # it has been listed, so it is a library
        return Library(root).entries()
    try:
        found = [read_entry(path) for path in root.iterdir() if is_session(path)]
    except OSError:
        return []
    return sorted(found, key=lambda entry: entry.created, reverse=True)


def _of_site(
    site: str | None, entries: Sequence[Entry], summaries: Mapping[Path, SessionSummary]
) -> Earlier:
    if site is None:
        return Earlier((), "no site was given, so nothing says which sessions compare.")
    sessions = [
        EarlierSession(
            when=entry.local,
            title=entry.called,
            program=entry.program,
            used_s=channel.used_s,
            mean_uv=channel.mean_uv,
            baseline_uv=channel.baseline_uv if channel.baseline_from != "quietest" else None,
            rest_share=channel.rest_share,
        )
        for entry in reversed(entries)
        if entry.folder in summaries
        for channel in summaries[entry.folder].channels
        if channel.site == site and channel.used_s >= FEWEST_USED_S
    ]
    why = "" if sessions else "no earlier session of a minute or more at this site, in this band."
    return Earlier(tuple(sessions), why)


def earlier_section(
    review: SessionReview, figures: Sequence[Figures], earlier: Sequence[Earlier]
) -> Section | None:
    """How this session stands among those before."""
    if review.meta is None:
        return None
    parts: list[Part] = []
    plots: list[Plot] = []
    tables: list[Part] = []
    for context, own, before in zip(review.contexts, figures, earlier, strict=True):
        if not before.sessions:
            parts.append(Words(f"{context.label}: {before.why_not}", "quiet"))
            continue
        here = EarlierSession(
            when=local(review.meta.created),
            title="this session",
            program=program_of(review.meta),
            used_s=own.used_s,
            mean_uv=None if own.mean is None else own.mean.value,
            baseline_uv=_measured_baseline(context),
            rest_share=None if own.rest.share is None else own.rest.share.value,
        )
        parts.append(Words(f"{context.label}: {_place_words(here, before.sessions)}"))
        plots += _plots(context.label, context.index, [*before.sessions[-2 * MOST_ROWS :], here])
        tables.append(_table(context.label, [*before.sessions[-MOST_ROWS:], here]))
    if plots:
        parts.append(Plots(tuple(plots)))
        parts.append(
            Words(
                "Sessions differ from day to day, and so does what you do in them: one step up or "
                "down says little. `unclench history` tells whether there is a trend.",
                "quiet",
            )
        )
    return section("earlier", "Compared with earlier sessions", [*parts, *tables])


def _measured_baseline(context: ChannelContext) -> float | None:
    if context.baseline is None or context.baseline_from == "quietest":
        return None
    return context.baseline.mean_uv


def _place_words(here: EarlierSession, before: Sequence[EarlierSession]) -> str:
    means = sorted(s.mean_uv for s in before if s.mean_uv is not None)
    n = len(before)
    said = f"{n} earlier session{'s' if n > 1 else ''} of this site and band."
    if here.mean_uv is None or not means:
        return said
    if len(means) < _FEW_FOR_A_PLACE:
        return f"{said} Too few to say what is usual."
    middle = means[len(means) // 2]
    said += f" The mean is {compared(here.mean_uv / middle)} the middle one of them"
    if here.mean_uv < means[0]:
        return f"{said}, and the lowest so far."
    return f"{said}, and the highest so far." if here.mean_uv > means[-1] else f"{said}."


def _plots(label: str, channel: int, sessions: Sequence[EarlierSession]) -> list[Plot]:
    plots = []
    for key, name, unit, percent in (
        ("mean_uv", "Mean tension", "µV", False),
        ("rest_share", "Time at rest", "%", True),
    ):
        moments = []
        for session in sessions:
            value = getattr(session, key)
            if value is not None:
                told = share(value) if percent else f"{uv(value)} µV"
                here = session is sessions[-1]
                moments.append(Moment(session.when, value, f"{session.title}: {told}", here))
        if len(moments) > 1:
            title = f"{label}: {name.lower()}, this session and those before"
            frame = Frame(
                key.replace("_uv", str(channel)), title, "A dot a session.", channel, label
            )
            first, last = (_told(m.value, percent) for m in (moments[0], moments[-1]))
            plots.append(
                Plot(
                    f"{title}: {first} in the first of them, {last} in this one (ringed).",
                    draw_timeline(frame, moments, f"{name}, {unit}", percent=percent),
                )
            )
    return plots


def _told(value: float, percent: bool) -> str:
    return share(value) if percent else f"{uv(value)} µV"


def _table(label: str, sessions: Sequence[EarlierSession]) -> Table:
    rows = tuple(
        (
            f"{s.when.day} {s.when:%b %Y, %H:%M}",
            NOTHING if s.mean_uv is None else f"{uv(s.mean_uv)} µV",
            NOTHING if s.baseline_uv is None else f"{uv(s.baseline_uv)} µV",
            NOTHING if s.rest_share is None else share(s.rest_share),
            length(s.used_s),
            s.program or NOTHING,
            brief(s.title),
        )
        for s in reversed(sessions)
    )
    head = ("When", "Mean", "Baseline", "At rest", "Time used", "Program", "Session")
    return Table(f"{label}: the latest sessions of this site and band", head, rows)
