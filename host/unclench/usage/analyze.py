"""`unclench analyze`: the figures of a session or of any CSV."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import (
    A_PATH,
    csv_options,
    json_option,
    own_band_option,
    own_mains_option,
)


@click.command("analyze")
@click.argument("path", type=A_PATH)
@csv_options
@own_band_option
@own_mains_option
@click.option(
    "--window",
    "window_s",
    type=click.FloatRange(0.01, 60),
    metavar="S",
    help="Length of the RMS window. A session's own, else 0.25, unless given.",
)
@json_option
def analyze_command(**given: Any) -> None:
    """Print the tension in PATH: a session folder, or a CSV or TSV with a header."""
    from unclench.commands.analyze import run

    run(**given)
