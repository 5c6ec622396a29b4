"""What a self-trial asks today, and the way to see tension in a block without feedback."""

from __future__ import annotations

from collections.abc import Callable

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
        self._show.clicked.connect(self._ask_to_show)
        self._line = QtWidgets.QWidget()
        across = QtWidgets.QHBoxLayout(self._line)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._words, 1)
        across.addWidget(self._show)
        self._question: AskRow | None = None
        self._from: QtWidgets.QWidget | None = None  # had the focus before the question
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setContentsMargins(14, 6, 8, 6)
        self._column.addWidget(self._line)
        self.hide()

    def show_words(self, words: str, hidden: bool) -> None:
        """Show where the trial stands; `hidden` offers to show tension. No words hide the bar."""
        say(self._words, words)
        self._end_question()
        self._show.setVisible(hidden)
        self.setVisible(bool(words))

    def ask(self, words: str, do: tuple[str, str], then: Callable[[], object]) -> None:
        """Put a question in place of the line; `then` is called once a person has agreed."""
        self._end_question()
        self._from = self.window().focusWidget()
        self._question = AskRow(words, ("Leave it hidden (Esc)", "Go on without seeing it"), do)
        self._question.left.connect(self._leave)
        self._question.agreed.connect(lambda: self._agree(then))
        self._column.addWidget(self._question)
        self._line.hide()
        self._question.show()  # now, or it could not take the focus
        self._question.take_focus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leaves the question."""
        if self._question is not None and event.key() == QtCore.Qt.Key.Key_Escape:
            self._leave()
        else:
            event.ignore()

    def _ask_to_show(self) -> None:
        self.ask(
            "Show tension in a block without feedback? The self-trial keeps that you did, and an "
            "effect will look smaller than it is.",
            ("Show it", "Show tension, and keep that it was shown"),
            self.shown.emit,
        )

    def _leave(self) -> None:
        self._end_question()
        self.closed.emit()

    def _agree(self, then: Callable[[], object]) -> None:
        self._leave()
        if self._show.hasFocus():  # it goes now, and the next in line would take its keys
            self.setFocus()
        then()

    def _end_question(self) -> None:
        """Let the line stand again, and the focus be where it was."""
        question, self._question = self._question, None
        if question is None:
            return
        within = question.isAncestorOf(self.window().focusWidget() or self)
        self._line.show()
        if within:
            (self._from or self).setFocus()
        self._column.removeWidget(question)
        question.hide()
        question.deleteLater()
