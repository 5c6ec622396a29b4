"""`unclench live`: the dashboard, or a trace in the terminal where there is no window."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from unclench.commands.guided import ask_safety, tell_safety
from unclench.commands.options import Wanted
from unclench.commands.terminal import TrialNow, tell, watch_in_terminal
from unclench.errors import DisplayError, InputError, StoreError
from unclench.live.blocks import StreamInfo
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.settings import Place, load_settings
from unclench.training.placement.calibrations import book_path, load_book
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.setup import about_channels, trained_channels
from unclench.trial.phases import running_now

_SCREENSHOT_AFTER_S = 10.0
_STOP = "Watching in the terminal; press Ctrl-C to stop."
_NO_RAW = "The terminal shows tension alone: --raw is for the window."


def _known(info: StreamInfo, places: Sequence[Place]) -> tuple[TrainedChannel, ...]:
    """What is known of the channels; nothing where no places are, or none that fit the board."""
    if not places:
        return ()
    book, _ = load_book(book_path(info.virtual))
    with contextlib.suppress(InputError):
        return trained_channels(info, places, book)
    return ()


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
    record_dir: Path | None,
    in_terminal: bool,
    size: tuple[int, int] | None,
    theme: Literal["light", "dark"] | None,
    raw: bool,
) -> None:
    """Watch live tension in a window, or in the terminal where no window can be opened."""
    if in_terminal and screenshot is not None:
        raise InputError("--screenshot is a picture of the window: leave --terminal out.")
    why = None if in_terminal else _no_window(for_picture=screenshot is not None)
    in_terminal = in_terminal or why is not None
    if screenshot is not None and not screenshot.absolute().parent.is_dir():
        raise InputError(f"There is no folder {screenshot.parent} for the picture: make it first.")
    if record_dir is not None:
        record_dir = record_dir.expanduser()
    saved, trouble = load_settings()
    given = {"window": size, "theme": theme, "raw_shown": raw or None}
    settings = saved.model_copy(update={k: v for k, v in given.items() if v is not None})
    if screenshot is not None and seconds is None:
        seconds = _SCREENSHOT_AFTER_S
    opened = wanted.open()
    # A recording ends on its last sample; a picture shows the signal still running.
    exact = in_terminal or record_dir is not None
    pipeline = wanted.pipeline(opened, seconds if exact else None)
    recorder = None
    try:
        if in_terminal:
            ask_safety(opened)  # the window asks by itself
        info = pipeline.connect()
        known = _known(info, saved.places)
        sites = [channel.label for channel in known]
        trial = TrialNow(lambda: running_now(sites, info.settings.band, info.virtual, tell))
        if record_dir is not None:
            about = about_channels(known, len(info.channels))
            if trial.now is not None:
                about |= trial.now.in_session()
            recorder = Recorder(record_dir, info, origin=0, lossless=pipeline.lossless, about=about)
        if trial.words:
            tell(trial.words)
        if in_terminal:
            tell_safety(opened, info)
            for note in filter(None, (trouble, *opened.notes, why, _NO_RAW if raw else None)):
                tell(note)
            watch_in_terminal(pipeline, known, trial, recorder, seconds)
            return
        from unclench.desktop.app import run_dashboard

        rings = DisplayRings(info)
        pipeline.start([rings] if recorder is None else [recorder, rings])
        run_dashboard(
            pipeline,
            rings,
            settings,
            saved,
            recorder=recorder,
            situation=opened.situation,
            notes=opened.notes if trouble is None else (trouble, *opened.notes),
            close_after_s=seconds,
            screenshot=screenshot,
        )
    finally:
        pipeline.stop()
        if recorder is not None:  # closed already, unless the window could not be made
            with contextlib.suppress(StoreError):  # told already
                recorder.close()
        opened.close()
