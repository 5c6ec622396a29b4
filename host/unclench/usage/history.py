"""`unclench history`: tension over weeks, and what raises it."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import A_PATH, BANDS, json_option, site_option


@click.command("history")
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@site_option("Only this site, such as 'left shoulder'.")
@click.option("--band", type=BANDS, help="Only this band.")
@json_option
def history_command(**given: Any) -> None:
    """Is it getting lower, and what raises it? Over the sessions in DIR.

    DIR is where sessions are kept unless given. Each site and band stands alone, for their values
    do not compare.
    """
    from unclench.commands.history import run

    run(**given)
