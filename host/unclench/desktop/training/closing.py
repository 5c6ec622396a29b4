"""The figures of a session that has just ended, computed in a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.review.tasks import Newest, Token
from unclench.desktop.training.summary import SummaryPage
from unclench.report.closing import ChannelClosing, closing_of
from unclench.review.session import SessionReview
from unclench.training.session.outcome import Outcome


class Closing(QtCore.QObject):
    """Fills the summary page: at once with what is known, later with the review's figures.

    Parameters
    ----------
    page
        The page to fill.
    review_of
        Waits for the review of a session that has ended: see `Run`.
    """

    def __init__(
        self, page: SummaryPage, review_of: Callable[[Path], SessionReview | None]
    ) -> None:
        super().__init__()
        self._page, self._review_of = page, review_of
        self._work = Newest("training: figures")
        self._work.done.connect(lambda show: show())

    def begin(
        self, outcome: Outcome, folder: Path | None, tags: Sequence[str], feedback: bool
    ) -> None:
        """Show a session that has ended; see `SummaryPage.show_outcome`."""

        def show(channels: Sequence[ChannelClosing] | None) -> None:
            self._page.show_outcome(outcome, channels, folder, tags, feedback)

        def work(_: Token) -> Callable[[], None]:
            review = self._review_of(folder) if folder is not None else None
            channels = closing_of(outcome, review)
            return lambda: show(channels)

        show(None)
        self._work.ask(work)

    def close(self) -> None:
        """Stop waiting for figures."""
        self._work.close()
