"""The review window: the list of sessions, one session, or two compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.bars import Banner
from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.looks import Looks
from unclench.desktop.review.compare.page import ComparePage
from unclench.desktop.review.session.desk import Desk
from unclench.desktop.review.session.exportdialog import ExportDialog
from unclench.desktop.review.session.page import SessionPage
from unclench.desktop.review.session.reporting import make_report, show_outside
from unclench.desktop.review.sessionlist.library import SessionList
from unclench.desktop.review.sessionlist.page import ListPage
from unclench.desktop.review.tasks import Newest
from unclench.desktop.review.words import HELP
from unclench.desktop.theme import style_sheet
from unclench.desktop.training.parts import Page
from unclench.errors import UnclenchError
from unclench.settings import Settings
from unclench.store.session.edit import edit_meta
from unclench.training.tags import own_tags
from unclench.translation import tr


class ReviewWindow(QtWidgets.QMainWindow):
    """Shows what happened, what raised tension, and whether it is falling.

    Parameters
    ----------
    root
        Folder with the sessions of the list.
    settings, saved
        Settings in use, and those kept for the next start: see `Dashboard`.
    path
        A session or a CSV file to open at once.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        saved: Settings,
        *,
        path: Path | None = None,
    ) -> None:
        super().__init__()
        self.choices = Looks(settings, saved)
        self.desk = Desk()
        self.list = SessionList(root)
        self.list_page = ListPage(root)
        self.session_page = SessionPage(self.desk, own_tags())
        self.compare_page = ComparePage()
        self._banner = Banner()
        self._reporting = Newest("review: report")
        self._stack = QtWidgets.QStackedWidget()
        self._lay_out()
        self._connect()
        self.apply_looks()
        self.list.find()
        self.list_page.table.setFocus()
        if path is not None:
            self.open(path)

    closing_trouble: str | None = None  # printed in the terminal after the window closes

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("unclench review"))
        page = QtWidgets.QWidget(objectName="page")
        column = QtWidgets.QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        held = QtWidgets.QVBoxLayout()
        held.setContentsMargins(12, 8, 12, 0)
        held.addWidget(self._banner)
        column.addLayout(held)
        column.addWidget(self._stack, 1)
        for each in self._pages():
            self._stack.addWidget(each)
        self.setCentralWidget(page)
        self.resize(*self.choices.settings.window)

    def _pages(self) -> tuple[Page, ...]:
        return (self.list_page, self.session_page, self.compare_page)

    def _connect(self) -> None:
        listed, page, compared = self.list_page, self.session_page, self.compare_page
        self.list.found.connect(listed.fill)
        self.list.updated.connect(listed.model.put)
        self.list.removed.connect(listed.model.remove)
        self.list.trouble.connect(self._banner.answer)
        listed.opened.connect(self.open)
        listed.compared.connect(self.compare)
        listed.deleted.connect(self.list.delete)
        listed.folder_wanted.connect(show_outside)
        listed.model.renamed.connect(lambda folder, title: self._change(folder, title=title))
        listed.model.labelled.connect(lambda folder, words: self._change(folder, labels=words))
        listed.theme_wanted.connect(self.choices.toggle_theme)
        page.back.connect(self.show_list)
        page.message.connect(self._banner.answer)
        page.changed.connect(self.list.refresh)
        page.report_wanted.connect(self._report)
        page.export_wanted.connect(self._export)
        compared.back.connect(self.show_list)
        compared.message.connect(self._banner.answer)
        for each in (listed, page):
            each.help_wanted.connect(self.show_help)
        self._reporting.done.connect(self._reported)
        self._reporting.failed.connect(self._no_report)
        self.choices.looks_changed.connect(self.apply_looks)
        self.choices.trouble.connect(self._banner.answer)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl++", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+=", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+-", lambda: self.choices.scale_text(-0.1)),
            ("Ctrl+0", lambda: self.choices.scale_text(None)),
            ("Ctrl+T", self.choices.toggle_theme),
            ("F1", self.show_help),
            ("F5", self.list.find),
            ("Ctrl+Q", self.close),
            ("F11", self._toggle_full_screen),
        )
        for key, slot in keys:
            QtWidgets.QShortcut(QtGui.QKeySequence(key), self, slot)

    # From page to page

    def page(self) -> Page:
        """The page that is shown."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def show_list(self) -> None:
        """Go back to the list and close what was open."""
        self.desk.leave()
        self.compare_page.leave()
        self.list.resume()
        self._stack.setCurrentWidget(self.list_page)
        self.list_page.table.setFocus()

    def open(self, path: Path) -> None:
        """Open a session."""
        self.list.pause()
        self._stack.setCurrentWidget(self.session_page)
        self.session_page.open(path, self._title(path))

    def compare(self, one: Path, two: Path) -> None:
        """Compare two sessions, the earlier one first."""
        self.list.pause()
        rows = {row.folder: row for row in self.list_page.model.rows}
        pair = sorted((one, two), key=lambda folder: rows[folder].created)
        self._stack.setCurrentWidget(self.compare_page)
        self.compare_page.open(*((folder, self._title(folder)) for folder in pair))

    def _title(self, path: Path) -> str:
        rows = {row.folder: row for row in self.list_page.model.rows}
        return rows[path].title if path in rows else path.name

    # Commands of a session

    def _change(self, folder: Path, **given: object) -> None:
        try:
            edit_meta(folder, **given)
        except UnclenchError as error:
            self._banner.answer(str(error))
        self.list.refresh(folder)

    def _report(self, path: Path) -> None:
        review = self.desk.review
        if review is not None:
            self._banner.hold(tr("Making the report…"))
            self._reporting.ask(lambda _: make_report(review, path))

    def _reported(self, path: Path) -> None:
        self._banner.release()
        self._banner.answer(tr("Report saved to {path}.", path=path))
        show_outside(path)

    def _no_report(self, sentence: str) -> None:
        self._banner.release()
        self._banner.answer(sentence)

    def _export(self, path: Path) -> None:
        dialog = ExportDialog(self, path)
        dialog.open()

    def show_help(self) -> None:
        """Explain the window."""
        HelpDialog(self, HELP, self.choices.settings.text_scale).open()

    # Looks

    def apply_looks(self) -> None:
        """Apply the current colours and text size."""
        theme, scale = self.choices.theme, self.choices.settings.text_scale
        self.setStyleSheet(style_sheet(theme, scale))
        for page in self._pages():
            page.set_looks(theme, scale)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop all work at once."""
        for dialog in self.findChildren(QtWidgets.QDialog):
            dialog.close()
        self.desk.close()
        self.list.close()
        self.compare_page.close_all()
        self._reporting.close()
        if not self.isMaximized() and not self.isFullScreen():
            self.choices.remember(window=(self.width(), self.height()))
        super().closeEvent(event)
