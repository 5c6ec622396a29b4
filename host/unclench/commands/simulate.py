"""`unclench simulate`: the virtual board on a port that any program can open."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import click

from unclench.errors import InputError, SourceError
from unclench.link.transport import PtyTransport, SocketTransport
from unclench.link.virtual.board import VirtualBoard
from unclench.sources import open_source, parse_speed
from unclench.translation import tr


def run(
    pty: bool,
    tcp: int | None,
    source: str,
    link: Path | None,
    speed: str,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
) -> None:
    """Run the virtual board on a port; the first line printed is its path or URL."""
    opened = open_source(source, speed=parse_speed(speed), fs_hz=fs_hz, columns=columns, unit=unit)
    if opened.board is None:
        raise InputError(
            tr("'{source}' is a real port; --source takes sim:NAME or a recording.", source=source)
        )
    has_pty = os.name == "posix"
    if pty and not has_pty:
        raise InputError(tr("This system has no pseudo-terminals; use --tcp PORT."))
    if pty and tcp is not None:
        raise InputError(tr("--pty and --tcp exclude each other: give one of them."))
    if tcp is None and has_pty:
        _serve_pty(opened.board, link)
    else:
        _serve_tcp(opened.board, tcp or 0)


def _serve_pty(board: VirtualBoard, link: Path | None) -> None:
    while not board.closed:
        transport = PtyTransport()
        try:
            if link is not None:
                _point(link, transport.path)
            click.echo(transport.path)
            board.serve(transport)
        finally:
            transport.close()
            if link is not None and link.is_symlink():
                link.unlink(missing_ok=True)
        if board.finished:
            return
        time.sleep(board.gone_s())


def _point(link: Path, path: str) -> None:
    if link.exists() and not link.is_symlink():
        raise SourceError(
            tr("{link} exists and is not a link; choose another name for --link.", link=link)
        )
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    except OSError as error:
        raise SourceError(
            tr("{link} cannot be created: {reason}.", link=link, reason=error.strerror)
        ) from error


def _serve_tcp(board: VirtualBoard, port: int) -> None:
    printed = False
    while not board.finished:
        with _listen(port) as server:
            port = server.getsockname()[1]
            if not printed:
                click.echo(f"socket://127.0.0.1:{port}")
                printed = True
            while not board.finished and board.gone_s() == 0:
                client, _ = server.accept()
                with client:  # Ctrl-C may come while the board hangs up
                    board.serve(SocketTransport(client))
        time.sleep(board.gone_s())  # unplugged: nobody answers at the port


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise SourceError(
            tr(
                "Port {port} cannot be used: {reason}; choose another, or 0 for any.",
                port=port,
                reason=error.strerror,
            )
        ) from error
