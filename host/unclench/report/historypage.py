"""The history page: for each site and band how tension went over weeks, and what raises it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from unclench import __version__
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
from unclench.report.words import NOTHING, brief, counted, ratio_estimate, share, signed, uv
from unclench.review.history import History, Point, Series
from unclench.review.trend import Measure, Trend
from unclench.wording import length

MOST_SESSIONS = 30  # in a table; plots and trends hold all
_METHOD = (
    "Only what compares is put together: one site, one band, and electrodes that stayed where they "
    "were. A sensor that sits elsewhere reads otherwise whatever the muscle does.",
    "A trend is the median of the slopes between all pairs of days (Theil and Sen); its range "
    "holds 95 %. Six days over a week are the least for one.",
    "A mark's effect is pooled over sessions by random effects: what it does may differ from one "
    "session to the next, and then it takes more sessions to be sure.",
    "The baseline counts only where it was measured, and once for all sessions that rest on it.",
    "Recovery is the median time to let go after a session's contractions.",
)


def history_page(
    history: History, made: datetime, trial: Sequence[str] = (), unread: Sequence[str] = ()
) -> Page:
    """Put the page together.

    Parameters
    ----------
    history : History
    made : datetime
        Now.
    trial : sequence of str
        How the self-trial stands, or its verdict, where there is one.
    unread : sequence of str
        What could not be read besides sessions, a sentence each.
    """
    shown = [series for series in history.series if series.points]
    sections = [_in_short(history, shown, unread)]
    if trial:
        first, *rest = trial
        sections.append(section("trial", "Trial on yourself", [Words(first), Points(tuple(rest))]))
    sections += [_series_section(number, series) for number, series in enumerate(shown)]
    sections.append(section("method", "Method", [Points(_METHOD)], appendix=True))
    return Page(
        title="Muscle tension over time",
        facts=_facts(history, shown),
        sections=tuple(sections),
        made=f"Made by unclench {__version__} on {made.day} {made:%B %Y at %H:%M}.",
    )


def _facts(history: History, shown: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    facts = [("Sessions", str(history.sessions))]
    if history.damaged:
        facts.append(("Not readable", str(history.damaged)))
    times = [point.at for series in shown for point in series.points]
    if times:
        facts.append(("From", _day(min(times))))
        facts.append(("To", _day(max(times))))
    return tuple(facts)


def _in_short(history: History, shown: Sequence[Series], unread: Sequence[str]) -> Section:
    parts: list[Part] = []
    if not shown:
        parts.append(
            Words(
                "There is nothing to compare yet: it takes sessions of a minute or longer, best "
                "with a site chosen.",
                "lead",
            )
        )
    for series in shown:
        said = [f"{t.measure.title}: {t.words}." for t in series.trends if t.sure]
        said += [f"“{tag.words}”: {tag.said}." for tag in series.tags if tag.sure and tag.said]
        said = said or [_nothing_sure(series)]
        parts += [Heading(series.name), Points(tuple(said))]
    if notes := [note for note in (history.damaged_words, *unread) if note]:
        parts.append(Points(tuple(notes)))
    return section("short", "In short", parts)


def _nothing_sure(series: Series) -> str:
    """What to say where no change and no effect is beyond chance: unsure, or too early to say."""
    if any(trend.per_week is not None for trend in series.trends):
        return f"No sure change yet, over {counted(len(series.points), 'session')}."
    longest = max(series.trends, key=lambda trend: trend.days)
    return f"{longest.measure.title}: {longest.words}."


def _series_section(number: int, series: Series) -> Section:
    points = series.points
    known = f"{counted(len(points), 'session')}, {_day(points[0].at)} to {_day(points[-1].at)}."
    parts: list[Part] = [Words(known)]
    parts.append(Points(tuple(f"{t.measure.title}: {t.words}." for t in series.trends if t.words)))
    plots = [_plot(number, series, trend) for trend in series.trends]
    there = tuple(plot for plot in plots if plot is not None)
    if there:
        parts.append(Plots(there))
    if series.changes:
        caption = "Electrodes changed place; figures before and after do not compare"
        rows = tuple((_day(change.at), change.words) for change in series.changes)
        parts.append(Table(caption, ("When", "What"), rows))
    parts += _tags(number, series)
    parts.append(_sessions(points))
    if len(points) > MOST_SESSIONS:
        parts.append(Words(f"And {len(points) - MOST_SESSIONS} earlier ones.", "quiet"))
    notes = list(series.notes)
    if series.too_short:
        notes.append(f"{counted(series.too_short, 'session')} with under a minute left out.")
    parts += [Words(note, "quiet") for note in notes]
    return section(f"series{number}", series.name, parts)


def _plot(number: int, series: Series, trend: Trend) -> Plot | None:
    measure, values = trend.measure, series.values(trend.measure)
    if len(values) < 2:
        return None
    moments = [
        Moment(v.at, v.value * measure.scale, f"{_day(v.at)}: {_told(measure, v.value)}")
        for v in values
    ]
    title = f"{series.label}: {measure.title.lower()}"
    frame = Frame(f"s{number}{measure.key}", title, "A dot a session.", number, series.label)
    words = f"{title}: {trend.words}."
    if trend.span:
        words += f" {trend.span}: medians of the first and of the last third of the days."
    if series.changes:
        words += " Dashed upright lines: electrodes changed place."
    line = _line(trend, moments)
    if line is not None:
        words += " Dotted: the trend."
    drawing = draw_timeline(
        frame,
        moments,
        f"{measure.title}, {measure.unit}",
        changes=[change.at for change in series.changes],
        trend=line,
    )
    return Plot(words, drawing)


def _line(trend: Trend, moments: Sequence[Moment]) -> tuple[float, float] | None:
    """Values of the trend at both ends, where it is sure and of one placement."""
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
    parts: list[Part] = [Heading("Which moments raise it")]
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
        title = f"{series.label}: tension while marked, against unmarked time"
        frame = Frame(f"s{number}tags", title, "A dot a mark.", number, series.label)
        words = f"{title}, over all sessions. A bar that crosses the dashed line could be chance."
        drawing = draw_intervals(frame, rows, "times the unmarked tension", 1.0)
        parts.append(Plots((Plot(words, drawing),)))
    if any(point.program for point in series.points):
        parts.append(Words(GUIDED, "quiet"))
    head = ("Mark", "How often", "Against unmarked time", "In the minute after", "Week by week")
    parts.append(
        Table(
            f"{series.label}: what was marked, over all sessions",
            head,
            tuple(
                (
                    brief(tag.words),
                    f"{tag.times}× in {tag.sessions} of {tag.of_sessions} sessions, "
                    f"{length(tag.during_s)}",
                    tag.said,
                    ratio_estimate(tag.after) if tag.during is not None else NOTHING,
                    ", ".join(
                        f"{week.monday.day} {week.monday:%b}: {signed(week.during.value)} %"
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
            _day(point.at),
            _uv(point.mean_uv),
            _uv(point.baseline_uv),
            NOTHING if point.rest_share is None else share(point.rest_share),
            NOTHING if point.recovery_s is None else f"{point.recovery_s:.1f} s",
            f"{length(point.used_s)} ({share(point.used_share)})",
            (point.program or NOTHING) + ("" if point.feedback else ", not shown"),
            brief(point.title),
        )
        for point in reversed(points[-MOST_SESSIONS:])
    )
    head = ("When", "Mean", "Baseline", "At rest", "Recovery", "Time used", "Program", "Session")
    return Table("Sessions, the latest first", head, rows)


def _told(measure: Measure, value: float) -> str:
    return f"{measure.shown(value)} {measure.unit}"


def _uv(value: float | None) -> str:
    return NOTHING if value is None else f"{uv(value)} µV"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"
