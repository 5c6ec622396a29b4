"""The rows of all channels, one below the other; they scroll if the window is too low."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.channel import ChannelRow


class ChannelRows(QtWidgets.QScrollArea):
    """As many rows as there are channels; Page Up and Page Down scroll them.

    Parameters
    ----------
    rows
        In the order of the channels; they share the height evenly.
    """

    def __init__(self, rows: Sequence[ChannelRow]) -> None:
        super().__init__(widgetResizable=True)
        self._rows = rows
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)  # keys stay commands of the window
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = QtWidgets.QWidget(objectName="clear")
        column = _Column(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for row in rows:
            column.addWidget(row, 1)
        self.setWidget(ground)
        for keys, step in (("PgUp", -1), ("PgDown", +1)):
            QtWidgets.QShortcut(QtGui.QKeySequence(keys), self, lambda step=step: self._turn(step))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """One whole row: less cannot be read."""
        hints = [row.minimumSizeHint() for row in self._rows]
        bar = self.verticalScrollBar().sizeHint().width() if len(hints) > 1 else 0
        width, height = max(h.width() for h in hints), max(h.height() for h in hints)
        return QtCore.QSize(width + bar, height)

    def _turn(self, step: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + step * bar.pageStep())


class _Column(QtWidgets.QVBoxLayout):
    """A column that can shrink to its rows' minimum heights; wrapped text would ask for more."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """See QLayout."""
        return False
