"""`unclench analyze`: the figures of a session or of any CSV."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import (
    A_PATH,
    csv_options,
    json_option,
    own_band_option,
    own_mains_option,
)


@click.command(
    "analyze",
    help=tr("Print the tension figures of PATH: a session folder, or a CSV or TSV with a header."),
)
@click.argument("path", type=A_PATH)
@csv_options
@own_band_option
@own_mains_option
@click.option(
    "--window",
    "window_s",
    type=click.FloatRange(0.01, 60),
    metavar="S",
    help=tr("Length of the RMS window (default: the session's own, or 0.25)."),
)
@json_option
def analyze_command(**given: Any) -> None:
    from unclench.commands.analyze import run

    run(**given)
