"""The list's rows for Qt's table: searched and sorted here, drawn only where visible."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyqtgraph.Qt import QtCore, QtGui

from unclench.desktop.review.sessionlist.rows import COLUMNS, SessionRow
from unclench.desktop.theme import LIGHT, Theme
from unclench.translation import tr

_ROLE = QtCore.Qt.ItemDataRole
TITLE, LABELS = 1, 8
_RIGHT = {4, 5, 6, 7}
_TIPS = {
    5: tr("Median tension of each channel in µV, without excluded time"),
    6: tr("Share of the time at rest"),
    7: tr("Share of the time with a trusted signal"),
}


class SessionsModel(QtCore.QAbstractTableModel):
    """All sessions, and which of them are shown, in which order."""

    renamed = QtCore.pyqtSignal(object, str)  # folder, title
    labelled = QtCore.pyqtSignal(object, object)  # folder, labels

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[Path, SessionRow] = {}
        self._found_by: dict[Path, str] = {}
        self._shown: list[Path] = []
        self._words: tuple[str, ...] = ()
        self._site = self._label = ""
        self._column, self._down = 0, True
        self._theme = LIGHT

    # Content

    @property
    def rows(self) -> tuple[SessionRow, ...]:
        """All rows, shown or not."""
        return tuple(self._rows.values())

    def row_at(self, index: QtCore.QModelIndex) -> SessionRow | None:
        """Return the session of a visible row."""
        return self._rows[self._shown[index.row()]] if index.isValid() else None

    def place_of(self, folder: Path) -> QtCore.QModelIndex:
        """Return the index of a session; it is not valid if the session is not shown."""
        if folder not in self._shown:
            return QtCore.QModelIndex()
        return self.index(self._shown.index(folder), 0)

    def fill(self, rows: Iterable[SessionRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = {row.folder: row for row in rows}
        self._found_by = {folder: row.found_by for folder, row in self._rows.items()}
        self._order()
        self.endResetModel()

    def put(self, row: SessionRow) -> None:
        """Change one row in place; it moves only when the list is sorted again."""
        if row.folder not in self._rows:
            return
        self._rows[row.folder] = row
        self._found_by[row.folder] = row.found_by
        at = self.place_of(row.folder)
        if at.isValid():
            self.dataChanged.emit(at, at.siblingAtColumn(len(COLUMNS) - 1))

    def remove(self, folder: Path) -> None:
        """Remove one row."""
        at = self.place_of(folder)
        if at.isValid():
            self.beginRemoveRows(QtCore.QModelIndex(), at.row(), at.row())
            self._shown.remove(folder)
            self.endRemoveRows()
        self._rows.pop(folder, None)

    def search(self, text: str, site: str, label: str) -> None:
        """Show the rows with all these words, this site and this label ("" means any)."""
        words = tuple(text.casefold().split())
        if (words, site, label) == (self._words, self._site, self._label):
            return
        self.beginResetModel()
        self._words, self._site, self._label = words, site, label
        self._order()
        self.endResetModel()

    def sites(self) -> list[str]:
        """Return all sites, to choose from."""
        return sorted({site for row in self._rows.values() for site in row.sites})

    def labels(self) -> list[str]:
        """Return all labels, to choose from."""
        return sorted({label for row in self._rows.values() for label in row.labels})

    def _order(self) -> None:
        found = [row for folder, row in self._rows.items() if self._wanted(folder, row)]
        found.sort(key=lambda row: row.key(self._column), reverse=self._down)
        self._shown = [row.folder for row in found]

    def _wanted(self, folder: Path, row: SessionRow) -> bool:
        return (
            (not self._site or self._site in row.sites)
            and (not self._label or self._label in row.labels)
            and all(word in self._found_by[folder] for word in self._words)
        )

    # Qt's questions

    def rowCount(self, parent: QtCore.QModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """Number of visible rows."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(  # noqa: N802 - Qt's name
        self, parent: QtCore.QModelIndex | None = None
    ) -> int:
        """Number of columns: see COLUMNS."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: QtCore.Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != QtCore.Qt.Orientation.Horizontal:
            return None
        if role == _ROLE.ToolTipRole:
            return _TIPS.get(section)
        if role == _ROLE.TextAlignmentRole:
            return _alignment(section)
        return COLUMNS[section] if role == _ROLE.DisplayRole else None

    def data(self, index: QtCore.QModelIndex, role: int = _ROLE.DisplayRole) -> Any:
        """One cell."""
        row = self.row_at(index)
        if row is None:
            return None
        column = index.column()
        if role == _ROLE.DisplayRole:
            return row.cells[column]
        if role == _ROLE.EditRole:
            return row.title if column == TITLE else ", ".join(row.labels)
        if role == _ROLE.TextAlignmentRole:
            return _alignment(column)
        if role == _ROLE.AccessibleTextRole:
            return row.said if column == 0 else f"{COLUMNS[column]} {row.cells[column]}"
        if role == _ROLE.ToolTipRole:
            return row.tip(column) or None
        if role == _ROLE.ForegroundRole:
            return self._colour(row, column)
        return None

    def flags(self, index: QtCore.QModelIndex) -> QtCore.Qt.ItemFlags:
        """Title and labels can be changed in place."""
        flags = super().flags(index)
        row = self.row_at(index)
        if row is not None and index.column() in (TITLE, LABELS) and not row.trouble:
            flags |= QtCore.Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(  # noqa: N802 - Qt's name
        self, index: QtCore.QModelIndex, value: Any, role: int = _ROLE.EditRole
    ) -> bool:
        """Emit a title or labels that a person typed; the code that saves them calls `put`."""
        row = self.row_at(index)
        if row is None or role != _ROLE.EditRole:
            return False
        if index.column() == TITLE:
            title = " ".join(str(value).split())
            if title != row.title:
                self.renamed.emit(row.folder, title)
        else:
            labels = tuple(dict.fromkeys(" ".join(w.split()) for w in str(value).split(",")))
            labels = tuple(label for label in labels if label)
            if labels != row.labels:
                self.labelled.emit(row.folder, labels)
        return True

    def sort(
        self, column: int, order: QtCore.Qt.SortOrder = QtCore.Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort by a column."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self._shown[index.row()]) for index in self.persistentIndexList()]
        self._column, self._down = column, order == QtCore.Qt.SortOrder.DescendingOrder
        self._order()
        places = {folder: k for k, folder in enumerate(self._shown)}
        for index, folder in before:
            self.changePersistentIndex(index, self.index(places[folder], index.column()))
        self.layoutChanged.emit()

    def set_theme(self, theme: Theme) -> None:
        """Set the colours."""
        self._theme = theme

    def _colour(self, row: SessionRow, column: int) -> QtGui.QColor | None:
        if row.trouble:
            return QtGui.QColor(self._theme.bad)
        if column == 7 and row.poor:
            return QtGui.QColor(self._theme.warn)
        return None


def _alignment(column: int) -> int:
    side = (
        QtCore.Qt.AlignmentFlag.AlignRight
        if column in _RIGHT
        else QtCore.Qt.AlignmentFlag.AlignLeft
    )
    return int(side | QtCore.Qt.AlignmentFlag.AlignVCenter)
