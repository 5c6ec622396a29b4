"""`unclench report`: a session, or all of them over weeks, as one page to keep."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, force_option, out_option, own_band_option


@click.command("report", cls=Renaming, old={"--output": "--out"})
@click.argument("path", required=False, type=A_PATH)
@out_option("The page, .html; beside the session unless given.", "FILE")
@click.option("--pdf", is_flag=True, help="Make a PDF beside it, by an installed browser.")
@own_band_option
@click.option(
    "--all", "whole", is_flag=True, help="The history of all sessions in PATH, or in your folder."
)
@force_option
def report_command(**given: Any) -> None:
    """Make a page of a session (a folder or a CSV), with figures, plots and how they were made.

    One HTML file without any need of the network; it opens in every browser and prints well.
    """
    from unclench.commands.report import run

    run(**given)
