"""The hum meter: a bar that moves while a person rearranges cables."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.live.words import tension_words
from unclench.translation import tr

_SETTLE_S = 0.25  # the bar follows with this time constant
_TOP_UV = 300.0  # hum at which the level is 1, as in `SensorCheck.interference`
_GAP = 16  # pixels between bar and figure
_STILL = 0.0005  # share of the bar too small to see


class Meter(QtWidgets.QWidget):
    """A smooth bar from 0 to 1, with a figure beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Mains hum"))
        self._theme = LIGHT
        self._font = QtGui.QFont()
        self._shown = 0.0
        self._level: float | None = None
        self._words = ""

    @property
    def shown(self) -> float:
        """The bar's position, 0 to 1."""
        return self._shown

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._font.setPointSizeF(14 * text_scale)
        self.setFixedHeight(round(44 * text_scale))
        self.update()

    def set_level(self, level: float | None, hum_uv: float | None) -> None:
        """Move towards a level; None without a signal."""
        known = level is not None and hum_uv is not None
        self._level = min(1.0, max(0.0, level)) if level is not None and known else None
        words = "–" if hum_uv is None or not known else _words(hum_uv)
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words if known else tr("no signal"))
            self.update()

    def tick(self, elapsed_s: float) -> None:
        """Move for the elapsed time; called at the screen's rate."""
        wanted = self._level or 0.0
        away = wanted - self._shown
        if abs(away) < _STILL:
            return
        self._shown += away * min(1.0, elapsed_s / _SETTLE_S)
        self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw bar and figure."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._theme.card))
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        room = QtGui.QFontMetricsF(self._font).horizontalAdvance(_words(2 * _TOP_UV)) + _GAP
        height = self.height() * 0.46
        bar = QtCore.QRectF(0, (self.height() - height) / 2, self.width() - room, height)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(QtGui.QColor(self._theme.edge))
        painter.drawRoundedRect(bar, height / 2, height / 2)
        full = QtCore.QRectF(bar)
        full.setWidth(max(height, self._shown * bar.width()))
        if self._level is not None:
            painter.setBrush(QtGui.QColor(self._theme.accent))
            painter.drawRoundedRect(full, height / 2, height / 2)
        painter.setPen(QtGui.QColor(self._theme.text))
        place = QtCore.QRectF(self.width() - room, 0, room, self.height())
        align = QtCore.Qt.AlignmentFlag
        painter.drawText(place, align.AlignRight | align.AlignVCenter, self._words)


def _words(hum_uv: float) -> str:
    return f"> {_TOP_UV:.0f} µV" if hum_uv > _TOP_UV else f"{tension_words(hum_uv)} µV"
