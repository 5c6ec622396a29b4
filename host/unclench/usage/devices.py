"""`unclench devices`: the boards that are plugged in."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import json_option


@click.command(
    "devices",
    help=tr("List the boards that are plugged in: port, serial number, firmware version."),
)
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="PORT",
    help=tr("Ask this port or URL, even if it looks like no board; repeatable."),
)
@json_option
def devices_command(**given: Any) -> None:
    from unclench.commands.devices import run

    run(**given)
