"""Draw figures with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.report.plots.axes import Scale, draw_x_axis, log_scale
from unclench.report.plots.small import RIGHT_PX, WIDTH_PX, Frame, draw_name
from unclench.report.plots.svg import Drawing, colour_of, fitting, text_width

_LEFT, _TOP, _ROW_PX = 12.0, 24.0, 38.0


@dataclass(frozen=True)
class Row:
    """One figure: its name, value, 95 % confidence interval and words."""

    name: str
    value: float
    low: float | None
    high: float | None
    words: str


def draw_intervals(frame: Frame, rows: Sequence[Row], along: str, at: float | None) -> Drawing:
    """Draw figures above 0; a dashed line `at` the value that they are compared with."""
    bottom = _TOP + _ROW_PX * len(rows) + 6
    drawing = Drawing(frame.key, frame.title, frame.summary, WIDTH_PX, bottom + 46)
    ends = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    x = _factor_scale([*ends, *([] if at is None else [at])])
    draw_x_axis(drawing, x, _TOP, bottom, apart_px=34.0)
    for i, row in enumerate(rows):
        y = _TOP + _ROW_PX * i
        room = RIGHT_PX - _LEFT - text_width(row.words, 12) - 8
        drawing.text(_LEFT, y + 13, fitting(row.name, room, 12), "small halo")
        drawing.text(RIGHT_PX, y + 13, row.words, "small halo", "end")
        if at is not None:
            drawing.line(x(at), y + 17, x(at), y + 34, "level")
        look = colour_of(frame.slot)
        if row.low is not None and row.high is not None:
            drawing.line(x(row.low), y + 25, x(row.high), y + 25, f"interval {look}")
        drawing.circle(x(row.value), y + 25, 5, f"dot {look}", row.words)
    draw_name(drawing, frame, "")
    drawing.text(RIGHT_PX, bottom + 38, along, "small", "end")
    return drawing


def _factor_scale(values: Sequence[float]) -> Scale:
    """Return a scale of factors; those of tags are close together, so it may be short."""
    low, high = min(values), max(values)
    if high / low > 5:
        return log_scale(values, _LEFT, RIGHT_PX)
    room = max((high / low) ** 0.1, 1.05)
    return Scale(low / room, high * room, _LEFT, RIGHT_PX)
