"""What a self-trial asks today, and the way to see tension in a block without feedback."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.ask import AskRow
from unclench.desktop.training.parts import button, label, say


class TrialBar(QtWidgets.QFrame):
    """One line; `shown` is emitted when a person ends not seeing, having been asked once."""

    shown = QtCore.pyqtSignal()
    closed = QtCore.pyqtSignal()  # the question is done with

    def __init__(self) -> None:
        super().__init__(objectName="banner")
        self._words = label("")
        self._show = button(
            "Show it all the same", "See tension now; the self-trial keeps that you did"
        )
        self._show.clicked.connect(self._ask)
        self._line = QtWidgets.QWidget()
        across = QtWidgets.QHBoxLayout(self._line)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._words, 1)
        across.addWidget(self._show)
        self._sure = AskRow(
            "Show tension in a block without feedback? The self-trial keeps that you did, and an "
            "effect will look smaller than it is.",
            ("Leave it hidden (Esc)", "Go on without seeing tension"),
            ("Show it", "Show tension, and keep that it was shown"),
        )
        self._sure.left.connect(self._leave)
        self._sure.agreed.connect(self._agree)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(14, 6, 8, 6)
        column.addWidget(self._line)
        column.addWidget(self._sure)
        self._sure.hide()
        self.hide()

    def tell(self, words: str, hidden: bool) -> None:
        """Show where the trial stands; `hidden` offers to show tension. No words hide the bar."""
        say(self._words, words)
        self._show.setVisible(hidden)
        self._sure.hide()
        self._line.show()
        self.setVisible(bool(words))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leaves the question."""
        if self._sure.isVisible() and event.key() == QtCore.Qt.Key.Key_Escape:
            self._leave()
        else:
            event.ignore()

    def _ask(self) -> None:
        self._line.hide()
        self._sure.show()
        self._sure.take_focus()

    def _leave(self) -> None:
        self._sure.hide()
        self._line.show()
        self.closed.emit()

    def _agree(self) -> None:
        self._leave()
        self.shown.emit()
