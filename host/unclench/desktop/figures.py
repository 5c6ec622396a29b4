"""The windows that show recorded sessions, opened from the dashboard."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore

from unclench.desktop.history.window import HistoryWindow
from unclench.desktop.looks import Looks
from unclench.desktop.review.window import ReviewWindow
from unclench.desktop.trialwatch import TrialWatch
from unclench.settings import Settings, sessions_dir


class FigureWindows(QtCore.QObject):
    """One review and one history window; in a block without feedback a person is asked first.

    Parameters
    ----------
    choices, saved
        Looks, and the settings saved for the next start.
    trial
        Knows whether figures may be shown.
    """

    looks_changed = QtCore.pyqtSignal()  # by a person, in one of them

    def __init__(self, choices: Looks, saved: Settings, trial: TrialWatch) -> None:
        super().__init__()
        self._choices, self._saved, self._trial = choices, saved, trial
        self.review: ReviewWindow | None = None
        self.history: HistoryWindow | None = None

    def show_review(self) -> None:
        """Show recorded sessions."""
        if self.review is not None and self.review.isVisible():
            self._open_review()
        else:
            self._trial.unless_hidden("review", self._open_review)

    def show_history(self) -> None:
        """Show how tension changes over weeks."""
        if self.history is not None and self.history.isVisible():
            self._open_history()
        else:
            self._trial.unless_hidden("history", self._open_history)

    def apply_looks(self) -> None:
        """Apply the current colours and text size."""
        if self.review is not None:
            self.review.apply_looks()
        if self.history is not None:
            self.history.set_looks(self._choices.theme, self._choices.settings.text_scale)

    def close(self) -> None:
        """Close both."""
        for window in (self.review, self.history):
            if window is not None:
                window.close()

    def _open_review(self) -> None:
        settings = self._choices.settings
        if self.review is None or not self.review.isVisible():
            self.review = ReviewWindow(sessions_dir(settings), settings, self._saved)
            self.review.choices.looks_changed.connect(self.looks_changed)
            self.review.show()
        self.review.raise_()
        self.review.activateWindow()

    def _open_history(self) -> None:
        settings = self._choices.settings
        if self.history is None:
            self.history = HistoryWindow(sessions_dir(settings))
        self.history.set_looks(self._choices.theme, settings.text_scale)
        self.history.reload()
        self.history.show()
        self.history.raise_()
        self.history.activateWindow()
