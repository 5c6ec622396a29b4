"""`unclench live` without a window: a page in the terminal, or a line a second through a pipe."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

import click

from unclench.commands.ending import Ending
from unclench.commands.terminalrun import print_note
from unclench.live.rings import DisplayRings
from unclench.live.words import floor_words, loss_words, lost_words
from unclench.running.run import Run
from unclench.terminal.characters import fitting
from unclench.terminal.seconds import Seconds, line
from unclench.terminal.view import Channel, View, look
from unclench.terminal.watch import can_draw, watch_lines, watch_page
from unclench.translation import tr
from unclench.wording import clock


def watch_in_terminal(run: Run, seconds: float | None) -> None:
    """Start a run and show it until its end, `seconds` of signal or Ctrl-C.

    Raises SourceError if the board was disconnected and did not reconnect, StoreError if something
    could not be written.
    """
    pipeline, recorder = run.pipeline, run.recorder
    ending = Ending(pipeline, seconds)

    def over(wait_s: float) -> bool:
        return ending.over(wait_s) or (recorder is not None and recorder.error is not None)

    draws = can_draw(sys.stdout)
    try:
        with contextlib.suppress(KeyboardInterrupt):  # a normal end
            (_on_page if draws else _in_lines)(run, _channels(run), over)
        trouble = ending.trouble
    finally:
        pipeline.stop()
        if recorder is not None:
            meta = run.end_recording(recorder)
            print_note(
                tr(
                    "Saved {seconds:.0f} s to {folder}",
                    seconds=meta.duration_s,
                    folder=recorder.folder,
                )
            )
    if trouble:
        raise run.early_end(trouble)
    if draws:
        status, fs_hz = pipeline.status, pipeline.info.fs_hz
        lost = loss_words(status.lost_samples, fs_hz)
        click.echo(tr("Watched {time}, {lost}.", time=clock(status.n_samples / fs_hz), lost=lost))


def _channels(run: Run) -> list[Channel]:
    made = []
    for k, (name, reference_uv) in enumerate(run.titles()):
        made.append(Channel.named(name, run.info.noise_uv[k], reference_uv))
    return made


def _on_page(run: Run, channels: list[Channel], over: Callable[[float], bool]) -> None:
    rings = DisplayRings(run.info)
    run.start(rings)

    def view() -> View:
        run.trial.look()
        return look(
            run.pipeline,
            rings,
            channels,
            trial=run.trial.words,
            shown=run.trial.shown,
            recording=run.recorder is not None,
        )

    watch_page(view, over, sys.stdout)


def _in_lines(run: Run, channels: list[Channel], over: Callable[[float], bool]) -> None:
    seconds = Seconds(run.info)
    run.start(seconds)
    titles = [channel.title for channel in channels]
    floors = (floor_words(channel.noise_uv) for channel in channels)
    floor = "; ".join(f"{title}: {floor}" for title, floor in zip(titles, floors, strict=True))
    print_note(fitting(f"{floor}.", sys.stderr))

    def lines() -> list[str]:
        if run.trial.look() and run.trial.words:
            print_note(run.trial.words)
        for reason in seconds.interruptions():
            if not run.pipeline.status.ended:  # else it does not reconnect
                print_note(lost_words(reason))
        fs_hz = run.info.fs_hz
        return [line(second, titles, fs_hz, run.trial.shown) for second in seconds.take()]

    watch_lines(lines, over, sys.stdout)
