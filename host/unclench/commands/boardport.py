"""What the commands about a board share: which one, connected, its name, and whom to ask."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from unclench.errors import InputError, SourceError
from unclench.link import discovery
from unclench.link.connection import Connection
from unclench.link.timing import SimulatedTime
from unclench.link.transport import TransportClosed
from unclench.sources import open_source
from unclench.translation import tr
from unclench_wire.messages import Hello

FORGETS = tr("The virtual board forgets it when this command ends.")
COLOURS = {"good": "green", "usable": "yellow", "not usable": "red"}


def choose_port(port: str | None) -> str:
    """Return the port given, or the one Pico that is plugged in."""
    if port is not None and port != "auto":
        return port
    found = discovery.candidate_ports()
    if len(found) == 1:
        return found[0][0]
    if not found:
        raise InputError(
            tr(
                "No board found: no USB device with the identity of a Raspberry Pi Pico "
                "({vendor:04X}:{product:04X}) is plugged in. Plug one in, or give its port with "
                "--port.",
                vendor=discovery.USB_VID,
                product=discovery.USB_PID,
            )
        )
    unnamed = tr("no serial number")
    ports = ", ".join(f"{name} ({number or unnamed})" for name, number in found)
    raise InputError(
        tr(
            "{n} boards are plugged in: {ports}. Choose one with --port.",
            n=len(found),
            ports=ports,
        )
    )


@contextlib.contextmanager
def connected(port: str | None) -> Iterator[tuple[Connection, Hello, bool]]:
    """Yield a connected board, its hello, and whether it forgets its settings at the end.

    The board is stopped and released at the end, also after Ctrl-C. A virtual board runs in
    simulated time, so that nobody waits for its seconds.
    """
    source = open_source(choose_port(port), clock=SimulatedTime())
    try:
        if source.recording:
            raise InputError(
                tr("{port} is a recording; give the port of a board, or sim:NAME.", port=port)
            )
        connection = Connection(source.open(), source.name, clock=source.clock)
        try:
            hello = connection.handshake()
        except BaseException:
            connection.transport.close()  # sends nothing: this may be another device
            raise
        try:
            yield connection, hello, source.board is not None
        except TransportClosed as error:
            raise SourceError(
                tr(
                    "The board on {name} was disconnected: {error}. Plug it in again and repeat "
                    "the command.",
                    name=source.name,
                    error=error,
                )
            ) from error
        finally:
            connection.close()
    finally:
        source.close()


def print_stored(sentence: str, forgets: bool, err: bool = False) -> None:
    """Print that something was stored, and whether the board forgets it."""
    click.echo(f"{sentence} {FORGETS}" if forgets else sentence, err=err)


def board_name(hello: Hello, port: str) -> str:
    """Return a board's name with its label and port."""
    name = hello.board_id.hex() + (f" ({hello.label})" if hello.label else "")
    if port.casefold() == hello.label:
        return tr("Board {name}", name=name)
    return tr("Board {name} on {port}", name=name, port=port)


def has_person() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty()


def progress_bar(words: str, *columns: TextColumn) -> Progress:
    """Make a progress bar on stderr; it shows nothing if that is not a terminal."""
    return Progress(
        TextColumn(words),
        BarColumn(),
        *columns,
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def dotted(version: tuple[int, ...]) -> str:
    """Write a version."""
    return ".".join(str(part) for part in version)
