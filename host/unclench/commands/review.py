"""`unclench review`: the screen of sessions, their traces and figures."""

from __future__ import annotations

from pathlib import Path

from unclench.errors import InputError
from unclench.settings import load_settings, sessions_dir
from unclench.translation import tr


def run(path: Path | None) -> None:
    """Look at recorded sessions: PATH is a session, a CSV, or a folder of sessions."""
    from unclench.desktop.display import check_display  # Qt only where a window is wanted

    saved = load_settings()
    root, opened = _root_of(path, sessions_dir(saved))
    check_display(
        instead=tr(
            "`unclench sessions` lists sessions, `unclench report SESSION` makes a page of one."
        )
    )
    from unclench.desktop.review.run import run_review

    run_review(root, opened, saved)


def _root_of(path: Path | None, usual: Path) -> tuple[Path, Path | None]:
    """Return the folder to list, and what to open at once."""
    from unclench.store.session.folder import is_session

    if path is None:
        return usual, None
    path = path.expanduser()
    if not path.exists():
        raise InputError(
            tr(
                "{path} does not exist: give a session folder, a CSV, or a folder of sessions.",
                path=path,
            )
        )
    if path.is_dir():
        return (path.absolute().parent, path.absolute()) if is_session(path) else (path, None)
    if is_session(path.parent):  # a file of a session means the session
        return path.absolute().parent.parent, path.absolute().parent
    return usual, path.absolute()
