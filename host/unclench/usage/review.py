"""`unclench review`: the screen of sessions, their traces and figures."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import A_PATH


@click.command(
    "review",
    help=tr(
        "Look at recorded sessions: PATH is a session, a CSV, or a folder of sessions.\n\n"
        "Without PATH: your sessions folder."
    ),
)
@click.argument("path", required=False, type=A_PATH)
def review_command(**given: Any) -> None:
    from unclench.commands.review import run

    run(**given)
