"""`unclench live`: the dashboard, or a trace in the terminal where there is no window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import seconds_option, source_options
from unclench.usage.types import Size


@click.command(
    "live",
    help=tr(
        "Watch live tension in a window, or in the terminal where no window can be "
        "opened.\n\n"
        "Into a pipe or a file it prints a line for each second of signal, with tabs "
        "between the second and, for each channel, its name, mean tension and signal "
        "state."
    ),
)
@source_options(tr("auto, sim:NAME, a port or URL, a session folder, or a CSV."))
@seconds_option(tr("Close after this many seconds of signal."))
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help=tr("Save a picture at the end (default: after 10 s of signal)."),
)
@click.option("--terminal", "in_terminal", is_flag=True, help=tr("Stay in the terminal."))
@click.option("--size", type=Size(), metavar="WxH", help=tr("Size of the window."))
@click.option("--theme", type=click.Choice(["light", "dark"]), help=tr("Colours of the window."))
@click.option("--raw", is_flag=True, help=tr("Show the raw signal as well."))
def live_command(**given: Any) -> None:
    from unclench.commands.live import run

    run(**given)
