"""Every window and page with something in it, for tests of all that they say.

It speaks the language that the environment asks for, which modules read as they are imported: so
a test runs it in a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner
from pyqtgraph.Qt import QtCore, QtWidgets
from tests.desktop.test_training_pages import PAGES
from tests.desktop.windows import Stream, discard, until

from unclench.cli import cli
from unclench.desktop.history.window import HistoryWindow
from unclench.desktop.review.window import ReviewWindow
from unclench.desktop.theme import LIGHT
from unclench.desktop.window import Dashboard
from unclench.settings import Settings
from unclench.store.session.edit import edit_meta

_SAYS = (
    *("text", "placeholderText", "title", "toPlainText", "windowTitle", "toolTip"),
    *("accessibleName", "accessibleDescription"),
)


def texts(window: QtWidgets.QWidget) -> set[str]:
    """Everything that a window says, to eyes and to screen readers."""
    QtWidgets.QApplication.processEvents()
    found: set[str] = set()
    for widget in (window, *window.findChildren(QtWidgets.QWidget)):
        found |= {str(getattr(widget, name)()) for name in _SAYS if hasattr(widget, name)}
        if isinstance(widget, QtWidgets.QComboBox):
            found |= {widget.itemText(k) for k in range(widget.count())}
        if isinstance(widget, QtWidgets.QAbstractItemView) and widget.model() is not None:
            found |= _cells(widget.model())
    return found - {""}


def _cells(model: QtCore.QAbstractItemModel) -> set[str]:
    n = 1 if isinstance(model, QtCore.QAbstractListModel) else model.columnCount()
    across = QtCore.Qt.Orientation.Horizontal
    heads = [model.headerData(k, across) for k in range(n)]
    cells = [model.index(row, k).data() for row in range(model.rowCount()) for k in range(n)]
    return {said for said in (*heads, *cells) if isinstance(said, str)}


def windows(folder: Path) -> Iterator[tuple[str, QtWidgets.QWidget]]:
    """Make one after the other."""
    for name, make in PAGES.items():
        yield name, make()
    stream = Stream("sim:mains-hum?channels=2")
    dashboard = Dashboard(stream.run, stream.rings, Settings())
    dashboard.show()
    stream.play_until(lambda: stream.has_come(6.0))
    yield "dashboard", dashboard
    discard(dashboard)
    stream.close()
    session = folder / "sessions" / "one"
    command = ["record", "--source", "sim:desk-work?channels=2", "--seconds", "70"]
    done = CliRunner().invoke(cli, [*command, "--speed", "max", "--out", str(session)])
    assert done.exit_code == 0, done.output
    edit_meta(session, sites=("Left shoulder", "Right shoulder"))
    settings = Settings(theme="light")
    review = ReviewWindow(folder / "sessions", settings, settings.model_copy())
    review.show()
    until(lambda: len(review.list_page.model.rows) == 1)
    yield "sessions", review
    review.open(session)
    until(lambda: review.desk.review is not None and not review.desk._measuring._open)
    yield "review", review
    discard(review)
    history = HistoryWindow(folder / "sessions")
    history.set_looks(LIGHT, 1.0)
    history.show()
    history.reload()
    until(lambda: history.series is not None)
    yield "history", history


def main() -> None:
    """Print the texts of each window as JSON; the argument is a folder to write to."""
    app = QtWidgets.QApplication([])
    print(json.dumps({name: sorted(texts(made)) for name, made in windows(Path(sys.argv[1]))}))
    app.quit()
