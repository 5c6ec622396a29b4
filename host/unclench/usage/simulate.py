"""`unclench simulate`: the virtual board on a port."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, csv_options, speed_option


@click.command(
    "simulate",
    cls=Renaming,
    old={"--signal": "--source"},
    help=tr(
        "Run the virtual board on a port; the first line printed is its path or URL.\n\n"
        "Faults are part of the source's name: "
        "sim:relaxed?drop=1e-4&stall_every_s=5&stall_s=1"
    ),
)
@click.option(
    "--pty", is_flag=True, help=tr("Use a pseudo-terminal (default where the system has them).")
)
@click.option(
    "--tcp",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help=tr("Use a TCP port; 0 for any free one."),
)
@click.option(
    "--source",
    default="sim",
    show_default=True,
    metavar="SOURCE",
    help=tr("What the board measures: sim:NAME, or a recording."),
)
@click.option(
    "--link",
    type=A_PATH,
    metavar="PATH",
    help=tr("Keep a link at PATH to the current pseudo-terminal."),
)
@speed_option
@csv_options
def simulate_command(**given: Any) -> None:
    from unclench.commands.simulate import run

    run(**given)
