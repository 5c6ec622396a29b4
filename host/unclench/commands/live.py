"""`unclench live`: the dashboard, or a trace in the terminal where there is no window."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from unclench.commands.terminal import watch_in_terminal
from unclench.commands.terminalrun import greet, tell, terminal_run
from unclench.errors import DisplayError, InputError
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted

_SCREENSHOT_AFTER_S = 10.0
_STOP = "Watching in the terminal; press Ctrl-C to stop."
_NO_RAW = "The terminal shows tension alone: --raw is for the window."


def _no_window(for_picture: bool) -> str | None:
    """Say why no window can be opened here; None if one can. A picture needs only the libraries."""
    from unclench.desktop.display import check_display  # Qt only where a window is wanted

    try:
        check_display(into_file=for_picture)
    except DisplayError as error:
        if for_picture:
            raise
        return f"{error} {_STOP}"
    return None


def run(
    wanted: Wanted,
    seconds: float | None,
    screenshot: Path | None,
    in_terminal: bool,
    size: tuple[int, int] | None,
    theme: Literal["light", "dark"] | None,
    raw: bool,
) -> None:
    """Watch live tension in a window, or in the terminal where no window can be opened."""
    if in_terminal and screenshot is not None:
        raise InputError("--screenshot is a picture of the window: leave --terminal out.")
    why = None if in_terminal else _no_window(for_picture=screenshot is not None)
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise InputError(f"There is no folder {screenshot.parent} for the picture: make it first.")
    if in_terminal or why is not None:
        with terminal_run(wanted, seconds=seconds) as opened:
            greet(opened, why, _NO_RAW if raw else None)
            watch_in_terminal(opened, seconds)
        return
    given = {"window": size, "theme": theme, "raw_shown": raw or None}
    if screenshot is not None and seconds is None:
        seconds = _SCREENSHOT_AFTER_S
    # A recording ends on its last sample; a picture shows the signal still running.
    with open_run(wanted, stop_after_s=seconds if wanted.sinks else None) as opened:
        if opened.trial.words:
            tell(opened.trial.words)
        from unclench.desktop.app import run_dashboard

        settings = opened.settings.model_copy(
            update={name: value for name, value in given.items() if value is not None}
        )
        run_dashboard(opened, settings, close_after_s=seconds, screenshot=screenshot)
