"""MicroPython's prompt on a serial port, by mpremote, MicroPython's own tool."""

from __future__ import annotations

import ast
import contextlib
import errno
import io
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from unclench.errors import SourceError
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import open_transport

_READ_S = 2.0  # a prompt that says nothing for so long in the middle of an answer has gone
_ENTER_S = 5.0  # a soft reset runs boot.py, whatever is in it
_TAKE_S = 20.0  # all of taking a prompt: mpremote waits without end for a device that talks on
_CHUNK = 512
# What mpremote and pyserial raise where a line ends, or where something else than a prompt answers
_BROKEN = (TransportError, OSError, serial.SerialException, struct.error, TypeError, ValueError)

_WHO = """
import sys
try:
    _m = sys.implementation._machine
except AttributeError:
    try:
        import os
        _m = os.uname()[4]
    except AttributeError:
        _m = ''
print(repr((sys.implementation[0], tuple(sys.implementation[1])[:3], sys.platform, _m)))
"""


class NoPromptError(SourceError):
    """Nothing on the port behaves like MicroPython's prompt."""


class BoardFullError(SourceError):
    """The board's file system has no room."""


@dataclass(frozen=True)
class Interpreter:
    """What runs on the board."""

    name: str  # "micropython"
    version: tuple[int, int, int]
    platform: str  # "rp2"
    machine: str  # "Raspberry Pi Pico with RP2040"


class _Until:
    """A serial port as it is, until a moment; then nothing more can be done with it."""

    def __init__(self, port: Any, clock: Clock, deadline_s: float) -> None:
        self._port = port
        self._clock = clock
        self._deadline_s = deadline_s

    def __getattr__(self, name: str) -> Any:
        if self._clock.now_s() > self._deadline_s:
            raise TimeoutError(errno.ETIMEDOUT, "no prompt in time")
        return getattr(self._port, name)


