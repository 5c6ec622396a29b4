"""`unclench session`: a guided session, in a window or without one."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Renaming
from unclench.usage.options import json_option, out_option, places_option, source_options


@click.command("session", cls=Renaming, old={"--headless": "--terminal"})
@click.argument("program", required=False)
@source_options("Where it comes from.", without=["record"])
@places_option
@click.option("--terminal", "in_terminal", is_flag=True, help="Stay in the terminal.")
@out_option("Session folder; a dated one where sessions are kept unless given.")
@json_option
def session_command(**given: Any) -> None:
    """Be guided through PROGRAM: a name of `unclench programs list`, or a file.

    Without PROGRAM the window lets you choose one. Everything is kept in a session folder.
    """
    from unclench.commands.session import run

    run(**given)
