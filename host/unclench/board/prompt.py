"""MicroPython's prompt on a serial port, through mpremote, MicroPython's own tool."""

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
from unclench.translation import tr

_READ_S = 2.0  # a prompt that is silent for this long in the middle of an answer is lost
_ENTER_S = 5.0  # a soft reset runs boot.py, which may take a while
_TAKE_S = 20.0  # to get the prompt: mpremote waits forever for a device that keeps sending
_CHUNK = 512
# What mpremote and pyserial raise if the port closes or something other than a prompt answers
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
    """Nothing on the port answers like MicroPython's prompt."""


class BoardFullError(SourceError):
    """The board's file system has no room."""


@dataclass(frozen=True)
class Interpreter:
    """The Python that runs on the board."""

    name: str  # "micropython"
    version: tuple[int, int, int]
    platform: str  # "rp2"
    machine: str  # "Raspberry Pi Pico with RP2040"


class _Until:
    """A serial port that raises TimeoutError after a deadline."""

    def __init__(self, port: Any, clock: Clock, deadline_s: float) -> None:
        self._port = port
        self._clock = clock
        self._deadline_s = deadline_s

    def __getattr__(self, name: str) -> Any:
        if self._clock.now_s() > self._deadline_s:
            raise TimeoutError(errno.ETIMEDOUT, "no prompt within the time limit")
        return getattr(self._port, name)


class Prompt:
    """The raw prompt of one board, until `leave` or `restart`.

    Every method raises SourceError if the connection or the board fails.
    """

    def __init__(self, port: str, soft_reset: bool, clock: Clock = TRUE_TIME) -> None:
        """Interrupt what runs on `port` and take its prompt. Raises NoPromptError."""
        self.port = port
        self._soft_reset = soft_reset
        self._clock = clock
        # mpremote prints what it does not understand; our output must not contain that.
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                self._line = SerialTransport(port, timeout=_READ_S)
            except _BROKEN as error:
                open_transport(port).close()  # its error explains the cause better than mpremote's
                raise SourceError(
                    tr("{port} cannot be opened: {error}.", port=port, error=error)
                ) from error
            try:
                serial_port = self._line.serial
                serial_port.write_timeout = _READ_S
                self._line.serial = _Until(serial_port, clock, clock.now_s() + _TAKE_S)
                try:
                    # A soft reset stops what a program left running: timers, second core, DMA.
                    self._line.enter_raw_repl(soft_reset=soft_reset, timeout_overall=_ENTER_S)
                    answer = self._line.eval("6*7")
                finally:
                    self._line.serial = serial_port
            except BaseException as error:
                if not isinstance(error, _BROKEN):  # after Ctrl-C the board must run again
                    self.leave()
                    raise
                self._hang_up()
                raise NoPromptError(
                    tr("MicroPython's prompt does not answer on {port}.", port=port)
                ) from error
            if answer != 42:
                self._hang_up()
                raise NoPromptError(
                    tr("MicroPython's prompt does not answer on {port}.", port=port)
                )

    def interpreter(self) -> Interpreter:
        """Return name, version and machine of the board's Python."""
        name, version, platform, machine = ast.literal_eval(self.run(_WHO).decode())
        numbers = [part for part in version if isinstance(part, int)] + [0, 0, 0]
        return Interpreter(name, (numbers[0], numbers[1], numbers[2]), platform, machine)

    def run(self, code: str) -> bytes:
        """Run `code` and return its output."""
        with self._failures_at(tr("a command on the board")):
            return bytes(self._line.exec(code))

    def digests(self, paths: list[str]) -> dict[str, str]:
        """Return the SHA-256 of each of `paths` that is a file on the board."""
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
        """Return a file's content; None if there is no such file."""
        with self._failures_at(path):
            try:
                return bytes(self._line.fs_readfile(path, chunk_size=_CHUNK))
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.EISDIR):
                    return None
                raise

    def first_line(self, path: str) -> str | None:
        """Return a file's first line, at most 200 bytes of it; None if there is no such file."""
        code = (
            "try:\n with open(%r, 'rb') as _f:\n  print(repr(_f.read(200)))\n"
            "except OSError:\n print(None)\n"
        )
        head = ast.literal_eval(self.run(code % path).decode())
        return None if head is None else head.decode("utf-8", "replace").partition("\n")[0]

    def write(self, path: str, content: bytes, progress: Callable[[int], None]) -> None:
        """Write a file in place; `progress` gets the number of bytes written so far."""
        with self._failures_at(path):
            self._line.fs_writefile(
                path, content, chunk_size=_CHUNK, progress_callback=lambda done, _: progress(done)
            )

    def free_bytes(self) -> tuple[int, int]:
        """Return the free bytes of the file system and its block size."""
        answer = self.run("import os\n_s = os.statvfs('/')\nprint((_s[0] * _s[3], _s[0]))\n")
        free, block = ast.literal_eval(answer.decode())
        return free, block

    def leave(self) -> None:
        """Start the board's own program again, as after power-on, and close the port."""
        with contextlib.suppress(*_BROKEN):
            self._line.serial.write(b"\r\x03\x03")  # interrupt whatever runs
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
            self._line.serial.close()  # mpremote's own close fails if the port is gone

    @contextlib.contextmanager
    def _failures_at(self, task: str) -> Iterator[None]:
        """Turn failures of mpremote at `task`, a file or a step, into SourceError."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self._full(task) from error
            if error.strerror != task:  # mpremote's file errors have the name here, others do not
                raise self._lost(task) from error
            raise SourceError(
                tr(
                    "The board on {port} cannot use {task}: {reason}.",
                    port=self.port,
                    task=task,
                    reason=os.strerror(error.errno or 0),
                )
            ) from error
        except TransportExecError as error:
            last = _last_line(error)
            if "ENOSPC" in last or last == "OSError: 28":
                raise self._full(task) from error
            raise SourceError(
                tr(
                    "The board on {port} failed during installation ({task}): {last}. Repeat the "
                    "command.",
                    port=self.port,
                    task=task,
                    last=last,
                )
            ) from error
        except _BROKEN as error:
            raise self._lost(task) from error

    def _full(self, task: str) -> BoardFullError:
        return BoardFullError(
            tr("The board on {port} has no room left ({task}).", port=self.port, task=task)
        )

    def _lost(self, task: str) -> SourceError:
        return SourceError(
            tr(
                "The board on {port} was disconnected during installation ({task}). Plug it in "
                "again and repeat the command, which completes the installation.",
                port=self.port,
                task=task,
            )
        )


def _last_line(error: Any) -> str:
    lines = [line.strip() for line in str(error.error_output).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else tr("no reason given")
