"""The safety page: what must be true before electrodes touch skin. It can be read again."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.looks import resize_dialog
from unclench.desktop.theme import Theme, style_sheet
from unclench.desktop.training.parts import LINE, Column, Page, button, label, rename
from unclench.desktop.training.riskview import GAP, RiskView
from unclench.training.placement.safety import RULES
from unclench.translation import tr

_SIZE = (900, 640)  # pixels of the dialog at a scale of 1
_AGREE = (
    tr("I have read this and will keep to it"),
    tr("Remember that I have read this, and continue"),
)
_MORE = tr("More (Enter)"), tr("Show the next rules")
_BEFORE_DRAWING = 2  # rules
_TWO_COLUMNS = 640  # pixels of a page at a scale of 1, from which on rules are side by side


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
    """Short rules and one button, which scrolls to the last rule and then agrees."""

    agreed = QtCore.pyqtSignal()
    back = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Safety"))
        self._column = Column(100)
        rows = self._column.rows
        rows.addStretch(1)
        rows.addWidget(label("heading", tr("Before you begin")))
        rows.addWidget(label("quietLead", tr("This keeps you safe. It takes a minute to read.")))
        rows.addSpacing(6)
        self._risk = RiskView()
        self._cells = QtWidgets.QGridLayout()
        self._cells.setHorizontalSpacing(GAP)
        self._cells.setVerticalSpacing(12)
        self._rules = [_rule(title, words) for title, words in RULES]
        self._columns = 0
        rows.addLayout(self._cells)
        rows.addStretch(1)
        self._agree = button(*_AGREE, primary=True)
        self._agree.clicked.connect(self._go_on)
        self._back = button(tr("Back (Esc)"), tr("Return to where you were"), primary=True)
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
        self._was_at_end = False
        bar = self._column.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._name_button)
        self.show_again(False)

    def show_again(self, again: bool) -> None:
        """Show the page to agree to, or only to read again."""
        self._agree.setVisible(not again)
        self._back.setVisible(again)

    def _go_on(self) -> None:
        """Agree, or scroll a page, keeping two lines in view."""
        if self._is_read():
            self.agreed.emit()
            return
        bar = self._column.verticalScrollBar()
        kept = round(2 * LINE * self.text_scale)
        bar.setValue(bar.value() + max(bar.singleStep(), bar.pageStep() - kept))

    def _is_read(self) -> bool:
        return self._was_at_end or self._column.verticalScrollBar().maximum() == 0

    def _scrolled(self, value: int) -> None:
        self._was_at_end |= value == self._column.verticalScrollBar().maximum() > 0
        self._name_button()

    def _name_button(self) -> None:
        words, tip = _AGREE if self._is_read() else _MORE
        rename(self._agree, words)
        self._agree.setToolTip(tip)
        self._agree.setAccessibleDescription(tip)

    def _arrange(self) -> None:
        """Arrange rules in two columns, or one if lines would be too short, around the drawing."""
        columns = 2 if self.width() >= _TWO_COLUMNS * self.text_scale else 1
        if columns == self._columns:
            return
        self._columns = columns
        for n, cell in enumerate(self._rules):
            row = n // columns + (n >= _BEFORE_DRAWING)
            self._cells.addWidget(cell, row, n % columns)
        self._cells.addWidget(self._risk, _BEFORE_DRAWING // columns, 0, 1, columns)
        for column in (0, 1):
            self._cells.setColumnStretch(column, int(column < columns))

    def _apply_looks(self) -> None:
        """See Page."""
        self._column.set_looks(self.text_scale)
        self._risk.set_looks(self.theme, self.text_scale)
        self._arrange()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Use as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the button, so that Enter presses it."""
        super().showEvent(event)
        (self._back if self._agree.isHidden() else self._agree).setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc goes back when read again; arrows and page keys scroll."""
        if event.key() == QtCore.Qt.Key.Key_Escape and self._agree.isHidden():
            self.back.emit()
        elif not self._column.scroll_by(event):
            event.ignore()


class SafetyDialog(QtWidgets.QDialog):
    """The page as a dialog: before the dashboard first opens, and from its help."""

    def __init__(
        self,
        parent: QtWidgets.QWidget | None,
        theme: Theme,
        *,
        again: bool,
        text_scale: float = 1.0,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Safety"))
        self.setStyleSheet(style_sheet(theme, text_scale))
        page = SafetyPage()
        page.show_again(again)
        page.set_looks(theme, text_scale)
        page.agreed.connect(self.accept)
        page.back.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        resize_dialog(self, _SIZE, text_scale)
