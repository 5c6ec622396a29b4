"""Reviews of what a run has recorded, made beside everything else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unclench.review.session import SessionReview


class Reviews:
    """Sums up recordings, each in a thread of its own; keeps the reviews that are asked for."""

    def __init__(self) -> None:
        self._threads: dict[Path, threading.Thread] = {}
        self._kept: dict[Path, SessionReview | None] = {}

    def begin(self, folder: Path, *, keep: bool) -> None:
        """Sum up a recording that has ended; `keep` its review for `take`."""
        self._threads[folder] = threading.Thread(target=self._make, args=(folder, keep))
        self._threads[folder].start()

    def take(self, folder: Path) -> SessionReview | None:
        """Wait for the review of a recording; None where there can be none."""
        if folder in self._threads:
            self._threads[folder].join()
        return self._kept.pop(folder, None)

    def wait(self) -> None:
        """Wait until all are made."""
        for thread in self._threads.values():
            thread.join()

    def _make(self, folder: Path, keep: bool) -> None:
        from unclench.review.summary import keep_summary  # needs more than a recording does

        review = keep_summary(folder)
        if keep:
            self._kept[folder] = review
