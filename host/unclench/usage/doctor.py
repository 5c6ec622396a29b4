"""`unclench doctor`: how things stand on this computer."""

from __future__ import annotations

import click

from unclench.usage.options import json_option


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Say how things stand on this computer, to be pasted into a bug report.

    Versions, Qt, ports, sound, folders, your files and the last errors; no names, titles, notes or
    tags. Ends with status 1 if something is broken.
    """
    from unclench.commands.doctor import run

    run(as_json)
