"""A question in a row, asked once before something that cannot be undone."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.training.parts import button, label


class AskRow(QtWidgets.QWidget):
    """The question, a button that changes nothing and one that does it; the first has the focus.

    The owner of the row handles Esc.
    """

    left = QtCore.pyqtSignal()
    agreed = QtCore.pyqtSignal()

    def __init__(self, words: str, leave: tuple[str, str], do: tuple[str, str]) -> None:
        super().__init__()
        self._leave, agree = button(*leave), button(*do)
        self._leave.clicked.connect(self.left)
        agree.clicked.connect(self.agreed)
        across = QtWidgets.QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(label("", words), 1)
        across.addWidget(self._leave)
        across.addWidget(agree)

    def take_focus(self) -> None:
        """Focus the button that changes nothing, so that Enter alone is harmless."""
        self._leave.setFocus()
