"""A small drawing for the safety page: a charger connects you to the mains."""

from __future__ import annotations

from itertools import pairwise

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.translation import tr

_WIDTH, _ROW = 398.0, 46.0  # of one chain at a scale of 1
GAP = 28  # pixels between columns, and between chains side by side
_STATIONS = (tr("mains"), tr("charger"), tr("laptop"), tr("sensor"), tr("you"))
_PITCH = 84.0  # from one station to the next
_BOX = (60.0, 26.0)
_TEXT_PX = 13  # smaller where a word does not fit its box


class RiskView(QtWidgets.QWidget):
    """Mains, charger, laptop, sensor, you: connected with the charger, separate on battery."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._scale = 1.0
        self.setAccessibleName(tr("Drawing of how the risk arises"))
        self.setAccessibleDescription(
            tr(
                "With a charger plugged in, there is a path from the mains through laptop and "
                "sensor to you. On battery, that path is cut."
            )
        )
        self.setMinimumWidth(240)
        policy = QtWidgets.QSizePolicy.Policy
        sizes = QtWidgets.QSizePolicy(policy.Preferred, policy.Fixed)
        sizes.setHeightForWidth(True)
        self.setSizePolicy(sizes)
        self.set_looks(LIGHT, 1.0)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and size."""
        self._theme, self._scale = theme, text_scale
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """The height of one row if both chains fit side by side, else of two."""
        _, below = self._battery_at(width)
        return round((below + _ROW) * self._fits(width))

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """See QWidget."""
        width = round(_WIDTH * self._scale)
        return QtCore.QSize(width, self.heightForWidth(width))

    def _fits(self, width: int) -> float:
        """Return the text's scale, or less if a single chain does not fit."""
        return min(self._scale, width / _WIDTH)

    def _battery_at(self, width: int) -> tuple[float, float]:
        """Return the position of the second chain at a scale of 1: beside or below the first."""
        fits = self._fits(width)
        beside = width >= 2 * _WIDTH * fits + GAP
        return ((width + GAP) / 2 / fits, 0.0) if beside else (0.0, _ROW)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the chain with a charger and the one on battery."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        fits = self._fits(self.width())
        painter.scale(fits, fits)
        font = self.font()
        font.setPixelSize(_TEXT_PX)
        widest = max(map(QtGui.QFontMetricsF(font).horizontalAdvance, _STATIONS))
        font.setPixelSize(min(_TEXT_PX, int(_TEXT_PX * (_BOX[0] - 6) / widest)))
        painter.setFont(font)
        for plugged, (x, y) in ((True, (0.0, 0.0)), (False, self._battery_at(self.width()))):
            painter.save()
            painter.translate(x + 1.0, y + 8.0)
            self._draw_chain(painter, plugged)
            painter.restore()

    def _draw_chain(self, painter: QtGui.QPainter, plugged: bool) -> None:
        colour = QtGui.QColor(self._theme.bad if plugged else self._theme.good)
        width, height = _BOX
        middle = height / 2
        shown = [(n * _PITCH, word) for n, word in enumerate(_STATIONS) if plugged or n != 1]
        for (left, _), (right, _) in pairwise(shown):
            if left or plugged:
                painter.setPen(QtGui.QPen(colour, 3.0 if plugged else 1.6))
                painter.drawLine(QtCore.QLineF(left + width, middle, right, middle))
        if not plugged:  # the path is cut
            x = _PITCH + width / 2
            painter.setPen(QtGui.QPen(colour, 3.0))
            painter.drawLine(QtCore.QLineF(x - 7, middle - 7, x + 7, middle + 7))
            painter.drawLine(QtCore.QLineF(x - 7, middle + 7, x + 7, middle - 7))
        painter.setBrush(QtGui.QColor(self._theme.card))
        for left, word in shown:
            quiet = not plugged and not left
            painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.quiet) if quiet else colour, 1.6))
            box = QtCore.QRectF(left, 0.0, width, height)
            painter.drawRoundedRect(box, 6.0, 6.0)
            painter.setPen(QtGui.QColor(self._theme.text))
            painter.drawText(box, QtCore.Qt.AlignmentFlag.AlignCenter, word)
