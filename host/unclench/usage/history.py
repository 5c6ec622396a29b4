"""`unclench history`: tension over weeks, and what raises it."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import A_PATH, BANDS, json_option, site_option


@click.command(
    "history",
    help=tr(
        "Show how tension changes over the sessions in DIR, and what raises it.\n\n"
        "DIR is your sessions folder unless given. Each site and band is shown "
        "separately, because their values do not compare."
    ),
)
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@site_option(tr("Only this site, such as 'left shoulder'."))
@click.option("--band", type=BANDS, help=tr("Only this band."))
@json_option
def history_command(**given: Any) -> None:
    from unclench.commands.history import run

    run(**given)