class Prompt:
    """The raw prompt of one board, from entering it until `close`.

    Every method raises SourceError in one sentence when the line or the board fails.
    """

    def __init__(self, port: str, soft_reset: bool, clock: Clock = TRUE_TIME) -> None:
        """Interrupt what runs on `port` and take its prompt. Raises NoPromptError."""
        self.port = port
        self._soft_reset = soft_reset
        self._clock = clock
        # mpremote prints what it did not understand; that is no output of ours.
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                self._line = SerialTransport(port, timeout=_READ_S)
            except _BROKEN as error:
                open_transport(port).close()  # says better than mpremote why it cannot be opened
                raise SourceError(f"{port} cannot be opened: {error}.") from error
            try:
                serial_port = self._line.serial
                serial_port.write_timeout = _READ_S
                self._line.serial = _Until(serial_port, clock, clock.now_s() + _TAKE_S)
                try:
                    # A soft reset ends what a program has left running: timers, second core, DMA.
                    self._line.enter_raw_repl(soft_reset=soft_reset, timeout_overall=_ENTER_S)
                    answer = self._line.eval("6*7")
                finally:
                    self._line.serial = serial_port
            except BaseException as error:
                if not isinstance(error, _BROKEN):  # Ctrl-C leaves a board that runs
                    self.leave()
                    raise
                self._hang_up()
                raise NoPromptError(f"No prompt of MicroPython answers on {port}.") from error
            if answer != 42:
                self._hang_up()
                raise NoPromptError(f"No prompt of MicroPython answers on {port}.")

    def interpreter(self) -> Interpreter:
        """Say what runs here."""
        name, version, platform, machine = ast.literal_eval(self.run(_WHO).decode())
        numbers = [part for part in version if isinstance(part, int)] + [0, 0, 0]
        return Interpreter(name, (numbers[0], numbers[1], numbers[2]), platform, machine)

    def run(self, code: str) -> bytes:
        """Run `code`; return what it printed."""
        with self._told("a step of the installation"):
            return bytes(self._line.exec(code))

    def digests(self, paths: list[str]) -> dict[str, str]:
        """SHA-256 of those of `paths` that are files on the board."""
        code = (
            "import hashlib, os\n"
            "_b = bytearray(256)\n"
            "_v = memoryview(_b)\n"
            "for _p in %r:\n"
            " try:\n"
            "  if os.stat(_p)[0] & 0x4000:\n"
            "   continue\n"
            "  _h = hashlib.sha256()\n"
            "  with open(_p, 'rb') as _f:\n"
            "   while True:\n"
            "    _n = _f.readinto(_b)\n"
            "    if not _n:\n"
            "     break\n"
            "    _h.update(_v[:_n])\n"
            "  print(_p, ''.join(['%%02x' %% _x for _x in _h.digest()]))\n"
            " except OSError:\n"
            "  pass\n"
        )
        found: dict[str, str] = {}
        for at in range(0, len(paths), 8):  # a board's memory is small
            for line in self.run(code % (paths[at : at + 8],)).decode().splitlines():
                path, _, hexadecimal = line.rpartition(" ")
                found[path] = hexadecimal
        return found

    def read(self, path: str) -> bytes | None:
        """Content of a file; None if there is none."""
        with self._told(path):
            try:
                return bytes(self._line.fs_readfile(path, chunk_size=_CHUNK))
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.EISDIR):
                    return None
                raise

    def first_line(self, path: str) -> str | None:
        """First line of a file, at most 200 bytes of it; None if there is none."""
        code = (
            "try:\n with open(%r, 'rb') as _f:\n  print(repr(_f.read(200)))\n"
            "except OSError:\n print(None)\n"
        )
        head = ast.literal_eval(self.run(code % path).decode())
        return None if head is None else head.decode("utf-8", "replace").partition("\n")[0]

    def write(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        """Write a file in place; `progress` is told how many bytes of it are there."""
        with self._told(path):
            self._line.fs_writefile(
                path, content, chunk_size=_CHUNK, progress_callback=lambda done, _: progress(done)
            )

    def free_bytes(self) -> tuple[int, int]:
        """Room on the file system, and the size of the blocks in which it is given out."""
        answer = self.run("import os\n_s = os.statvfs('/')\nprint((_s[0] * _s[3], _s[0]))\n")
        free, block = ast.literal_eval(answer.decode())
        return free, block

    def leave(self) -> None:
        """Start the board's own program again, as after power-on, and close the port."""
        with contextlib.suppress(*_BROKEN):
            self._line.serial.write(b"\r\x03\x03")  # whatever step it may be in the middle of
            self._clock.sleep(0.1)
            self._line.exit_raw_repl()
            if self._soft_reset:
                self._line.serial.write(b"\x04")
                self._line.serial.flush()
        self._hang_up()

    def restart(self, code: str) -> None:
        """Run `code`, which restarts the board, and close the port."""
        with contextlib.suppress(*_BROKEN):
            self._line.exec_raw_no_follow(code)
            self._line.serial.flush()
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(*_BROKEN):
            self._line.close()
        with contextlib.suppress(*_BROKEN):
            self._line.serial.close()  # mpremote gives up at a port that has gone

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise BoardFullError(f"The board on {self.port} has no room for {what}.") from error
            if error.strerror != what:  # mpremote puts the file's name there; else it is the line
                raise self._lost(what) from error
            raise SourceError(
                f"The board on {self.port} cannot use {what}: {os.strerror(error.errno or 0)}."
            ) from error
        except TransportExecError as error:
            last = _last_line(error)
            if "ENOSPC" in last or last == "OSError: 28":
                raise BoardFullError(f"The board on {self.port} has no room for {what}.") from error
            raise SourceError(
                f"The board on {self.port} failed at {what}: {last}; repeat the command."
            ) from error
        except _BROKEN as error:
            raise self._lost(what) from error

    def _lost(self, what: str) -> SourceError:
        return SourceError(
            f"The board on {self.port} went away at {what}: plug it in again and repeat the "
            "command, which also mends what was half done."
        )


def _last_line(error: Any) -> str:
    lines = [line.strip() for line in str(error.error_output).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "no reason given"
