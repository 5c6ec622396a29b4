"""`unclench devices`: the boards that are plugged in."""

from __future__ import annotations

import json
from typing import Any

import click

from unclench.link import discovery
from unclench.link.discovery import FoundBoard
from unclench.translation import tr, trn


def run(ports: tuple[str, ...], as_json: bool) -> None:
    """List the boards found: port, serial number, firmware version."""
    found = [discovery.ask(port) for port in ports] if ports else discovery.find_boards()
    if as_json:
        click.echo(json.dumps([_as_dict(board) for board in found], indent=2))
        return
    if not found:
        click.echo(
            tr(
                "No board found: no USB device with the identity of a Raspberry Pi Pico "
                "({vendor:04X}:{product:04X}) is plugged in.",
                vendor=discovery.USB_VID,
                product=discovery.USB_PID,
            )
        )
    for board in found:
        number = board.serial_number or tr("no serial number")
        if board.hello is None:
            click.echo(f"{board.port}  {number}  {board.trouble}")
        else:
            hello = board.hello
            click.echo(
                trn(
                    "{port}  {number}  firmware {firmware}  {label}  {n} channel at {rate:g} Hz",
                    "{port}  {number}  firmware {firmware}  {label}  {n} channels at {rate:g} Hz",
                    len(hello.channels),
                    port=board.port,
                    number=number,
                    firmware=_version(board),
                    label=hello.label,
                    rate=hello.fs_hz(),
                )
            )


def _as_dict(board: FoundBoard) -> dict[str, Any]:
    hello = board.hello
    return {
        "port": board.port,
        "serial_number": board.serial_number,
        "firmware": _version(board) if hello else None,
        "board_id": hello.board_id.hex() if hello else None,
        "label": hello.label if hello else None,
        "fs_hz": hello.fs_hz() if hello else None,
        "channels": len(hello.channels) if hello else None,
        "trouble": board.trouble,
    }


def _version(board: FoundBoard) -> str:
    assert board.hello is not None
    return ".".join(str(part) for part in board.hello.firmware)
