"""Virtual boards behind ports, in threads of this process, as `unclench simulate` gives them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.limits import HANG_LIMIT_S

from unclench.link.transport import PtyTransport, SocketTransport, TransportClosed
from unclench.link.virtual.board import VirtualBoard


def wait_until(happened: Callable[[], object]) -> None:
    """Wait for a condition."""
    give_up_s = time.monotonic() + HANG_LIMIT_S
    while not happened():
        assert time.monotonic() < give_up_s, "it never happened"
        time.sleep(0.01)


@contextmanager
def on_terminal(board: VirtualBoard) -> Iterator[str]:
    """Serve a board on a pseudo-terminal; its path."""
    terminal = PtyTransport()

    def serve() -> None:
        with suppress(TransportClosed):
            board.serve(terminal)

    with _running(board, serve):
        yield terminal.path


@contextmanager
def on_socket(board: VirtualBoard) -> Iterator[str]:
    """Serve a board on a socket, to one host after the other; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not board.closed:
                with suppress(TimeoutError):
                    board.serve(SocketTransport(server.accept()[0]))

        with _running(board, serve):
            yield f"socket://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def _running(board: VirtualBoard, serve: Callable[[], None]) -> Iterator[None]:
    """Serve in a thread; switch the board off at the end, and see that the thread ends."""
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        board.close()
        thread.join(HANG_LIMIT_S)
        assert not thread.is_alive(), "a virtual board does not end"
