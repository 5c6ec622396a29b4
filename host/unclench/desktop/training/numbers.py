"""A trained channel in figures: a large current number, and quiet ones of the step so far."""

from __future__ import annotations

from dataclasses import dataclass

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import TEXT_PT, card, label, say
from unclench.desktop.training.words import NOTHING, figures, goal_words, now_words, share_words
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Score, Snapshot
from unclench.translation import tr
from unclench.wording import capital

_STEADY_S = 0.5  # of signal: a state must hold this long before it is shown
_NUMBER_S = 0.4  # a number that changes faster cannot be read
_CAPTIONS = (tr("Below goal"), tr("At rest"), tr("Longest rest"), tr("Last recovery"))


@dataclass(frozen=True)
class _Room:
    """What a card shows from a number of lines of text on."""

    lines: float
    size: float  # of the number, times the text's
    goal: bool = True
    share: bool = True
    state: bool = True
    aside: bool = False  # name beside the number, not above it


_ROOMS = (
    _Room(13.0, 4.2),
    _Room(11.0, 3.0),
    _Room(8.6, 3.0, goal=False),
    _Room(5.8, 2.2, goal=False, share=False),
    _Room(4.0, 1.8, goal=False, share=False, state=False),
    _Room(0.0, 1.2, goal=False, share=False, state=False, aside=True),
)
_TWO_LINES = 2.4  # of text in a card, from which on a name wraps
_STATES = {None: ("", ""), True: ("●", tr("Below the goal")), False: ("○", tr("Above the goal"))}


