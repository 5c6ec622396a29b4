"""The table of sessions: columns share the width, keys are commands."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.sessionlist.model import LABELS, TITLE, SessionsModel
from unclench.translation import tr

_WIDTHS = (17, 18, 18, 16, 9, 19, 17, 9, 14)  # of the columns, in characters
_NARROW = {2: 12, 4: 7, 5: 13, 6: 12, 7: 8}  # of some columns in a narrow window
_SPARED = (LABELS, 3)  # hidden first in a narrow window: labels, then the program
_LEAST_TITLE = 12  # characters
_AIR = 20  # pixels of a cell beside its text
_KEYS = QtCore.Qt.Key


class SessionTable(QtWidgets.QTableView):
    """The table; letter keys are commands and do not search."""

    wanted = QtCore.pyqtSignal(str)

    def __init__(self, model: SessionsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setSelectionBehavior(self.SelectionBehavior.SelectRows)
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Sessions"))
        self.verticalHeader().hide()
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSortIndicator(0, QtCore.Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)

    def set_looks(self, text_scale: float) -> None:
        """Fit rows and columns to the text size."""
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(round(metrics.height() * 1.7))
        self.verticalHeader().setMinimumSectionSize(10)
        self._share_width()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the columns to the window's width."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Hide what matters least if not all columns fit, and stretch the title."""
        letter = self.fontMetrics().averageCharWidth() * 1.15
        widths = [round(letters * letter + 12) for letters in _WIDTHS]
        date = self.fontMetrics().horizontalAdvance("2026-12-28 20:28") + _AIR
        widths[0] = max(date, round(widths[0] * 0.9))
        room = self.viewport().width() - sum(widths)
        for column in _SPARED:
            self.setColumnHidden(column, room < 0)
            room += widths[column] if room < 0 else 0
        for column, letters in _NARROW.items() if room < 0 else ():
            room += widths[column]
            widths[column] = round(letters * letter + 12)
            room -= widths[column]
        widths[TITLE] += room
        least = round(_LEAST_TITLE * letter)
        widths[TITLE] = max(least, widths[TITLE])
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn keys into commands; letters do not search."""
        commands = {
            _KEYS.Key_Return: "open",
            _KEYS.Key_Enter: "open",
            _KEYS.Key_F2: "title",
            _KEYS.Key_Delete: "delete",
            _KEYS.Key_C: "compare",
            _KEYS.Key_L: "labels",
            _KEYS.Key_O: "folder",
        }
        if self.state() == self.State.EditingState:  # Enter ends editing and opens nothing
            super().keyPressEvent(event)
            return
        plain = not event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier
        if event.key() in commands and plain:
            self.wanted.emit(commands[event.key()])
        elif (
            event.text().isprintable() and event.text() and event.text() != " "
        ) or event.key() == _KEYS.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
