"""The page after a session: what lowered tension, in figures that the signal supports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.parts import Column, Page, button, card, label
from unclench.desktop.training.stepbars import StepBars
from unclench.report.closing import ChannelClosing, helped_words, whole_words
from unclench.training.session.outcome import Outcome, breath_words
from unclench.translation import tr, trn
from unclench.trial.words import UNSHOWN
from unclench.wording import capital

_MANY = 60  # the most rows that a person reads


class SummaryPage(Page):
    """Steps, breath, recoveries, tags, and the session's folder."""

    again = QtCore.pyqtSignal()
    home = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("After the session"))
        self._column = Column(100)
        self._body: QtWidgets.QWidget | None = None
        self._bars: list[StepBars] = []
        self._again = button(tr("Once more (A)"), tr("Begin the same program again"))
        self._again.clicked.connect(self.again)
        self._home = button(
            tr("Back to the programs (Enter)"), tr("Go to the first page"), primary=True
        )
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

    def _apply_looks(self) -> None:
        """See Page."""
        theme, text_scale = self.theme, self.text_scale
        self._column.set_looks(text_scale)
        for bars in self._bars:
            bars.set_looks(theme, text_scale)

    def show_outcome(
        self,
        outcome: Outcome,
        channels: Sequence[ChannelClosing] | None,
        saved: Path | None = None,
        tags: Sequence[str] = (),
        feedback: bool = True,
    ) -> None:
        """Show a session.

        Parameters
        ----------
        outcome
            The session's result.
        channels
            Figures of each trained channel; None while they are being computed.
        saved
            Its folder, if it was kept.
        tags
            The tags, in words.
        feedback
            False hides everything about tension, as a self-trial asks for.
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
        shown = channels if feedback and channels is not None else ()
        fell = any(closing.fell for closing in shown)
        heading = tr("What lowered your tension") if fell else tr("After the session")
        rows.addWidget(label("heading", heading))
        rows.addWidget(label("quietLead", _headline(outcome)))
        self._bars = []
        for k, closing in enumerate(shown):
            rows.addWidget(self._channel_card(k, closing, named=len(shown) > 1))
        if not feedback:
            later = tr("You see the result in the trial's verdict.")
            rows.addWidget(label("", f"{UNSHOWN} {later}"))
        elif channels is None:
            rows.addWidget(label("", tr("Computing the figures …")))
        elif not channels:
            rows.addWidget(label("", tr("Nothing was measured in this session.")))
        if remarks := _remarks(outcome, tags, feedback):
            frame, column = card(4)
            for words in remarks:
                column.addWidget(label("", words))
            rows.addWidget(frame)
        kept = (
            tr("This session was not kept.")
            if saved is None
            else tr("Saved in {folder}", folder=saved)
        )
        where = label("small", kept)
        where.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        rows.addWidget(where)
        rows.addStretch(1)
        self._apply_looks()

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the button to the programs, so that Enter presses it."""
        super().showEvent(event)
        self._home.setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A repeats the program, Enter and Esc go to the programs; arrows and page keys scroll."""
        keys = QtCore.Qt.Key
        if event.key() == keys.Key_A:
            self.again.emit()
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Escape):
            self.home.emit()
        elif not self._column.scroll_by(event):
            event.ignore()

    def _channel_card(self, k: int, closing: ChannelClosing, named: bool) -> QtWidgets.QWidget:
        frame, column = card(6)
        if named:
            column.addWidget(label("title", closing.channel.label))
        bars = StepBars(k)
        bars.show_steps(closing.steps[:_MANY])
        self._bars.append(bars)
        column.addWidget(bars)
        more = len(closing.steps) - _MANY
        if more > 0:
            column.addWidget(label("small", _more_words(more)))
        column.addSpacing(8)
        whole = whole_words(closing)
        for words in (*helped_words(closing), capital(whole)):
            column.addWidget(label("lead", words))
        for title, effect in closing.breath:
            column.addWidget(label("lead", f"{title}: {breath_words(effect)}"))
        return frame


def _more_words(n: int) -> str:
    return trn("And {n} more step, in the report.", "And {n} more steps, in the report.", n)


def _headline(outcome: Outcome) -> str:
    early = [tr("ended early")] if outcome.state == "ended" else []
    return "  ·  ".join([outcome.title, *early])


def _remarks(outcome: Outcome, tags: Sequence[str], feedback: bool) -> list[str]:
    marked = [tr("You marked: {tags}.", tags="; ".join(tags))] if tags else []
    answers = [f"{question} {answer}" for question, answer in outcome.answers]
    return [*answers, *marked, *(outcome.notes if feedback else ())]
