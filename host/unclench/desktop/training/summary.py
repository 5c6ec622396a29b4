"""After a session: what lowered the tension, in figures that the signal supports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.parts import Column, Page, button, card, label
from unclench.desktop.training.stepbars import StepBars
from unclench.desktop.training.words import length_words, now_words
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import Outcome, breath_words
from unclench.training.session.snapshot import Score
from unclench.training.steps.catalogue import kind_of
from unclench.training.steps.step import Tension
from unclench.trial.words import UNSHOWN

_MANY = 60  # rows that a person still looks at
_LATEST = 8  # recoveries named
_NOT_CALM: tuple[Tension, ...] = ("asked", "provoked")


class SummaryPage(Page):
    """Rows of steps, the breath, recoveries, tags, and where it all lies."""

    again = QtCore.pyqtSignal()
    home = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("After the session")
        self._column = Column(100)
        self._body: QtWidgets.QWidget | None = None
        self._bars: list[StepBars] = []
        self._again = button("Once more (A)", "Begin the same program again")
        self._again.clicked.connect(self.again)
        self._home = button("To the programs (Enter)", "Back to the first page", primary=True)
        self._home.clicked.connect(self.home)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._again)
        foot.addWidget(self._home)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addWidget(self._column, 1)
        column.addLayout(foot)

    def _look(self) -> None:
        """See Page."""
        theme, text_scale = self.theme, self.text_scale
        self._column.set_looks(text_scale)
        for bars in self._bars:
            bars.set_looks(theme, text_scale)

    def show_outcome(
        self,
        outcome: Outcome,
        saved: Path | None = None,
        tags: Sequence[str] = (),
        feedback: bool = True,
    ) -> None:
        """Show a session.

        Parameters
        ----------
        outcome
            What came of it.
        saved
            Where it was kept, if anywhere.
        tags
            What was marked, in words.
        feedback
            False: nothing of its tension is shown, as a self-trial asks for.
        """
        if self._body is not None:
            self._column.rows.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = QtWidgets.QWidget(objectName="clear")
        self._column.rows.addWidget(self._body)
        rows = QtWidgets.QVBoxLayout(self._body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        fell = feedback and any(_fell(outcome, k) for k in range(len(outcome.score)))
        heading = "What lowered your tension" if fell else "After the session"
        rows.addWidget(label("heading", heading))
        rows.addWidget(label("quietLead", _headline(outcome)))
        self._bars = []
        for k, score in enumerate(outcome.score if feedback else ()):
            rows.addWidget(self._channel_card(outcome, k, score))
        if not feedback:
            rows.addWidget(label("", f"{UNSHOWN} The trial's verdict will tell."))
        if not outcome.score:
            rows.addWidget(label("", "Nothing was measured in this session."))
        if told := _told(outcome, tags, feedback):
            frame, column = card(4)
            for words in told:
                column.addWidget(label("", words))
            rows.addWidget(frame)
        kept = "Nothing of it was kept." if saved is None else f"Kept in {saved}"
        where = label("small", kept)
        where.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(where)
        rows.addStretch(1)
        self._look()

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Enter goes to the programs."""
        super().showEvent(event)
        self._home.setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A for once more, Enter and Esc for the programs; arrows and page keys scroll."""
        keys = QtCore.Qt.Key
        if event.key() == keys.Key_A:
            self.again.emit()
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Escape):
            self.home.emit()
        elif not self._column.scroll_by(event):
            event.ignore()

    def _channel_card(self, outcome: Outcome, k: int, score: Score) -> QtWidgets.QWidget:
        frame, column = card(6)
        if len(outcome.score) > 1:
            column.addWidget(label("title", score.channel))
        steps = [(step.title, step.score[k]) for step in outcome.steps if k < len(step.score)]
        channel = outcome.channels[k]
        bars = StepBars(k, channel)
        bars.show_steps(steps[:_MANY])
        self._bars.append(bars)
        column.addWidget(bars)
        if len(steps) > _MANY:
            column.addWidget(label("small", f"And {len(steps) - _MANY} more steps, in the file."))
        column.addSpacing(8)
        for words in _sentences(_calm(outcome, k), score, channel):
            column.addWidget(label("lead", words))
        for step in outcome.steps:
            if k < len(step.breath):
                column.addWidget(label("lead", f"{step.title}: {breath_words(step.breath[k])}"))
        return frame


def _headline(outcome: Outcome) -> str:
    return outcome.title + ("  ·  ended early" if outcome.state == "ended" else "")


def _calm(outcome: Outcome, k: int) -> list[tuple[float, str]]:
    """Mean and title of the steps that ask for no tension, as far as they were measured."""
    calm = (step for step in outcome.steps if kind_of(step.kind).tension not in _NOT_CALM)
    means = ((step.score[k].mean_uv, step.title) for step in calm if k < len(step.score))
    return [(mean_uv, title) for mean_uv, title in means if mean_uv is not None]


def _fell(outcome: Outcome, k: int) -> bool:
    """Whether a channel ended lower than it began, or its exhale let go."""
    means = _calm(outcome, k)
    breath = (step.breath[k].falls for step in outcome.steps if k < len(step.breath))
    return (len(means) > 1 and means[-1][0] < means[0][0]) or any(breath)


def _sentences(
    means: Sequence[tuple[float, str]], whole: Score, channel: TrainedChannel
) -> list[str]:
    """Start against end, rest, recoveries of one channel; only what was measured."""
    said = []
    if len(means) > 1:
        first, last = (now_words(means[k][0], channel) for k in (0, -1))
        lowest_uv, lowest = min(means)
        said.append(f"It began at {first} µV and ended at {last} µV on average.")
        said.append(f"It was lowest in “{lowest}”, {now_words(lowest_uv, channel)} µV on average.")
    if whole.longest_rest_s:
        said.append(f"Its longest rest was {length_words(whole.longest_rest_s)}.")
    if whole.recovery_s:
        times = ", ".join(length_words(s) for s in whole.recovery_s[-_LATEST:])
        said.append(f"After a contraction it let go in {times}.")
    return said or ["Too little could be measured here to say what helped."]


def _told(outcome: Outcome, tags: Sequence[str], feedback: bool) -> list[str]:
    marked = [f"You marked: {'; '.join(tags)}."] if tags else []
    answers = [f"{question} {answer}" for question, answer in outcome.answers]
    return [*answers, *marked, *(outcome.notes if feedback else ())]
