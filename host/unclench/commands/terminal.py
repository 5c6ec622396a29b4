"""`unclench live` without a window: a page in the terminal, or a line a second through a pipe."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence

import click

from unclench.commands.ending import Ending
from unclench.errors import SourceError
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.live.words import clock_words, floor_words, loss_words, lost_words
from unclench.terminal.characters import fitting
from unclench.terminal.seconds import Seconds, line
from unclench.terminal.view import Channel, View, look
from unclench.terminal.watch import can_draw, watch_lines, watch_page
from unclench.training.placement.values import TrainedChannel
from unclench.trial.phases import Standing
from unclench.trial.words import standing_words

_TRIAL_S = 30.0  # a day may end while somebody watches


def tell(sentence: str) -> None:
    """Say something that is no part of the output."""
    click.echo(sentence, err=True)


class TrialNow:
    """What a self-trial asks for now: its day may end while somebody watches.

    Parameters
    ----------
    standing
        Tells where it stands, None where no trial is about this signal.
    clock
        Host monotonic seconds.
    """

    def __init__(
        self, standing: Callable[[], Standing | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._standing, self._clock = standing, clock
        self._looked_s = clock()
        self.now = standing()

    def look(self) -> bool:
        """Look again if it is time to; say whether something else holds now."""
        if self._clock() - self._looked_s < _TRIAL_S:
            return False
        self._looked_s = self._clock()
        before, self.now = self.words, self._standing()
        return self.words != before

    @property
    def shown(self) -> bool:
        """Whether tension may be shown."""
        return self.now is None or self.now.feedback

    @property
    def words(self) -> str:
        """Where it stands; '' without a trial."""
        return "" if self.now is None else standing_words(self.now)


def watch_in_terminal(
    pipeline: Pipeline,
    known: Sequence[TrainedChannel],
    trial: TrialNow,
    recorder: Recorder | None,
    seconds: float | None,
) -> None:
    """Start a connected pipeline and show it until its end, `seconds` of signal or Ctrl-C.

    Raises SourceError if a board went away and did not come back, StoreError if something could
    not be written.
    """
    ending = Ending(pipeline, seconds)

    def over(wait_s: float) -> bool:
        return ending.over(wait_s) or (recorder is not None and recorder.error is not None)

    channels = _channels(pipeline, known)
    draws = can_draw(sys.stdout)
    try:
        with contextlib.suppress(KeyboardInterrupt):  # as good an end as any
            (_on_page if draws else _in_lines)(pipeline, channels, trial, recorder, over)
        trouble = ending.trouble
    finally:
        pipeline.stop()
        if recorder is not None:
            meta = recorder.close(pipeline.status.drift_ppm)
            tell(f"Saved {meta.duration_s:.0f} s to {recorder.folder}")
    if trouble:
        kept = "" if recorder is None else f"; what came until then is in {recorder.folder}"
        raise SourceError(f"{trouble}{kept}.")
    if draws:
        status, fs_hz = pipeline.status, pipeline.info.fs_hz
        lost = loss_words(status.lost_samples, fs_hz)
        click.echo(f"Watched {clock_words(status.n_samples / fs_hz)}, {lost}.")


def _channels(pipeline: Pipeline, known: Sequence[TrainedChannel]) -> list[Channel]:
    info = pipeline.info
    by_index = {channel.index: channel for channel in known}
    made = []
    for k, name in enumerate(info.channels):
        place = by_index.get(k)
        reference = place.reference if place is not None else None
        made.append(
            Channel.named(
                place.label if place is not None else name,
                info.noise_uv[k],
                reference.uv if reference is not None else None,
            )
        )
    return made


def _on_page(
    pipeline: Pipeline,
    channels: Sequence[Channel],
    trial: TrialNow,
    recorder: Recorder | None,
    over: Callable[[float], bool],
) -> None:
    rings = DisplayRings(pipeline.info)
    pipeline.start([rings] if recorder is None else [recorder, rings])

    def view() -> View:
        trial.look()
        return look(
            pipeline,
            rings,
            channels,
            trial=trial.words,
            shown=trial.shown,
            recording=recorder is not None,
        )

    watch_page(view, over, sys.stdout)


def _in_lines(
    pipeline: Pipeline,
    channels: Sequence[Channel],
    trial: TrialNow,
    recorder: Recorder | None,
    over: Callable[[float], bool],
) -> None:
    seconds = Seconds(pipeline.info)
    pipeline.start([seconds] if recorder is None else [recorder, seconds])
    titles = [channel.title for channel in channels]
    floors = (floor_words(channel.noise_uv) for channel in channels)
    floor = "; ".join(f"{title}: {floor}" for title, floor in zip(titles, floors, strict=True))
    tell(fitting(f"{floor}.", sys.stderr))

    def lines() -> list[str]:
        if trial.look() and trial.words:
            tell(trial.words)
        for why in seconds.interruptions():
            if not pipeline.status.ended:  # else it does not come back
                tell(lost_words(why))
        fs_hz = pipeline.info.fs_hz
        return [line(second, titles, fs_hz, trial.shown) for second in seconds.take()]

    watch_lines(lines, over, sys.stdout)
