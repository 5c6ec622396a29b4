"""The history page: for each site and band, tension over weeks, and what raises it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from unclench.report.moments import GUIDED
from unclench.report.parts import (
    Heading,
    Page,
    Part,
    Plot,
    Plots,
    Points,
    Section,
    Table,
    Words,
    section,
)
from unclench.report.plots.intervals import Row, draw_intervals
from unclench.report.plots.small import Frame
from unclench.report.plots.timeline import Moment, draw_timeline
from unclench.report.sessionpage import made_words
from unclench.report.words import NOTHING, brief, ratio_estimate, share, signed, uv
from unclench.review.history import History, Point, Series
from unclench.review.trend import Measure, Trend
from unclench.translation import tr, trn
from unclench.wording import length, short_day, short_day_of_year

MOST_SESSIONS = 30  # in a table; plots and trends use all
_METHOD = (
    tr(
        "Only comparable sessions are combined: one site, one band, and electrodes that were not "
        "placed again. A sensor at another place reads differently, whatever the muscle does."
    ),
    tr(
        "A trend is the median of the slopes between all pairs of days (Theil and Sen), with a "
        "95 % confidence interval. It needs at least six days over a week."
    ),
    tr(
        "A tag's effect is pooled over sessions with a random-effects model: the more it differs "
        "between sessions, the more sessions it needs."
    ),
    tr("The baseline is only used if it was measured, and once for all sessions that share it."),
    tr("Recovery time is the median after a session's contractions."),
)


def history_page(
    history: History, made: datetime, trial: Sequence[str] = (), unread: Sequence[str] = ()
) -> Page:
    """Return the history page.

    Parameters
    ----------
    history : History
    made : datetime
        Now.
    trial : sequence of str
        State or verdict of the self-trial, if there is one.
    unread : sequence of str
        What could not be read besides sessions, one sentence each.
    """
    shown = [series for series in history.series if series.points]
    sections = [_in_short(history, shown, unread)]
    if trial:
        first, *rest = trial
        sections.append(section("trial", tr("Self-trial"), [Words(first), Points(tuple(rest))]))
    sections += [_series_section(number, series) for number, series in enumerate(shown)]
    sections.append(section("method", tr("Method"), [Points(_METHOD)], appendix=True))
    return Page(
        title=tr("Muscle tension over time"),
        facts=_facts(history, shown),
        sections=tuple(sections),
        made=made_words(made),
    )


def _facts(history: History, shown: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    facts = [(tr("Sessions"), str(history.sessions))]
    if history.damaged:
        facts.append((tr("Not readable"), str(history.damaged)))
    times = [point.at for series in shown for point in series.points]
    if times:
        facts.append((tr("From"), short_day_of_year(min(times))))
        facts.append((tr("To"), short_day_of_year(max(times))))
    return tuple(facts)


def _in_short(history: History, shown: Sequence[Series], unread: Sequence[str]) -> Section:
    parts: list[Part] = []
    if not shown:
        parts.append(
            Words(
                tr(
                    "There is nothing to compare yet. Record sessions of a minute or longer, "
                    "and choose a site for them."
                ),
                "lead",
            )
        )
    for series in shown:
        points = [f"{t.measure.title}: {t.words}." for t in series.trends if t.sure]
        points += [f"“{tag.words}”: {tag.said}." for tag in series.tags if tag.sure and tag.said]
        points = points or [_nothing_sure(series)]
        parts += [Heading(series.name), Points(tuple(points))]
    if notes := [note for note in (history.damaged_words, *unread) if note]:
        parts.append(Points(tuple(notes)))
    return section("short", tr("In short"), parts)


def _nothing_sure(series: Series) -> str:
    """Return the words for no significant change or effect, or for too few days."""
    if any(trend.per_week is not None for trend in series.trends):
        return trn(
            "No clear change so far, over 1 session.",
            "No clear change so far, over {n} sessions.",
            len(series.points),
        )
    longest = max(series.trends, key=lambda trend: trend.days)
    return f"{longest.measure.title}: {longest.words}."


def _series_section(number: int, series: Series) -> Section:
    points = series.points
    parts: list[Part] = [
        Words(
            trn(
                "1 session, {first}.",
                "{n} sessions, {first} to {last}.",
                len(points),
                first=short_day_of_year(points[0].at),
                last=short_day_of_year(points[-1].at),
            )
        )
    ]
    parts.append(Points(tuple(f"{t.measure.title}: {t.words}." for t in series.trends if t.words)))
    plots = [_plot(number, series, trend) for trend in series.trends]
    there = tuple(plot for plot in plots if plot is not None)
    if there:
        parts.append(Plots(there))
    if series.changes:
        caption = tr("Electrodes placed again: figures before and after cannot be compared")
        rows = tuple((short_day_of_year(change.at), change.words) for change in series.changes)
        parts.append(Table(caption, (tr("When"), tr("Change")), rows))
    parts += _tags(number, series)
    parts.append(_sessions(points))
    if (more := len(points) - MOST_SESSIONS) > 0:
        parts.append(
            Words(trn("And 1 earlier session.", "And {n} earlier sessions.", more), "quiet")
        )
    notes = list(series.notes)
    if series.too_short:
        notes.append(
            trn(
                "Left out: 1 session with less than a minute of usable signal.",
                "Left out: {n} sessions with less than a minute of usable signal.",
                series.too_short,
            )
        )
    parts += [Words(note, "quiet") for note in notes]
    return section(f"series{number}", series.name, parts)


def _plot(number: int, series: Series, trend: Trend) -> Plot | None:
    measure, values = trend.measure, series.values(trend.measure)
    if len(values) < 2:
        return None
    moments = [
        Moment(
            v.at,
            v.value * measure.scale,
            f"{short_day_of_year(v.at)}: {_value_words(measure, v.value)}",
        )
        for v in values
    ]
    title = f"{series.label}, {measure.title[:1].lower()}{measure.title[1:]}"
    summary = tr("One dot for each session.")
    frame = Frame(f"s{number}{measure.key}", title, summary, number, series.label)
    sentences = [f"{title}: {trend.words}."]
    if trend.span:
        sentences.append(
            tr("{span}: medians of the first and of the last third of the days.", span=trend.span)
        )
    if series.changes:
        sentences.append(tr("Dashed vertical lines: electrodes placed again."))
    line = _line(trend, moments)
    if line is not None:
        sentences.append(tr("Dotted: the trend."))
    drawing = draw_timeline(
        frame,
        moments,
        f"{measure.title}, {measure.unit}",
        changes=[change.at for change in series.changes],
        trend=line,
    )
    return Plot(" ".join(sentences), drawing)


def _line(trend: Trend, moments: Sequence[Moment]) -> tuple[float, float] | None:
    """Return the trend at both ends, if it is significant and of one placement."""
    if not trend.sure or trend.across or trend.per_week is None:
        return None
    slope = trend.per_week.value * trend.measure.scale / (7 * 86400.0)  # per second
    begin = moments[0].when.timestamp()
    levels = sorted(m.value - slope * (m.when.timestamp() - begin) for m in moments)
    level = levels[len(levels) // 2]
    return level, level + slope * (moments[-1].when.timestamp() - begin)


def _tags(number: int, series: Series) -> list[Part]:
    if not series.tags:
        return []
    parts: list[Part] = [Heading(tr("Which moments raise tension"))]
    rows = [
        Row(
            brief(t.words),
            t.during.value,
            t.during.low,
            t.during.high,
            f"{signed(t.during.value)} %",
        )
        for t in series.tags
        if t.during is not None and t.during.low is not None
    ]
    if rows:
        title = tr(
            "{channel}: tension during tags, compared with untagged time", channel=series.label
        )
        summary = tr("One dot for each tag.")
        frame = Frame(f"s{number}tags", title, summary, number, series.label)
        words = tr(
            "{title}, over all sessions. Bars: 95 % confidence intervals. An effect whose bar "
            "crosses the dashed line could be chance.",
            title=title,
        )
        drawing = draw_intervals(frame, rows, tr("times the untagged tension"), 1.0)
        parts.append(Plots((Plot(words, drawing),)))
    if any(point.program for point in series.points):
        parts.append(Words(GUIDED, "quiet"))
    head = (
        *(tr("Tag"), tr("How often"), tr("Compared with untagged time")),
        *(tr("In the minute after"), tr("Week by week")),
    )
    parts.append(
        Table(
            tr("{channel}: your tags, over all sessions", channel=series.label),
            head,
            tuple(
                (
                    brief(tag.words),
                    tr(
                        "{times}× in {sessions} of {of_sessions} sessions, {length}",
                        times=tag.times,
                        sessions=tag.sessions,
                        of_sessions=tag.of_sessions,
                        length=length(tag.during_s),
                    ),
                    tag.said,
                    ratio_estimate(tag.after) if tag.during is not None else NOTHING,
                    ", ".join(
                        f"{short_day(week.monday)}: {signed(week.during.value)} %"
                        for week in tag.weeks
                        if week.during is not None
                    )
                    or NOTHING,
                )
                for tag in series.tags
            ),
        )
    )
    return parts


def _sessions(points: Sequence[Point]) -> Table:
    rows = tuple(
        (
            short_day_of_year(point.at),
            _uv(point.p50_uv),
            _uv(point.baseline_uv),
            NOTHING if point.rest_share is None else share(point.rest_share),
            NOTHING if point.recovery_s is None else f"{point.recovery_s:.1f} s",
            f"{length(point.used_s)} ({share(point.used_share)})",
            _program_words(point),
            brief(point.title),
        )
        for point in reversed(points[-MOST_SESSIONS:])
    )
    head = (
        *(tr("When"), tr("Median tension"), tr("Baseline"), tr("At rest"), tr("Recovery time")),
        *(tr("Time used"), tr("Program"), tr("Session")),
    )
    return Table(tr("Sessions, the latest first"), head, rows)


def _program_words(point: Point) -> str:
    program = point.program or NOTHING
    return program if point.feedback else tr("{program}, tension not shown", program=program)


def _value_words(measure: Measure, value: float) -> str:
    return f"{measure.shown(value)} {measure.unit}"


def _uv(value: float | None) -> str:
    return NOTHING if value is None else f"{uv(value)} µV"
