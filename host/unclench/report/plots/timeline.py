"""Draw a figure of many sessions over days and weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from unclench.report.plots.axes import Scale, draw_y_axis, number_words, span_scale
from unclench.report.plots.small import LEFT_PX, RIGHT_PX, WIDTH_PX, Frame, draw_name
from unclench.report.plots.svg import Drawing, colour_of, text_width
from unclench.translation import tr
from unclench.wording import short_day, short_day_of_year

HEIGHT_PX = 210.0
_TOP, _BOTTOM = 30.0, 170.0
_DAY_S = 86400.0


@dataclass(frozen=True)
class Moment:
    """A session's figure; `here` is True for the session that the page is about."""

    when: datetime
    value: float
    words: str
    here: bool = False


def draw_timeline(
    frame: Frame,
    moments: Sequence[Moment],
    up: str,
    *,
    changes: Sequence[datetime] = (),
    trend: tuple[float, float] | None = None,
    percent: bool = False,
) -> Drawing:
    """Draw dots over time, joined by lines if they are at most a week apart.

    Parameters
    ----------
    frame : Frame
    moments : sequence of Moment
        In order of time.
    up : str
        Label of the vertical axis, with its unit.
    changes : sequence of datetime
        When electrodes were placed again; figures before and after are hard to compare.
    trend : (float, float), optional
        Values of a straight line at the first and the last moment.
    percent : bool
        Values are shares, 0 to 1.
    """
    drawing = Drawing(frame.key, frame.title, frame.summary, WIDTH_PX, HEIGHT_PX)
    first, last = moments[0].when.timestamp(), moments[-1].when.timestamp()
    room = max(0.03 * (last - first), 0.5 * _DAY_S)
    x = Scale(first - room, last + room, LEFT_PX, RIGHT_PX)
    factor = 100.0 if percent else 1.0
    y = span_scale([factor * m.value for m in moments], _BOTTOM, _TOP)
    draw_y_axis(drawing, y, LEFT_PX, RIGHT_PX, number_words, apart_px=26.0)
    _draw_days(drawing, x, moments[0].when, moments[-1].when)
    for change in changes:
        at = x(change.timestamp())
        drawing.line(at, _TOP, at, _BOTTOM, "change")
        hint = tr("electrodes placed again, {day}", day=short_day_of_year(change))
        drawing.diamond(at, _TOP, 5, "mark", hint)
    look = colour_of(frame.slot)
    places = [(x(m.when.timestamp()), y(factor * m.value)) for m in moments]
    for (before, a), (after, b) in pairwise(zip(moments, places, strict=True)):
        moved = any(before.when < change <= after.when for change in changes)
        if after.when - before.when <= timedelta(days=7) and not moved:
            drawing.polyline([a, b], f"thin {look}")
    if trend is not None:
        ends = [(places[0][0], y(factor * trend[0])), (places[-1][0], y(factor * trend[1]))]
        drawing.polyline(ends, "trend")
    for moment, (at, level) in zip(moments, places, strict=True):
        if moment.here:
            drawing.circle(at, level, 8, f"ring {look}")
        drawing.circle(at, level, 4, f"dot {look}", moment.words)
    drawing.text(4, 16, up, "small")
    draw_name(drawing, frame, up)
    return drawing


def _draw_days(drawing: Drawing, x: Scale, first: datetime, last: datetime) -> None:
    """Write days below, as many as fit."""
    years = first.year != last.year
    wide = text_width("30 Sep 2000" if years else "30 Sep", 12) + 14
    days = max(1, (last.date() - first.date()).days)
    n = max(1, min(days, int((RIGHT_PX - LEFT_PX) / wide)))
    shown = {first.date() + timedelta(days=round(i * days / n)) for i in range(n + 1)}
    if last.date() == first.date():
        shown = {first.date()}
    for day in sorted(shown):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=first.tzinfo).timestamp()
        drawing.line(x(noon), _BOTTOM, x(noon), _BOTTOM + 4, "tick")
        words = short_day_of_year(day) if years else short_day(day)
        half = text_width(words, 12) / 2
        drawing.text(min(x(noon), WIDTH_PX - half), _BOTTOM + 18, words, "small", "middle")
