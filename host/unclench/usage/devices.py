"""`unclench devices`: the boards that are plugged in."""

from __future__ import annotations

from typing import Any

import click


@click.command("devices")
@click.option("--port", "ports", multiple=True, help="Ask this port or URL, whatever it is.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def devices_command(**given: Any) -> None:
    """List the boards found: port, serial number, firmware version."""
    from unclench.commands.devices import run

    run(**given)
