"""Earlier sessions that can be compared with this one: same site, band and provenance."""

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
from unclench.report.words import NOTHING, brief, change, local, share, uv
from unclench.review.history import FEWEST_USED_S
from unclench.review.metrics import muscle_uv
from unclench.review.results import ChannelContext, Figures
from unclench.review.session import SessionReview
from unclench.review.summary import ensure_summary
from unclench.store.library.index import default_index
from unclench.store.library.library import Entry, Library, read_entry
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta
from unclench.store.session.summary import ChannelSummary, SessionSummary
from unclench.translation import tr, trn
from unclench.wording import length, short_day_of_year
from unclench_dsp.version import CHAIN_VERSION

MOST_ROWS = 10  # of earlier sessions in the table; the plot shows twice as many
_MAKE_S = 4.0  # for missing figures of earlier sessions
_FEWEST_FOR_MEDIAN = 4  # sessions


@dataclass(frozen=True)
class EarlierSession:
    """An earlier session; figures as in `ChannelSummary`."""

    when: datetime
    title: str
    program: str
    used_s: float
    median_uv: float | None
    noise_uv: float | None  # the instrument's own, in the band
    baseline_uv: float | None
    rest_share: float | None


@dataclass(frozen=True)
class Earlier:
    """Earlier sessions of one channel, oldest first; `why_not`: why none can be compared."""

    sessions: tuple[EarlierSession, ...]
    why_not: str = ""


def program_of(meta: SessionMeta | None) -> str:
    """Return the name of a session's program, "" if it had none."""
    training = meta.training if meta is not None else None
    return str(training.get("program", "")) if training else ""


def same_program(review: SessionReview, session: EarlierSession) -> bool:
    """Return True if an earlier session had the same program."""
    return session.program == program_of(review.meta)


def find_earlier(review: SessionReview, root: Path) -> tuple[Earlier, ...]:
    """Find earlier sessions in a folder, for each channel of a session.

    Missing figures are computed, the latest sessions first, for a few seconds at most.
    """
    meta = review.meta
    if meta is None:
        unknown = tr("the site of this file is not known.")
        return tuple(Earlier((), unknown) for _ in review.contexts)
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
            with contextlib.suppress(UnclenchError):  # a session that cannot be read is skipped
                summary = ensure_summary(entry.folder)
        if summary is not None and summary.chain == CHAIN_VERSION:
            summaries[entry.folder] = summary
    return tuple(_of_site(context.site, before, summaries) for context in review.contexts)


def _sessions_in(root: Path) -> list[Entry]:
    """Return sessions, the newest first: all of a library, else those in `root` itself.

    A folder that is not a library, such as a home folder, is not searched further.
    """
    if default_index(root).exists():  # only libraries have an index
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
        return Earlier((), tr("no site was given, so there is nothing to compare with."))
    sessions = [
        EarlierSession(
            when=entry.local,
            title=entry.called,
            program=entry.program,
            used_s=channel.used_s,
            median_uv=channel.p50_uv,
            noise_uv=channel.noise_uv,
            baseline_uv=channel.baseline_uv if _comparable(channel) else None,
            rest_share=channel.rest_share if channel.baseline_chain == CHAIN_VERSION else None,
        )
        for entry in reversed(entries)
        if entry.folder in summaries
        for channel in summaries[entry.folder].channels
        if channel.site == site and channel.used_s >= FEWEST_USED_S
    ]
    if not sessions:
        return Earlier((), tr("no earlier session of a minute or more has this site and band."))
    return Earlier(tuple(sessions))


def earlier_section(
    review: SessionReview, figures: Sequence[Figures], earlier: Sequence[Earlier]
) -> Section | None:
    """Return how this session compares with earlier ones."""
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
            title=tr("this session"),
            program=program_of(review.meta),
            used_s=own.used_s,
            median_uv=None if own.p50 is None else own.p50.value,
            noise_uv=context.noise_uv,
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
                tr(
                    "Sessions vary from day to day, and so does what you do in them, so a single "
                    "change means little. `unclench history` shows whether there is a trend."
                ),
                "quiet",
            )
        )
    return section("earlier", tr("Compared with earlier sessions"), [*parts, *tables])


def _comparable(channel: ChannelSummary) -> bool:
    return channel.rest_measured and channel.baseline_chain == CHAIN_VERSION


def _measured_baseline(context: ChannelContext) -> float | None:
    if context.baseline is None or not context.rest_measured:
        return None
    return context.baseline.mean_uv


def _place_words(here: EarlierSession, before: Sequence[EarlierSession]) -> str:
    levels = sorted(muscle_uv(s.median_uv, s.noise_uv) for s in before if s.median_uv is not None)
    sentences = [
        trn(
            "1 earlier session with this site and band.",
            "{n} earlier sessions with this site and band.",
            len(before),
        )
    ]
    if here.median_uv is None or not levels:
        return sentences[0]
    if len(levels) < _FEWEST_FOR_MEDIAN:
        return " ".join([*sentences, tr("Too few to know what is usual.")])
    own_uv, usual_uv = muscle_uv(here.median_uv, here.noise_uv), levels[len(levels) // 2]
    if usual_uv:
        ratio = own_uv / usual_uv
        sentences.append(
            tr("Median tension compared with their median: {change}.", change=change(ratio))
        )
    if own_uv < levels[0]:
        sentences.append(tr("It is the lowest so far."))
    elif own_uv > levels[-1]:
        sentences.append(tr("It is the highest so far."))
    return " ".join(sentences)


def _plots(label: str, channel: int, sessions: Sequence[EarlierSession]) -> list[Plot]:
    plots = []
    for key, name, unit, percent in (
        ("median_uv", tr("Median tension"), "µV", False),
        ("rest_share", tr("Time at rest"), "%", True),
    ):
        moments = []
        for session in sessions:
            value = getattr(session, key)
            if value is not None:
                hint = f"{session.title}: {_value_words(value, percent)}"
                moments.append(Moment(session.when, value, hint, session is sessions[-1]))
        if len(moments) > 1:
            title = tr(
                "{channel}, this session and earlier ones: {figure}", channel=label, figure=name
            )
            summary = tr("One dot for each session.")
            frame = Frame(key.replace("_uv", str(channel)), title, summary, channel, label)
            first, last = (_value_words(m.value, percent) for m in (moments[0], moments[-1]))
            caption = tr(
                "{title}, {first} in the first session shown, {last} in this one (ringed).",
                title=title,
                first=first,
                last=last,
            )
            axis = f"{name}, {unit}"
            plots.append(Plot(caption, draw_timeline(frame, moments, axis, percent=percent)))
    return plots


def _value_words(value: float, percent: bool) -> str:
    return share(value) if percent else f"{uv(value)} µV"


def _table(label: str, sessions: Sequence[EarlierSession]) -> Table:
    rows = tuple(
        (
            f"{short_day_of_year(s.when)}, {s.when:%H:%M}",
            NOTHING if s.median_uv is None else f"{uv(s.median_uv)} µV",
            NOTHING if s.baseline_uv is None else f"{uv(s.baseline_uv)} µV",
            NOTHING if s.rest_share is None else share(s.rest_share),
            length(s.used_s),
            s.program or NOTHING,
            brief(s.title),
        )
        for s in reversed(sessions)
    )
    head = (
        *(tr("When"), tr("Median tension"), tr("Baseline"), tr("At rest")),
        *(tr("Time used"), tr("Program"), tr("Session")),
    )
    caption = tr("{channel}: the latest sessions with this site and band", channel=label)
    return Table(caption, head, rows)