class NumberCard(QtWidgets.QFrame):
    """Tension now, in microvolts and in % of reference, and whether it is below the goal."""

    def __init__(self, number: int, channel: TrainedChannel) -> None:
        super().__init__(objectName="card")
        self._number, self._channel = number, channel
        self._theme = LIGHT
        self._room = _ROOMS[0]
        self._name = _Title(capital(channel.label))
        self._value = QtWidgets.QLabel(NOTHING)
        self._unit = QtWidgets.QLabel("µV", objectName="unit")
        self._share = label("small")
        self._state = label("state")
        self._dot = QtWidgets.QLabel(
            objectName="state"
        )  # the state's shape, if there is no room for words
        self._below: bool | None = None  # the state that is shown
        self._turned_s: float | None = None  # since when it differs
        self._number_s = -1.0  # when the number was shown
        self._goal = label("small")
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setSpacing(1)
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._value)
        row.addWidget(self._unit, 0, QtCore.Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._dot, 0, QtCore.Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self._head = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.TopToBottom)
        self._head.setSpacing(8)
        self._head.addWidget(self._name, 1)
        self._head.addLayout(row)
        self._column.addStretch(2)
        self._column.addLayout(self._head)
        self._column.addWidget(self._share)
        self._column.addWidget(self._state)
        self._column.addWidget(self._goal)
        self._column.addStretch(3)

    def set_looks(self, theme: Theme, text_scale: float, width: int, lines: float) -> None:
        """Set colours, and show what fits, the number first."""
        self._theme = theme
        self._room = room = next(room for room in _ROOMS if lines >= room.lines)
        edge = 12 if lines >= _ROOMS[1].lines else 2
        self._column.setContentsMargins(16, edge, 12, edge)
        direction = QtWidgets.QBoxLayout.Direction
        self._head.setDirection(direction.LeftToRight if room.aside else direction.TopToBottom)
        self.setFixedWidth(width)
        em = TEXT_PT * text_scale * 96 / 72  # pixels, at a screen's usual density
        widest = (width - 36 - 2.4 * em) / (2.5 * em)  # "<0.2" and its unit fit in one line
        size = TEXT_PT * text_scale * min(room.size, widest)
        self._value.setStyleSheet(f"font-size: {size:.1f}pt; font-weight: 300")
        self._align_baselines()
        name = f"color: {theme.channel(self._number)}"
        small = f"; font-size: {TEXT_PT * text_scale:.1f}pt" if room.aside else ""
        self._name.setStyleSheet(name + small)
        self._name.setWordWrap(lines >= _TWO_LINES)
        self._show_what_fits()

    def _align_baselines(self) -> None:
        """Align the baselines of unit and number, whatever their sizes."""
        deep = []
        for words in (self._value, self._unit):
            words.ensurePolished()
            deep.append(QtGui.QFontMetrics(words.font()).descent())
        self._unit.setContentsMargins(0, 0, 0, deep[0] - deep[1])

    def set_channel(self, channel: TrainedChannel) -> None:
        """Take new figures of the same channel."""
        self._channel = channel

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the current state."""
        k = self._number
        tension_uv = _nth(snapshot.tension_uv, k)
        goal_uv = _nth(snapshot.goal_uv, k)
        now_s = snapshot.session_s
        known = tension_uv is not None
        fresh = snapshot.phase == "running" and 0 <= now_s - self._number_s < _NUMBER_S
        if known != self._unit.isVisibleTo(self) or not fresh:
            self._number_s = now_s
            value = now_words(tension_uv, self._channel)
            say(self._value, value, tr("Tension of {label} now, in µV", label=self._channel.label))
            self._unit.setVisible(known)
            say(self._share, share_words(tension_uv, self._channel))
        below = None
        if snapshot.scoring and tension_uv is not None and goal_uv is not None:
            below = tension_uv < goal_uv
        self._settle(below, now_s)
        shape, words = _STATES[self._below]
        say(self._state, f"{shape} {words}".strip())
        say(self._dot, shape, words)
        say(self._goal, goal_words(goal_uv, snapshot.step.goal))
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        room = self._room
        for widget, shown in (
            (self._share, room.share),
            (self._state, room.state),
            (self._dot, not room.state),
            (self._goal, room.goal),
        ):
            widget.setVisible(shown and bool(widget.text()))
        style = f"color: {self._theme.good if self._below else self._theme.quiet}"
        for widget in (self._state, self._dot):
            if widget.styleSheet() != style:
                widget.setStyleSheet(style)

    def _settle(self, below: bool | None, now_s: float) -> None:
        """Take a new state once it has held, so that it does not flicker near the goal."""
        if below == self._below:
            self._turned_s = None
            return
        if self._turned_s is None:
            self._turned_s = now_s
        known = below is not None and self._below is not None
        if not known or not 0 <= now_s - self._turned_s < _STEADY_S:
            self._below, self._turned_s = below, None


class _Title(QtWidgets.QLabel):
    """A channel's name; if it must not wrap, it is cut to fit."""

    def __init__(self, words: str) -> None:
        super().__init__(words, objectName="title", wordWrap=True)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """No minimum width for a line that can be cut."""
        hint = super().minimumSizeHint()
        return hint if self.wordWrap() else QtCore.QSize(0, hint.height())

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Cut the line with an ellipsis."""
        if self.wordWrap():
            super().paintEvent(event)
            return
        right = QtCore.Qt.TextElideMode.ElideRight
        words = self.fontMetrics().elidedText(self.text(), right, self.width())
        align = int(QtCore.Qt.AlignmentFlag.AlignVCenter | QtCore.Qt.AlignmentFlag.AlignLeft)
        painter, role = QtGui.QPainter(self), self.foregroundRole()
        self.style().drawItemText(painter, self.rect(), align, self.palette(), True, words, role)


class Figures(QtWidgets.QWidget):
    """Quiet figures of a step: a row for each channel, or a single row."""

    def __init__(self, channels: tuple[TrainedChannel, ...]) -> None:
        super().__init__()
        frame, column = card(0)
        around = QtWidgets.QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(frame)
        column.setContentsMargins(16, 6, 16, 6)
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(1)
        column.addLayout(grid)
        many = len(channels) > 1
        self._names = [channel.label for channel in channels]
        self._values: list[list[QtWidgets.QLabel]] = []
        for k, caption in enumerate(_CAPTIONS):
            grid.addWidget(label("small", caption), 0, k + 1)
            grid.setColumnStretch(k + 1, 1)
        for r, channel in enumerate(channels, 1):
            name = label("small", channel.label if many else tr("This step"))
            grid.addWidget(name, r, 0)
            grid.setColumnStretch(0, 1)
            values = [label("quiet" if many else "figure", NOTHING) for _ in _CAPTIONS]
            for k, value in enumerate(values, 1):
                grid.addWidget(value, r, k)
            self._values.append(values)

    def show_scores(self, scores: tuple[Score, ...]) -> None:
        """Show scores, in the channels' order; channels without one show nothing."""
        for k, values in enumerate(self._values):
            words = figures(scores[k]) if k < len(scores) else (NOTHING,) * len(_CAPTIONS)
            for value, text, caption in zip(values, words, _CAPTIONS, strict=True):
                say(value, text, f"{caption}, {self._names[k]}")


def _nth(values: tuple[float | None, ...], k: int) -> float | None:
    return values[k] if k < len(values) else None
