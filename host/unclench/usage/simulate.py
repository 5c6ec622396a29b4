"""`unclench simulate`: the virtual board on a port."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, csv_options, speed_option


@click.command("simulate", cls=Renaming, old={"--signal": "--source"})
@click.option("--pty", is_flag=True, help="On a pseudo-terminal (the default where there are any).")
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help="On a socket; 0: any.")
@click.option(
    "--source",
    default="sim",
    show_default=True,
    metavar="SOURCE",
    help="What the board measures: sim:NAME, or a recording.",
)
@click.option(
    "--link",
    type=A_PATH,
    metavar="PATH",
    help="Keep PATH pointing to the pseudo-terminal, as it comes and goes.",
)
@speed_option
@csv_options
def simulate_command(**given: Any) -> None:
    """Run the virtual board on a port; its path or URL is the first line printed.

    Faults are part of the signal's name: sim:relaxed?drop=1e-4&stall_every_s=5&stall_s=1
    """
    from unclench.commands.simulate import run

    run(**given)
