"""Thread 1: bytes from the port to frames. Reconnects a board that was disconnected."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable

from unclench.errors import SourceError, Trouble
from unclench.link.connection import Connection, trouble_of
from unclench.link.messages import Arrived, Connected, Disconnected, LinkEvent, SampleFrame
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport, TransportClosed
from unclench.translation import tr
from unclench_wire.messages import Hello

_RETRY_S = 0.25  # a board streams within 2 s after it is plugged in: beacon, handshake, retry
_SILENT_S = 2.0  # a streaming board sends every 10 ms; after this silence we reconnect
_QUEUE_FRAMES = 4096
_REPORT_AFTER_S = 2.0  # report why a board is missing after this time
_NAP_S = 0.05  # between reads while gathering: 4 kB, a terminal's buffer, last for 80 kB/s


class LinkReader:
    """Opens a source, streams from it into `events`, and reopens it after a disconnection.

    Parameters
    ----------
    open_transport
        Opens the source at every call. Raises SourceError.
    name
        Name of the source in messages.
    lossless
        The source waits for its reader (virtual board at full speed), so a full queue may block.
        Otherwise the reader never blocks: frames that do not fit are dropped and show as a gap.
    ended
        Returns True if a closed source has reached its end (a recording played to the last sample).
    may_pause
        Silence does not mean trouble: a replayed recording may have gaps of any length, and a
        virtual person waits for the session.
    true_time
        The source runs in real time. Otherwise its clock says nothing about a crystal.
    gather_s
        Pass frames on in parcels of this many seconds and read less often: later, but for a
        fraction of the work. An attribute, to be set before `start`.
    """

    def __init__(
        self,
        open_transport: Callable[[], Transport],
        name: str,
        *,
        lossless: bool = False,
        ended: Callable[[], bool] = lambda: False,
        may_pause: bool = False,
        true_time: bool = True,
        gather_s: float = 0.0,
        clock: Clock = TRUE_TIME,
    ) -> None:
        self.events: queue.Queue[LinkEvent] = queue.Queue(_QUEUE_FRAMES)
        self._open = open_transport
        self._name = name
        self.lossless = lossless
        self.true_time = true_time
        self.gather_s = gather_s
        self.clock = clock
        self._ended = ended
        self._may_pause = may_pause
        self._stop = threading.Event()
        self._restart = threading.Event()
        self._thread = threading.Thread(target=self._run, name="unclench-reader", daemon=True)
        self._connection: Connection | None = None

    def start(self) -> Hello:
        """Connect for the first time, in the caller's thread, so that errors reach the caller.

        Raises SourceError.
        """
        self._connection, hello = self._connect()
        self._put(Connected(hello, self.clock.now_s()))
        self._thread.start()
        return hello

    def restart_stream(self) -> None:
        """Reconnect, because the stream's sample count is no longer consistent."""
        self._restart.set()

    @property
    def running(self) -> bool:
        """True while more events may arrive."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the thread and close the port."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _connect(self) -> tuple[Connection, Hello]:
        connection = Connection(self._open(), self._name, self._stop.is_set)
        try:
            hello = connection.handshake()
        except BaseException:
            connection.transport.close()  # send nothing: it may not be our board
            raise
        try:
            connection.start()
        except TransportClosed as error:
            connection.close()
            raise SourceError(
                tr("{name} was closed during the handshake: {error}.", name=self._name, error=error)
            ) from error
        except BaseException:  # after Ctrl-C, too, the board must not go on streaming
            connection.close()
            raise
        return connection, hello

    def _run(self) -> None:
        while True:
            assert self._connection is not None
            try:
                reason = self._pump()
            finally:
                self._connection.close()
                self._connection = None
            final = self._stop.is_set() or self._ended()
            self._put(Disconnected(reason, self.clock.now_s(), final))
            if final or not self._reconnect():
                return

    def _pump(self) -> str:
        """Pass frames on until the stream breaks; return the reason."""
        assert self._connection is not None
        parcel = _Parcel(self.gather_s)
        try:
            return self._fill(parcel, self._connection)
        finally:
            if parcel.frames:
                self._put(parcel.take(self.clock.now_s(), self._connection.decoder.bad_frames))

    def _fill(self, parcel: _Parcel, connection: Connection) -> str:
        naps = self.gather_s > 0 and self.true_time and not self.lossless
        heard_s = self.clock.now_s()
        while not self._stop.is_set():
            if naps:
                self._stop.wait(_NAP_S)
            if self._restart.is_set():
                self._restart.clear()
                return tr("the board's sample count jumped")
            try:
                messages = connection.read(0.1)
            except TransportClosed as closed:
                return str(closed)
            now_s = self.clock.now_s()
            if frames := tuple(m for m in messages if isinstance(m, SampleFrame)):
                heard_s = now_s
                if parcel.add(frames, now_s):
                    self._put(parcel.take(now_s, connection.decoder.bad_frames))
            if trouble := next(filter(None, map(trouble_of, messages)), ""):
                return tr("the board reports: {trouble}", trouble=trouble)
            if frames:
                continue
            if any(isinstance(m, Hello) for m in messages):
                return tr("the board restarted")  # only an idle board says hello by itself
            if now_s - heard_s > _SILENT_S and not self._may_pause:
                return tr("no samples for {seconds:g} s", seconds=_SILENT_S)
        return tr("stopped")

    def _reconnect(self) -> bool:
        """Retry until the board is reconnected (True) or `stop` is called (False)."""
        gone_s = self.clock.now_s()
        told: Trouble | None = None
        while not self._stop.wait(_RETRY_S):
            try:
                self._connection, hello = self._connect()
            except SourceError as error:
                # A person can help with a busy, newer or missing board. Report each reason once,
                # as its details may change with every try.
                if error.reason != told and self.clock.now_s() - gone_s > _REPORT_AFTER_S:
                    told = error.reason
                    self._put(Disconnected(str(error).rstrip("."), self.clock.now_s()))
                continue
            self._restart.clear()
            self._put(Connected(hello, self.clock.now_s()))
            return True
        self._put(Disconnected(tr("stopped"), self.clock.now_s(), final=True))
        return False

    def _put(self, event: LinkEvent) -> None:
        if isinstance(event, Arrived) and not self.lossless:
            with contextlib.suppress(queue.Full):
                self.events.put_nowait(event)
            return
        while True:  # `stop` must work even if nobody reads any more
            try:
                self.events.put(event, timeout=0.1)
                return
            except queue.Full:
                if self._stop.is_set():
                    return


class _Parcel:
    """Frames that are passed on together."""

    def __init__(self, gather_s: float) -> None:
        self.frames: list[SampleFrame] = []
        self._gather_s = gather_s
        self._since_s = 0.0

    def add(self, frames: tuple[SampleFrame, ...], now_s: float) -> bool:
        """Add frames; return True if it is time to pass the parcel on."""
        if not self.frames:
            self._since_s = now_s
        self.frames += frames
        return now_s - self._since_s >= self._gather_s

    def take(self, now_s: float, bad_frames: int) -> Arrived:
        """Return the frames and empty the parcel."""
        frames, self.frames = tuple(self.frames), []
        return Arrived(frames, now_s, bad_frames)
