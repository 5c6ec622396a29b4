"""The dashboard in a self-trial: hides tension in a block without feedback, shows it on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pyqtgraph.Qt import QtCore

from unclench.desktop.trialbar import TrialBar
from unclench.errors import StoreError
from unclench.running.trialnow import LOOK_S, TrialNow
from unclench.translation import tr
from unclench.trial.phases import note_deviation
from unclench.trial.words import figures_question

_OPEN = {"review": tr("Open the review"), "history": tr("Open the history")}


class TrialWatch(QtCore.QObject):
    """Follows the trial, shows its state in a bar, and asks before something hidden opens.

    Parameters
    ----------
    trial
        The trial of the signal that is shown.
    bar
        Shows its state.
    """

    changed = QtCore.pyqtSignal(bool)  # whether tension is shown
    shown = QtCore.pyqtSignal()  # a person wants to see tension in a block without feedback
    trouble = QtCore.pyqtSignal(str)

    def __init__(self, trial: TrialNow, bar: TrialBar) -> None:
        super().__init__()
        self._trial, self._bar = trial, bar
        self._last = ("", True)
        bar.shown.connect(self._show_anyway)
        self._timer = QtCore.QTimer(self, timeout=self.refresh)
        self._timer.start(round(1000 * LOOK_S))  # the day can end while the window is open

    @property
    def feedback(self) -> bool:
        """Whether tension is shown."""
        return self._last[1]

    def refresh(self) -> None:
        """Apply what today's block asks for."""
        self._trial.look_now()
        now = (self._trial.words, self._trial.shown)
        if now != self._last:
            self._last = now
            words, feedback = now
            self._bar.show_words(words, hidden=not feedback)
            self.changed.emit(feedback)

    def unless_hidden(self, what: Literal["review", "history"], show: Callable[[], None]) -> None:
        """Show past figures; while tension is hidden, ask first and record that they were seen."""
        self._trial.look_now()
        if self._trial.now is None or self._trial.shown:
            show()
            return

        def open_it() -> None:
            self._keep(lambda: note_deviation(f"the {what}"))
            show()

        do = (_OPEN[what], tr("See figures and record that they were seen"))
        self._bar.ask(figures_question(self._trial.now, what), do, open_it)

    def close(self) -> None:
        """Stop following the trial."""
        self._timer.stop()

    def _show_anyway(self) -> None:
        self._trial.look_now()
        self._keep(lambda: self._trial.show_anyway("the dashboard"))
        self.shown.emit()
        self.refresh()

    def _keep(self, deviation: Callable[[], None]) -> None:
        try:
            deviation()
        except StoreError as error:
            self.trouble.emit(str(error))
