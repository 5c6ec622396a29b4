"""A real MicroPython on a pseudo-terminal, on a disk of its own, and boards that are none."""

from __future__ import annotations

import ast
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from mpremote.transport_serial import SerialTransport
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import on_terminal, wait_until

import unclench_wire
from unclench.board.install import Target
from unclench.link.transport import PtyTransport
from unclench.link.virtual.board import VirtualBoard
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import pack_command

_HELLO_AND_MORE = 200
_PROMPT = b">"  # no hello of these tests has one in it
WIRE = Path(unclench_wire.__file__).parents[1]

# A disk in memory in the place of the computer's files: what is written stays with the interpreter.
# `computer` still reaches the files of the computer.
_MOUNT = """
import io, os, sys, vfs
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
computer = vfs.VfsPosix()
disk = _Disk(%d)
vfs.VfsLfs2.mkfs(disk)
vfs.umount('/')
vfs.mount(vfs.VfsLfs2(disk), '/')
os.chdir('/')
"""

# What the tests' board does after its restart: it is a board, in the version just installed, until
# it is asked for its prompt. The wire comes from `sys.path`.
_BOARD = """
import select, sys, time
sys.path[:] = %r
for _name in [_n for _n in sys.modules if _n.startswith('unclench')]:
    del sys.modules[_name]
from unclench_wire.board import Board
from unclench_wire.messages import Channel, Hello
_package = {}
with open('/lib/unclench_board/__init__.py') as _f:
    exec(_f.read(), _package)

class _Hardware:
    def hello(self):
        return Hello([Channel(200000)], firmware=_package['VERSION'], label='restarted')
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
    if _poll.poll(20):
        while _poll.poll(0):
            _board.receive(sys.stdin.buffer.read(1))
time.sleep_ms(20)
"""

_READ_DISK = """
def _walk(folder):
    for _name, _kind, *_ in os.ilistdir(folder or '/'):
        _path = folder + '/' + _name
        if _path == '/computer':
            continue
        if _kind & 0x4000:
            yield from _walk(_path)
        else:
            with open(_path, 'rb') as _f:
                yield _path, _f.read()
with computer.open(%r, 'w') as _out:
    _out.write(repr(list(_walk(''))))
"""

_WRITE_DISK = """
with computer.open(%r, 'r') as _in:
    _files = eval(_in.read())
for _path, _content in _files:
    _at = ''
    for _part in _path.split('/')[1:-1]:
        _at += '/' + _part
        try:
            os.mkdir(_at)
        except OSError:
            pass
    with open(_path, 'wb') as _f:
        _f.write(_content)
"""


