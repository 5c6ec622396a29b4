"""A real MicroPython on a pseudo-terminal, on a disk of its own, and boards that are none."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from mpremote.transport_serial import SerialTransport

from unclench.board.install import Target
from unclench.link.transport import PtyTransport, TransportClosed
from unclench.link.virtual.board import VirtualBoard
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import pack_command

LONG_S = 60.0  # only against hanging

# A disk in memory in the place of the computer's files: what is written stays with the interpreter.
_MOUNT = """
import os, sys, vfs
class _Disk:
    def __init__(self, blocks):
        self.data = bytearray(blocks * 512)
        self.writes_left = -1
    def readblocks(self, block, buf, offset=0):
        at = block * 512 + offset
        buf[:] = self.data[at : at + len(buf)]
    def writeblocks(self, block, buf, offset=0):
        if self.writes_left == 0:
            raise OSError(5)
        self.writes_left -= 1
        at = block * 512 + offset
        self.data[at : at + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: len(self.data) // 512, 5: 512}.get(op, 0)
disk = _Disk(%d)
vfs.VfsLfs2.mkfs(disk)
vfs.umount('/')
vfs.mount(vfs.VfsLfs2(disk), '/')
os.chdir('/')
sys.path[:] = ['', '.frozen', '/lib']
"""

# What the tests' board does after its restart: it is a board, in the words of the files just
# installed, until it is asked for its prompt.
_BOARD = """
import select, sys, time
for _name in [_n for _n in sys.modules if _n.startswith('unclench')]:
    del sys.modules[_name]
from unclench_board import VERSION
from unclench_wire.board import Board
from unclench_wire.messages import Channel, Hello

class _Hardware:
    def hello(self):
        return Hello([Channel(200000)], firmware=VERSION, label='restarted')
    def light(self, by_host, brightness):
        pass
    def check_prompt(self):
        pass

_board = Board(_Hardware(), sys.stdout.buffer.write)
_poll = select.poll()
_poll.register(sys.stdin, select.POLLIN)
_end = time.time() + 60
while not _board.leaving and time.time() < _end:
    _board.beacon()
    if _poll.poll(200):
        while _poll.poll(0):
            _board.receive(sys.stdin.buffer.read(1))
"""


class MicroPython:
    """The interpreter behind a port; the line can be cut after so many bytes from the host."""

    target = Target(platform="linux", machine="linux", soft_reset=False, restart=_BOARD)

    def __init__(self, command: str, blocks: int = 800) -> None:
        self._inner, self._outer = PtyTransport(), PtyTransport()
        self.path = self._outer.path
        self.sent = b""  # by the host
        self.cut_after: int | None = None
        self._stop = threading.Event()
        slave = os.open(self._inner.path, os.O_RDWR | os.O_NOCTTY)
        self._process = subprocess.Popen(
            [command, "-X", "heapsize=8m"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._threads = [
            threading.Thread(target=self._to_host, daemon=True),
            threading.Thread(target=self._to_board, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.run(_MOUNT % blocks)

    def _to_host(self) -> None:
        while not self._stop.is_set():
            if data := self._inner.read(0.02):
                self._outer.write(data)

    def _to_board(self) -> None:
        while not self._stop.is_set():
            data = self._outer.read(0.02)
            if self.cut_after is not None:
                data = data[: max(0, self.cut_after - len(self.sent))]
            self.sent += data
            if data:
                self._inner.write(data)

    def prompt(self) -> SerialTransport:
        """Talk to it, beside the program under test."""
        line = SerialTransport(self.path, timeout=0.3)
        if b"\0" in line.serial.read(100):  # it says hello: the board's program runs
            line.serial.write(encode_frame(pack_command(ids.CMD_PROMPT, 1)))
            time.sleep(0.3)
        line.serial.timeout = 5
        line.enter_raw_repl(soft_reset=False)
        return line

    def run(self, code: str) -> bytes:
        line = self.prompt()
        try:
            return line.exec(code)
        finally:
            line.exit_raw_repl()
            line.close()

    def write(self, path: str, content: bytes) -> None:
        line = self.prompt()
        at = ""
        for part in path.split("/")[1:-1]:
            at += f"/{part}"
            if not line.fs_exists(at):
                line.fs_mkdir(at)
        line.fs_writefile(path, content)
        line.exit_raw_repl()
        line.close()

    def files(self) -> dict[str, bytes]:
        """Every file on its disk."""
        line = self.prompt()
        found: dict[str, bytes] = {}
        folders = ["/"]
        while folders:
            folder = folders.pop()
            for entry in line.fs_listdir(folder):
                path = f"{folder.rstrip('/')}/{entry.name}"
                if entry.st_mode & 0x4000:
                    folders.append(path)
                else:
                    found[path] = bytes(line.fs_readfile(path))
        line.exit_raw_repl()
        line.close()
        return found

    def join_again(self) -> None:
        """Mend the line; whatever the interpreter was in the middle of is interrupted."""
        time.sleep(0.2)  # what was sent last is lost as well
        self.cut_after = None
        self._inner.write(b"\x03\x03\x02")
        time.sleep(0.2)

    def unplug(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(LONG_S)
        self._outer.close()

    def end(self) -> None:
        self._stop.set()
        self._process.kill()
        self._process.wait(LONG_S)
        for thread in self._threads:
            thread.join(LONG_S)
            assert not thread.is_alive()
        self._inner.close()
        self._outer.close()


@pytest.fixture
def micropython(micropython: str) -> Iterator[Callable[..., MicroPython]]:
    """Start a MicroPython with an empty disk, or skip where there is none."""
    with ExitStack() as stack:

        def start(blocks: int = 800) -> MicroPython:
            board = MicroPython(micropython, blocks)
            stack.callback(board.end)
            return board

        yield start


class Stranger:
    """A device that is neither MicroPython nor ours: silent, or it `echoes`, or it `chats`."""

    def __init__(self, echoes: bool = False, chats: bool = False) -> None:
        self._terminal = PtyTransport()
        self.path = self._terminal.path
        self._echoes = echoes
        self._chats = chats
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            data = self._terminal.read(0.02)
            if data and self._echoes:
                self._terminal.write(data)
            if self._chats:
                self._terminal.write(b"sensor: 512\r\n")

    def end(self) -> None:
        self._stop.set()
        self._thread.join(LONG_S)
        self._terminal.close()


@pytest.fixture
def stranger() -> Iterator[Callable[..., Stranger]]:
    with ExitStack() as stack:

        def make(**habits: bool) -> Stranger:
            device = Stranger(**habits)
            stack.callback(device.end)
            return device

        yield make


@pytest.fixture
def on_pty() -> Iterator[Callable[[VirtualBoard], str]]:
    """Serve a virtual board on a pseudo-terminal, as `unclench simulate` does; give its path."""
    with ExitStack() as stack:

        def serve(board: VirtualBoard) -> str:
            terminal = PtyTransport()
            path = terminal.path

            def run() -> None:
                with suppress(TransportClosed):
                    board.serve(terminal)

            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            stack.callback(lambda: thread.join(LONG_S))
            stack.callback(board.close)
            return path

        yield serve


@pytest.fixture
def firmware(tmp_path: Path) -> dict[str, bytes]:
    """A small firmware: the wire as it is, a main.py and a package that knows its version."""
    from unclench.board.files import firmware_files

    files = {p: c for p, c in firmware_files().items() if p.startswith("/lib/unclench_wire/")}
    files["/lib/unclench_board/__init__.py"] = b"VERSION = (9, 8, 7)\n"
    files["/lib/unclench_board/deep/er.py"] = "# Umlaut ä, quotes ' \" and \\ \r\n".encode()
    files["/lib/unclench_board/big.py"] = b"# and so on\n" * 300
    files["/main.py"] = b'"""unclench: begins here."""\nprint("ours")\n'
    return files
