"""What a self-trial asks for today, and a button to see tension in a block without feedback."""

from __future__ import annotations

from collections.abc import Callable

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.ask import AskRow
from unclench.desktop.training.parts import button, label, say
from unclench.translation import tr


class TrialBar(QtWidgets.QFrame):
    """One line of words; `shown` is emitted once a person has confirmed to see tension."""

    shown = QtCore.pyqtSignal()
    closed = QtCore.pyqtSignal()  # the question has been answered

    def __init__(self) -> None:
        super().__init__(objectName="banner")
        self._words = label("")
        self._show = button(
            tr("Show tension anyway"), tr("See tension now; the self-trial records that you did")
        )
        self._show.clicked.connect(self._ask_to_show)
        self._line = QtWidgets.QWidget()
        across = QtWidgets.QHBoxLayout(self._line)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._words, 1)
        across.addWidget(self._show)
        self._question: AskRow | None = None
        self._from: QtWidgets.QWidget | None = None  # what had the focus before the question
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setContentsMargins(14, 6, 8, 6)
        self._column.addWidget(self._line)
        self.hide()

    def show_words(self, words: str, hidden: bool) -> None:
        """Show the trial's state; if `hidden`, offer to show tension. No words hide the bar."""
        say(self._words, words)
        self._end_question()
        self._show.setVisible(hidden)
        self.setVisible(bool(words))

    def ask(self, words: str, do: tuple[str, str], then: Callable[[], object]) -> None:
        """Ask a question in place of the line; `then` is called if a person agrees."""
        self._end_question()
        self._from = self.window().focusWidget()
        self._question = AskRow(
            words, (tr("Keep it hidden (Esc)"), tr("Continue without seeing it")), do
        )
        self._question.left.connect(self._leave)
        self._question.agreed.connect(lambda: self._agree(then))
        self._column.addWidget(self._question)
        self._line.hide()
        self._question.show()  # must be visible to take the focus
        self._question.take_focus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes the question."""
        if self._question is not None and event.key() == QtCore.Qt.Key.Key_Escape:
            self._leave()
        else:
            event.ignore()

    def _ask_to_show(self) -> None:
        self.ask(
            tr(
                "Show tension in a block without feedback? The self-trial records that you did, "
                "and an effect will look smaller than it is."
            ),
            (tr("Show it"), tr("Show tension and record that it was shown")),
            self.shown.emit,
        )

    def _leave(self) -> None:
        self._end_question()
        self.closed.emit()

    def _agree(self, then: Callable[[], object]) -> None:
        self._leave()
        if self._show.hasFocus():  # it disappears, and the next button would get its keys
            self.setFocus()
        then()

    def _end_question(self) -> None:
        """Show the line again and restore the focus."""
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
