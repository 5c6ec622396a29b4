"""A small drawing for the safety page: with a charger there is a way from the mains to you."""

from __future__ import annotations

from itertools import pairwise

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme

_WIDTH, _ROW = 398.0, 46.0  # of the drawing at a scale of 1
_STATIONS = ("mains", "charger", "laptop", "sensor", "you")
_PITCH = 84.0  # from one station to the next
_BOX = (60.0, 26.0)


class RiskView(QtWidgets.QWidget):
    """Mains, charger, laptop, sensor, you: joined while it is plugged in, apart on battery."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._scale = 1.0
        self.setAccessibleName("Drawing of how the risk arises")
        self.setAccessibleDescription(
            "With a charger plugged in there is a way from the mains through laptop and sensor to "
            "you. On battery there is none."
        )
        self.setMinimumWidth(240)
        self.set_looks(LIGHT, 1.0)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and size."""
        self._theme, self._scale = theme, text_scale
        self.setFixedHeight(round(2 * _ROW * text_scale))
        self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the charged chain above the one on battery."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        fits = min(self._scale, self.width() / _WIDTH)
        painter.scale(fits, fits)
        font = self.font()
        font.setPixelSize(13)
        painter.setFont(font)
        for row, plugged in enumerate((True, False)):
            painter.save()
            painter.translate(1.0, row * _ROW + 8.0)
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
        if not plugged:  # the way is cut
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
