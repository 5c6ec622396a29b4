"""What has to be so before electrodes touch skin. Read once, and always to be had again."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import Theme, style_sheet
from unclench.desktop.training.parts import Column, Page, button, label
from unclench.desktop.training.riskview import RiskView
from unclench.training.safety import RULES


def _rule(title: str, words: str) -> QtWidgets.QWidget:
    cell = QtWidgets.QWidget(objectName="clear")
    rows = QtWidgets.QVBoxLayout(cell)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(1)
    rows.addWidget(label("title", title))
    rows.addWidget(label("lead", words))
    rows.addStretch(1)
    return cell


class SafetyPage(Page):
    """Short rules and one button."""

    agreed = QtCore.pyqtSignal()
    back = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Safety")
        self._column = Column(100)
        rows = self._column.rows
        rows.addStretch(1)
        rows.addWidget(label("heading", "Before you begin"))
        rows.addWidget(label("quietLead", "This keeps you safe. It takes a minute to read."))
        rows.addSpacing(6)
        self._risk = RiskView()
        self._cells = QtWidgets.QGridLayout()
        self._cells.setHorizontalSpacing(28)
        self._cells.setVerticalSpacing(12)
        cells = [_rule(title, words) for title, words in RULES]
        cells.insert(1, self._risk)
        for n, cell in enumerate(cells):
            self._cells.addWidget(cell, n // 2, n % 2)
        for column in (0, 1):
            self._cells.setColumnStretch(column, 1)
        rows.addLayout(self._cells)
        rows.addStretch(1)
        tip = "Keep in mind that this was read, and go on"
        self._agree = button("I have read this and will keep to it", tip, primary=True)
        self._agree.clicked.connect(self.agreed)
        self._back = button("Back (Esc)", "Return to where you were", primary=True)
        self._back.clicked.connect(self.back)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._agree)
        foot.addWidget(self._back)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.addWidget(self._column, 1)
        column.addLayout(foot)
        self.show_again(False)

    def show_again(self, again: bool) -> None:
        """Whether it was agreed to before, and is only being read again."""
        self._agree.setVisible(not again)
        self._back.setVisible(again)

    def _look(self) -> None:
        """See Page."""
        self._column.set_looks(self.text_scale)
        self._risk.set_looks(self.theme, self.text_scale)

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Enter is enough."""
        super().showEvent(event)
        (self._back if self._agree.isHidden() else self._agree).setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc goes back, once it was agreed to; arrows and page keys scroll."""
        if event.key() == QtCore.Qt.Key.Key_Escape and self._agree.isHidden():
            self.back.emit()
        elif not self._column.scroll_by(event):
            event.ignore()


class SafetyDialog(QtWidgets.QDialog):
    """The page by itself: before the dashboard is shown for the first time, and from its help."""

    def __init__(
        self,
        parent: QtWidgets.QWidget | None,
        theme: Theme,
        *,
        again: bool,
        text_scale: float = 1.0,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Safety")
        self.setStyleSheet(style_sheet(theme, text_scale))
        page = SafetyPage()
        page.show_again(again)
        page.set_looks(theme, text_scale)
        page.agreed.connect(self.accept)
        page.back.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        self.resize(round(900 * text_scale), round(640 * text_scale))
