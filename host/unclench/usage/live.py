"""`unclench live`: the dashboard, or a trace in the terminal where there is no window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unclench.usage.options import seconds_option, source_options
from unclench.usage.types import Size


@click.command("live")
@source_options("auto, sim:NAME, a port or URL, a session folder, a CSV.")
@seconds_option("Close after so much signal.")
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help="Save a picture at the end (after 10 s of signal unless given).",
)
@click.option("--terminal", "in_terminal", is_flag=True, help="Stay in the terminal.")
@click.option("--size", type=Size(), metavar="WxH", help="Size of the window.")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="Colours.")
@click.option("--raw", is_flag=True, help="Show the raw signal as well.")
def live_command(**given: Any) -> None:
    """Watch live tension in a window, or in the terminal where no window can be opened.

    Through a pipe or into a file it prints a line for each second of signal, with tabs between the
    second and, for each channel, its name, its mean tension and its signal's state.
    """
    from unclench.commands.live import run

    run(**given)
