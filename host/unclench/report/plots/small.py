"""Small plots of one channel: the distribution of tension, breathing, and recovery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.report.plots.axes import (
    Scale,
    draw_time_axis,
    draw_x_axis,
    draw_y_axis,
    log_scale,
    span_scale,
    time_unit,
)
from unclench.report.plots.svg import Drawing, colour_of, fitting, text_width
from unclench.review.results import BreathFigures, Contraction
from unclench.training.steps.underway import BreathEffect
from unclench.translation import tr

WIDTH_PX, HEIGHT_PX = 340.0, 240.0
LEFT_PX, RIGHT_PX = 40.0, 322.0
_TOP, _BOTTOM = 30.0, 190.0
_CURVE_POINTS = 160


@dataclass(frozen=True)
class Frame:
    """Names of a plot."""

    key: str
    title: str
    summary: str
    slot: int  # of the channel: its colour
    name: str  # of the channel, written into the plot


def draw_distribution(
    frame: Frame,
    tension_uv: NDArray[np.float64],
    levels: Sequence[tuple[str, float]],
    baseline_uv: float | None,
    span_uv: tuple[float, float],
) -> Drawing:
    """Draw the share of the time below each tension (APDF, Jonsson 1982).

    Parameters
    ----------
    frame : Frame
    tension_uv : ndarray, shape (n_rows,)
        In the time used.
    levels : sequence of (str, float)
        Marked levels: ("P10", 1.4) ...
    baseline_uv : float or None
    span_uv : (float, float)
        Ends of the scale, the same for all channels.
    """
    drawing = _empty(frame)
    x = log_scale(span_uv, LEFT_PX, RIGHT_PX)
    y = Scale(0.0, 100.0, _BOTTOM, _TOP)
    draw_y_axis(drawing, y, LEFT_PX, RIGHT_PX, apart_px=30.0)
    draw_x_axis(drawing, x, _TOP, _BOTTOM, apart_px=26.0)
    if baseline_uv is not None and x.holds(baseline_uv):
        drawing.line(x(baseline_uv), _TOP, x(baseline_uv), _BOTTOM, "level")
    shares = np.linspace(0.0, 100.0, _CURVE_POINTS)
    values = np.percentile(tension_uv, shares)
    points = [(x(float(v)), y(float(s))) for v, s in zip(values, shares, strict=True)]
    drawing.polyline(points, f"curve {colour_of(frame.slot)}")
    for name, value in levels:
        share = float(name[1:])
        drawing.circle(
            x(value), y(share), 4, f"dot {colour_of(frame.slot)}", f"{name} {value:.3g} µV"
        )
        # A rising curve leaves room at its upper left and lower right.
        if x(value) - LEFT_PX > 40:
            drawing.text(x(value) - 7, y(share) - 5, name, "small halo", "end")
        else:
            drawing.text(x(value) + 8, y(share) + 14, name, "small halo")
    _names(drawing, frame, tr("% of the time below"), tr("Tension, µV"))
    return drawing


def draw_breath(frame: Frame, breath: BreathFigures, effect: BreathEffect) -> Drawing:
    """Draw tension over one breath: mean, spread between breaths, inhale and exhale."""
    drawing = _empty(frame)
    mean, spread = np.array(effect.mean_uv), np.array(effect.spread_uv)
    low, high = mean - spread, mean + spread
    x = Scale(0.0, 1.0, LEFT_PX, RIGHT_PX)
    room = 0.25 * float(high.max() - low.min())  # for the words above
    y = span_scale([*low, *high, float(high.max()) + room], _BOTTOM, _TOP, zero=False)
    for start, stop, look, words in (
        (0.0, breath.inhale_end, "inhale", tr("breathe in")),
        (breath.exhale_begin, breath.exhale_end, "exhale", tr("breathe out")),
    ):
        drawing.rect(x(start), _TOP, x(stop) - x(start), _BOTTOM - _TOP, look)
        drawing.text(x((start + stop) / 2), _TOP + 15, words, "small", "middle")
    draw_y_axis(drawing, y, LEFT_PX, RIGHT_PX, apart_px=26.0)
    draw_x_axis(drawing, x, _BOTTOM, _BOTTOM, words=lambda v: f"{100 * v:.0f}", apart_px=50.0)
    xs = [x(p) for p in effect.phase]
    upper = [(a, y(float(b))) for a, b in zip(xs, high, strict=True)]
    lower = [(a, y(float(b))) for a, b in zip(xs, low, strict=True)]
    drawing.polygon([*upper, *reversed(lower)], f"band {colour_of(frame.slot)}")
    points = [(a, y(float(b))) for a, b in zip(xs, mean, strict=True)]
    drawing.polyline(points, f"curve {colour_of(frame.slot)}")
    _names(drawing, frame, tr("Tension, µV"), tr("% of the breath"))
    return drawing


def draw_recoveries(
    frame: Frame, contractions: Sequence[Contraction], duration_s: float
) -> Drawing:
    """Draw the recovery time after each contraction, over the session."""
    drawing = _empty(frame)
    seen = [(c.stop_s, c.recovery_s) for c in contractions if c.recovery_s is not None]
    x = Scale(0.0, duration_s, LEFT_PX, RIGHT_PX)
    y = span_scale([r for _, r in seen], _BOTTOM, _TOP)
    draw_y_axis(drawing, y, LEFT_PX, RIGHT_PX, apart_px=26.0)
    draw_time_axis(drawing, x, [(_TOP, _BOTTOM)], _BOTTOM + 16)
    for at_s, recovery_s in seen:
        drawing.line(x(at_s), _BOTTOM, x(at_s), y(recovery_s), f"stem {colour_of(frame.slot)}")
        drawing.circle(
            x(at_s), y(recovery_s), 4, f"dot {colour_of(frame.slot)}", f"{recovery_s:.1f} s"
        )
    _names(drawing, frame, tr("Recovery time, s"), time_unit(duration_s))
    return drawing


def _empty(frame: Frame) -> Drawing:
    return Drawing(frame.key, frame.title, frame.summary, WIDTH_PX, HEIGHT_PX)


def draw_name(drawing: Drawing, frame: Frame, up: str) -> None:
    """Write the channel's name into the corner, beside the name of the axis."""
    room = RIGHT_PX - 4 - text_width(up, 12) - 12
    drawing.text(RIGHT_PX, 16, fitting(frame.name, room, bold=True), "name", "end")


def _names(drawing: Drawing, frame: Frame, up: str, along: str) -> None:
    drawing.text(4, 16, up, "small")
    draw_name(drawing, frame, up)
    drawing.text(RIGHT_PX, _BOTTOM + 38, along, "small", "end")
