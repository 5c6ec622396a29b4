"""`unclench record`: a source to a session folder, without a screen."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import A_PATH, places_option, source_options
from unclench.usage.types import Seconds


@click.command("record")
@source_options("What to record.")
@click.option("--seconds", type=Seconds(), metavar="N", help="Seconds of signal; else Ctrl-C.")
@click.option("--out", required=True, type=A_PATH, metavar="DIR", help="Session folder.")
@places_option
@click.option("--json", "as_json", is_flag=True, help="Print a summary object.")
def record_command(**given: Any) -> None:
    """Record SOURCE into the session folder DIR.

    DIR is made if it is new; in a folder that holds other things a dated session is made. With
    --place the session knows its sites, and what was calibrated there.
    """
    from unclench.commands.record import run

    run(**given)
