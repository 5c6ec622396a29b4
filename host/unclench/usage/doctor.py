"""`unclench doctor`: a report on this computer, for a bug report."""

from __future__ import annotations

import click

from unclench.translation import tr
from unclench.usage.options import json_option


@click.command(
    "doctor",
    help=tr(
        "Report on this computer and its set-up, to paste into a bug report.\n\n"
        "Versions, Qt, ports, sound, folders, your files and the last errors; no names, "
        "titles, notes or tags. Exit status 1 if something is broken."
    ),
)
@json_option
def doctor_command(as_json: bool) -> None:
    from unclench.commands.doctor import run

    run(as_json)
