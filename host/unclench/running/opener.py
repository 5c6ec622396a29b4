"""The one way to a run, for every command and window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from unclench.errors import UnclenchError
from unclench.running.run import Run
from unclench.running.wanted import Wanted
from unclench.settings import Place, Settings, load_settings
from unclench.sources import Source
from unclench.training.session.setup import trained_channels

_log = logging.getLogger(__name__)


@contextmanager
def open_run(
    wanted: Wanted,
    places: Sequence[Place] = (),
    *,
    stop_after_s: float | None = None,
    gather_s: float = 0.0,
    before: Callable[[Source, Settings], object] = lambda source, settings: None,
) -> Iterator[Run]:
    """Open and connect what is wanted; nothing is processed until `Run.start`.

    Parameters
    ----------
    wanted
        The signal and its sinks.
    places
        Where the sensors are; those of the settings unless given.
    stop_after_s
        End after so many seconds of signal.
    gather_s
        Larger blocks that cost less: see `LinkReader`.
    before
        Called before a board streams, with the source and the settings.

    Raises
    ------
    UnclenchError
        In one sentence: the source, places that do not fit the board, a sink that cannot be made.
    """
    settings = load_settings()
    source = wanted.open()
    try:
        before(source, settings)
        pipeline = wanted.connect(source, stop_after_s, gather_s)
    except BaseException:
        source.close()
        raise
    run = Run(source, pipeline, settings, places or settings.places)
    _log.info(
        "opened %s: %d channels at %g Hz, %s band",
        *(_kind(source), len(run.info.channels), run.info.fs_hz, run.info.settings.band.name),
    )
    try:
        if places:
            trained_channels(run.info, places, run.book)
        run.add_wanted(wanted.sinks)
        yield run
    except BaseException:
        with suppress(UnclenchError):  # the first trouble is the one to tell
            run.close()
        raise
    run.close()


def _kind(source: Source) -> str:
    """What a source is; of a recording not which one."""
    if source.recording:
        return "a recording"
    return source.name if source.board is None else "a virtual board"
