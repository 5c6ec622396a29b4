"""Thread 3: to disk, without loss. A disk error is reported and stops only the recording.

Events are written in the order of their samples, however the samples came in: an event waits until
the samples before it have passed. So one signal gives one events.csv, byte for byte.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from unclench.errors import StoreError
from unclench.live.blocks import IntArray, LiveBlock, StreamInfo
from unclench.profiles.known import profile_of
from unclench.store.constants import BoardConstants
from unclench.store.events.event import Event
from unclench.store.model import BandMeta
from unclench.store.provenance import Provenance
from unclench.store.session.schema import SessionMeta
from unclench.store.session.writer import SessionWriter
from unclench.translation import tr
from unclench_dsp import PickEvery

_FLUSH_S = 0.4
_QUEUE_BLOCKS = 20_000  # more than three minutes of 10 ms blocks: no disk is away for so long


_Item = LiveBlock | Event | Callable[[], None]


class Recorder:
    """A sink that writes a session folder.

    Parameters
    ----------
    folder
        Where to; see `store.folder.new_session_folder`. Raises StoreError.
    info
        The stream.
    origin
        Sample of the stream that becomes sample 0 of the recording; what came before is left out.
        The next one seen unless given.
    lossless
        The source waits for its readers, so a full queue may block it; otherwise a full queue is
        an error that ends the recording.
    about
        Further entries of session.json: sites, training.
    """

    def __init__(
        self,
        folder: Path,
        info: StreamInfo,
        *,
        origin: int | None = None,
        lossless: bool = False,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        settings = info.settings
        self._writer = SessionWriter(
            folder,
            SessionMeta(
                source=info.source,
                constants=BoardConstants.from_hello(info.hello),
                profile=profile_of(info.hello),
                channels=info.channels,
                band=BandMeta(
                    name=settings.band.name,
                    low_hz=settings.band.low_hz,
                    high_hz=settings.band.high_hz,
                    order=settings.band.order,
                ),
                mains=settings.mains,
                window_s=settings.window_s,
                tension_rate_hz=info.fs_hz / info.hop_n,
                **{"provenance": _provenance(info), **(about or {})},
            ),
        )
        self.folder = self._writer.folder
        self._pick = PickEvery(info.hop_n)
        self._lossless = lossless
        self._queue: queue.Queue[_Item | None] = queue.Queue(_QUEUE_BLOCKS)
        self._origin = origin
        self._end: float = inf  # sample of the stream from which on nothing is kept
        self._waiting: list[Event] = []  # for their turn
        self._passed: float = -inf  # the samples before this one have come, or are lost
        self._stopping = False
        self._error: StoreError | None = None
        self._drift_ppm: float | None = None
        self._thread = threading.Thread(target=self._run, name="unclench-recorder", daemon=True)
        self._thread.start()

    @property
    def error(self) -> StoreError | None:
        """What ended the recording before its time."""
        return self._error

    @property
    def meta(self) -> SessionMeta:
        """Counts and settings as they are now."""
        return self._writer.meta

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        self._put(block)

    def event(self, event: Event) -> None:
        """See Sink.event."""
        self._put(event)

    def update(self, **changes: Any) -> None:
        """Change entries of session.json, after what was handed in so far."""
        self._put(lambda: self._writer.update(**changes))

    def end_at(self, sample: int) -> None:
        """Keep nothing of the stream from `sample` on, but for events at that very sample."""
        self._put(lambda: setattr(self, "_end", sample))

    def close(self, drift_ppm: float | None = None) -> SessionMeta:
        """Write what is left and return the final counts. Raises StoreError."""
        self._drift_ppm = drift_ppm
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._writer.meta

    def _put(self, item: _Item) -> None:
        if self._error is not None:
            return
        try:
            self._queue.put(item, block=self._lossless)
        except queue.Full:
            self._error = StoreError(
                tr(
                    "The disk under {folder} has not kept up for minutes, so recording has ended. "
                    "What was written is kept. Record to a faster disk.",
                    folder=self.folder,
                )
            )

    def _run(self) -> None:
        try:
            self._write_until_stopped()
        except StoreError as error:
            self._error = error
        except Exception as error:
            self._error = StoreError(
                tr(
                    "Recording has ended because of an internal error ({name}: {error}). What was "
                    "written is kept in {folder}. Please report the error.",
                    name=type(error).__name__,
                    error=error,
                    folder=self.folder,
                )
            )
            raise
        finally:
            self._finish()

    def _write_until_stopped(self) -> None:
        flushed_s = time.monotonic()
        while True:
            try:
                item = self._queue.get(timeout=_FLUSH_S)
            except queue.Empty:
                if not self._lossless:  # a board that is away: what is sure by now is kept
                    self._write_events(before=self._passed + 1)
            else:
                if item is None:
                    self._stopping = True
                    return
                if isinstance(item, LiveBlock):
                    self._write_block(item)
                elif isinstance(item, Event):
                    self._waiting.append(item)
                    self._passed = max(self._passed, item.sample + (item.lost_samples or -inf))
                else:
                    item()
            if time.monotonic() - flushed_s >= _FLUSH_S:
                self._writer.flush()
                flushed_s = time.monotonic()

    def _finish(self) -> None:
        try:
            if self._origin is None and self._waiting:  # not one sample came
                self._origin = self._waiting[0].sample
            self._write_events()
            if self._error is not None:
                self._writer.close("error", str(self._error))
            else:
                if self._drift_ppm is not None:
                    self._writer.update(drift_ppm=round(self._drift_ppm, 3))
                self._writer.close()
        except StoreError as error:
            self._error = self._error or error
            with contextlib.suppress(StoreError):  # a disk that takes no rows may take a word
                self._writer.update(ended="error", reason=str(error))
        while self._error is not None and not self._stopping:
            self._stopping = self._queue.get() is None  # nobody may wait for room in the queue

    def _write_block(self, block: LiveBlock) -> None:
        if self._origin is None:
            self._origin = block.first
        kept = block.between(self._origin, self._end)
        if kept is not None:
            self._write_samples(kept, kept.first - self._origin)
        self._passed = block.stop
        self._write_events(before=block.stop)

    def _write_samples(self, block: LiveBlock, first: int) -> None:
        self._writer.write_samples(first, block.units)
        offsets = self._pick.offsets(block.first, len(block.units))
        if len(offsets):
            tension = block.envelope_uv[offsets]
            tension[block.settling[offsets]] = np.nan
            words = _words(block, offsets)
            self._writer.write_tension(first + offsets, tension, words)

    def _write_events(self, before: float = inf) -> None:
        """Write the events whose turn has come: those before a sample, or all."""
        if self._origin is None or not self._waiting:
            return
        ready = [event for event in self._waiting if event.sample < before]
        self._waiting = [event for event in self._waiting if event.sample >= before]
        for event in sorted(ready, key=attrgetter("sample")):
            if event.sample <= self._end:
                at = max(0, event.sample - self._origin)
                self._writer.write_event(replace(event, sample=at))


def _words(block: LiveBlock, offsets: IntArray) -> list[str]:
    """One word for each row: the channels' states, joined where they differ."""
    words = []
    for i in offsets.tolist():
        states = ("settling",) if block.settling[i] else block.state_at(block.first + i)
        words.append(states[0] if len(set(states)) == 1 else "; ".join(states))
    return words


def _provenance(info: StreamInfo) -> Provenance:
    return Provenance.VIRTUAL if info.virtual else Provenance.BOARD
