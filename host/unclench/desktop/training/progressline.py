"""The elapsed share of a session or of a part of it."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import Theme


class ProgressLine(QtWidgets.QWidget):
    """The elapsed share of something, as a thin line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedHeight(4)
        self.setAccessibleName(name)
        self._share = 0.0
        self._colours = ("#888888", "#444444")

    def set_theme(self, theme: Theme) -> None:
        """Colours."""
        self._colours = (theme.edge, theme.accent)
        self.update()

    def set_share(self, share: float) -> None:
        """From 0 to 1."""
        if round(share * self.width()) != round(self._share * self.width()):
            self.setAccessibleDescription(f"{100 * share:.0f} %")
            self.update()
        self._share = share

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._colours[0]))
        done = QtCore.QRectF(0, 0, self.width() * min(1.0, max(0.0, self._share)), self.height())
        painter.fillRect(done, QtGui.QColor(self._colours[1]))
