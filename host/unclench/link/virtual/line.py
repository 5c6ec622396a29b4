"""The line to a virtual board in simulated time: no thread, no waiting, the same at every run."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeAlias

from unclench.link.timing import SimulatedTime
from unclench.link.transport import Transport, TransportClosed

# What a board does while it is plugged in: yields how long it waits for the host at most, and is
# sent the bytes that came meanwhile, if any.
Life: TypeAlias = Generator[float, bytes, None]


class SimulatedLine:
    """The host's end. The board goes on, and time passes, only while the host waits for it."""

    def __init__(self, live: Callable[[Transport], Life], clock: SimulatedTime) -> None:
        self._clock = clock
        self._outbox = _Outbox()
        self._life = live(self._outbox)
        self._closed = ""  # why, once it is
        self._wait_s = 0.0
        self._go_on(None)

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        deadline_s = self._clock.now_s() + timeout_s
        while not self._outbox.data:
            self._check_open()
            if (left_s := deadline_s - self._clock.now_s()) <= 0:
                return b""
            self._clock.sleep(min(self._wait_s, left_s))
            self._go_on(b"")
        return self._outbox.take()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        self._check_open()
        self._go_on(bytes(data))
        return len(data)

    def drain(self) -> None:
        """See Transport.drain: the board has read everything."""

    def close(self) -> None:
        """See Transport.close."""
        self._life.close()
        self._outbox.take()
        self._closed = "the port disappeared"

    def _go_on(self, data: bytes | None) -> None:
        try:
            # A generator takes nothing before its first yield.
            self._wait_s = next(self._life) if data is None else self._life.send(data)
        except StopIteration:
            self._closed = "the other end closed the connection"

    def _check_open(self) -> None:
        if self._closed:
            raise TransportClosed(self._closed)


class _Outbox:
    """The board's end: what it has written and the host has not read yet."""

    def __init__(self) -> None:
        self.data = bytearray()

    def take(self) -> bytes:
        """Everything, which is then read."""
        taken, self.data = bytes(self.data), bytearray()
        return taken

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read: what the host says reaches the board otherwise."""
        return b""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        self.data += data
        return len(data)

    def drain(self) -> None:
        """See Transport.drain."""

    def close(self) -> None:
        """See Transport.close."""
