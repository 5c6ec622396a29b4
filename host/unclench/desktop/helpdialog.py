"""A page of help over a window."""

from __future__ import annotations

from pyqtgraph.Qt import QtWidgets

from unclench.desktop.looks import resize_dialog
from unclench.translation import tr

_SIZE = (620, 640)  # pixels at a scale of 1


class HelpDialog(QtWidgets.QDialog):
    """Text to read and scroll; Esc closes it. `foot` is the row of buttons."""

    def __init__(self, parent: QtWidgets.QWidget, html: str, text_scale: float) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What you see"))
        text = QtWidgets.QTextBrowser()
        text.setHtml(html)
        close = QtWidgets.QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        self.foot = QtWidgets.QHBoxLayout()
        self.foot.addStretch(1)
        self.foot.addWidget(close)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(text)
        column.addLayout(self.foot)
        resize_dialog(self, _SIZE, text_scale)
