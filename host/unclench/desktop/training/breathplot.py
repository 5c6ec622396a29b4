"""Tension over the breath: the mean of all breaths and its spread, inhaling and exhaling shaded."""

from __future__ import annotations

import math

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.plots import SCALES_UV
from unclench.desktop.theme import LIGHT, Theme
from unclench.ticks import on_log_scale
from unclench.training.session.outcome import breath_words
from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.underway import BreathEffect
from unclench.translation import tr

_SCALES_UV = (*on_log_scale(0.5, 2.0), *SCALES_UV)


class BreathPlot(QtWidgets.QWidget):
    """The plot of one channel; repainted only when the figures change, once a breath."""

    def __init__(self, channel: int = 0) -> None:
        super().__init__()
        self._channel = channel
        self._theme = LIGHT
        self._font = QtGui.QFont()
        self._effect: BreathEffect | None = None
        self._bounds = (0.4, 0.4, 1.0)
        self.setMinimumSize(80, 40)
        policy = QtWidgets.QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self.setAccessibleName(tr("Tension over the breath"))

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._font.setPointSizeF(8.5 * text_scale)
        self.update()

    def show_effect(self, effect: BreathEffect | None, pacer: Pacer | None) -> None:
        """Show an average; None empties the plot."""
        if pacer is not None:
            self._bounds = pacer.bounds
        if effect != self._effect:
            self._effect = effect
            self.setAccessibleDescription(
                "" if effect is None else breath_words(effect, whole=False)
            )
            self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QtGui.QPainter(self)
        painter.setFont(self._font)
        metrics = QtGui.QFontMetricsF(self._font)
        effect = self._effect
        means = () if effect is None else effect.mean_uv
        spreads = () if effect is None else effect.spread_uv
        top_uv = _top(means, spreads)
        left = metrics.horizontalAdvance(f"{_SCALES_UV[3]:g}0 µV") if means else 4.0
        plot = QtCore.QRectF(left, metrics.height() / 2, self.width() - left - 4, 0)
        plot.setBottom(self.height() - metrics.height() - 6)
        if plot.width() < 20 or plot.height() < 20:
            return
        self._draw_ground(painter, plot, metrics)
        if effect is None or len(means) < 2 or not all(map(math.isfinite, (*means, *spreads))):
            return
        quiet = QtGui.QColor(self._theme.quiet)
        painter.setPen(quiet)
        for y, text in ((plot.bottom(), "0"), (plot.top(), f"{top_uv:g} µV")):
            rect = QtCore.QRectF(0, y - metrics.height() / 2, left - 6, metrics.height())
            painter.drawText(rect, QtCore.Qt.AlignmentFlag.AlignRight, text)
        self._draw_line(painter, plot, effect, top_uv)

    def _draw_ground(
        self, painter: QtGui.QPainter, plot: QtCore.QRectF, metrics: QtGui.QFontMetricsF
    ) -> None:
        inhaled, _, exhaled = self._bounds
        held = self._bounds[1]
        shade = QtGui.QColor(self._theme.accent)
        shade.setAlpha(26)
        part = QtCore.QRectF(plot)
        part.setLeft(plot.left() + held * plot.width())
        part.setRight(plot.left() + exhaled * plot.width())
        painter.fillRect(part, shade)
        painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.grid), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.setPen(QtGui.QColor(self._theme.quiet))
        below = plot.bottom() + 4
        for begin, end, text in ((0.0, inhaled, tr("in")), (held, exhaled, tr("out"))):
            rect = QtCore.QRectF(
                plot.left() + begin * plot.width(),
                below,
                (end - begin) * plot.width(),
                metrics.height(),
            )
            painter.drawText(rect, QtCore.Qt.AlignmentFlag.AlignHCenter, text)

    def _draw_line(
        self, painter: QtGui.QPainter, plot: QtCore.QRectF, effect: BreathEffect, top_uv: float
    ) -> None:
        # Breaths follow each other: the ends are drawn towards the neighbouring bins.
        phase = (effect.phase[-1] - 1, *effect.phase, effect.phase[0] + 1)
        mean = (effect.mean_uv[-1], *effect.mean_uv, effect.mean_uv[0])
        spread = (effect.spread_uv[-1], *effect.spread_uv, effect.spread_uv[0])

        def at(p: float, uv: float) -> QtCore.QPointF:
            share = min(1.0, max(0.0, uv / top_uv))
            return QtCore.QPointF(
                plot.left() + p * plot.width(), plot.bottom() - share * plot.height()
            )

        upper = [at(p, m + s) for p, m, s in zip(phase, mean, spread, strict=True)]
        lower = [at(p, m - s) for p, m, s in zip(phase, mean, spread, strict=True)]
        colour = QtGui.QColor(self._theme.channel(self._channel))
        soft = QtGui.QColor(colour)
        soft.setAlpha(46)
        painter.setClipRect(plot.adjusted(0, -1, 0, 1))
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawPolygon(QtGui.QPolygonF([*upper, *reversed(lower)]))
        painter.setPen(QtGui.QPen(colour, 2))
        painter.drawPolyline(QtGui.QPolygonF([at(p, m) for p, m in zip(phase, mean, strict=True)]))


def _top(means: tuple[float, ...], spreads: tuple[float, ...]) -> float:
    """Return the top of the scale, a round number above the band."""
    peak = max((m + s for m, s in zip(means, spreads, strict=False)), default=0.0)
    return next((top for top in _SCALES_UV if top >= peak), _SCALES_UV[-1])
