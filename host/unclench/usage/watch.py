"""`unclench watch`: alerts over a whole day."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import (
    json_option,
    out_option,
    places_option,
    seconds_option,
    source_options,
)


@click.command("watch")
@source_options("What to watch.")
@out_option("Folder of all days; a folder named by the date is made in it.", required=True)
@places_option
@seconds_option("End after so much signal.")
@click.option("--terminal", "face", flag_value="terminal", help="Stay in the terminal.")
@click.option("--tray", "face", flag_value="tray", help="Stay in the system tray.")
@click.option(
    "--percent",
    type=click.FloatRange(0, 100, min_open=True),
    metavar="P",
    help="Your limit, in % of the reference contraction (usually 0.5).",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, 120),
    metavar="M",
    help="For how long tension may stay above it (usually 4).",
)
@click.option("--no-baseline", is_flag=True, help="Measure no rest; refuse where none is known.")
@json_option
def watch_command(**given: Any) -> None:
    """Watch tension all day; say so when it lasts, or when there is too little rest.

    Minutes, alerts and a summary go to DIR; samples are kept only with --record, as a day has
    1.4 GB of them. Ends with Ctrl-C, or from the tray. Where nothing is calibrated, rest is
    measured first, in a minute.
    """
    from unclench.commands.watch import run

    run(**given)
