"""`unclench calibrate`: rest and a reference contraction, kept until the sensor moves."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import places_option, source_options


@click.command("calibrate")
@source_options("Where it comes from.")
@places_option
@click.option(
    "--reference",
    type=click.Choice(["none", "gentle", "maximum"]),
    default="gentle",
    show_default=True,
    help="Contraction that percentages refer to.",
)
@click.option("--list", "only_list", is_flag=True, help="Show what is calibrated.")
@click.option("--moved", is_flag=True, help="The sensor was moved: forget what held there.")
def calibrate_command(**given: Any) -> None:
    """Measure rest and a reference contraction at a place; both are kept until the sensor moves."""
    from unclench.commands.calibrate import run

    run(**given)
