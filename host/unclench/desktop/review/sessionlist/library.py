"""The list of sessions in the background: found, summed up one by one, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.review.sessionlist.rows import SessionRow, row_of
from unclench.desktop.review.sessionlist.summing import sum_up
from unclench.desktop.review.tasks import Newest, Token
from unclench.store.library.library import Library, read_entry
from unclench.store.session.edit import require_ended
from unclench.store.session.trash import move_to_trash


class SessionList(QtCore.QObject):
    """Finds, sums up and deletes sessions; signals arrive in the window's thread."""

    found = QtCore.pyqtSignal(object)  # all rows
    updated = QtCore.pyqtSignal(object)  # one row
    removed = QtCore.pyqtSignal(object)  # folder
    trouble = QtCore.pyqtSignal(str)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self._to_sum_up: list[SessionRow] = []
        self._paused = False  # while a session is open, it gets all of the computer
        self._finding = Newest("review: find")
        self._summing = Newest("review: sum up")
        self._deleting = Newest("review: delete")
        self._finding.done.connect(self._found)
        self._summing.progress.connect(self._summed_up)
        self._deleting.done.connect(self._deleted)
        for worker in (self._finding, self._summing, self._deleting):
            worker.failed.connect(self.trouble)

    def find(self) -> None:
        """Look for sessions."""
        root = self.root
        self._finding.ask(lambda _: [row_of(entry) for entry in Library(root).entries()])

    def refresh(self, folder: Path) -> None:
        """Read a session that has changed again."""
        row = row_of(read_entry(folder))
        self.updated.emit(row)
        if _lacks_figures(row):
            self._to_sum_up.insert(0, row)
            self._sum_up()

    def delete(self, folder: Path) -> None:
        """Move a session to the trash."""

        def work(_: Token) -> Path:
            if not read_entry(folder).trouble:
                require_ended(folder)
            move_to_trash(folder)
            return folder

        self._deleting.ask(work)

    def pause(self) -> None:
        """Pause summing up: a person waits for a session to open."""
        self._paused = True
        self._summing.drop()

    def resume(self) -> None:
        """Resume summing up."""
        self._paused = False
        self._sum_up()

    def close(self) -> None:
        """Stop at once."""
        for worker in (self._finding, self._summing, self._deleting):
            worker.close()

    def _found(self, rows: Sequence[SessionRow]) -> None:
        self.found.emit(rows)
        self._to_sum_up = [row for row in rows if _lacks_figures(row)]
        self._sum_up()

    def _sum_up(self) -> None:
        """Sum up the sessions without figures, one after the other."""
        rows = tuple(self._to_sum_up)
        if rows and not self._paused:
            self._summing.ask(lambda token: _sum_up(rows, token))

    def _summed_up(self, row: SessionRow) -> None:
        self._to_sum_up = [each for each in self._to_sum_up if each.folder != row.folder]
        self.updated.emit(row)

    def _deleted(self, folder: Path) -> None:
        self._to_sum_up = [row for row in self._to_sum_up if row.folder != folder]
        self.removed.emit(folder)


def _sum_up(rows: Sequence[SessionRow], token: Token) -> None:
    by_folder = {row.folder: row for row in rows}
    for folder, made in sum_up(tuple(by_folder), token):
        row = by_folder[folder]
        token.report(row.without_figures(made) if isinstance(made, str) else row.with_summary(made))


def _lacks_figures(row: SessionRow) -> bool:
    return not row.trouble and not row.recording and row.quality is None
