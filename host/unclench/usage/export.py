"""`unclench export`: a session for other programs."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Renaming
from unclench.usage.options import A_PATH, csv_options, force_option, out_option
from unclench.usage.types import OneOf


def _formats() -> tuple[str, ...]:
    from unclench.store.exporting import FORMATS

    return FORMATS


@click.command("export", cls=Renaming, old={"--to": "--format"})
@click.argument("path", type=A_PATH)
@click.option("--format", "format_name", required=True, type=OneOf(_formats), help="Format.")
@out_option("File to write; beside PATH, with its name, unless given.", "FILE")
@force_option
@csv_options
def export_command(**given: Any) -> None:
    """Write PATH, a session folder or a CSV, as a file that other programs read.

    \b
    edf      EDF+, 16 bit, with events: for most programs of physiology
    bdf      BDF+, 24 bit, with events: the same without loss of resolution
    csv      one table of time and uV; without events
    parquet  exact values, events and settings: for Python, R and the like
    """
    from unclench.commands.export import run

    run(**given)
