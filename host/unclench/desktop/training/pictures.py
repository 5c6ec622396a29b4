"""Pictures for the middle of the session page: a step names the one it wants."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.breathplot import BreathPlot
from unclench.desktop.training.goaltrace import GoalTrace
from unclench.desktop.training.pacerview import PacerView
from unclench.desktop.training.parts import card, label, say
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import breath_words
from unclench.training.session.snapshot import Snapshot
from unclench.training.steps.underway import BreathEffect
from unclench.translation import tr

SPACING, TIGHT = 10, 3  # pixels between rows
TIGHT_LINES = 3.0  # of text in a row, below which rows are set closer
_PLOT_LINES, _TITLE_LINES = 7.0, 9.0  # of text, from which on a breath's plot and title show
_AXIS_LINES, _LAST_AXIS_LINES = 7.0, 4.0  # from which on each trace, or the last, has its times
_TOO_FEW = BreathEffect("", 0, (), (), (), None, None, None, None)


class Picture(QtWidgets.QWidget):
    """A picture. It overrides only what it needs.

    Parameters
    ----------
    channels
        The trained channels, in the snapshot's order.
    span_s
        Span of what is drawn over time.
    """

    answer = QtCore.pyqtSignal(str)  # a person's, to the picture's question

    alone: ClassVar[bool] = False
    """Whether it takes the whole middle, without the numbers beside it."""

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__()
        self.feedback = True  # whether tension is shown

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""

    def set_room(self, lines: float, lines_each: float) -> None:
        """Adapt to the lines of text that fit, in total and per channel."""

    def set_feedback(self, shown: bool) -> None:
        """Show or hide tension; called whenever the picture becomes visible."""
        self.feedback = shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the session's state; called a few times a second while visible."""

    def tick(self, step_s: float) -> None:
        """Move; called at the screen's rate while visible."""

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """Draw newer rows; called while visible, unless tension is hidden."""

    def take_focus(self) -> bool:
        """Take the focus, if the picture wants it; return whether it did."""
        return False

    def take_key(self, event: QtGui.QKeyEvent) -> bool:
        """Take a key that nothing else uses; return whether it did."""
        return False


class Traces(Picture):
    """Tension over time with its goal, one channel below the other."""

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__(channels, span_s)
        self._channels = channels
        self._frames, self._insides, self.traces = [], [], []
        self._column = column = bare(QtWidgets.QVBoxLayout(self))
        for channel in channels:
            frame, inside = card()
            trace = GoalTrace(span_s, channel.noise_uv)
            trace.setAccessibleName(tr("Tension of {label} over time", label=channel.label))
            trace.setMinimumHeight(20)
            inside.addWidget(trace)
            column.addWidget(frame, 1)
            self._frames.append(frame)
            self._insides.append(inside)
            self.traces.append(trace)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        for k, trace in enumerate(self.traces):
            trace.set_theme(theme, text_scale, k)

    def set_room(self, lines: float, lines_each: float) -> None:
        """See Picture.set_room; low traces share the time axis of the last one."""
        self._column.setSpacing(spacing_of(lines_each))
        above, below = (6, 4) if lines_each >= TIGHT_LINES else (1, 1)
        for inside in self._insides:
            inside.setContentsMargins(8, above, 8, below)
        roomy, last = lines_each >= _AXIS_LINES, lines_each >= _LAST_AXIS_LINES
        for trace in self.traces:
            trace.set_room(roomy or (last and trace is self.traces[-1]), roomy)

    def set_feedback(self, shown: bool) -> None:
        super().set_feedback(shown)
        for frame in self._frames:
            frame.setVisible(shown)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if not self.feedback:
            return
        for k, trace in enumerate(self.traces):
            trace.set_goal(snapshot.goal_uv[k] if k < len(snapshot.goal_uv) else None)
            trace.set_live(snapshot.phase != "lost")

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        for channel, trace in zip(self._channels, self.traces, strict=True):
            k = channel.index
            if k < tension_uv.shape[1]:
                trace.draw(rows, tension_uv[:, k], trusted[:, k], row_s)


class Breathing(Picture):
    """The pacer, and the effect of the breath on tension."""

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__(channels, span_s)
        self._pacer = PacerView()
        self._cards = [BreathCard(k, channel) for k, channel in enumerate(channels)]
        row = bare(QtWidgets.QHBoxLayout(self))
        row.addWidget(self._pacer, 5)
        self._column = column = bare(QtWidgets.QVBoxLayout())
        row.addLayout(column, 3)
        for each in self._cards:
            column.addWidget(each, 1)
        self._looks = LIGHT, 1.0

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        self._looks = theme, text_scale
        self._pacer.set_looks(theme, text_scale)

    def set_room(self, lines: float, lines_each: float) -> None:
        self._column.setSpacing(spacing_of(lines_each))
        for each in self._cards:
            each.set_looks(*self._looks, lines_each)

    def set_feedback(self, shown: bool) -> None:
        super().set_feedback(shown)
        for each in self._cards:
            each.setVisible(shown)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._pacer.set_pacer(snapshot.pacer, snapshot.phase == "running")
        for k, each in enumerate(self._cards if self.feedback else ()):
            each.show_effect(snapshot.breath[k] if k < len(snapshot.breath) else _TOO_FEW, snapshot)

    def tick(self, step_s: float) -> None:
        self._pacer.tick(step_s)


class BreathCard(QtWidgets.QFrame):
    """One channel's tension over the breath, as a plot and in words."""

    def __init__(self, number: int, channel: TrainedChannel) -> None:
        super().__init__(objectName="card")
        self._plot = BreathPlot(number)
        self._title = label("small", tr("Over the breath: {label}", label=channel.label))
        self._words = label("quiet")
        self._label = channel.label
        self._column = column = QtWidgets.QVBoxLayout(self)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._plot, 1)
        column.addWidget(self._words)

    def set_looks(self, theme: Theme, text_scale: float, lines: float) -> None:
        """Set colours and text size; without room, the words are hidden last."""
        edge = 6 if lines >= TIGHT_LINES else 0
        self._column.setContentsMargins(12, edge, 12, edge)
        self._plot.set_looks(theme, text_scale)
        self._plot.setVisible(lines >= _PLOT_LINES)
        self._title.setVisible(lines >= _TITLE_LINES)

    def show_effect(self, effect: BreathEffect, snapshot: Snapshot) -> None:
        """Show the average over breaths."""
        self._plot.show_effect(effect, snapshot.pacer)
        say(
            self._words,
            breath_words(effect, whole=False),
            tr("Over the breath: {label}", label=self._label),
        )


Layout = TypeVar("Layout", bound=QtWidgets.QBoxLayout)


def spacing_of(lines_each: float) -> int:
    """Return the pixels between rows of `lines_each` lines of text."""
    return SPACING if lines_each >= TIGHT_LINES else TIGHT


def bare(layout: Layout) -> Layout:
    """Remove a layout's margins, and space it as between cards."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING)
    return layout
