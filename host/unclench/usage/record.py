"""`unclench record`: a source to a session folder, without a screen."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import (
    json_option,
    out_option,
    places_option,
    seconds_option,
    source_options,
)


@click.command("record")
@source_options("What to record.", without=["record"])
@seconds_option("Seconds of signal; else Ctrl-C.")
@out_option("Session folder.", required=True)
@places_option
@json_option
def record_command(**given: Any) -> None:
    """Record SOURCE into the session folder DIR.

    DIR is made if it is new; in a folder that holds other things a dated session is made. With
    --place the session knows its sites, and what was calibrated there.
    """
    from unclench.commands.record import run

    run(**given)
