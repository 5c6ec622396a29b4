"""The breathing pacer: one shape that grows and shrinks, with the current word in it."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.training.steps.kinds.breathe import BREATH_WORDS, Pacer
from unclench.translation import tr

_SMALLEST = 0.42  # of the full radius
_WORD_PT = 20.0
_WORD_SHARE = 0.17  # of the radius, at most: the word fits the smallest shape
_STILL = 0.05  # pixels of change, too small to see


class PacerView(QtWidgets.QWidget):
    """Draws `pacer.at(step_s).fullness`; paints its own background, and only what moves."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Breathing pacer"))
        self.setMinimumSize(150, 150)
        policy = QtWidgets.QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self._theme = LIGHT
        self._text_scale = 1.0
        self._font = QtGui.QFont()
        self._fullness = 0.0
        self._word = ""
        self._pacer: Pacer | None = None
        self._running = False

    @property
    def radius(self) -> float:
        """Radius of the shape now, in pixels."""
        return self._full_radius * (_SMALLEST + (1 - _SMALLEST) * self._fullness)

    @property
    def word(self) -> str:
        """The word shown now."""
        return self._word

    @property
    def _full_radius(self) -> float:
        return float(max(20.0, min(self.width(), self.height()) / 2 - 6))

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._text_scale = text_scale
        self._fit()
        self._font.setWeight(QtGui.QFont.Weight.Light)
        self.update()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the word."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        largest = _WORD_PT * self._text_scale * 96 / 72
        self._font.setPixelSize(round(min(largest, _WORD_SHARE * self._full_radius) + 2))

    def set_pacer(self, pacer: Pacer | None, running: bool) -> None:
        """Follow a step's pacer; no words while the session is not running."""
        self._pacer, self._running = pacer, running

    def tick(self, step_s: float) -> None:
        """Show a moment of the step, in seconds from its start."""
        if self._pacer is None:
            return
        breath = self._pacer.at(step_s)
        word = BREATH_WORDS[breath.part] if self._running else ""
        before = self.radius
        shown, self._fullness = self._fullness, breath.fullness
        if word != self._word:
            self._word = word
            self.setAccessibleDescription(word)
        elif abs(self.radius - before) < _STILL:
            self._fullness = shown  # wait until the change can be seen
            return
        reach = max(before, self.radius, QtGui.QFontMetricsF(self._font).averageCharWidth() * 8) + 2
        middle = QtCore.QRectF(self.rect()).center()
        self.update(
            QtCore.QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach).toRect()
        )

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw ground, outermost and innermost ring, the shape and its word."""
        painter = QtGui.QPainter(self)
        painter.fillRect(event.rect(), QtGui.QColor(self._theme.page))
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        middle = QtCore.QRectF(self.rect()).center()
        painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.edge), 1))
        painter.drawEllipse(middle, self._full_radius, self._full_radius)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(self._soft(middle))
        painter.drawEllipse(middle, self.radius, self.radius)
        painter.setPen(QtGui.QColor(self._theme.text))
        painter.setFont(self._font)
        painter.drawText(self.rect(), QtCore.Qt.AlignmentFlag.AlignCenter, self._word)

    def _soft(self, middle: QtCore.QPointF) -> QtGui.QBrush:
        gradient = QtGui.QRadialGradient(middle, self.radius)
        for at, alpha in ((0.0, 50), (0.55, 80), (0.8, 100), (0.86, 60), (1.0, 34)):
            colour = QtGui.QColor(self._theme.accent)
            colour.setAlpha(alpha)
            gradient.setColorAt(at, colour)
        return QtGui.QBrush(gradient)
