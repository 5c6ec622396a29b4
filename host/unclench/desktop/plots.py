"""The traces. Time runs from left to "now" at the right edge: the axis stands still, and only the
line is redrawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtGui

from unclench.desktop.curve import Curve
from unclench.desktop.theme import Theme
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.ticks import multiples, on_log_scale, time_step
from unclench.translation import tr

SCALES_UV = tuple(on_log_scale(5.0, 1e5))
_LABEL_HEIGHT = 130  # pixels of a trace, below which the noise floor has no room for its name
_MAX_POINTS = 1000  # more points than pixels only take time


class Trace(pg.PlotWidget):
    """A plot that scrolls in time and neither zooms nor pans."""

    def __init__(self, unit_label: str, span_s: float, filled: bool, smooth: bool) -> None:
        super().__init__()
        self._label = unit_label
        self._range_uv = (0.0, 1.0)
        self._tick_font = QtGui.QFont()
        self._live = True
        self.curve = Curve(filled, smooth)
        self.addItem(self.curve, ignoreBounds=True)
        self.setMouseEnabled(False, False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        # It paints its whole background, so nothing beneath it is painted in each frame.
        self.viewport().setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCacheMode(
            self.CacheModeFlag.CacheNone
        )  # a cached background can be a pixel too small
        self.getViewBox().setDefaultPadding(0)
        for name in ("left", "bottom"):  # never hide the ends of the scales: they matter most
            axis = self.getAxis(name)
            axis.setStyle(autoReduceTextSpace=False, hideOverlappingLabels=False)
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        self.set_span(span_s)

    def set_span(self, span_s: float) -> None:
        """Show the last `span_s` seconds."""
        self.span_s = span_s
        self._fit()

    def set_range_uv(self, low_uv: float, high_uv: float) -> None:
        """Show from `low_uv` to `high_uv`, with a label at both."""
        self._range_uv = (low_uv, high_uv)
        self._fit()

    def set_live(self, live: bool) -> None:
        """Label the time axis, or leave it blank while the right edge is not now."""
        if live != self._live:
            self._live = live
            self._fit()

    def _fit(self) -> None:
        """Leave room for the labels at the scales' ends, with no more labels than fit."""
        metrics = QtGui.QFontMetricsF(self._tick_font)
        width = max(1.0, self.width() - self.getAxis("left").width())
        height = max(1.0, self.height() - self.getAxis("bottom").height())
        past_now_s = self.span_s * min(0.3, (metrics.horizontalAdvance(tr("now")) / 2 + 4) / width)
        self.setXRange(-self.span_s, past_now_s, padding=0)
        room = max(1.0, width / metrics.horizontalAdvance(_ago(3000) + " "))
        step_s = max(1.0, time_step(self.span_s / min(6.0, room)))
        past_s = multiples(step_s, step_s, self.span_s)
        ticks = [(-s, _ago(s)) for s in past_s]
        self.getAxis("bottom").setTicks([[(0.0, tr("now")), *ticks] if self._live else []])

        low_uv, high_uv = self._range_uv
        air_uv = (high_uv - low_uv) * min(0.3, metrics.height() / 2 / height)
        bottom_uv = low_uv - (air_uv if low_uv else 0.0)
        self.setYRange(bottom_uv, high_uv + air_uv, padding=0)
        if low_uv:
            values = np.array([low_uv / 2, 0.0, high_uv / 2])
        else:  # 5 and 10 in fifths, 20 in quarters
            values = np.linspace(0.0, high_uv, 5 if f"{high_uv:e}".startswith("2") else 6)
        self.getAxis("left").setTicks([[(float(v), f"{v:g}") for v in values]])
        rect = QtCore.QRectF(
            -self.span_s, bottom_uv, self.span_s + past_now_s, high_uv + air_uv - bottom_uv
        )
        self.curve.set_range(rect, values)

    def set_theme(self, theme: Theme, text_scale: float) -> None:
        """Set colours and text size of axes and background."""
        self.setBackground(theme.card)
        font = self._tick_font
        font.setPointSizeF(9 * text_scale)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(theme.edge))
            axis.setTextPen(pg.mkPen(theme.quiet))
            axis.setTickFont(font)
        metrics = QtGui.QFontMetricsF(font)
        self.getAxis("left").setWidth(round(metrics.horizontalAdvance("−2000") + 34 * text_scale))
        self.getAxis("bottom").setHeight(round(metrics.height() + 12))
        self.setLabel(
            "left",
            self._label,
            color=theme.quiet,
            **{"font-size": f"{9 * text_scale}pt"},
        )
        self._fit()

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the wheel to the parent, which may scroll."""
        event.ignore()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the scales' labels."""
        super().resizeEvent(event)
        if hasattr(self, "span_s"):  # Qt resizes before we are complete
            self._fit()


