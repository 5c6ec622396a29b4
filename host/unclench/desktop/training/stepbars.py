"""The steps of a session in rows: mean tension as bar and figure, time below goal, rest."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import label
from unclench.report.closing import StepClosing
from unclench.report.words import NOTHING, metric_words, share
from unclench.review.metrics import metric
from unclench.translation import tr

_HEADS = (tr("Step"), "", tr("Tension"), tr("Below goal"), tr("Time at rest"))


class StepBars(QtWidgets.QWidget):
    """A table of one channel; the bars show where tension fell."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._bars: list[_Bar] = []
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 5)
        for k, head in enumerate(_HEADS):
            self._grid.addWidget(self._cell("small", head, k), 0, k)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        for bar in self._bars:
            bar.set_looks(theme.channel(self._number), round(9 * text_scale))

    def show_steps(self, steps: Sequence[StepClosing]) -> None:
        """Add a row for each step, once."""
        most_uv = max((s.tension_uv for s in steps if s.tension_uv is not None), default=1.0)
        for row, step in enumerate(steps, 1):
            bar = _Bar()
            level = metric_words(metric("p50_uv"), step.tension_uv)
            bar.setAccessibleName(tr("Tension in {title}", title=step.title))
            bar.setAccessibleDescription(level)
            if step.tension_uv is not None and most_uv > 0:
                bar.share = step.tension_uv / most_uv
            self._bars.append(bar)
            self._grid.addWidget(self._cell("", step.title, 0), row, 0)
            self._grid.addWidget(bar, row, 1)
            rest = metric_words(metric("rest_share"), step.rest_share)
            below = NOTHING if step.below_goal is None else share(step.below_goal)
            for k, words in enumerate((level, below, rest), 2):
                self._grid.addWidget(self._cell("", words, k), row, k)

    @staticmethod
    def _cell(name: str, words: str, column: int) -> QtWidgets.QLabel:
        if column < 2:
            return label(name, words)
        cell = QtWidgets.QLabel(words, objectName=name)
        align = QtCore.Qt.AlignmentFlag
        cell.setAlignment(align.AlignRight | align.AlignVCenter)
        return cell


class _Bar(QtWidgets.QWidget):
    """A share of the highest step's mean."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self._colour = LIGHT.channel(0)
        self._height = 9
        policy = QtWidgets.QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Expanding)

    def set_looks(self, colour: str, height: int) -> None:
        """Colour and thickness."""
        self._colour, self._height = colour, height
        self.setMinimumHeight(height)
        self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        if self.share <= 0:
            return
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(QtGui.QColor(self._colour))
        half = self._height / 2
        width = max(float(self._height), self.share * self.width())
        bar = QtCore.QRectF(0, self.height() / 2 - half, width, self._height)
        painter.drawRoundedRect(bar, half, half)
