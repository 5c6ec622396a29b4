"""The picture of a trace: raw signal above tension, on axes that all pictures share."""

from __future__ import annotations

import numpy as np

from hardware.placement.recorded import Floats, Recorded
from hardware.placement.sheet import standalone
from hardware.placement.traces import MADE_UP, Span, Trace
from unclench.report.plots.axes import Scale, draw_x_axis, draw_y_axis
from unclench.report.plots.reduce import column_edges, joined, to_columns
from unclench.report.plots.svg import Drawing, Point, text_width
from unclench_dsp import Band

_WIDTH, _LEFT, _RIGHT = 800.0, 66.0, 786.0
_RAW = (84.0, 224.0)  # top and bottom of a panel
_TENSION = (252.0, 432.0)
_TENSION_UV = (0.05, 500.0)
_RAW_COLUMNS, _TENSION_COLUMNS = 540, 360
_STRIP_PX = 20.0


def draw_trace(trace: Trace) -> str:
    """Return the picture of a trace."""
    shown = trace.recorded()
    drawing = Drawing(trace.key, trace.title, f"{trace.look} {MADE_UP}", _WIDTH, _TENSION[1] + 48.0)
    drawing.text(_LEFT, 26, trace.title, "name")
    drawing.text(_LEFT, 47, MADE_UP, "small")
    time = Scale(0.0, trace.seconds, _LEFT, _RIGHT)
    raw = Scale(-trace.raw_uv, trace.raw_uv, _RAW[1], _RAW[0])
    tension = Scale(*_TENSION_UV, _TENSION[1], _TENSION[0], log=True)
    draw_x_axis(drawing, time, *_RAW, lambda _: "", 60.0)
    draw_x_axis(drawing, time, *_TENSION, apart_px=60.0)
    drawing.text(_RIGHT, _TENSION[1] + 38, "Time, s", "small", "end")
    draw_y_axis(drawing, raw, _LEFT, _RIGHT, apart_px=26.0)
    draw_y_axis(drawing, tension, _LEFT, _RIGHT, apart_px=22.0)
    for panel in (_RAW, _TENSION):
        _hatch_excluded(drawing, shown, time, panel)
        drawing.rect(_LEFT, panel[0], _RIGHT - _LEFT, panel[1] - panel[0], "frame")
    for span in trace.spans:
        _draw_span(drawing, span, time)
    drawing.polyline(_zigzag(shown, time, raw), "raw")
    _draw_tension(drawing, shown, time, tension)
    if trace.beside is not None:
        other = trace.recorded(trace.beside)
        _draw_tension(drawing, other, time, tension)
        _name_bands(drawing, trace.band, trace.beside)
    _draw_floor(drawing, shown, tension)
    for top, _ in (_RAW, _TENSION):
        for left, right, why in _excluded(shown, time):
            if text_width(why, 13) <= right - left + 14:
                drawing.text((left + right) / 2, top + 19, why, "halo", "middle")
    drawing.text(18, sum(_RAW) / 2, "raw signal, µV", "small middle", turned=True)
    drawing.text(18, sum(_TENSION) / 2, "tension, µV", "small middle", turned=True)
    return standalone(drawing)


def _draw_span(drawing: Drawing, span: Span, time: Scale) -> None:
    left, right = time(span.from_s), time(span.to_s)
    drawing.rect(left + 1, _RAW[0] - _STRIP_PX - 4, right - left - 2, _STRIP_PX, "phase")
    drawing.text((left + right) / 2, _RAW[0] - 9, span.words, "small", "middle")
    for x in (left, right):
        for top, bottom in (_RAW, _TENSION):
            drawing.line(x, top, x, bottom, "border")


def _zigzag(shown: Recorded, time: Scale, raw: Scale) -> list[Point]:
    """Lowest and highest value of each column, so that no peak is lost."""
    edges = np.linspace(0, len(shown.emg_uv), _RAW_COLUMNS + 1).astype(np.int64)[:-1]
    low = np.minimum.reduceat(shown.emg_uv, edges)
    high = np.maximum.reduceat(shown.emg_uv, edges)
    points: list[Point] = []
    for k, at_s in enumerate(shown.emg_s[edges].tolist()):
        ends = (low[k], high[k]) if k % 2 else (high[k], low[k])
        points += [(time(at_s), raw(float(end))) for end in ends]
    return points


def _draw_tension(drawing: Drawing, shown: Recorded, time: Scale, tension: Scale) -> None:
    known = np.isfinite(shown.tension_uv)
    span_s = time.high
    edges = column_edges(span_s, len(shown.tension_s) / span_s, _TENSION_COLUMNS)
    columns = to_columns(shown.tension_s, shown.tension_uv, shown.tension_uv, known, edges)
    middles: Floats = (columns.edges_s[:-1] + columns.edges_s[1:]) / 2
    for run in columns.runs():
        ways = zip(middles[run].tolist(), columns.middle_uv[run].tolist(), strict=True)
        points = [(time(at_s), tension(uv)) for at_s, uv in ways]
        drawing.polyline(points, f"curve {shown.band.name}")


def _name_bands(drawing: Drawing, *bands: Band) -> None:
    x = _LEFT + 12
    for band in bands:
        words = f"{band.name} band"
        drawing.line(x, _TENSION[0] + 16, x + 26, _TENSION[0] + 16, f"curve {band.name}")
        drawing.text(x + 32, _TENSION[0] + 21, words, "small halo")
        x += 52 + text_width(words, 13)


def _draw_floor(drawing: Drawing, shown: Recorded, tension: Scale) -> None:
    y = tension(shown.noise_uv)
    drawing.line(_LEFT, y, _RIGHT, y, "floor")
    words = f"noise floor {shown.noise_uv:.2f} µV"
    drawing.text(_LEFT + 8, y - 7, words, "small halo")


def _hatch_excluded(
    drawing: Drawing, shown: Recorded, time: Scale, panel: tuple[float, float]
) -> None:
    top, bottom = panel
    for left, right, _ in _excluded(shown, time):
        drawing.hatch(left, top, right - left, bottom - top)


def _excluded(shown: Recorded, time: Scale) -> list[tuple[float, float, str]]:
    """What is no muscle's: its left and right edge, and the program's word for it."""
    return [
        (time(span.start_s), time(span.stop_s), why)
        for why in dict.fromkeys(span.why for span in shown.excluded)
        for span in joined((s for s in shown.excluded if s.why == why), 0.1)
    ]
