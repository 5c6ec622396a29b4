"""The page of sessions: search, open, name, compare and delete them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.flowarea import FlowArea
from unclench.desktop.review.reviewpage import ReviewPage
from unclench.desktop.review.sessionlist.model import LABELS, TITLE, SessionsModel
from unclench.desktop.review.sessionlist.rows import SessionRow
from unclench.desktop.review.sessionlist.table import SessionTable
from unclench.desktop.training.ask import AskRow
from unclench.desktop.training.parts import button, label, say
from unclench.translation import tr, trn

_SEARCH_MS = 60  # after a key press, so that typing does not wait for the list
_KEYS = QtCore.Qt.Key


class ListPage(ReviewPage):
    """Lists all sessions; signals carry a person's commands."""

    opened = QtCore.pyqtSignal(object)  # folder
    compared = QtCore.pyqtSignal(object, object)
    deleted = QtCore.pyqtSignal(object)
    folder_wanted = QtCore.pyqtSignal(object)
    help_wanted = QtCore.pyqtSignal()
    theme_wanted = QtCore.pyqtSignal()

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._loading = True
        self._ask: AskRow | None = None
        self.model = SessionsModel()
        self._heading = label("heading", tr("Sessions"))
        self._count = label("quiet")
        self.search = QtWidgets.QLineEdit(placeholderText=tr("Search (Ctrl+F)"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.site = _choice(tr("Site"), tr("Every site"), tr("Show only this site"))
        self.label = _choice(tr("Label"), tr("Every label"), tr("Show only this label"))
        self.table = SessionTable(self.model)
        self._detail = label("quiet")
        self._empty = label("lead", centred=True)
        self._foot = FlowArea()
        self._asking = QtWidgets.QVBoxLayout()
        self._open = button(
            tr("Open (Enter)"), tr("Show the session's trace and figures"), primary=False
        )
        self._compare = button(
            tr("Compare (C)"), tr("Compare the two selected sessions side by side")
        )
        self._rename = button(tr("Title (F2)"), tr("Change the session's title"))
        self._relabel = button(
            tr("Labels (L)"), tr("Change the session's labels, separated by commas")
        )
        self._delete = button(
            tr("Delete (Del)"), tr("Move the session to the trash, after a question")
        )
        self._folder = button(tr("Show folder (O)"), tr("Open the session's folder"))
        self._theme = button(tr("Light/dark (Ctrl+T)"), tr("Switch between light and dark"))
        self._help = button(tr("Help (F1)"), tr("Explains this window and lists all keys"))
        self._later = QtCore.QTimer(self, singleShot=True, interval=_SEARCH_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QtWidgets.QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        for widget, stretch in ((self.search, 3), (self.site, 1), (self.label, 1)):
            top.addWidget(widget, stretch)
        for each in (self._open, self._compare, self._rename, self._relabel, self._folder):
            self._foot.add(each)
        for each in (self._delete, self._theme, self._help):
            self._foot.add(each)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._count)
        column.addWidget(self.table, 1)
        column.addWidget(self._empty, 1)
        column.addWidget(self._detail)
        column.addLayout(self._asking)
        column.addWidget(self._foot)
        self._empty.hide()

    def _connect(self) -> None:
        self._open.clicked.connect(self.open_chosen)
        self._compare.clicked.connect(self.compare_chosen)
        self._rename.clicked.connect(lambda: self.edit(TITLE))
        self._relabel.clicked.connect(lambda: self.edit(LABELS))
        self._delete.clicked.connect(self.ask_delete)
        self._folder.clicked.connect(self.show_folder)
        self._theme.clicked.connect(self.theme_wanted)
        self._help.clicked.connect(self.help_wanted)
        self.search.textChanged.connect(lambda _: self._later.start())
        self.search.returnPressed.connect(self._to_table)
        self.site.currentIndexChanged.connect(lambda _: self._later.start())
        self.label.currentIndexChanged.connect(lambda _: self._later.start())
        self._later.timeout.connect(self._search)
        self.table.wanted.connect(self._do)
        self.table.doubleClicked.connect(lambda _: self.open_chosen())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self.model.modelReset.connect(self._update)

    # Content

    def fill(self, rows: Iterable[SessionRow]) -> None:
        """Show sessions and keep the selection."""
        chosen = self.chosen
        self._loading = False
        self.model.fill(rows)
        _offer(self.site, self.model.sites())
        _offer(self.label, self.model.labels())
        self.choose(chosen[0].folder if chosen else None)
        self._update()

    def choose(self, folder: Path | None) -> None:
        """Select a session, or the first one."""
        at = QtCore.QModelIndex() if folder is None else self.model.place_of(folder)
        at = at if at.isValid() else self.model.index(0, 0)
        self.table.setCurrentIndex(at)
        how = QtCore.QItemSelectionModel.SelectionFlag  # whichever keys are held now
        self.table.selectionModel().select(at, how.ClearAndSelect | how.Rows)

    @property
    def chosen(self) -> list[SessionRow]:
        """The selected sessions, from top to bottom."""
        places = sorted(self.table.selectionModel().selectedRows(), key=lambda at: at.row())
        rows = (self.model.row_at(at) for at in places)
        return [row for row in rows if row is not None]

    def _search(self) -> None:
        chosen = self.chosen
        self.model.search(
            self.search.text(), self.site.currentData() or "", self.label.currentData() or ""
        )
        self.choose(chosen[0].folder if chosen else None)

    def _to_table(self) -> None:
        self._search()
        self.table.setFocus()

    def _update(self) -> None:
        shown, whole = self.model.rowCount(), len(self.model.rows)
        damaged = sum(1 for row in self.model.rows if row.trouble)
        words = trn("{n:,} session", "{n:,} sessions", whole)
        if shown != whole:
            words = trn(
                "{shown:,} of {n:,} session", "{shown:,} of {n:,} sessions", whole, shown=shown
            )
        words += " · " + tr("{n} damaged", n=damaged) if damaged else ""
        words = tr("Looking for sessions…") if self._loading else f"{words} · {self._root}"
        say(self._count, words)
        self.table.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        say(self._empty, self._empty_words(whole))
        chosen = self.chosen
        one = chosen[0] if len(chosen) == 1 else None
        self._open.setEnabled(one is not None and not one.trouble)
        self._compare.setEnabled(len(chosen) == 2 and not any(row.trouble for row in chosen))
        for each in (self._rename, self._relabel):
            each.setEnabled(one is not None and not one.trouble)
        for each in (self._delete, self._folder):
            each.setEnabled(one is not None)
        say(self._detail, self._detail_words(chosen))

    def _empty_words(self, whole: int) -> str:
        if self._loading:
            return ""
        if whole:
            return tr("No session matches. Remove some words to see more.")
        return tr(
            "There are no sessions in {folder} yet. Record one in the dashboard (R) or train "
            "(G): every session is saved there.",
            folder=self._root,
        )

    def _detail_words(self, chosen: list[SessionRow]) -> str:
        if len(chosen) == 1:
            return chosen[0].trouble or str(chosen[0].folder)
        if len(chosen) == 2:
            return tr("2 sessions selected. Press C to compare them.")
        return trn("{n} session selected.", "{n} sessions selected.", len(chosen)) if chosen else ""

    # Commands

    def _do(self, what: str) -> None:
        {
            "open": self.open_chosen,
            "compare": self.compare_chosen,
            "title": lambda: self.edit(TITLE),
            "labels": lambda: self.edit(LABELS),
            "delete": self.ask_delete,
            "folder": self.show_folder,
        }[what]()

    def open_chosen(self) -> None:
        """Open the selected session."""
        if self._open.isEnabled():
            self.opened.emit(self.chosen[0].folder)

    def compare_chosen(self) -> None:
        """Compare the two selected sessions."""
        if self._compare.isEnabled():
            one, two = self.chosen
            self.compared.emit(one.folder, two.folder)

    def edit(self, column: int) -> None:
        """Change title or labels in place."""
        if self._rename.isEnabled():
            self.table.setColumnHidden(column, False)  # it may be hidden
            self.table.edit(self.table.currentIndex().siblingAtColumn(column))

    def show_folder(self) -> None:
        """Open the folder of the selected session."""
        if self._folder.isEnabled():
            self.folder_wanted.emit(self.chosen[0].folder)

    def ask_delete(self) -> None:
        """Ask before moving a session to the trash."""
        if not self._delete.isEnabled() or self._ask is not None:
            return
        row = self.chosen[0]
        self._ask = AskRow(
            tr("Move “{title}” and all its files to the trash?", title=row.title),
            (tr("Keep it (Esc)"), tr("Leave the session where it is")),
            (tr("Move to the trash"), tr("You can restore it from there")),
        )
        self._ask.left.connect(self.drop_question)
        self._ask.agreed.connect(lambda: self._agreed(row.folder))
        self._asking.addWidget(self._ask)
        self._ask.take_focus()

    def drop_question(self) -> bool:
        """Remove the question; return True if there was one."""
        ask, self._ask = self._ask, None
        if ask is None:
            return False
        self._asking.removeWidget(ask)
        ask.deleteLater()
        self.table.setFocus()
        return True

    def _agreed(self, folder: Path) -> None:
        self.drop_question()
        self.deleted.emit(folder)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Cancel the question on Esc, or else clear the search."""
        if event.key() == _KEYS.Key_Escape:
            if not self.drop_question():
                self.search.clear()
                self.table.setFocus()
        elif event.matches(QtGui.QKeySequence.StandardKey.Find):
            self.search.setFocus()
            self.search.selectAll()
        elif event.key() == _KEYS.Key_Down and self.search.hasFocus():
            self._to_table()
        else:
            super().keyPressEvent(event)

    def _make_room(self) -> None:
        for each in (self._heading, self._count, self._detail):
            each.setVisible(not self.crowded)
        self._foot.keep_to_one_line(self.crowded)

    def _apply_looks(self) -> None:
        self.model.set_theme(self.theme)
        self.table.set_looks(self.text_scale)


def _choice(name: str, every: str, tip: str) -> QtWidgets.QComboBox:
    made = QtWidgets.QComboBox(objectName="choice", toolTip=tip)
    made.setAccessibleName(name)
    made.addItem(every, "")
    made.setSizeAdjustPolicy(made.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    return made


def _offer(choice: QtWidgets.QComboBox, items: list[str]) -> None:
    """Replace the items; the choice stays if it is among them."""
    known = [choice.itemData(k) for k in range(1, choice.count())]
    if known == items:
        return
    chosen = choice.currentData()
    choice.blockSignals(True)
    while choice.count() > 1:
        choice.removeItem(1)
    for item in items:
        choice.addItem(item, item)
    choice.setCurrentIndex(max(0, choice.findData(chosen)))
    choice.blockSignals(False)
