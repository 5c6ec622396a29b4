"""Ways for bytes to travel: a serial port, a socket, a pseudo-terminal; all alike to the link.

Names: any port or URL that pyserial opens ("/dev/ttyACM0", "COM3", "loop://", "rfc2217://..."), and
"socket://host:port", opened here because pyserial's own returns its bytes one at a time.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import sys
import time
from collections.abc import Callable
from typing import Protocol

import serial
import serial.tools.list_ports

from unclench.errors import SourceError, Trouble

try:
    from termios import error as _TermiosError  # noqa: N812
except ImportError:  # Windows

    class _TermiosError(Exception):  # type: ignore[no-redef]
        """Never raised there."""


_READ_MAX = 65536
_PATIENCE_S = 0.5  # how long a write waits for room, as the board's USB stack does
_DRAIN_S = 0.5  # a host that reads nothing for so long has gone
_LATE_S = 0.02  # how late a pseudo-terminal may hand over what was written to it
# What pyserial raises when a port goes away or is closed meanwhile; termios has an error of its own
_GONE = (OSError, TypeError, ValueError, _TermiosError)


class TransportClosed(Exception):  # noqa: N818 - an event of the line, not always an error
    """The other end is gone: unplugged, closed, or an error of the system."""


class Transport(Protocol):
    """Bytes both ways."""

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, as soon as there is any; b"" after `timeout_s`.

        Raises TransportClosed when nothing will ever arrive again.
        """

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Send; return how many bytes were taken within 0.5 s. Raises TransportClosed."""

    def drain(self) -> None:
        """Wait for the other end to take what was written, where closing would throw it away."""

    def close(self) -> None:
        """Give the port back; harmless when repeated."""


class SocketTransport:
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # a socketpair of the local kind has no such option
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        try:
            ready, _, _ = select.select([self._socket], [], [], timeout_s)
            data = self._socket.recv(_READ_MAX) if ready else b""
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:  # ValueError: closed by another thread
            raise _closed(error) from error
        if ready and not data:
            raise TransportClosed("the other end closed the connection")
        return data

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        return _write_all(self._socket, self._socket.send, data)

    def drain(self) -> None:
        """See Transport.drain: a closed socket still delivers."""

    def close(self) -> None:
        """See Transport.close."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class PtyTransport:
    """The board's end of a pseudo-terminal; `path` is the port that the host opens."""

    def __init__(self) -> None:
        import tty  # POSIX only, as pseudo-terminals are

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        # The slave stays open here, so that a host that leaves does not end the terminal.

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        try:
            ready, _, _ = select.select([self._master], [], [], timeout_s)
            return os.read(self._master, _READ_MAX) if ready else b""
        except (OSError, ValueError) as error:
            raise _closed(error) from error

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        return _write_all(self._master, lambda part: os.write(self._master, part), data)

    def drain(self) -> None:
        """See Transport.drain."""
        import fcntl
        import termios

        unread, deadline = -1, 0.0
        while unread != 0 or time.monotonic() < deadline:  # at zero, one more look: it comes late
            count = fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4))
            before, unread = unread, int.from_bytes(count, sys.byteorder)
            if unread != before:
                deadline = time.monotonic() + (_DRAIN_S if unread else _LATE_S)
            elif time.monotonic() > deadline:
                return  # nobody reads
            time.sleep(_LATE_S / 4)

    def close(self) -> None:
        """See Transport.close."""
        for fd in (self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._master = self._slave = -1


class SerialTransport:
    """A port that pyserial has opened; every system's serial ports behave alike here."""

    def __init__(self, port: serial.SerialBase) -> None:
        self._port = port

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        try:
            # One blocking byte, then all that came with it: no polling, no readline.
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s
            first = self._port.read(1)
            waiting: int = self._port.in_waiting if first else 0  # type: ignore[attr-defined]
            return first + self._port.read(waiting) if waiting else first
        except _GONE as error:
            raise TransportClosed("the port is gone") from error

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        try:
            return self._port.write(bytes(data)) or 0
        except serial.SerialTimeoutException:
            return 0
        except _GONE as error:
            raise TransportClosed("the port is gone") from error

    def drain(self) -> None:
        """See Transport.drain."""
        with contextlib.suppress(*_GONE):
            self._port.flush()

    def close(self) -> None:
        """See Transport.close."""
        with contextlib.suppress(OSError):
            self._port.close()


def socket_pair() -> tuple[SocketTransport, SocketTransport]:
    """Two ends of one in-process line: the virtual board's and the host's."""
    board, host = socket.socketpair()
    return SocketTransport(board), SocketTransport(host)


def open_transport(url: str) -> Transport:
    """Open a port or URL for the host. Raises SourceError with what to do."""
    if url.startswith("socket://"):
        return _open_socket(url)
    try:
        # Exclusive from the first moment: opening empties the input, which may be another's.
        port = serial.serial_for_url(
            url, baudrate=115200, timeout=0.1, write_timeout=1.0, exclusive=True
        )
    except ValueError as error:
        raise SourceError(
            f"'{url}' is not a port or address that can be opened: {error}."
        ) from error
    except (OSError, _TermiosError) as error:
        raise _why_not(url, error) from error
    return SerialTransport(port)


def _closed(error: Exception) -> TransportClosed:
    """Say what the system told, without its number."""
    if isinstance(error, ConnectionError):
        return TransportClosed("the other end closed the connection")
    return TransportClosed(getattr(error, "strerror", None) or "the port is gone")


def _write_all(
    fd: int | socket.socket,
    send: Callable[[memoryview], int],
    data: bytes | bytearray | memoryview,
) -> int:
    view = memoryview(data)
    sent = 0
    while sent < len(view):
        try:
            sent += send(view[sent:])
        except BlockingIOError:
            try:
                _, ready, _ = select.select([], [fd], [], _PATIENCE_S)
            except (OSError, ValueError) as error:
                raise _closed(error) from error
            if not ready:
                break
        except (OSError, ValueError) as error:
            raise _closed(error) from error
    return sent


def _open_socket(url: str) -> Transport:
    host, _, port = url.removeprefix("socket://").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SourceError(
            f"'{url}' is not an address: expected socket://HOST:PORT, "
            "for example socket://127.0.0.1:4040."
        )
    try:
        address = (host.strip("[]"), int(port))  # an IPv6 address stands in brackets
        return SocketTransport(socket.create_connection(address, timeout=3.0))
    except OSError as error:
        raise SourceError(
            f"Nothing answers at {url} ({error.strerror or error})",
            "start the board or `unclench simulate` first",
            Trouble.NOTHING_ANSWERS,
        ) from error


def _why_not(url: str, error: Exception) -> SourceError:
    # pyserial wraps the system's error: its number is the surest word on what happened.
    number = getattr(error, "errno", None)
    if number is None:
        cause = error.__context__ or error
        number = getattr(cause, "errno", cause.args[0] if cause.args else None)
    text = str(error)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        known = ", ".join(sorted(p.device for p in serial.tools.list_ports.comports()))
        advice = f"this computer has {known or 'none'}"
        return SourceError(f"There is no port {url}", advice, Trouble.NO_PORT)
    if number in (errno.EACCES, errno.EPERM) and os.name == "posix":
        return SourceError(
            f"No permission to open {url}",
            "add yourself to its group (often `dialout`) and sign in again",
            Trouble.NO_PERMISSION,
        )
    if number in (errno.EBUSY, errno.EAGAIN) or "PermissionError" in text:
        advice = "another program has it open; close that program and try again"
        return SourceError(f"{url} is busy", advice, Trouble.BUSY)
    if number in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        advice = "`unclench devices` lists the boards found"
        return SourceError(f"{url} is not a serial port", advice, Trouble.NOT_A_PORT)
    return SourceError(f"{url} cannot be opened: {text}.")
