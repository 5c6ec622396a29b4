"""`unclench watch`: alerts over a whole day."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import (
    json_option,
    out_option,
    places_option,
    seconds_option,
    source_options,
)


@click.command(
    "watch",
    help=tr(
        "Watch tension all day, with alerts when it lasts or when there is too little "
        "rest.\n\n"
        "Minutes, alerts and a summary go to DIR. Samples are kept only with --record, as "
        "a day has 1.4 GB of them. End it with Ctrl-C or from the tray. If a site is not "
        "calibrated, rest is measured first, for a minute."
    ),
)
@source_options(tr("What to watch."))
@out_option(tr("Folder of all days; each day gets a folder named after its date."), required=True)
@places_option
@seconds_option(tr("End after this many seconds of signal."))
@click.option("--terminal", "face", flag_value="terminal", help=tr("Stay in the terminal."))
@click.option("--tray", "face", flag_value="tray", help=tr("Stay in the system tray."))
@click.option(
    "--percent",
    type=click.FloatRange(0, 100, min_open=True),
    metavar="P",
    help=tr("Limit, in % of the reference contraction (usually 0.5)."),
)
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, 120),
    metavar="M",
    help=tr("How long tension may stay above the limit (usually 4)."),
)
@click.option(
    "--no-baseline",
    is_flag=True,
    help=tr("Do not measure rest; refuse to start where no baseline is known."),
)
@json_option
def watch_command(**given: Any) -> None:
    from unclench.commands.watch import run

    run(**given)
