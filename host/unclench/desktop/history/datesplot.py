"""One measure over dates: a point for each session, and a trend where it is certain."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

import numpy as np
from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.review.history import Change, Point, Series
from unclench.review.trend import Dated, Trend
from unclench.ticks import round_up
from unclench.translation import tr

_LEAST_DAYS = 7.0
_RADIUS = 4.0
_KEYS = QtCore.Qt.Key


class DatesPlot(QtWidgets.QWidget):
    """Points over dates. Left and right move between sessions; `picked` describes the session."""

    picked = QtCore.pyqtSignal(str)

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._theme = LIGHT
        self._font = QtGui.QFont()
        self._trend: Trend | None = None
        self._values: list[Dated] = []
        self._points: list[Point] = []
        self._changes: tuple[Change, ...] = ()
        self._span = (0.0, 1.0)
        self._at = -1  # index of the picked session
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        policy = QtWidgets.QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._font.setPointSizeF(8.5 * text_scale)
        self.setMinimumHeight(round(130 * text_scale))
        self.update()

    def show_trend(self, series: Series, trend: Trend) -> None:
        """Show one measure of a series."""
        self._trend = trend
        self._values = series.values(trend.measure)
        self._points = [point for point in series.points if trend.measure.of(point) is not None]
        self._changes = series.changes
        self._at = -1
        ats = [point.at.timestamp() for point in series.points]
        if ats:  # the same dates for all measures, so that the plots line up
            middle, half = (ats[0] + ats[-1]) / 2, max(ats[-1] - ats[0], _LEAST_DAYS * 86400) / 2
            self._span = (middle - 1.04 * half, middle + 1.04 * half)
        self.setAccessibleName(
            tr(
                "{title} over the dates of {n} sessions",
                title=trend.measure.title,
                n=len(ats),
            )
        )
        self.setAccessibleDescription(f"{trend.measure.title}: {trend.words}.")
        self.update()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move between sessions."""
        last = len(self._points) - 1
        begin = last if self._at < 0 else self._at
        to = {
            _KEYS.Key_Left: max(0, begin - (self._at >= 0)),
            _KEYS.Key_Right: min(last, begin + 1),
            _KEYS.Key_Home: 0,
            _KEYS.Key_End: last,
        }.get(event.key())
        if to is None or last < 0:
            event.ignore()
        else:
            self._pick(to)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pick the session nearest in time."""
        if self._points:
            plot = self._plot()
            xs = [self._x(point.at, plot) for point in self._points]
            self._pick(int(np.argmin(np.abs(np.array(xs) - event.x()))))

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        plot = self._plot()
        if plot.width() < 40 or plot.height() < 30:
            return
        self._draw_axes(painter, plot)
        if self._trend is None or not self._points:
            return
        if self._trend.sure:
            self._draw_trend(painter, plot, self._trend)
        self._draw_points(painter, plot)

    def _value(self, point: Point) -> float:
        """Return the value of a session that has one."""
        assert self._trend is not None
        value = self._trend.measure.of(point)
        assert value is not None
        return value

    def _pick(self, k: int) -> None:
        assert self._trend is not None
        self._at = k
        point, measure = self._points[k], self._trend.measure
        value = measure.shown(self._value(point))
        name = measure.title[:1].lower() + measure.title[1:]
        parts = [
            f"{point.at:%Y-%m-%d %H:%M}: {name} {value} {measure.unit}",
            point.title or point.program or point.folder.name,
        ]
        if not point.feedback:
            parts.append(tr("tension not shown"))
        self.picked.emit(", ".join(parts))
        self.update()

    # Positions

    def _plot(self) -> QtCore.QRectF:
        metrics = QtGui.QFontMetricsF(self._font)
        left = metrics.horizontalAdvance("100 µV") + 8
        height = self.height() - 2.2 * metrics.height() - 6
        return QtCore.QRectF(left, metrics.height(), self.width() - left - 8, height)

    def _x(self, at: datetime, plot: QtCore.QRectF) -> float:
        begin, end = self._span
        return float(plot.left() + (at.timestamp() - begin) / (end - begin) * plot.width())

    def _y(self, value: float, plot: QtCore.QRectF) -> float:
        assert self._trend is not None
        share = value * self._trend.measure.scale / self._top()
        return float(plot.bottom() - min(1.05, max(0.0, share)) * plot.height())

    def _top(self) -> float:
        if self._trend is None or not self._points:
            return 1.0
        measure = self._trend.measure
        most = max(map(self._value, self._points)) * measure.scale
        if measure.unit == "%":
            return 100.0
        return round_up(max(most, 0.1))

    # Drawing

    def _draw_axes(self, painter: QtGui.QPainter, plot: QtCore.QRectF) -> None:
        metrics = QtGui.QFontMetricsF(self._font)
        quiet, grid = QtGui.QColor(self._theme.quiet), QtGui.QColor(self._theme.grid)
        unit = self._trend.measure.unit if self._trend is not None else ""
        top = self._top()
        flag = QtCore.Qt.AlignmentFlag
        for share, text in ((0.0, "0"), (0.5, f"{top / 2:g}"), (1.0, f"{top:g} {unit}")):
            y = plot.bottom() - share * plot.height()
            painter.setPen(QtGui.QPen(grid, 1))
            painter.drawLine(QtCore.QPointF(plot.left(), y), QtCore.QPointF(plot.right(), y))
            painter.setPen(quiet)
            rect = QtCore.QRectF(0, y - metrics.height() / 2, plot.left() - 6, metrics.height())
            painter.drawText(rect, flag.AlignRight | flag.AlignVCenter, text)
        if self._points:
            self._draw_dates(painter, plot, metrics)
        free_from = 0.0  # x from which the next change has room for its words
        for change in self._changes:
            free_from = self._draw_change(painter, plot, change, metrics, free_from)

    def _draw_dates(
        self, painter: QtGui.QPainter, plot: QtCore.QRectF, metrics: QtGui.QFontMetricsF
    ) -> None:
        zone = self._points[0].at.tzinfo
        begin, end = (datetime.fromtimestamp(at, zone) for at in self._span)
        width = metrics.horizontalAdvance("2026-11-23") + 16
        most = max(2, int(plot.width() / width))
        days = (end - begin).days + 1
        step = next(s for s in (1, 7, 14, 28, 56, 112, 224, 448, 10**6) if days / s <= most)
        day = begin.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if step >= 7:
            day += timedelta(days=-day.weekday() % 7)
        flag = QtCore.Qt.AlignmentFlag
        while day <= end:
            x = self._x(day, plot)
            painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.grid), 1))
            painter.drawLine(QtCore.QPointF(x, plot.top()), QtCore.QPointF(x, plot.bottom()))
            painter.setPen(QtGui.QColor(self._theme.quiet))
            at = min(max(0.0, x - width / 2), self.width() - width)
            rect = QtCore.QRectF(at, plot.bottom() + 4, width, metrics.height())
            painter.drawText(rect, flag.AlignHCenter, f"{day:%Y-%m-%d}")
            day += timedelta(days=step)

    def _draw_change(
        self,
        painter: QtGui.QPainter,
        plot: QtCore.QRectF,
        change: Change,
        metrics: QtGui.QFontMetricsF,
        free_from: float,
    ) -> float:
        x = self._x(change.at, plot)
        if not plot.left() <= x <= plot.right():
            return free_from
        pen = QtGui.QPen(QtGui.QColor(self._theme.warn), 1, QtCore.Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QtCore.QPointF(x, plot.top()), QtCore.QPointF(x, plot.bottom()))
        width = metrics.horizontalAdvance(change.words) + 4
        at = x + 3 if x + width < self.width() else x - width - 3
        if at < free_from:
            return free_from
        rect = QtCore.QRectF(at, 0, width, metrics.height())
        painter.drawText(rect, QtCore.Qt.AlignmentFlag.AlignLeft, change.words)
        return float(at + width)

    def _draw_trend(self, painter: QtGui.QPainter, plot: QtCore.QRectF, trend: Trend) -> None:
        """Draw the slope through the middle of each placement, with its confidence interval."""
        slope = trend.per_week
        assert slope is not None
        assert slope.low is not None
        assert slope.high is not None
        colour = QtGui.QColor(self._theme.channel(self._number))
        soft = QtGui.QColor(colour)
        soft.setAlpha(46)
        key = None if trend.across else (lambda value: value.placement)
        groups = [self._values] if key is None else [list(g) for _, g in groupby(self._values, key)]
        for group in groups:
            if len(group) < 2:
                continue
            weeks = np.array([value.at.timestamp() / 604800 for value in group])
            middle, level = np.median(weeks), np.median([value.value for value in group])
            ends = [group[0].at, group[-1].at]
            away = [weeks[0] - middle, weeks[-1] - middle]

            def at(k: int, per_week: float) -> QtCore.QPointF:
                value = level + per_week * away[k]  # noqa: B023 - used within the loop
                return QtCore.QPointF(self._x(ends[k], plot), self._y(value, plot))  # noqa: B023

            centre = QtCore.QPointF(
                plot.left()
                + (middle * 604800 - self._span[0])
                / (self._span[1] - self._span[0])
                * plot.width(),
                self._y(float(level), plot),
            )
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
            painter.setBrush(soft)
            for k in (0, 1):
                fan = [centre, at(k, slope.low), at(k, slope.high)]
                painter.drawPolygon(QtGui.QPolygonF(fan))
            painter.setPen(QtGui.QPen(colour, 2))
            painter.drawLine(at(0, slope.value), at(1, slope.value))

    def _draw_points(self, painter: QtGui.QPainter, plot: QtCore.QRectF) -> None:
        assert self._trend is not None
        colour = QtGui.QColor(self._theme.channel(self._number))
        for k, point in enumerate(self._points):
            value = self._value(point)
            middle = QtCore.QPointF(self._x(point.at, plot), self._y(value, plot))
            painter.setPen(QtGui.QPen(colour, 1.5))
            # Sessions in which tension was hidden are hollow.
            painter.setBrush(colour if point.feedback else QtGui.QColor(self._theme.card))
            painter.drawEllipse(middle, _RADIUS, _RADIUS)
            if k == self._at:
                painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.text), 2))
                painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
                painter.drawEllipse(middle, 2 * _RADIUS, 2 * _RADIUS)
        if self.hasFocus():
            painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.accent), 2))
            painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
