"""Two sessions: one trace above the other, figures side by side."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.compare.comparing import (
    CAVEAT,
    Comparison,
    Line,
    compare,
    mismatch,
    pairs,
)
from unclench.desktop.review.reviewpage import ReviewPage
from unclench.desktop.review.session.desk import Desk
from unclench.desktop.review.tasks import Newest
from unclench.desktop.review.trace.scene import Scene
from unclench.desktop.review.trace.trace import TraceView
from unclench.desktop.training.parts import button, label, say
from unclench.review.session import SessionReview
from unclench.translation import tr

_TRACE = (tr("Trace of the first session"), tr("Trace of the second session"))


class ComparePage(ReviewPage):
    """Loads both in the background and shows their figures when both are ready."""

    back = QtCore.pyqtSignal()
    message = QtCore.pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.desks = (Desk(), Desk())
        self.traces = (TraceView(), TraceView())
        self._titles = (label("title"), label("title"))
        self._names = ["", ""]
        self._comparing = Newest("review: compare")
        self._comparing.done.connect(self._show)
        self._comparing.failed.connect(self.message)
        self.figures = QtWidgets.QTextBrowser()
        self.figures.setAccessibleName(tr("Figures side by side"))
        self._shown: str | tuple[Comparison, ...] = ""
        self._back = button(tr("Sessions (Esc)"), tr("Back to the list"))
        self._fit = button(tr("All (0)"), tr("Show both sessions from start to end"))
        self._log = button(
            tr("Log scale (L)"),
            tr("Logarithmic scale: rest and contractions are both visible"),
            switch=True,
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        traces = QtWidgets.QWidget(objectName="clear")
        above = QtWidgets.QVBoxLayout(traces)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(4)
        for title, trace in zip(self._titles, self.traces, strict=True):
            above.addWidget(title)
            above.addWidget(trace, 1)
        split = QtWidgets.QSplitter(QtCore.Qt.Orientation.Vertical)
        split.addWidget(traces)
        split.addWidget(self.figures)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        foot = QtWidgets.QHBoxLayout()
        for each in (self._back, self._fit, self._log):
            foot.addWidget(each)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(split, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        for k, (desk, trace) in enumerate(zip(self.desks, self.traces, strict=True)):
            trace.setAccessibleName(_TRACE[k])
            other = self.traces[1 - k]
            desk.drawn.connect(lambda scene, again, k=k: self._draw(k, scene, again))
            desk.ready.connect(lambda _: self._compare())
            desk.trouble.connect(self._trouble)
            trace.viewed.connect(other.set_view)
            trace.scaled.connect(other.set_scale)
            trace.scaled.connect(lambda log, _: self._log.setChecked(log))
        self._back.clicked.connect(self.back)
        self._fit.clicked.connect(self._fit_both)
        self._log.clicked.connect(self.traces[0].toggle_log)

    def open(self, one: tuple[Path, str], two: tuple[Path, str]) -> None:
        """Show two sessions, each given by path and title."""
        self._comparing.drop()
        self._names = [one[1], two[1]]
        self._put(tr("Reading both sessions…"))
        for k, (path, title) in enumerate((one, two)):
            say(self._titles[k], _named(k, title))
            self.traces[k].show_scene(None)
            self.desks[k].open(path)
        self.traces[0].setFocus()

    def leave(self) -> None:
        """Close both sessions."""
        self._comparing.drop()
        for desk in self.desks:
            desk.leave()

    def close_all(self) -> None:
        """Stop at once."""
        self._comparing.close()
        for desk in self.desks:
            desk.close()

    def _draw(self, k: int, scene: Scene, again: bool) -> None:
        self.traces[k].show_scene(scene, keep_view=again)
        scenes = [desk.scene for desk in self.desks if desk.scene is not None]
        whole_s = max(each.duration_s for each in scenes)
        peak_uv = max(lane.peak_uv for each in scenes for lane in each.lanes)
        for trace in self.traces:  # both share one time axis and one tension scale
            trace.share_scale(whole_s, peak_uv)

    def _fit_both(self) -> None:
        for trace in self.traces:
            trace.fit()

    def _compare(self) -> None:
        one, two = (desk.review for desk in self.desks)
        if one is None or two is None:
            return
        problem = mismatch(one, two)
        if problem:
            self._put(problem)
        else:
            self._comparing.ask(lambda _: _compared(one, two))

    def _show(self, made: tuple[Comparison, ...]) -> None:
        self._put(made)

    def _trouble(self, sentence: str) -> None:
        self._put(sentence)

    def _put(self, shown: str | tuple[Comparison, ...]) -> None:
        self._shown = shown
        if isinstance(shown, str):
            self.figures.setPlainText(shown)
            return
        parts = []
        for each in shown:
            head = "".join(
                f"<td><b>{escape(t)}&nbsp;&nbsp;</b></td>" for t in self._head(each.site)
            )
            rows = "".join(
                "<tr>"
                + "".join(
                    f"<td>{escape(cell)}&nbsp;&nbsp;</td>"
                    for cell in (line.name, line.one, line.two, line.difference)
                )
                + "</tr>"
                for line in each.lines
            )
            parts.append(f"<table cellspacing='0' cellpadding='3'><tr>{head}</tr>{rows}</table>")
        parts.append(f"<p style='color: {self.theme.quiet}'>{escape(CAVEAT)}</p>")
        self.figures.setHtml("".join(parts))

    def _head(self, site: str) -> tuple[str, str, str, str]:
        return (site, _named(0, self._names[0]), _named(1, self._names[1]), tr("Difference"))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle the keys that the traces ignore."""
        keys = QtCore.Qt.Key
        if event.key() == keys.Key_Escape:
            self.back.emit()
        elif event.key() == keys.Key_L:
            self.traces[0].toggle_log()
        elif event.text() == "0":
            self._fit_both()
        else:
            super().keyPressEvent(event)

    def _make_room(self) -> None:
        for title in self._titles:  # the figures name both, too
            title.setVisible(not self.crowded)

    def _apply_looks(self) -> None:
        for trace in self.traces:
            trace.set_looks(self.theme, self.text_scale)
        self._put(self._shown)


def _named(k: int, title: str) -> str:
    return tr("First: {title}", title=title) if k == 0 else tr("Second: {title}", title=title)


def _compared(one: SessionReview, two: SessionReview) -> tuple[Comparison, ...]:
    made = []
    for a, b in pairs(one, two):
        here, there = one.contexts[a], two.contexts[b]
        found = compare(here.label, one.figures(a), two.figures(b))
        if here.named is not None or there.named is not None:
            source = Line(tr("Rest"), here.baseline_why, there.baseline_why, "")
            found = replace(found, lines=(*found.lines, source))
        made.append(found)
    return tuple(made)
