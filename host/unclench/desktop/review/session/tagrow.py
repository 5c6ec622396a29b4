"""The row in which a tag or a note gets its words."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.parts import button, label, say
from unclench.training.tags import Tag


class WordsRow(QtWidgets.QWidget):
    """Words to type or choose; Enter keeps them, Esc leaves all as it was."""

    kept = QtCore.pyqtSignal(str)
    left = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._about = label("")
        self.words = QtWidgets.QComboBox(editable=True)
        self.words.setAccessibleName("Words")
        self.words.setInsertPolicy(self.words.InsertPolicy.NoInsert)
        self.words.setSizePolicy(
            QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed
        )
        self.words.lineEdit().setMaxLength(400)
        keep = button("Keep (Enter)", "Write it into the session")
        leave = button("Leave (Esc)", "Change nothing")
        keep.clicked.connect(self._keep)
        leave.clicked.connect(self.left)
        self.words.lineEdit().returnPressed.connect(self._keep)
        across = QtWidgets.QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._about, 2)
        across.addWidget(self.words, 3)
        across.addWidget(keep)
        across.addWidget(leave)
        self.hide()

    def ask(self, words: str, choices: Sequence[Tag]) -> None:
        """Ask for words, beginning with those that are there."""
        self.words.clear()
        self.words.addItems([tag.words for tag in choices])
        self.words.setEditText(words)
        self.show()
        self.words.setFocus()
        self.words.lineEdit().selectAll()

    def tell(self, about: str) -> None:
        """Say what the words are for."""
        say(self._about, about)
        self.words.setAccessibleName(about)

    def _keep(self) -> None:
        self.kept.emit(self.words.currentText())

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leaves; other keys are no commands while words are typed."""
        if event.key() == QtCore.Qt.Key.Key_Escape:
            self.left.emit()