class MicroPython:
    """The interpreter behind a port; the line can be cut after so many bytes from the host.

    `target` is what it is to `install`: after its restart it is a board whose wire's code comes
    from the computer. `whole_target` takes that from its own disk, as a Pico does.
    """

    def __init__(self, command: str, folder: Path, blocks: int = 800) -> None:
        self.target = self.target_that_runs(_BOARD % ([f"/computer{WIRE}"],))
        self.whole_target = self.target_that_runs(_BOARD % (["/lib"],))
        self.sent = b""  # by the host
        self.cut_after: int | None = None
        self._folder = folder
        self._last = b""  # what the host has been sent last: a hello and more
        self._inner, self._outer = PtyTransport(), PtyTransport()
        self.path = self._outer.path
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
        self.new_disk(blocks)
        self.run("vfs.mount(computer, '/computer')")

    @staticmethod
    def target_that_runs(code: str, return_s: float = HANG_LIMIT_S) -> Target:
        """This interpreter as a target of `install`, with what it does after its restart."""
        return Target("linux", "linux", False, code, hello_every_s=0.1, return_s=return_s)

    def _to_host(self) -> None:
        while not self._stop.is_set():
            if data := self._inner.read(0.02):
                self._outer.write(data)
                self._last = (self._last + data)[-_HELLO_AND_MORE:]

    def _to_board(self) -> None:
        while not self._stop.is_set():
            data = self._outer.read(0.02)
            if self.cut_after is not None:
                data = data[: max(0, self.cut_after - len(self.sent))]
            self.sent += data
            if data:
                self._inner.write(data)

    def _prompt(self) -> SerialTransport:
        """Talk to it, beside the program under test."""
        line = SerialTransport(self.path, timeout=HANG_LIMIT_S)
        # Frames have zeros, and may be here in part; a prompt comes behind the last of them.
        if b"\0" in self._last and not self._last.endswith(_PROMPT):
            line.serial.write(encode_frame(pack_command(ids.CMD_PROMPT, 1)))
            wait_until(lambda: self._last.endswith(_PROMPT))
        # A greeting of the raw prompt that was not read yet would be taken for the next one.
        line.serial.write(b"\r\x03\x02")
        wait_until(lambda: self._last.endswith(b">>> "))
        line.serial.reset_input_buffer()
        line.enter_raw_repl(soft_reset=False)
        return line

    def run(self, code: str) -> bytes:
        """Run `code` on it; return what it printed."""
        line = self._prompt()
        try:
            return line.exec(code)
        finally:
            line.exit_raw_repl()
            line.close()

    def new_disk(self, blocks: int = 800) -> None:
        """Put an empty disk in the place of the one it has."""
        self.run(_MOUNT % blocks)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Put files on its disk."""
        exchanged = self._folder / "to-board"
        exchanged.write_text(repr(list(files.items())))
        self.run(_WRITE_DISK % str(exchanged))

    def files(self) -> dict[str, bytes]:
        """Every file on its disk."""
        exchanged = self._folder / "from-board"
        self.run(_READ_DISK % str(exchanged))
        return dict(ast.literal_eval(exchanged.read_text()))

    def mend_line(self) -> None:
        """Mend the line that was cut; whatever the interpreter was in the middle of ends."""
        self.cut_after = None
        self._last = b""
        wait_until(lambda: self._inner.write(b"\x03\x03\x02") and self._last.endswith(b">>> "))

    def unplug(self) -> None:
        """Take its port away."""
        self._stop.set()
        for thread in self._threads:
            thread.join(HANG_LIMIT_S)
        self._outer.close()

    def end(self) -> None:
        """End it, and see that nothing of it is left."""
        self._stop.set()
        self._process.kill()
        self._process.wait(HANG_LIMIT_S)
        for thread in self._threads:
            thread.join(HANG_LIMIT_S)
            assert not thread.is_alive()
        self._inner.close()
        self._outer.close()


@pytest.fixture
def micropython(micropython: str, tmp_path: Path) -> Iterator[Callable[..., MicroPython]]:
    """Start a MicroPython with an empty disk, or skip where there is none."""
    with ExitStack() as stack:

        def start(blocks: int = 800) -> MicroPython:
            board = MicroPython(micropython, tmp_path, blocks)
            stack.callback(board.end)
            return board

        yield start


class UnknownDevice:
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
        """Take it away."""
        self._stop.set()
        self._thread.join(HANG_LIMIT_S)
        self._terminal.close()


@pytest.fixture
def unknown_device() -> Iterator[Callable[..., UnknownDevice]]:
    """Plug in a device that is no board; it is gone with the test."""
    with ExitStack() as stack:

        def make(**habits: bool) -> UnknownDevice:
            device = UnknownDevice(**habits)
            stack.callback(device.end)
            return device

        yield make


@pytest.fixture
def on_pty() -> Iterator[Callable[[VirtualBoard], str]]:
    """Serve a virtual board on a pseudo-terminal until the test is over; its path."""
    with ExitStack() as stack:
        yield lambda board: stack.enter_context(on_terminal(board))


@pytest.fixture
def firmware() -> dict[str, bytes]:
    """A small firmware: a main.py and packages, one of which knows its version."""
    return {
        "/lib/unclench_board/__init__.py": b"VERSION = (9, 8, 7)\n",
        "/lib/unclench_board/big.py": b"# and so on\n" * 300,
        "/lib/unclench_board/deep/er.py": "# Umlaut ä, quotes ' \" and \\ \r\n".encode(),
        "/lib/unclench_wire/__init__.py": b"",
        "/lib/unclench_wire/ids.py": b"LEVEL = 1\n" * 100,
        "/main.py": b'"""unclench: begins here."""\nprint("ours")\n',
    }
