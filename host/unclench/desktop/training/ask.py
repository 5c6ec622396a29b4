"""A question in a row, put once before something is done that cannot be taken back."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.training.parts import button, label


class AskRow(QtWidgets.QWidget):
    """Words, a button that leaves all as it is and one that does it; the first has the focus.

    Esc is left to whoever shows the row.
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
        """Enter alone does nothing that matters."""
        self._leave.setFocus()
