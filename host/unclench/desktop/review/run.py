"""Shows the review window until it is closed."""

from __future__ import annotations

from pathlib import Path

from unclench.desktop.eventloop import start_qt, stopped_by_signals_and_faults
from unclench.desktop.review.window import ReviewWindow
from unclench.errors import StoreError
from unclench.settings import Settings
from unclench.translation import tr


def run_review(root: Path, opened: Path | None, saved: Settings) -> None:
    """Show the sessions in `root`, and open one at once if `opened` names it.

    Raises StoreError for an internal error that closed the window.
    """
    app = start_qt()
    window = ReviewWindow(root, saved.model_copy(), saved, path=opened)
    with stopped_by_signals_and_faults(window.close) as failures:
        (window.showMaximized if saved.maximized else window.show)()
        app.exec_()
    if failures:
        error = failures[0]
        raise StoreError(
            tr(
                "The window closed because of an internal error: {name}: {error}.",
                name=type(error).__name__,
                error=error,
            )
        )
