"""Thread 2: frames to tension. Sole owner of filter state; turns losses into explicit gaps."""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.link.clock import ClockFit
from unclench.link.messages import Arrived, Connected, Disconnected, LinkEvent
from unclench.link.reader import LinkReader
from unclench.link.tracker import SampleTracker, TrackedBlock
from unclench.live.blocks import (
    LiveBlock,
    LiveSettings,
    LiveStatus,
    Sink,
    StreamInfo,
)
from unclench.live.processing import Processing
from unclench.store.events.event import BoardBack, BoardLost, Event, Gap, Marked, Overflowed
from unclench.translation import tr
from unclench_dsp import units_to_uv
from unclench_wire.messages import Hello

_RECENT_EVENTS = 20
_log = logging.getLogger(__name__)  # of what is rare: never of a block


@dataclass(frozen=True)
class _Count:
    """How a connection counts its samples."""

    base: int  # session index at which its count begins
    clock: ClockFit


class Pipeline:
    """Runs one source through the signal chain into sinks; made by `connect`.

    Parameters
    ----------
    reader
        The link, started.
    info
        The stream. Raises InputError if its rate is too low for the band.
    stop_after_s
        End after so many seconds of signal.
    """

    def __init__(
        self, reader: LinkReader, info: StreamInfo, stop_after_s: float | None = None
    ) -> None:
        self._reader = reader
        self.info = info
        self._processing = Processing(info.signal)
        self._tracker = SampleTracker(info.fs_hz, len(info.channels))
        self._stop_at = None if stop_after_s is None else round(stop_after_s * info.fs_hz)
        self._sinks: list[Sink] = []
        self._orders: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="unclench-processing", daemon=True)
        self._done = threading.Event()
        self._recent: deque[Event] = deque(maxlen=_RECENT_EVENTS)
        self._status = LiveStatus(False, False, "", 0, 0, 0, 0, 0)
        self._next = 0  # session index of the sample that comes next
        self._count_of = _Count(0, ClockFit())  # the present connection's
        self._lost_between = 0  # in interruptions, beside what the tracker counts
        self._earlier = np.zeros(2, np.int64)  # bad frames and overflows of connections before
        self._last_host_s = 0.0
        self._bad_frames = self._overflows = 0  # on the present connection

    @classmethod
    def connect(
        cls,
        reader: LinkReader,
        source: str,
        settings: LiveSettings | None = None,
        channel_names: Sequence[str] = (),
        stop_after_s: float | None = None,
    ) -> Pipeline:
        """Connect to a source and learn its stream's constants.

        Parameters
        ----------
        reader
            The link, not yet started.
        source, channel_names
            What to call the source and, where it knows them, its channels.
        settings
            How tension is computed.
        stop_after_s
            See the class.

        Raises
        ------
        SourceError
            Nothing answers, or no board of ours.
        InputError
            The rate is too low for the band.
        """
        hello = reader.start()
        names = tuple(channel_names)
        if len(names) != (n := len(hello.channels)):
            names = tuple(f"channel {k + 1}" for k in range(n))  # kept in files, so not translated
        try:
            info = StreamInfo(source, hello, names, settings or LiveSettings())
            return cls(reader, info, stop_after_s)
        except InputError:
            reader.stop()
            raise

    def start(self, sinks: Sequence[Sink]) -> None:
        """Process into `sinks` from the first sample on."""
        self._sinks = list(sinks)
        self._thread.start()

    @property
    def status(self) -> LiveStatus:
        """How things stand."""
        return self._status

    @property
    def lossless(self) -> bool:
        """Whether the source waits for its consumers."""
        return self._reader.lossless

    @property
    def true_time(self) -> bool:
        """Whether a second of signal lasts a second."""
        return self._reader.true_time

    def add_sink(self, *sinks: Sink) -> None:
        """Let `sinks` follow from the next block on, all from the same one."""
        self.call(lambda: self._sinks.extend(sinks))

    def remove_sink(self, sink: Sink) -> None:
        """Let go of `sink`; it may get one more block meanwhile."""
        self.call(lambda: self._sinks.remove(sink) if sink in self._sinks else None)

    def call(self, order: Callable[[], object]) -> None:
        """Have the processing thread do something before its next block, or within 0.1 s.

        Once the stream has ended it is done at once, by the caller.
        """
        self._orders.put(order)
        if self._thread.ident is not None and not self._thread.is_alive():
            self._run_pending()

    def catch_up(self, timeout_s: float = 2.0) -> bool:
        """Wait until all has been done that was called for so far; say whether it was."""
        done = threading.Event()
        self.call(done.set)
        return done.wait(timeout_s)

    def finish(self) -> None:
        """End after the block under way; for a sink that has seen what it wanted."""
        self._status = replace(self._status, ended=True, why="done")
        self._done.set()

    def mark(self, text: str, sample: int | None = None) -> int:
        """Put a marker at this moment, or at an earlier sample; return its sample index."""
        sample = self.sample_now() if sample is None else sample
        event = Event(sample, Marked(text))
        self.call(lambda: self.emit(event))
        return sample

    def sample_now(self) -> int:
        """Session index of the sample that the board is taking now, by the clock fit."""
        # Not further ahead than a stall could explain: a paused source stops the board's count.
        now = self._sample_at(self._reader.clock.now_s())
        return max(0, min(now, self._next + round(self.info.fs_hz)))

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the stream; True when it has come."""
        return self._done.wait(timeout_s)

    def stop(self) -> None:
        """End both threads and close the source."""
        self._reader.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _sample_at(self, host_s: float) -> int:
        count = self._count_of  # once: another thread may replace it
        try:
            since_s = count.clock.device_s(host_s)
        except ValueError:  # nothing has arrived on this connection
            since_s = host_s - (self._last_host_s or host_s)
        return count.base + round(since_s * self.info.fs_hz)

    def _run(self) -> None:
        try:
            while not self._done.is_set():
                try:
                    event = self._reader.events.get(timeout=0.1)
                except queue.Empty:
                    event = None
                self._run_pending()
                if event is not None:
                    self._handle(event)
                elif not self._reader.running and self._reader.events.empty():
                    # Its last word found no room, or it failed.
                    self._end(tr("the link has ended"), cut_short=not self._status.ended)
        except BaseException as failure:
            # Whatever it was: recordings must be closed and a person told, not left waiting.
            name = type(failure).__name__
            self._end(tr("an internal error ({name}: {failure})", name=name, failure=failure), True)
            raise
        finally:
            self._done.set()
            self._log_end()

    def _log_end(self) -> None:
        status = self._status
        _log.info(
            "ended after %.1f s (%s): %d samples lost, %d bad frames, %d overflows, %d times back",
            *(status.n_samples / self.info.fs_hz, status.why, status.lost_samples),
            *(status.bad_frames, status.overflows, status.reconnections),
        )

    def _run_pending(self) -> None:
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return
            order()

    def _handle(self, event: LinkEvent) -> None:
        if isinstance(event, Arrived):
            self._arrived(event)
        elif isinstance(event, Connected):
            self._connected(event)
        else:
            self._disconnected(event)

    def _connected(self, event: Connected) -> None:
        again = self._last_host_s > 0
        base = 0
        if again and not _same_constants(event.hello, self.info.hello):
            text = tr("the reconnected board has other settings; start again to use them")
            self.emit(Event(self._next, BoardLost(text)))
            self._end(text, cut_short=True)
            return
        if again:
            # The board's count starts again; the host's clock shows how long it was disconnected.
            away_s = event.host_s - self._last_host_s
            # One at least is missing: what was held has been handed on as before a gap.
            base = max(self._next + 1, self._sample_at(event.host_s))
            self._gap(base)  # known by now, and it comes before the return
            self._status = replace(self._status, reconnections=self._status.reconnections + 1)
            _log.info("connected again after %.1f s", away_s)
            self.emit(Event(self._next, BoardBack(), duration_s=round(away_s, 3)))
        self._tracker = SampleTracker(self.info.fs_hz, len(self.info.channels))
        self._count_of = _Count(base, ClockFit())
        self._overflows = 0
        self._status = replace(self._status, connected=True, why="")
        self._last_host_s = event.host_s
        self._count()

    def _disconnected(self, event: Disconnected) -> None:
        self._earlier += (self._bad_frames_here(), self._tracker.overflows)
        self._bad_frames = 0
        self._tracker = SampleTracker(self.info.fs_hz, len(self.info.channels))
        self._flush()
        self._status = replace(self._status, connected=False, ended=event.final, why=event.reason)
        if event.final:
            self._done.set()
        else:
            _log.warning("connection lost: %s", event.reason)
            self.emit(Event(self._next, BoardLost(event.reason)))

    def _bad_frames_here(self) -> int:
        return self._bad_frames + self._tracker.senseless_frames

    def _arrived(self, event: Arrived) -> None:
        run: list[TrackedBlock] = []
        for frame in event.frames:
            block = self._tracker.add(frame)
            if block is None:
                continue
            self._count_of.clock.add(block.device_s, event.host_s)
            if block.lost_before and run:
                self._process(run, event.host_s)
                run = []
            run.append(block)
        if run:
            self._process(run, event.host_s)
        self._bad_frames = event.bad_frames
        self._last_host_s = event.host_s
        self._count()
        if self._tracker.broken:
            self._reader.restart_stream()

    def _process(self, run: Sequence[TrackedBlock], host_s: float) -> None:
        """Take blocks that follow each other without a gap, save perhaps before the first."""
        if self._done.is_set():
            return
        first = self._count_of.base + run[0].first
        units = run[0].units if len(run) == 1 else np.concatenate([block.units for block in run])
        if self._stop_at is not None:
            units = units[: max(0, self._stop_at - first)]
        self._gap(first)
        if len(units):
            self._samples(first, units, host_s)
        if self._stop_at is not None and first + len(units) >= self._stop_at:
            self._next = self._stop_at
            self._flush()
            self.finish()

    def _end(self, why: str, cut_short: bool) -> None:
        self._status = replace(
            self._status, connected=False, ended=True, why=why, cut_short=cut_short
        )
        self._done.set()

    def _gap(self, first: int) -> None:
        """Tell of what is missing before a sample, if anything is."""
        stop = first if self._stop_at is None else min(first, self._stop_at)
        lost = stop - self._next
        if lost <= 0:
            return
        first_one = self._lost_between == 0  # one line for all: a bad cable makes thousands
        _log.log(
            logging.INFO if first_one else logging.DEBUG,
            "gap of %d samples at %d",
            *(lost, self._next),
        )
        self._flush()
        self._lost_between += lost
        self.emit(Event(self._next, Gap(), round(lost / self.info.fs_hz, 6), lost))
        self._next = stop

    def _samples(self, first: int, units: NDArray[np.int32], host_s: float) -> None:
        info = self.info
        emg_uv = units_to_uv(units, info.hello.zero_unit, info.uv_per_unit)
        self._next = first + len(units)
        self._deliver(*self._processing.samples(first, units, emg_uv, host_s))

    def _flush(self) -> None:
        """Hand on the samples that the processing holds: before a gap, and at the end."""
        self._deliver(*self._processing.finish(self._last_host_s))

    def _deliver(self, events: Sequence[Event], block: LiveBlock) -> None:
        for event in events:
            self.emit(event)
        if len(block.emg_uv):
            for sink in self._sinks:
                sink.block(block)

    def emit(self, event: Event) -> None:
        """Tell all sinks; for the processing thread alone, as a sink is called by it."""
        self._recent.append(event)
        for sink in self._sinks:
            sink.event(event)

    def _count(self) -> None:
        if (overflows := self._tracker.overflows) != self._overflows:
            more = overflows - self._overflows
            self._overflows = overflows
            self.emit(Event(self._next, Overflowed(more)))
        self._status = replace(
            self._status,
            n_samples=self._next,
            lost_samples=self._lost_between,
            bad_frames=int(self._earlier[0]) + self._bad_frames_here(),
            overflows=int(self._earlier[1]) + overflows,
            state=self._processing.state,
            trusted=self._processing.trusted,
            left_hz=self._processing.left_hz,
            removed=self._processing.chain.removed,
            heart=self._processing.chain.heart,
            mains_fraction=tuple(self._processing.meter.last_mains_fraction.tolist()),
            drift_ppm=self._count_of.clock.drift_ppm if self._reader.true_time else None,
            recent_events=tuple(self._recent),
        )


def _same_constants(one: Hello, other: Hello) -> bool:
    def key(hello: Hello) -> tuple[object, ...]:
        gains = tuple(channel.gain_milli for channel in hello.channels)
        scale = (hello.full_scale_uv, hello.codes, hello.oversampling, hello.zero_unit)
        return (hello.rate_num, hello.rate_den, gains, scale)

    return key(one) == key(other)
