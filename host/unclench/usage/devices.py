"""`unclench devices`: the boards that are plugged in."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import json_option


@click.command("devices")
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="PORT",
    help="Ask this port or URL, whatever it is; repeatable.",
)
@json_option
def devices_command(**given: Any) -> None:
    """List the boards found: port, serial number, firmware version."""
    from unclench.commands.devices import run

    run(**given)
