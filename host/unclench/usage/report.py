"""`unclench report`: a session, or all of them over weeks, as one page to keep."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, force_option, out_option, own_band_option


@click.command(
    "report",
    cls=Renaming,
    old={"--output": "--out"},
    help=tr(
        "Make a page of a session (a folder or a CSV): figures, plots and methods.\n\n"
        "It is one HTML file that needs no network, opens in every browser and prints "
        "well."
    ),
)
@click.argument("path", required=False, type=A_PATH)
@out_option(tr("Page to write, .html (default: beside the session)."), "FILE")
@click.option(
    "--pdf", is_flag=True, help=tr("Also make a PDF beside it, with an installed browser.")
)
@own_band_option
@click.option(
    "--all",
    "whole",
    is_flag=True,
    help=tr("Report on all sessions in PATH, or in your sessions folder."),
)
@force_option
def report_command(**given: Any) -> None:
    from unclench.commands.report import run

    run(**given)
