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
from unclench_wire.messages import Hello

FORGETS = "The virtual board forgets it with this command."
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
            "No board found: no USB device with the identity of a Raspberry Pi Pico "
            f"({discovery.USB_VID:04X}:{discovery.USB_PID:04X}) is plugged in; plug one in, or "
            "name its port with --port."
        )
    ports = ", ".join(f"{name} ({number or 'no serial number'})" for name, number in found)
    raise InputError(f"{len(found)} boards are plugged in: {ports}; choose one with --port.")


@contextlib.contextmanager
def connected(port: str | None) -> Iterator[tuple[Connection, Hello, bool]]:
    """A board that has said hello, and whether it forgets its settings when this command ends.

    It is stopped and let go of at the end, also by Ctrl-C. A virtual board lives in simulated time:
    nobody gains by waiting for its seconds.
    """
    source = open_source(choose_port(port), clock=SimulatedTime())
    try:
        if source.recording:
            raise InputError(f"{port} is a recording; give the port of a board, or sim:NAME.")
        connection = Connection(source.open(), source.name, clock=source.clock)
        try:
            hello = connection.handshake()
        except BaseException:
            connection.transport.close()  # and no word to what may not be a board of ours
            raise
        try:
            yield connection, hello, source.board is not None
        except TransportClosed as error:
            raise SourceError(
                f"The board on {source.name} went away: {error}; plug it in again and repeat the "
                "command."
            ) from error
        finally:
            connection.close()
    finally:
        source.close()


def say_stored(sentence: str, forgets: bool, err: bool = False) -> None:
    """Say that something was stored, and whether it is forgotten again."""
    click.echo(f"{sentence} {FORGETS}" if forgets else sentence, err=err)


def board_name(hello: Hello, port: str) -> str:
    """Name a board, with its label and where it is."""
    label = f" ({hello.label})" if hello.label else ""
    where = "" if port.casefold() == hello.label else f" on {port}"
    return f"Board {hello.board_id.hex()}{label}{where}"


def has_person() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty()


def progress_bar(words: str, *columns: TextColumn) -> Progress:
    """Make a bar on stderr; nothing where that is no terminal."""
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
