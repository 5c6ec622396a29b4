"""`unclench export`: a session for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from unclench.commands.options import csv_options
from unclench.store.exporting import FORMATS, export


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Choice(FORMATS), help="Format.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write; beside PATH, with its name, unless given.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@csv_options
def export_command(
    path: Path,
    to: str,
    out: Path | None,
    force: bool,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
) -> None:
    """Write PATH, a session folder or a CSV, as a file that other programs read.

    \b
    edf      EDF+, 16 bit, with events: for most programs of physiology
    bdf      BDF+, 24 bit, with events: the same without loss of resolution
    csv      one table of time and uV; without events
    parquet  exact values, events and settings: for Python, R and the like
    """
    out = None if out is None else out.expanduser()
    done = export(path, to, out, force=force, fs_hz=fs_hz, columns=columns, unit=unit)
    for note in done.notes:
        click.echo(note, err=True)
    click.echo(str(done.path))
