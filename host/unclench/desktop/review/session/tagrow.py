"""The row in which a person types the text of a tag or a note."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.parts import button, label, say
from unclench.training.tags import Tag
from unclench.translation import tr


class WordsRow(QtWidgets.QWidget):
    """A text to type or choose; Enter saves it, Esc changes nothing."""

    kept = QtCore.pyqtSignal(str)
    cancelled = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._prompt = label("")
        self.words = QtWidgets.QComboBox(editable=True)
        self.words.setAccessibleName(tr("Text"))
        self.words.setInsertPolicy(self.words.InsertPolicy.NoInsert)
        self.words.setSizePolicy(
            QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed
        )
        self.words.lineEdit().setMaxLength(400)
        keep = button(tr("Save (Enter)"), tr("Save it in the session"))
        cancel = button(tr("Cancel (Esc)"), tr("Change nothing"))
        keep.clicked.connect(self._keep)
        cancel.clicked.connect(self.cancelled)
        self.words.lineEdit().returnPressed.connect(self._keep)
        across = QtWidgets.QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._prompt, 2)
        across.addWidget(self.words, 3)
        across.addWidget(keep)
        across.addWidget(cancel)
        self.hide()

    def ask(self, words: str, choices: Sequence[Tag]) -> None:
        """Ask for a text, starting with the current one."""
        self.words.clear()
        self.words.addItems([tag.words for tag in choices])
        self.words.setEditText(words)
        self.show()
        self.words.setFocus()
        self.words.lineEdit().selectAll()

    def set_prompt(self, prompt: str) -> None:
        """Say what the text is for."""
        say(self._prompt, prompt)
        self.words.setAccessibleName(prompt)

    def _keep(self) -> None:
        self.kept.emit(self.words.currentText())

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Cancel on Esc; other keys are not commands while a person types."""
        if event.key() == QtCore.Qt.Key.Key_Escape:
            self.cancelled.emit()
