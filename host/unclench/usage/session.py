"""`unclench session`: a guided session, in a window or without one."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Renaming
from unclench.usage.options import json_option, out_option, places_option, source_options


@click.command(
    "session",
    cls=Renaming,
    old={"--headless": "--terminal"},
    help=tr(
        "Be guided through PROGRAM: a name from `unclench programs list`, or a file.\n\n"
        "Without PROGRAM the window lets you choose one. Everything is kept in a session "
        "folder."
    ),
)
@click.argument("program", required=False)
@source_options(tr("Where the signal comes from."), without=["record"])
@places_option
@click.option("--terminal", "in_terminal", is_flag=True, help=tr("Stay in the terminal."))
@out_option(tr("Session folder (default: a dated one in your sessions folder)."))
@json_option
def session_command(**given: Any) -> None:
    from unclench.commands.session import run

    run(**given)
