"""The trace: tension of each channel over time, with steps, tags and excluded time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from unclench.report.plots.axes import Scale, draw_time_axis, draw_y_axis, log_scale, time_unit
from unclench.report.plots.reduce import Columns, column_edges, joined, to_columns
from unclench.report.plots.svg import Drawing, colour_of, fitting, text_width
from unclench.report.words import brief, why_words
from unclench.review.results import Marks, Phase, TagSpan
from unclench.review.session import SessionReview
from unclench.translation import tr

WIDE_PX, NARROW_PX = 820.0, 360.0
_FEW_LETTERS = 9  # if fewer of a step's title fit, its number is clearer
LANES = 8  # kinds of tags with a lane of their own; the table has all
_PANEL_PX, _HEAD_PX, _LANE_PX, _STRIP_PX = 170.0, 24.0, 18.0, 24.0


def draw_trace(key: str, review: SessionReview, summary: str, width: float) -> Drawing:
    """Draw the whole session, a panel for each channel, all on one scale."""
    phases = review.marks.phases
    lanes = tag_lanes(review.marks)
    beside = width > NARROW_PX  # lanes are named at their left, else above them
    left, right = (_lane_room(lanes, beside), width - 12.0)
    top = 8.0 + (_STRIP_PX + 8.0 if phases else 0.0)
    panels = [top + _HEAD_PX + k * (_PANEL_PX + _HEAD_PX) for k in range(len(review.contexts))]
    lane_px = _LANE_PX if beside else 2 * _LANE_PX
    lanes_top = panels[-1] + _PANEL_PX + 14.0
    axis_y = lanes_top + lane_px * len(lanes) + 14.0
    channels = ", ".join(context.label for context in review.contexts)
    title = tr("Tension of {channels} over the session", channels=channels)
    drawing = Drawing(key, title, summary, width, axis_y + 24.0)

    time = Scale(0.0, max(review.duration_s, 1e-6), left, right)
    signal = review.signal
    edges_s = column_edges(review.duration_s, signal.row_hz, right - left)
    reduced = [
        to_columns(
            signal.time_s, signal.fast_uv[:, k], signal.slow_uv[:, k], signal.used[:, k], edges_s
        )
        for k in range(len(review.contexts))
    ]
    level = log_scale(_extremes(review, reduced), 0.0, 0.0)
    tops = [(y, y + _PANEL_PX) for y in panels]
    draw_time_axis(drawing, time, tops, axis_y)
    drawing.text(right, axis_y + 17, time_unit(review.duration_s), "small", "end")
    if phases:
        _draw_phases(drawing, phases, time, 8.0, lanes_top - 10.0)
    for k, context in enumerate(review.contexts):
        scale = Scale(level.low, level.high, panels[k] + _PANEL_PX, panels[k], log=True)
        name = fitting(context.label, right - left - 40, bold=True)
        drawing.text(left, panels[k] - 7, f"{name}, µV", "name")
        draw_y_axis(drawing, scale, left, right)
        _draw_excluded(drawing, review, k, time, panels[k])
        if context.baseline is not None:
            y = scale(context.baseline.mean_uv)
            drawing.line(left, y, right, y, "level")
        _draw_columns(drawing, reduced[k], time, scale, k)
        drawing.rect(left, panels[k], right - left, _PANEL_PX, "frame")
    for i, spans in enumerate(lanes):
        y = lanes_top + lane_px * (i + 1) - _LANE_PX / 2
        _draw_lane(drawing, spans, time, y, beside)
    return drawing


def tag_lanes(marks: Marks) -> list[tuple[TagSpan, ...]]:
    """Return the tags by kind, the most frequent first."""
    counts = Counter(tag.words for tag in marks.tags)
    return [
        tuple(tag for tag in marks.tags if tag.words == words)
        for words, _ in counts.most_common(LANES)
    ]


def _lane_room(lanes: Sequence[Sequence[TagSpan]], beside: bool) -> float:
    """Return the room left of the panels, for numbers and names of lanes."""
    if not beside:
        return 34.0
    longest = max((text_width(brief(spans[0].text), 12) for spans in lanes), default=0.0)
    return min(max(44.0, longest + 12.0), 140.0)


def _extremes(review: SessionReview, reduced: Sequence[Columns]) -> list[float]:
    """Return the values that the scale must include; the lowest hundredth may be outside."""
    values: list[float] = []
    for columns, context in zip(reduced, review.contexts, strict=True):
        low = columns.low_uv[np.isfinite(columns.low_uv)]
        if len(low):
            values += [float(np.percentile(low, 1)), float(np.nanmax(columns.high_uv))]
        if context.baseline is not None:
            values.append(context.baseline.mean_uv)
    return values


def _draw_columns(
    drawing: Drawing, columns: Columns, time: Scale, scale: Scale, channel: int
) -> None:
    edges = [time(t) for t in columns.edges_s]
    for run in columns.runs():
        # From edge to edge, so that a single column is visible too.
        xs = [edges[run.start], *(_middles(edges)[run]), edges[run.stop]]
        high, low, middle = (
            [scale(v) for v in (values[0], *values, values[-1])]
            for values in (columns.high_uv[run], columns.low_uv[run], columns.middle_uv[run])
        )
        upper, lower = list(zip(xs, high, strict=True)), list(zip(xs, low, strict=True))
        drawing.polygon([*upper, *reversed(lower)], f"band {colour_of(channel)}")
        drawing.polyline(list(zip(xs, middle, strict=True)), f"curve {colour_of(channel)}")


def _middles(edges: Sequence[float]) -> list[float]:
    return [(a + b) / 2 for a, b in pairwise(edges)]


def _draw_excluded(
    drawing: Drawing, review: SessionReview, channel: int, time: Scale, top: float
) -> None:
    second_px = (time.stop - time.start) / time.high
    own = [span for span in review.excluded if span.channel == channel]
    labels: list[tuple[float, float, str]] = []
    for why in dict.fromkeys(span.why for span in own):
        for span in joined((s for s in own if s.why == why), 1.0 / second_px):
            x, width = time(span.start_s), max(1.5, span.length_s * second_px)
            hint = tr("excluded: {reason}", reason=why_words(why))
            drawing.hatch(min(x, time.stop - width), top, width, _PANEL_PX, hint)
            labels.append((x + width / 2, width, why_words(why)))
    free_from = time.start
    for middle, width, reason in sorted(labels):
        half = text_width(reason, 12) / 2
        if 2 * half <= width and middle - half >= free_from:
            drawing.text(middle, top + 15, reason, "small halo", "middle")
            free_from = middle + half


def _draw_phases(
    drawing: Drawing, phases: Sequence[Phase], time: Scale, top: float, bottom: float
) -> None:
    for i, phase in enumerate(phases):
        x, stop = time(phase.start_s), time(phase.stop_s)
        if i:
            drawing.line(x, top, x, bottom, "border")
        look = f"phase {phase.role}"
        name = f"{phase.number + 1} {phase.title}"
        drawing.rect(x + 1, top, stop - x - 2, _STRIP_PX, look, name)
        words = fitting(name, stop - x - 8, 11)
        if len(words) < _FEW_LETTERS and words != name:
            words = str(phase.number + 1) if stop - x > 14 else ""
        if words:
            drawing.text((x + stop) / 2, top + 16, words, "small", "middle")


def _draw_lane(
    drawing: Drawing, spans: Sequence[TagSpan], time: Scale, y: float, beside: bool
) -> None:
    room = time.start - 10 if beside else time.stop - time.start
    name = fitting(brief(spans[0].text), room, 12)  # the table has its group
    if beside:
        drawing.text(time.start - 8, y + 4, name, "small", "end")
    else:
        drawing.text(time.start, y - 10, name, "small")
    drawing.line(time.start, y, time.stop, y, "rule")
    words = brief(spans[0].words)
    for span in spans:
        x, stop = time(span.start_s), time(span.stop_s)
        if stop - x < 4:
            drawing.diamond((x + stop) / 2, y, 4.5, "mark", words)
        else:
            drawing.rect(x, y - 5, stop - x, 10, "mark", words)
