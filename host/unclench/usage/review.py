"""`unclench review`: the screen of sessions, their traces and figures."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import A_PATH


@click.command("review")
@click.argument("path", required=False, type=A_PATH)
def review_command(**given: Any) -> None:
    """Look at what was recorded: PATH, a session, a CSV, or a folder of sessions.

    Without PATH the folder that sessions are kept in.
    """
    from unclench.commands.review import run

    run(**given)
