"""`unclench import`: turn a recording of another program into a session."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.options import A_PATH, csv_options, json_option, out_option
from unclench.usage.types import OneOf


def _formats() -> tuple[str, ...]:
    from unclench.importing import FORMATS

    return FORMATS


@click.command(
    "import",
    help=tr(
        "Import FILE as a session folder, to review and replay it.\n\n"
        "The format is recognized by its contents; --format lists all that can be read, "
        "and docs/formats.md describes them. FILE itself does not change."
    ),
)
@click.argument("file", type=A_PATH)
@click.option(
    "--format",
    "format_name",
    type=OneOf(_formats),
    help=tr("Format of FILE, if it is not recognized."),
)
@csv_options
@out_option(tr("Session folder (default: named after FILE, in your sessions folder)."))
@json_option
def import_command(**given: Any) -> None:
    from unclench.commands.import_ import run

    run(**given)
