"""The middle of the session page: numbers beside a picture, or a picture alone."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.numbers import NumberCard
from unclench.desktop.training.parts import LINE
from unclench.desktop.training.pictures import (
    SPACING,
    TIGHT,
    TIGHT_LINES,
    Breathing,
    Picture,
    Traces,
    bare,
    spacing_of,
)
from unclench.desktop.training.reflect import ReflectView
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Snapshot

_CARD_WIDTH = 236  # pixels at a scale of 1
_CARD_SHARE = 0.3  # of the width, at most

PICTURES: dict[str, type[Picture]] = {
    "trace": Traces,
    "pacer": Breathing,
    "question": ReflectView,
}
"""By their names in `Step.picture`."""


class Middle(QtWidgets.QWidget):
    """Shows the picture of the current step."""

    answer = QtCore.pyqtSignal(str)  # to the picture's question

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__()
        self._channels = channels
        self._theme, self._text_scale = LIGHT, 1.0
        self._feedback = True
        self._cards = [NumberCard(k, c) for k, c in enumerate(channels)]
        self._numbers = QtWidgets.QWidget()
        self._numbers_column = numbers = bare(QtWidgets.QVBoxLayout(self._numbers))
        for each in self._cards:
            numbers.addWidget(each, 1)
        row = bare(QtWidgets.QHBoxLayout(self))
        row.addWidget(self._numbers)
        self._pictures = {name: make(channels, span_s) for name, make in PICTURES.items()}
        for picture in self._pictures.values():
            row.addWidget(picture, 1)
            picture.answer.connect(self.answer)
        self._shows = "trace"
        self._show_parts()

    @property
    def shows(self) -> str:
        """Name of the visible picture."""
        return self._shows

    @property
    def picture(self) -> Picture:
        """The visible picture."""
        return self._pictures[self._shows]

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """A small size: the content adapts."""
        return QtCore.QSize(300, 90)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show the parts that fit."""
        super().resizeEvent(event)
        self._fit()

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme, self._text_scale = theme, text_scale
        for picture in self._pictures.values():
            picture.set_looks(theme, text_scale)
        self._fit()

    def _fit(self) -> None:
        width = round(min(_CARD_WIDTH * self._text_scale, _CARD_SHARE * self.width()))
        lines = self.height() / (LINE * self._text_scale)
        lines_each = self._lines_each()
        self._numbers_column.setSpacing(spacing_of(lines_each))
        for number in self._cards:
            number.set_looks(self._theme, self._text_scale, width, lines_each)
        for picture in self._pictures.values():
            picture.set_room(lines, lines_each)

    def _lines_each(self) -> float:
        """Return the lines of text in a channel's row; low rows are set closer together."""
        n, line = max(1, len(self._channels)), LINE * self._text_scale
        height: int = self.height()
        wide, tight = ((height - (n - 1) * px) // n / line for px in (SPACING, TIGHT))
        return wide if wide >= TIGHT_LINES else min(tight, TIGHT_LINES - 0.01)

    def set_channels(self, channels: tuple[TrainedChannel, ...]) -> None:
        """Take new figures of the same channels."""
        for number, channel in zip(self._cards, channels, strict=True):
            number.set_channel(channel)

    def set_feedback(self, shown: bool) -> None:
        """Show or hide tension: numbers, traces and averages."""
        self._feedback = shown
        self._show_parts()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the step's picture and the state of the session."""
        if snapshot.picture != self._shows:
            self._shows = snapshot.picture
            self._show_parts()
        self.picture.show_snapshot(snapshot)
        for number in self._cards if self._feedback else ():
            number.show_snapshot(snapshot)

    def tick(self, step_s: float) -> None:
        """Move the picture."""
        self.picture.tick(step_s)

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """Draw newer rows, unless tension is hidden."""
        if self._feedback and len(rows):
            self.picture.draw(rows, tension_uv, trusted, row_s)

    def take_focus(self) -> bool:
        """Give the picture the focus, if it wants it; return whether it did."""
        return self.picture.take_focus()

    def take_key(self, event: QtGui.QKeyEvent) -> bool:
        """Give the picture a key; return whether it took it."""
        return self.picture.take_key(event)

    def _show_parts(self) -> None:
        self._numbers.setVisible(self._feedback and not self.picture.alone)
        for name, picture in self._pictures.items():
            picture.setVisible(name == self._shows)
        # Not earlier: a label shown inside a hidden widget keeps its old text size.
        self.picture.set_feedback(self._feedback)
