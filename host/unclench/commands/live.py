"""`unclench live`: the dashboard."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from unclench.commands.options import Seconds, Wanted, source_options
from unclench.errors import InputError, StoreError
from unclench.live.blocks import StreamInfo
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.settings import LARGEST_WINDOW, Place, load_settings
from unclench.training.calibrations import book_path, load_book
from unclench.training.setup import about_channels, trained_channels
from unclench.training.values import TrainedChannel
from unclench.trial.phases import running_now
from unclench.trial.words import standing_words

_SCREENSHOT_AFTER_S = 10.0


class _Size(click.ParamType):  # type: ignore[type-arg]  # generic in some versions of click
    """WIDTHxHEIGHT in pixels."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        width, _, height = str(value).lower().partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            self.fail(f"'{value}' is not a size such as 1280x800.", param, ctx)
        size = int(width), int(height)
        if not 200 <= min(size) <= max(size) <= LARGEST_WINDOW:
            self.fail(f"'{value}' is no size from 200 to {LARGEST_WINDOW} pixels.", param, ctx)
        return size


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _known(info: StreamInfo, places: Sequence[Place]) -> tuple[TrainedChannel, ...]:
    """What is known of the channels; nothing where no places are, or none that fit the board."""
    if not places:
        return ()
    book, _ = load_book(book_path(info.virtual))
    with contextlib.suppress(InputError):
        return trained_channels(info, places, book)
    return ()


@click.command("live")
@source_options("auto, sim:NAME, a port or URL, a session folder, a CSV.")
@click.option("--seconds", type=Seconds(), metavar="N", help="Close after so much signal.")
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help=f"Save a picture at the end (after {_SCREENSHOT_AFTER_S:g} s of signal unless given).",
)
@click.option(
    "--record",
    "record_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Record from the start into this session folder.",
)
@click.option("--size", type=_Size(), metavar="WxH", help="Size of the window.")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="Colours.")
@click.option("--raw", is_flag=True, help="Show the raw signal as well.")
def live_command(
    wanted: Wanted,
    seconds: float | None,
    screenshot: Path | None,
    record_dir: Path | None,
    size: tuple[int, int] | None,
    theme: Literal["light", "dark"] | None,
    raw: bool,
) -> None:
    """Watch live tension in a window."""
    from unclench.desktop.display import check_display  # Qt only where a window is wanted

    check_display(into_file=screenshot is not None)
    from unclench.desktop.app import run_dashboard

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
    pipeline = wanted.pipeline(opened, seconds if record_dir is not None else None)
    recorder = None
    try:
        info = pipeline.connect()
        known = _known(info, saved.places)
        sites = [channel.label for channel in known]
        standing = running_now(sites, info.settings.band, info.virtual, _tell)
        if standing is not None:
            _tell(standing_words(standing))
        rings = DisplayRings(info)
        if record_dir is not None:
            about = about_channels(known, len(info.channels))
            if standing is not None:
                about |= standing.in_session()
            recorder = Recorder(record_dir, info, origin=0, lossless=pipeline.lossless, about=about)
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
            with contextlib.suppress(StoreError):  # told by the dashboard
                recorder.close()
        opened.close()
