"""Find boards: by USB identity first, then by their hello."""

from __future__ import annotations

from dataclasses import dataclass

import serial.tools.list_ports

from unclench.errors import SourceError
from unclench.link.connection import Connection
from unclench.link.transport import open_transport
from unclench_wire.messages import Hello

USB_VID = 0x2E8A  # Raspberry Pi
USB_PID = 0x0005  # MicroPython's stock image for the RP2040


@dataclass(frozen=True)
class FoundBoard:
    """A port with a Pico, and its hello; if that is None, `trouble` says why."""

    port: str
    serial_number: str | None
    hello: Hello | None
    trouble: str | None = None


def candidate_ports() -> list[tuple[str, str | None]]:
    """Return the ports with the USB identity of a Pico, with serial numbers.

    They are found by VID:PID, because Windows gives no description.
    """
    return [
        (port.device, port.serial_number)
        for port in serial.tools.list_ports.comports()
        if port.vid == USB_VID and port.pid == USB_PID
    ]


def ask(url: str, serial_number: str | None = None) -> FoundBoard:
    """Wait on one port for a board's hello."""
    try:
        connection = Connection(open_transport(url), url)
        try:
            return FoundBoard(url, serial_number, connection.handshake())
        finally:
            connection.transport.close()
    except SourceError as error:
        return FoundBoard(url, serial_number, None, str(error))


def find_boards() -> list[FoundBoard]:
    """Ask every Pico that is plugged in."""
    return [ask(port, serial_number) for port, serial_number in candidate_ports()]


def port_of(serial_number: str) -> str | None:
    """Return the port of the Pico with this serial number: the name may change on reconnection."""
    for port, number in candidate_ports():
        if number == serial_number:
            return port
    return None