class TensionTrace(Trace):
    """Tension of one channel against its noise floor."""

    def __init__(self, span_s: float, noise_uv: float | None, filled: bool) -> None:
        super().__init__(tr("Tension, µV"), span_s, filled, smooth=True)
        self._noise_uv = noise_uv
        self._top_uv = SCALES_UV[1]
        self._fixed_uv: float | None = None
        self._floor = pg.InfiniteLine(
            pos=noise_uv or 0,
            angle=0,
            label=tr("noise floor"),
            labelOpts={"position": 0.0, "anchors": [(0, 1), (0, 1)]},
        )
        self._floor.setZValue(1)  # its name is above the curve
        for item in (self._floor, self._floor.label):  # they do not move, unlike the curve
            item.setCacheMode(item.CacheMode.DeviceCoordinateCache)
        if noise_uv is not None:
            self.addItem(self._floor)
        self._marks: list[tuple[float, Any]] = []
        self._mark_colour = "#888888"
        self.set_range_uv(0, self._top_uv)

    def set_theme(self, theme: Theme, text_scale: float, channel: int = 0) -> None:
        """See Trace.set_theme; the channel gives the line's colour."""
        super().set_theme(theme, text_scale)
        self.curve.set_colours(theme.channel(channel), theme.edge, theme.grid)
        self._floor.setPen(pg.mkPen(theme.quiet, style=QtCore.Qt.PenStyle.DashLine))
        self._floor.label.setColor(theme.quiet)
        font = QtGui.QFont()
        font.setPointSizeF(8 * text_scale)
        self._floor.label.setFont(font)
        self._floor.label.fill = pg.mkBrush(theme.card)
        self._floor.label.update()
        self._mark_colour = theme.text
        for _, line in self._marks:
            self._style(line)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Hide the noise floor's name where it would cover the trace."""
        super().resizeEvent(event)
        if hasattr(self, "_floor"):  # Qt resizes before we are complete
            self._name_floor()

    def _name_floor(self) -> None:
        self._floor.label.setVisible(self.height() > _LABEL_HEIGHT)

    def set_scale(self, top_uv: float | None) -> None:
        """Fix the top of the scale, or let it follow the signal if None."""
        self._fixed_uv = top_uv
        if top_uv is not None:
            self._show_top(top_uv)

    def add_mark(self, time_s: float, text: str) -> None:
        """Draw a line with text at a moment of the session."""
        line = pg.InfiniteLine(
            angle=90, label=text, labelOpts={"position": 0.92, "rotateAxis": None}
        )
        self._style(line)
        self.addItem(line)
        self._marks.append((time_s, line))

    def _style(self, line: Any) -> None:
        line.setPen(pg.mkPen(self._mark_colour, style=QtCore.Qt.PenStyle.DotLine))
        line.label.setColor(self._mark_colour)

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """Show rows (k,) of tension; untrusted ones are grey, and set no scale beside others."""
        if trusted.all():
            good = tension_uv
            self.curve.set_points(self._place(rows, good, row_s))
        else:
            good = np.where(trusted, tension_uv, np.nan)
            doubtful = np.where(trusted, np.nan, tension_uv)
            self.curve.set_points(
                self._place(rows, good, row_s), self._place(rows, doubtful, row_s)
            )
        if self._fixed_uv is None:
            self._follow(peak_uv(tension_uv, trusted))
        now_s = rows[-1] * row_s
        for at_s, line in list(self._marks):
            if now_s - at_s > self.span_s + 60:
                self.removeItem(line)
                self._marks.remove((at_s, line))
            else:
                line.setValue(at_s - now_s)

    @staticmethod
    def _place(rows: IntArray, values: FloatArray, row_s: float) -> tuple[FloatArray, FloatArray]:
        times_s, thinned = thin(rows, values, row_s)
        return times_s - rows[-1] * row_s, thinned

    def _follow(self, peak_uv: float) -> None:
        """Widen at once; narrow only when there is ample room, in round steps."""
        fitting = next((top for top in SCALES_UV if top >= peak_uv * 1.08), SCALES_UV[-1])
        if fitting > self._top_uv or peak_uv * 1.5 < fitting < self._top_uv:
            self._show_top(fitting)

    def _show_top(self, top_uv: float) -> None:
        if top_uv != self._top_uv:
            self._top_uv = top_uv
            self.set_range_uv(0, top_uv)
            self._name_floor()


