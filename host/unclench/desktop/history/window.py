"""The history window: four measures of a site and band over weeks, and what raises tension."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtGui, QtWidgets

from unclench.desktop.bars import Banner
from unclench.desktop.history.datesplot import DatesPlot
from unclench.desktop.history.loading import Loading
from unclench.desktop.history.tagrows import TagRows
from unclench.desktop.theme import LIGHT, Theme, style_sheet
from unclench.desktop.training.parts import button, card, label, say
from unclench.review.history import History, Series
from unclench.translation import tr, trn
from unclench.wording import capital

_EMPTY = tr(
    "There are no sessions to compare yet. Choose a site, then train or record for a minute or "
    "longer. Each session becomes a point here."
)
_NO_TAGS = tr(
    "There are no tags in these sessions. During a session, press a tag's key whenever you notice "
    "a posture, a thought, a feeling or a situation. This table then shows which of them raise "
    "tension."
)
_PICK = tr("Press Tab to reach a plot, then left or right to see each session's figure here.")


class HistoryWindow(QtWidgets.QMainWindow):
    """The sessions of a folder over weeks.

    Parameters
    ----------
    root
        The folder of sessions.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._theme, self._text_scale = LIGHT, 1.0
        self._loading: Loading | None = None
        self._history: History | None = None
        self._plots: list[DatesPlot] = []
        self._tags: TagRows | None = None
        self.setWindowTitle(tr("unclench – history"))
        self._heading = label("heading", tr("Is your tension getting lower?"))
        self._choice = QtWidgets.QComboBox(
            toolTip=tr("Site and frequency band: sessions with different ones cannot be compared")
        )
        self._choice.setAccessibleName(tr("Site and band"))
        self._choice.currentIndexChanged.connect(self._show_chosen)
        self._state = label("quiet")
        self._said = label("quiet", _PICK)
        self._close = button(tr("Close (Esc)"), tr("Close this window"))
        self._close.clicked.connect(self.close)
        self._scroll = QtWidgets.QScrollArea(widgetResizable=True)
        self._lay_out()
        for keys, slot in (
            ("Esc", self.close),
            ("Ctrl+Q", self.close),
            ("F5", self.reload),
            ("PgDown", lambda: self._page(+1)),
            ("PgUp", lambda: self._page(-1)),
        ):
            QtWidgets.QShortcut(QtGui.QKeySequence(keys), self, slot)

    def _lay_out(self) -> None:
        page = QtWidgets.QWidget(objectName="page")
        column = QtWidgets.QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 12)
        top = QtWidgets.QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._choice)
        top.addWidget(self._close)
        column.addLayout(top)
        column.addWidget(Banner())
        column.addWidget(self._state)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._said)
        self.setCentralWidget(page)
        self.resize(1100, 780)

    @property
    def series(self) -> Series | None:
        """The series that is shown."""
        k = int(self._choice.currentIndex())
        if self._history is None or not 0 <= k < len(self._history.series):
            return None
        return self._history.series[k]

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme, self._text_scale = theme, text_scale
        self.setStyleSheet(style_sheet(theme, text_scale))
        for plot in self._plots:
            plot.set_looks(theme, text_scale)
        if self._tags is not None:
            self._tags.set_looks(theme, text_scale)

    def reload(self) -> None:
        """Read the sessions again."""
        if self._loading is not None and self._loading.isRunning():
            return
        say(self._state, tr("Reading the sessions …"))
        self._loading = Loading(self._root)
        self._loading.made.connect(
            lambda done, of: say(
                self._state, tr("Computing figures: session {done} of {of} …", done=done, of=of)
            )
        )
        self._loading.done.connect(self.show_history)
        self._loading.failed.connect(lambda words: say(self._state, words))
        self._loading.start()

    def show_history(self, history: History) -> None:
        """Show what was read; the chosen site and band stay chosen."""
        before = self._choice.currentText()
        self._history = history
        self._choice.blockSignals(True)
        self._choice.clear()
        self._choice.addItems([series.name for series in history.series])
        self._choice.setCurrentIndex(max(0, self._choice.findText(before)))
        self._choice.blockSignals(False)
        self._choice.setVisible(bool(history.series))
        self._show_chosen()

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop reading."""
        if self._loading is not None:
            self._loading.end()
        super().closeEvent(event)

    def _show_chosen(self) -> None:
        body = QtWidgets.QWidget(objectName="clear")
        column = QtWidgets.QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        self._plots, self._tags = [], None
        history, series = self._history, self.series
        remarks = []
        if history is not None and history.damaged:
            remarks.append(
                trn(
                    "{n} session could not be read.",
                    "{n} sessions could not be read.",
                    history.damaged,
                )
            )
        if series is None or not series.points:
            column.addWidget(label("lead", _EMPTY))
        if series is not None:
            remarks += series.notes
            if series.too_short:
                remarks.append(
                    trn(
                        "{n} session with less than a minute of usable signal left out.",
                        "{n} sessions with less than a minute of usable signal left out.",
                        series.too_short,
                    )
                )
            if series.points:
                self._add_measures(column, series)
                self._add_tags(column, series)
        column.addStretch(1)
        self._scroll.setWidget(body)
        n = 0 if series is None else len(series.points)
        say(self._state, " ".join([trn("{n} session.", "{n} sessions.", n), *remarks]))
        say(self._said, _PICK if n else "")
        self.set_looks(self._theme, self._text_scale)

    def _add_measures(self, column: QtWidgets.QVBoxLayout, series: Series) -> None:
        grid = QtWidgets.QGridLayout()
        grid.setSpacing(12)
        for k, trend in enumerate(series.trends):
            frame, inside = card()
            inside.addWidget(label("title", trend.measure.title))
            plot = DatesPlot(k)
            plot.show_trend(series, trend)
            plot.picked.connect(lambda words: say(self._said, words))
            inside.addWidget(plot, 1)
            inside.addWidget(label("", f"{capital(trend.words)}."))
            self._plots.append(plot)
            grid.addWidget(frame, k // 2, k % 2)
        column.addLayout(grid)

    def _add_tags(self, column: QtWidgets.QVBoxLayout, series: Series) -> None:
        frame, inside = card()
        inside.addWidget(label("title", tr("What raises your tension?")))
        if series.tags:
            self._tags = TagRows(series.tags)
            inside.addWidget(self._tags)
        else:
            inside.addWidget(label("", _NO_TAGS))
        column.addWidget(frame)

    def _page(self, pages: int) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())
