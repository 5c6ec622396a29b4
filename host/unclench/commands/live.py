"""`unclench live`: the dashboard, or a trace in the terminal where there is no window."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from unclench.commands.terminal import watch_in_terminal
from unclench.commands.terminalrun import greet, print_note, terminal_run
from unclench.errors import DisplayError, InputError
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted
from unclench.translation import tr

_SCREENSHOT_AFTER_S = 10.0
_STOP = tr("Watching in the terminal; press Ctrl-C to stop.")
_NO_RAW = tr("The terminal shows tension only; --raw works in the window.")


def _no_window(for_picture: bool) -> str | None:
    """Return why no window can be opened, or None. A picture needs only the libraries."""
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
        raise InputError(tr("--screenshot needs the window: leave out --terminal."))
    no_window = None if in_terminal else _no_window(for_picture=screenshot is not None)
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise InputError(
            tr(
                "The folder {folder} for the picture does not exist: create it first.",
                folder=screenshot.parent,
            )
        )
    if in_terminal or no_window is not None:
        with terminal_run(wanted, seconds=seconds) as opened:
            greet(opened, no_window, _NO_RAW if raw else None)
            watch_in_terminal(opened, seconds)
        return
    given = {"window": size, "theme": theme, "raw_shown": raw or None}
    if screenshot is not None and seconds is None:
        seconds = _SCREENSHOT_AFTER_S
    # A recording ends on its last sample; a picture shows a running signal.
    with open_run(wanted, stop_after_s=seconds if wanted.sinks else None) as opened:
        if opened.trial.words:
            print_note(opened.trial.words)
        from unclench.desktop.app import run_dashboard

        settings = opened.settings.model_copy(
            update={name: value for name, value in given.items() if value is not None}
        )
        run_dashboard(opened, settings, close_after_s=seconds, screenshot=screenshot)
