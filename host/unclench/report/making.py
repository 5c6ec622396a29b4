"""A session's report, made and written: for the command and for the review screen alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from unclench.report.earlier import find_earlier
from unclench.report.render import render
from unclench.report.sessionpage import session_page
from unclench.review.session import SessionReview
from unclench.store.session.folder import EMG, META, is_session


def report_path(path: Path) -> Path:
    """Where a report belongs: inside a session's folder; beside a file of another kind."""
    path = path.expanduser()
    if path.is_dir():
        return path / "report.html"
    if is_session(path.parent) and path.name in (EMG, META):
        return path.parent / "report.html"
    return path.with_name(f"{path.stem}-report.html")


def report_html(review: SessionReview, path: Path) -> bytes:
    """The page of what was opened from `path`, beside earlier sessions of the same folder."""
    root = path if review.folder is None else review.folder.resolve().parent
    page = session_page(review, find_earlier(review, root), datetime.now().astimezone())
    return render(page).encode("utf-8", "replace")
