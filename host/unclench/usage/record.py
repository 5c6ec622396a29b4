"""`unclench record`: a source to a session folder, without a screen."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import (
    json_option,
    out_option,
    places_option,
    seconds_option,
    source_options,
)


@click.command(
    "record",
    help=tr(
        "Record SOURCE into the session folder DIR.\n\n"
        "DIR is created if it does not exist; if it holds other things, a dated session "
        "folder is created in it. With --place the session knows its sites and their "
        "calibration."
    ),
)
@source_options(tr("What to record."), without=["record"])
@seconds_option(tr("Seconds of signal (default: until Ctrl-C)."))
@out_option(tr("Session folder."), required=True)
@places_option
@json_option
def record_command(**given: Any) -> None:
    from unclench.commands.record import run

    run(**given)