def peak_uv(tension_uv: FloatArray, trusted: BoolArray) -> float:
    """Return the highest trusted tension; of rows (k,) without any, what is usual; else 0."""
    if trusted.any():
        return float(np.fmax.reduce(tension_uv[trusted], initial=0.0))
    known = tension_uv[np.isfinite(tension_uv)]
    return float(np.median(known)) if len(known) else 0.0


class RawTrace(Trace):
    """The signal as sampled, about its mean: a band from the lowest to the highest value."""

    def __init__(self, span_s: float) -> None:
        super().__init__(tr("Raw, µV"), span_s, filled=False, smooth=False)
        self._half_uv = 0.0

    def set_theme(self, theme: Theme, text_scale: float) -> None:
        """See Trace.set_theme."""
        super().set_theme(theme, text_scale)
        self.curve.set_colours(theme.quiet, theme.edge, theme.grid)

    def draw(self, rows: IntArray, range_uv: FloatArray, row_s: float) -> None:
        """Show buckets (k, 2) of lowest and highest value."""
        if not len(rows) or np.isnan(range_uv).all():
            self.curve.set_points((np.empty(0), np.empty(0)))
            return
        centred = range_uv - np.nanmedian(range_uv)
        times_s = np.repeat(np.asarray((rows - rows[-1]) * row_s, dtype=np.float64), 2)
        self.curve.set_points((times_s, centred.ravel()))
        peak = float(np.nanmax(np.abs(centred)))
        half = next((top for top in SCALES_UV if top >= peak), peak)
        if half > self._half_uv or half < self._half_uv / 2.5:
            self._half_uv = half
            self.set_range_uv(-half, half)


def _ago(seconds: float) -> str:
    if seconds < 120:
        return tr("{seconds:g} s ago", seconds=seconds)
    return tr("{minutes:g} min ago", minutes=seconds / 60)


def thin(rows: IntArray, values: FloatArray, row_s: float) -> tuple[FloatArray, FloatArray]:
    """Return times and values to draw: of many rows, the lowest and highest of every few.

    Buckets follow the row numbers, so shapes do not flicker as they scroll.

    Parameters
    ----------
    rows
        Row numbers, consecutive, shape (k,).
    values
        Shape (k,), NaN where there is none.
    row_s
        Seconds from row to row.
    """
    times_s = np.asarray(rows * row_s, dtype=np.float64)
    step = -(-len(rows) * 2 // _MAX_POINTS)
    if len(rows) <= _MAX_POINTS:
        return times_s, values
    starts = np.flatnonzero((rows % step == 0) | (np.arange(len(rows)) == 0))
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return np.repeat(times_s[starts], 2), np.stack([low, high], axis=1).ravel()
