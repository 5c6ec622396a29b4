"""What raises tension: a row for each tag, its effect as a dot with its interval, and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import label
from unclench.review.tagweeks import TagHistory
from unclench.translation import tr

_LEAST_RATIO = 1.25  # the least that the scale reaches, both ways


class TagRows(QtWidgets.QWidget):
    """A table of the tags of one series."""

    def __init__(self, tags: Sequence[TagHistory]) -> None:
        super().__init__()
        self._dots: list[_Dot] = []
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        for column, stretch in enumerate((4, 5, 6, 4)):
            grid.setColumnStretch(column, stretch)
        for column, head in enumerate(
            (tr("Tag"), tr("lower  ·  higher"), tr("Tension during it"), tr("How often"))
        ):
            grid.addWidget(label("small", head, centred=column == 1), 0, column)
        reach = max([_LEAST_RATIO, *(_reach(tag) for tag in tags)])
        for row, tag in enumerate(tags, 1):
            dot = _Dot(tag, reach)
            self._dots.append(dot)
            minutes = tag.during_s / 60
            often = tr(
                "{times}× in {sessions} of {of_sessions} sessions, {minutes:.0f} min",
                times=tag.times,
                sessions=tag.sessions,
                of_sessions=tag.of_sessions,
                minutes=minutes,
            )
            grid.addWidget(label("", tag.words), row, 0)
            grid.addWidget(dot, row, 1)
            said = label("", tag.said)
            said.setToolTip(tag.weekly)
            grid.addWidget(said, row, 2)
            grid.addWidget(label("quiet", often), row, 3)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        for dot in self._dots:
            dot.set_looks(theme, text_scale)


def _reach(tag: TagHistory) -> float:
    effect = tag.during
    if effect is None or effect.low is None or effect.high is None:
        return 1.0
    return max(effect.high, 1 / effect.low)


class _Dot(QtWidgets.QWidget):
    """A ratio with its interval on a logarithmic scale, centred on no effect."""

    def __init__(self, tag: TagHistory, reach: float) -> None:
        super().__init__()
        self._tag, self._reach = tag, reach
        self._theme = LIGHT
        self.setAccessibleName(tr("Effect of {tag}", tag=tag.words))
        self.setAccessibleDescription(tag.said)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and size."""
        self._theme = theme
        self.setMinimumHeight(round(22 * text_scale))
        self.update()

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.quiet), 1))
        painter.drawLine(
            QtCore.QPointF(self.width() / 2, 0), QtCore.QPointF(self.width() / 2, self.height())
        )
        effect = self._tag.during
        if effect is None or effect.low is None or effect.high is None:
            return
        tone = self._theme.quiet
        if self._tag.sure:
            tone = self._theme.warn if effect.value > 1 else self._theme.good
        painter.setPen(QtGui.QPen(QtGui.QColor(tone), 2))
        painter.drawLine(
            QtCore.QPointF(self._x(effect.low), middle),
            QtCore.QPointF(self._x(effect.high), middle),
        )
        painter.setBrush(QtGui.QColor(tone))
        painter.drawEllipse(QtCore.QPointF(self._x(effect.value), middle), 4, 4)

    def _x(self, ratio: float) -> float:
        share = math.log(ratio) / math.log(self._reach)
        return float(self.width() / 2 + share * (self.width() / 2 - 8))
