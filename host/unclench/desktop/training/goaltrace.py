"""The tension trace with its goal: a line, with the area below it softly tinted."""

from __future__ import annotations

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.plots import TensionTrace, peak_uv
from unclench.desktop.theme import Theme
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.translation import tr

_RECENT_S = 15.0
_ROOM = 1.3  # times the goal: the least that the scale shows


class GoalTrace(TensionTrace):
    """Tension of one channel against its goal and its noise floor."""

    def __init__(self, span_s: float, noise_uv: float | None) -> None:
        self._recent_uv = 0.0
        self._goal_uv: float | None = None  # set before Qt asks for the first layout
        self._timed, self._roomy = True, True
        super().__init__(span_s, noise_uv, filled=False)
        self._band = QtWidgets.QGraphicsRectItem()
        self._band.setZValue(-20)
        self._band.setPen(pg.mkPen(None))
        self._line = pg.InfiniteLine(
            angle=0, label=tr("goal"), labelOpts={"position": 0.0, "anchors": [(0, 1), (0, 1)]}
        )
        self._line.setZValue(2)  # its name is above the curve and the noise floor's name
        for item in (self._line, self._line.label):
            item.setCacheMode(item.CacheMode.DeviceCoordinateCache)
        for item in (self._band, self._line):
            item.setVisible(False)
            self.addItem(item, ignoreBounds=True)

    @property
    def goal_uv(self) -> float | None:
        """The goal that is drawn, in uV."""
        return self._goal_uv

    def set_theme(self, theme: Theme, text_scale: float, channel: int = 0) -> None:
        """See TensionTrace.set_theme."""
        super().set_theme(theme, text_scale, channel)
        self.setBackground(theme.card)
        colour = QtGui.QColor(theme.good)
        self._line.setPen(pg.mkPen(colour, width=1))
        self._line.label.setColor(colour)
        font = QtGui.QFont()
        font.setPointSizeF(8 * text_scale)
        self._line.label.setFont(font)
        self._line.label.fill = pg.mkBrush(theme.card)
        self._line.label.update()
        soft = QtGui.QColor(colour)
        soft.setAlpha(30)
        self._band.setBrush(pg.mkBrush(soft))

    def set_room(self, timed: bool, roomy: bool) -> None:
        """Show or hide the time axis, and all labels of the scale or only its ends."""
        self._timed, self._roomy = timed, roomy
        self.getAxis("bottom").setVisible(timed)
        self.getAxis("left").showLabel(roomy)
        self._line.label.setVisible(roomy)
        self._fit()
        self._name_floor()

    def _fit(self) -> None:
        super()._fit()
        if not self._roomy:
            ends = self._range_uv if self._timed else self._range_uv[1:]
            self.getAxis("left").setTicks([[(uv, f"{uv:g}") for uv in ends]])

    def set_goal(self, goal_uv: float | None) -> None:
        """Show a goal, or none."""
        if goal_uv == self._goal_uv:
            return
        self._goal_uv = goal_uv
        for item in (self._band, self._line):
            item.setVisible(goal_uv is not None)
        if goal_uv is not None:
            self._line.setValue(goal_uv)
            self._band.setRect(QtCore.QRectF(-2 * self.span_s, 0, 4 * self.span_s, goal_uv))
            self._follow(0.0)
        self._name_floor()

    def _name_floor(self) -> None:
        """See TensionTrace; if two names would overlap, the goal's stays."""
        super()._name_floor()
        if self._goal_uv is None or self._noise_uv is None:
            return
        name = self._line.label.boundingRect().height() / max(1.0, self.getViewBox().height())
        if abs(self._goal_uv - self._noise_uv) < name * self._range_uv[1]:
            self._floor.label.hide()

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """See TensionTrace.draw; the scale follows the last seconds, not an earlier contraction."""
        newest = slice(-max(1, round(_RECENT_S / row_s)), None)
        self._recent_uv = peak_uv(tension_uv[newest], trusted[newest])
        super().draw(rows, tension_uv, trusted, row_s)

    def _follow(self, peak_uv: float) -> None:
        super()._follow(max(self._recent_uv, _ROOM * (self._goal_uv or 0.0)))
