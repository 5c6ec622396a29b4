"""Transports for bytes: a serial port, a socket or a pseudo-terminal, with one interface.

A transport is named by any port or URL that pyserial opens ("/dev/ttyACM0", "COM3", "loop://",
"rfc2217://..."), or by "socket://host:port". We open sockets ourselves because pyserial's return
one byte at a time.
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
from unclench.translation import tr

try:
    from termios import error as _TermiosError  # noqa: N812
except ImportError:  # Windows

    class _TermiosError(Exception):  # type: ignore[no-redef]
        """Never raised there."""


_READ_MAX = 65536
_PATIENCE_S = 0.5  # how long a write waits for room, as the board's USB stack does
_DRAIN_S = 0.5  # a host that reads nothing for this long is gone
_LATE_S = 0.02  # how late a pseudo-terminal may deliver what was written to it
# What pyserial raises if the port disappears or is closed meanwhile; termios has its own error
_GONE = (OSError, TypeError, ValueError, _TermiosError)


class TransportClosed(Exception):  # noqa: N818 - an event of the line, not always an error
    """The other end is gone: unplugged, closed, or lost through a system error."""


class Transport(Protocol):
    """Bytes both ways."""

    def read(self, timeout_s: float) -> bytes:
        """Return the bytes that have arrived, as soon as there are any; b"" after `timeout_s`.

        Raises TransportClosed if nothing can arrive any more.
        """

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Send `data`; return how many bytes were sent within 0.5 s. Raises TransportClosed."""

    def drain(self) -> None:
        """Wait until the other end has read everything, if closing would discard it."""

    def close(self) -> None:
        """Close the port; calling it again does no harm."""


class SocketTransport:
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # a local socket pair lacks this option
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
            raise TransportClosed(tr("the other end closed the connection"))
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
        # Our own handle of the slave keeps the terminal alive when a host leaves.

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
        while unread != 0 or time.monotonic() < deadline:  # at zero, check again: bytes come late
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
    """A port opened by pyserial, which behaves the same on every system."""

    def __init__(self, port: serial.SerialBase) -> None:
        self._port = port

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        try:
            # Block for one byte, then take everything that came with it: no polling, no readline.
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s
            first = self._port.read(1)
            waiting: int = self._port.in_waiting if first else 0  # type: ignore[attr-defined]
            return first + self._port.read(waiting) if waiting else first
        except _GONE as error:
            raise TransportClosed(tr("the port disappeared")) from error

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        try:
            return self._port.write(bytes(data)) or 0
        except serial.SerialTimeoutException:
            return 0
        except _GONE as error:
            raise TransportClosed(tr("the port disappeared")) from error

    def drain(self) -> None:
        """See Transport.drain."""
        with contextlib.suppress(*_GONE):
            self._port.flush()

    def close(self) -> None:
        """See Transport.close."""
        with contextlib.suppress(OSError):
            self._port.close()


def socket_pair() -> tuple[SocketTransport, SocketTransport]:
    """Return the virtual board's and the host's end of a connection within this process."""
    board, host = socket.socketpair()
    return SocketTransport(board), SocketTransport(host)


def open_transport(url: str) -> Transport:
    """Open a port or URL for the host. Raises SourceError."""
    if url.startswith("socket://"):
        return _open_socket(url)
    try:
        # Exclusive from the start: opening empties the input, which another program may be reading.
        port = serial.serial_for_url(
            url, baudrate=115200, timeout=0.1, write_timeout=1.0, exclusive=True
        )
    except ValueError as error:
        raise SourceError(
            tr("'{url}' is not a valid port or address: {error}.", url=url, error=error)
        ) from error
    except (OSError, _TermiosError) as error:
        raise _not_opened(url, error) from error
    return SerialTransport(port)


def _closed(error: Exception) -> TransportClosed:
    """Return the system's explanation without its error number."""
    if isinstance(error, ConnectionError):
        return TransportClosed(tr("the other end closed the connection"))
    return TransportClosed(getattr(error, "strerror", None) or tr("the port disappeared"))


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
            tr(
                "'{url}' is not a valid address. Use socket://HOST:PORT, for example "
                "socket://127.0.0.1:4040.",
                url=url,
            )
        )
    try:
        address = (host.strip("[]"), int(port))  # an IPv6 address is in brackets
        return SocketTransport(socket.create_connection(address, timeout=3.0))
    except OSError as error:
        raise SourceError(
            tr(
                "Nothing answers at {url} ({reason}). Start the board or `unclench simulate` "
                "first.",
                url=url,
                reason=error.strerror or error,
            ),
            Trouble.NOTHING_ANSWERS,
        ) from error


def _not_opened(url: str, error: Exception) -> SourceError:
    # pyserial wraps the system's error, whose number tells most reliably what happened.
    number = getattr(error, "errno", None)
    if number is None:
        cause = error.__context__ or error
        number = getattr(cause, "errno", cause.args[0] if cause.args else None)
    text = str(error)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        known = ", ".join(sorted(p.device for p in serial.tools.list_ports.comports()))
        if not known:
            return SourceError(
                tr(
                    "There is no port {url}. This computer has no serial ports: plug the board in.",
                    url=url,
                ),
                Trouble.NO_PORT,
            )
        return SourceError(
            tr("There is no port {url}. Ports on this computer: {known}.", url=url, known=known),
            Trouble.NO_PORT,
        )
    if number in (errno.EACCES, errno.EPERM) and os.name == "posix":
        return SourceError(
            tr(
                "You have no permission to open {url}. Add yourself to its group (often "
                "`dialout`) and sign in again.",
                url=url,
            ),
            Trouble.NO_PERMISSION,
        )
    if number in (errno.EBUSY, errno.EAGAIN) or "PermissionError" in text:
        return SourceError(
            tr(
                "{url} is busy: another program has it open. Close that program and try again.",
                url=url,
            ),
            Trouble.BUSY,
        )
    if number in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        return SourceError(
            tr("{url} is not a serial port. `unclench devices` lists the boards found.", url=url),
            Trouble.NOT_A_PORT,
        )
    return SourceError(tr("{url} cannot be opened: {text}.", url=url, text=text))
