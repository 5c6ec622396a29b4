"""The middle of the session page: numbers beside the traces, the pacer, or a question."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.breathplot import BreathPlot
from unclench.desktop.training.goaltrace import GoalTrace
from unclench.desktop.training.numbers import NumberCard
from unclench.desktop.training.pacerview import PacerView
from unclench.desktop.training.parts import LINE, card, label, say
from unclench.desktop.training.reflect import ReflectView
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import breath_words
from unclench.training.session.snapshot import Snapshot
from unclench.training.steps.breathing import BreathEffect

_SPACING = 10
_CARD_WIDTH = 236  # pixels at a scale of 1
_CARD_SHARE = 0.3  # of the width, at most
_PLOT_LINES, _TITLE_LINES = 7.0, 9.0  # of text, from which on a breath's plot and title show
_AXIS_LINES = 7.0
_TOO_FEW = BreathEffect("", 0, (), (), (), None, None, None, None)


class Middle(QtWidgets.QWidget):
    """Columns: numbers, traces or the pacer, what the breath does. A question takes all of it."""

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__()
        self._channels = channels
        self._theme, self._text_scale = LIGHT, 1.0
        self._shows = ""
        self._feedback = True
        self._cards = [NumberCard(k, c) for k, c in enumerate(channels)]
        self._traces: list[GoalTrace] = []
        self._breaths = [BreathCard(k, c) for k, c in enumerate(channels)]
        self.pacer = PacerView()
        self.reflect = ReflectView()
        self._numbers, numbers = _stack()
        self._drawn, drawn = _stack()
        self._breathed, breathed = _stack()
        for k, channel in enumerate(channels):
            frame, column = card()
            column.setContentsMargins(8, 6, 8, 4)
            trace = GoalTrace(span_s, channel.noise_uv)
            trace.setAccessibleName(f"Tension of {channel.label} over time")
            trace.setMinimumHeight(20)
            column.addWidget(trace)
            self._traces.append(trace)
            numbers.addWidget(self._cards[k], 1)
            drawn.addWidget(frame, 1)
            breathed.addWidget(self._breaths[k], 1)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self._numbers)
        for widget, share in (
            (self._drawn, 1),
            (self.pacer, 5),
            (self._breathed, 3),
            (self.reflect, 1),
        ):
            row.addWidget(widget, share)
        self._arrange("trace")

    @property
    def shows(self) -> str:
        """Which of trace, pacer, question stands in the middle."""
        return self._shows

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Small: what stands in it adapts to the room there is."""
        return QtCore.QSize(300, 90)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme, self._text_scale = theme, text_scale
        self.pacer.set_looks(theme, text_scale)
        self.reflect.set_looks(theme, text_scale)
        for k, trace in enumerate(self._traces):
            trace.set_theme(theme, text_scale, k)
        self._fit()

    def _fit(self) -> None:
        n = max(1, len(self._channels))
        height = (self.height() - (n - 1) * _SPACING) // n
        width = round(min(_CARD_WIDTH * self._text_scale, _CARD_SHARE * self.width()))
        lines = height / (LINE * self._text_scale)
        for k, number in enumerate(self._cards):
            number.set_looks(self._theme, self._text_scale, width, lines)
            self._breaths[k].set_looks(self._theme, self._text_scale, lines)
            # Traces one above the other share one time axis.
            self._traces[k].set_room(lines >= _AXIS_LINES or k == n - 1, lines >= _AXIS_LINES)
        self.reflect.set_room(self.height() / (LINE * self._text_scale))

    def set_channels(self, channels: tuple[TrainedChannel, ...]) -> None:
        """Take new figures of the same channels."""
        for number, channel in zip(self._cards, channels, strict=True):
            number.set_channel(channel)

    def set_feedback(self, shown: bool) -> None:
        """Whether tension is shown, as numbers, traces and averages."""
        self._feedback = shown
        self._show_parts()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Numbers, goals, the breath."""
        self._arrange(snapshot.step.picture)
        self.pacer.set_pacer(snapshot.pacer, snapshot.phase == "running")
        if not self._feedback:
            return
        for k, number in enumerate(self._cards):
            number.tell(snapshot)
            goal_uv = snapshot.goal_uv[k] if k < len(snapshot.goal_uv) else None
            self._traces[k].set_goal(goal_uv)
            self._traces[k].set_live(snapshot.phase != "lost")
            effect = snapshot.breath[k] if k < len(snapshot.breath) else _TOO_FEW
            self._breaths[k].tell(effect, snapshot)

    def tick(self, step_s: float) -> None:
        """Move the pacer on."""
        if self._shows == "pacer":
            self.pacer.tick(step_s)

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """Draw the traces, where they show."""
        if self._shows != "trace" or not self._feedback or not len(rows):
            return
        for channel, trace in zip(self._channels, self._traces, strict=True):
            k = channel.index
            if k < tension_uv.shape[1]:
                trace.draw(rows, tension_uv[:, k], trusted[:, k], row_s)

    def take_focus(self) -> bool:
        """Give the keys to the question, if one is put."""
        return self._shows == "question" and self.reflect.take_focus()

    def take_key(self, event: QtGui.QKeyEvent) -> bool:
        """Give a key to the question, if one is put that wants it; say whether it did."""
        return self._shows == "question" and self.reflect.take_key(event)

    def _arrange(self, shows: str) -> None:
        if shows == self._shows:
            return
        self._shows = shows
        self._show_parts()

    def _show_parts(self) -> None:
        shows = self._shows
        self._numbers.setVisible(self._feedback and shows != "question")
        self._drawn.setVisible(self._feedback and shows == "trace")
        self._breathed.setVisible(self._feedback and shows == "pacer")
        self.pacer.setVisible(shows == "pacer")
        self.reflect.setVisible(shows == "question")


def _stack() -> tuple[QtWidgets.QWidget, QtWidgets.QVBoxLayout]:
    """Return a row for each channel, one below the other."""
    made = QtWidgets.QWidget()
    column = QtWidgets.QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_SPACING)
    return made, column


class BreathCard(QtWidgets.QFrame):
    """What one channel does over the breath, drawn and said."""

    def __init__(self, number: int, channel: TrainedChannel) -> None:
        super().__init__(objectName="card")
        self._plot = BreathPlot(number)
        self._title = label("small", f"Over the breath: {channel.label}")
        self._words = label("quiet")
        self._label = channel.label
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._plot, 1)
        column.addWidget(self._words)

    def set_looks(self, theme: Theme, text_scale: float, lines: float) -> None:
        """Colours and text size; the words are what is said last to go."""
        self._plot.set_looks(theme, text_scale)
        self._plot.setVisible(lines >= _PLOT_LINES)
        self._title.setVisible(lines >= _TITLE_LINES)

    def tell(self, effect: BreathEffect, snapshot: Snapshot) -> None:
        """Show an average."""
        self._plot.show_effect(effect, snapshot.pacer)
        say(self._words, breath_words(effect, whole=False), f"Over the breath, {self._label}")
