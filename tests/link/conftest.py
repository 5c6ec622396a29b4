"""A virtual board behind every kind of door, and devices that are not ours."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import on_socket, on_terminal

from unclench.link.messages import Arrived, SampleFrame
from unclench.link.reader import LinkReader
from unclench.link.transport import PtyTransport, Transport, open_transport
from unclench.link.virtual.board import VirtualBoard


class Doors:
    """Ways to a virtual board; each gives what opens it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def inside(self, board: VirtualBoard) -> Callable[[], Transport]:
        """In this process."""
        self._stack.callback(board.close)
        return board.plug_in

    def pty(self, board: VirtualBoard) -> Callable[[], Transport]:
        """On a pseudo-terminal."""
        path = self._stack.enter_context(on_terminal(board))
        return lambda: open_transport(path)

    def tcp(self, board: VirtualBoard) -> Callable[[], Transport]:
        """On a socket."""
        url = self._stack.enter_context(on_socket(board))
        return lambda: open_transport(url)


@pytest.fixture
def doors() -> Iterator[Doors]:
    """Doors to virtual boards, which are shut with the test."""
    with ExitStack() as stack:
        yield Doors(stack)


class UnknownDevice:
    """A device that is no board of ours, on a pseudo-terminal; notes what it is sent."""

    def __init__(self, says: bytes) -> None:
        self._terminal = PtyTransport()
        self.path = self._terminal.path
        self.heard = b""
        self._says = says
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._says:
                self._terminal.write(self._says)
            self.heard += self._terminal.read(0.02)

    def end(self) -> bytes:
        """Stop; return every byte that was ever sent to it."""
        self._stop.set()
        self._thread.join()
        self.heard += self._terminal.read(0.05)
        self._terminal.close()
        return self.heard


@pytest.fixture
def unknown_device() -> Iterator[Callable[[bytes], UnknownDevice]]:
    """Plug in a device that is no board; it is gone with the test."""
    with ExitStack() as stack:

        def make(says: bytes) -> UnknownDevice:
            device = UnknownDevice(says)
            stack.callback(lambda: device._stop.is_set() or device.end())
            return device

        yield make


def _frames(reader: LinkReader, n_rows: int) -> list[SampleFrame]:
    frames: list[SampleFrame] = []
    deadline = time.monotonic() + HANG_LIMIT_S
    while sum(len(frame.units) for frame in frames) < n_rows:
        assert time.monotonic() < deadline, "the samples do not come"
        try:
            event = reader.events.get(timeout=0.5)
        except queue.Empty:
            continue
        if isinstance(event, Arrived):
            frames += event.frames
    return frames


@pytest.fixture
def frames_from() -> Callable[[LinkReader, int], list[SampleFrame]]:
    """Frames of a running reader, until there are so many rows."""
    return _frames


@pytest.fixture
def read_input() -> Callable[..., np.ndarray]:
    """Rows of an analog input, taken directly."""

    def read(analog, n_rows: int, at_once: int = 500) -> np.ndarray:
        parts = []
        for at in range(0, n_rows, at_once):
            first, units = analog.read(min(at_once, n_rows - at))
            assert first == at
            parts.append(units)
        return np.concatenate(parts)

    return read
