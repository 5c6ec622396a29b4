"""`unclench session`: a guided session, in a window or without one."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import A_PATH, places_option, source_options


@click.command("session")
@click.argument("program", required=False)
@source_options("Where it comes from.")
@places_option
@click.option("--headless", is_flag=True, help="No window: guided in the terminal.")
@click.option(
    "--out",
    type=A_PATH,
    metavar="DIR",
    help="Session folder; a dated one where sessions are kept unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as an object (headless).")
def session_command(**given: Any) -> None:
    """Be guided through PROGRAM: a name of `unclench programs list`, or a file.

    Without PROGRAM the window lets you choose one. Everything is kept in a session folder.
    """
    from unclench.commands.session import run

    run(**given)
