"""The steps of a session in rows: mean tension as a bar and a figure, time below goal, rest."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import label
from unclench.desktop.training.words import NOTHING, now_words, percent_words
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Score

_HEADS = ("Step", "", "Average", "Below goal", "At rest")


class StepBars(QtWidgets.QWidget):
    """A table of one channel; the bars make it plain where the tension fell."""

    def __init__(self, number: int, channel: TrainedChannel) -> None:
        super().__init__()
        self._number, self._channel = number, channel
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
            bar.set_looks(theme.channels[self._number % 3], round(9 * text_scale))

    def show_steps(self, steps: Sequence[tuple[str, Score]]) -> None:
        """Add a row for each step, once."""
        most_uv = max((s.mean_uv for _, s in steps if s.mean_uv is not None), default=1.0)
        for row, (title, score) in enumerate(steps, 1):
            bar = _Bar()
            bar.setAccessibleName(f"Average of {title}")
            average = NOTHING
            if score.mean_uv is not None:
                bar.share = score.mean_uv / most_uv if most_uv > 0 else 0.0
                average = f"{now_words(score.mean_uv, self._channel)} µV"
            bar.setAccessibleDescription(average)
            self._bars.append(bar)
            self._grid.addWidget(self._cell("", title, 0), row, 0)
            self._grid.addWidget(bar, row, 1)
            cells = (average, percent_words(score.below_goal), percent_words(score.rest_share))
            for k, words in enumerate(cells, 2):
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
        self._colour = LIGHT.channels[0]
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
