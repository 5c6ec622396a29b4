"""`unclench import`: a recording of another program becomes a session."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.options import A_PATH, csv_options, json_option, out_option
from unclench.usage.types import OneOf


def _formats() -> tuple[str, ...]:
    from unclench.importing import FORMATS

    return FORMATS


@click.command("import")
@click.argument("file", type=A_PATH)
@click.option("--format", "format_name", type=OneOf(_formats), help="If it is not seen.")
@csv_options
@out_option("Session folder; one with the name of FILE, where sessions are kept, unless given.")
@json_option
def import_command(**given: Any) -> None:
    """Bring in FILE as a session folder, to be reviewed and replayed.

    Its format is known by its contents; --format lists those that can be read, docs/formats.md says
    more of each. FILE itself stays as it is.
    """
    from unclench.commands.import_ import run

    run(**given)
