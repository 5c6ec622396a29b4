"""Make a session's report, for the command and for the review screen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from unclench.report.earlier import find_earlier
from unclench.report.render import render
from unclench.report.sessionpage import session_page
from unclench.review.session import SessionReview
from unclench.store.session.folder import EMG, META, is_session


def report_path(path: Path) -> Path:
    """Return where a report belongs: in a session's folder, or beside another file."""
    path = path.expanduser()
    if path.is_dir():
        return path / "report.html"
    if is_session(path.parent) and path.name in (EMG, META):
        return path.parent / "report.html"
    return path.with_name(f"{path.stem}-report.html")


def report_html(review: SessionReview, path: Path) -> bytes:
    """Return the page of the session or file at `path`, with earlier sessions of its folder."""
    root = path if review.folder is None else review.folder.resolve().parent
    page = session_page(review, find_earlier(review, root), datetime.now().astimezone())
    return render(page).encode("utf-8", "replace")
