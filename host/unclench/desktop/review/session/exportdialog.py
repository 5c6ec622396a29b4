"""The export dialog: choose a format and a file."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtWidgets

from unclench.desktop.review.tasks import Newest
from unclench.desktop.training.parts import button, label, say
from unclench.store.exporting import FORMATS, Exported, export
from unclench.translation import tr

_ABOUT = {
    "edf": tr("EDF+ (.edf): read by most biosignal programs; 16 bit"),
    "bdf": tr("BDF+ (.bdf): like EDF+, with 24 bit"),
    "csv": tr("CSV (.csv): a table for spreadsheets; large files"),
    "parquet": tr("Parquet (.parquet): a table for data analysis; small files"),
}


class ExportDialog(QtWidgets.QDialog):
    """Exports a session to a file of another format, in the background."""

    def __init__(self, parent: QtWidgets.QWidget, path: Path) -> None:
        super().__init__(parent)
        self._path = path
        self.setWindowTitle(tr("Export"))
        self.format = QtWidgets.QComboBox()
        self.format.setAccessibleName(tr("Format"))
        for name in FORMATS:
            self.format.addItem(_ABOUT.get(name, name), name)
        self.target = QtWidgets.QLineEdit()
        self.target.setAccessibleName(tr("File"))
        self.target.setMinimumWidth(360)
        self.news = label("")
        browse = button(tr("Choose…"), tr("Choose a file"))
        self._go = button(tr("Export"), tr("Write the file"), primary=True)
        self._close = button(tr("Close (Esc)"), tr("Back to the session"))
        across = QtWidgets.QHBoxLayout()
        across.addWidget(self.target, 1)
        across.addWidget(browse)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._close)
        foot.addWidget(self._go)
        column = QtWidgets.QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(label("", tr("Exports the samples; tags and notes become annotations.")))
        column.addWidget(self.format)
        column.addLayout(across)
        column.addWidget(self.news)
        column.addLayout(foot)
        self._work = Newest("review: export")
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self.format.currentIndexChanged.connect(lambda _: self._suggest())
        for each in (browse, self._close):  # Enter in the file field exports
            each.setAutoDefault(False)
        self._go.setDefault(True)
        browse.clicked.connect(self._browse)
        self._go.clicked.connect(self._export)
        self._close.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._work.close())
        self._suggest()

    def _suggest(self) -> None:
        """Suggest an unused file name next to the session."""
        ending = self.format.currentData()
        folder = self._path if self._path.is_dir() else self._path.with_suffix("")
        name, n = folder.parent / f"{folder.name}.{ending}", 1
        while name.exists():
            n += 1
            name = folder.parent / f"{folder.name}-{n}.{ending}"
        self.target.setText(str(name))
        say(self.news, "")

    def _browse(self) -> None:
        name, _ = QtWidgets.QFileDialog.getSaveFileName(self, tr("Export"), self.target.text())
        if name:
            self.target.setText(name)

    def _export(self) -> None:
        to, target = self.format.currentData(), Path(self.target.text().strip()).expanduser()
        path = self._path
        say(self.news, "Writing…")
        self._go.setEnabled(False)
        self._work.ask(lambda _: export(path, to, target))

    def _done(self, made: Exported) -> None:
        self._go.setEnabled(True)
        say(self.news, " ".join((tr("Saved to {path}.", path=made.path), *made.notes)))
        self._close.setFocus()

    def _failed(self, sentence: str) -> None:
        self._go.setEnabled(True)
        say(self.news, sentence)
