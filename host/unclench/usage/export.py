"""`unclench export`: a session for other programs."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, csv_options, force_option, out_option
from unclench.usage.types import OneOf


def _formats() -> tuple[str, ...]:
    from unclench.store.exporting import FORMATS

    return FORMATS


@click.command(
    "export",
    cls=Renaming,
    old={"--to": "--format"},
    help="\n\n\b\n".join(
        (
            tr("Write PATH, a session folder or a CSV, as a file for other programs."),
            tr(
                "edf      EDF+, 16 bit, with events: for most physiology programs\n"
                "bdf      BDF+, 24 bit, with events: the same, without loss of resolution\n"
                "csv      a table of time and uV, without events\n"
                "parquet  exact values, events and settings: for Python, R and others"
            ),
        )
    ),
)
@click.argument("path", type=A_PATH)
@click.option(
    "--format", "format_name", required=True, type=OneOf(_formats), help=tr("Format of the file.")
)
@out_option(tr("File to write (default: beside PATH, with its name)."), "FILE")
@force_option
@csv_options
def export_command(**given: Any) -> None:
    from unclench.commands.export import run

    run(**given)
