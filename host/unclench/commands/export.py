"""`unclench export`: a session for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from unclench.store.exporting import export


def run(
    path: Path,
    format_name: str,
    out: Path | None,
    force: bool,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
) -> None:
    """Write PATH, a session folder or a CSV, as a file that other programs read."""
    out = None if out is None else out.expanduser()
    done = export(path, format_name, out, force=force, fs_hz=fs_hz, columns=columns, unit=unit)
    for note in done.notes:
        click.echo(note, err=True)
    click.echo(str(done.path))
