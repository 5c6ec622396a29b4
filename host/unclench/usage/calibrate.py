"""`unclench calibrate`: baseline and reference contraction, kept until the sensor moves."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import places_option, source_options


@click.command(
    "calibrate",
    help=tr(
        "Measure the resting baseline and a reference contraction at a site.\n\n"
        "Both are kept until the sensor moves."
    ),
)
@source_options(tr("Where the signal comes from."))
@places_option
@click.option(
    "--reference",
    type=click.Choice(["none", "gentle", "maximum"]),
    default="gentle",
    show_default=True,
    help=tr("Reference contraction, which counts as 100 %."),
)
@click.option("--list", "only_list", is_flag=True, help=tr("Show what is calibrated."))
@click.option("--moved", is_flag=True, help=tr("The sensor was moved: forget its calibration."))
def calibrate_command(**given: Any) -> None:
    from unclench.commands.calibrate import run

    run(**given)
