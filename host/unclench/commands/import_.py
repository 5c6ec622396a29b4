"""`unclench import`: a recording of another program becomes a session."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from unclench.errors import InputError
from unclench.importing import Asked, import_file
from unclench.settings import load_settings, sessions_dir
from unclench.translation import tr


def run(
    file: Path,
    format_name: str | None,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Import FILE as a session folder, to review and replay it."""
    if out is not None and (not str(out).strip() or out == Path()):
        raise InputError(tr("--out needs the name of a folder."))
    if out is None:
        out = _free(sessions_dir(load_settings()), file)
    asked = Asked(fs_hz, columns, unit)
    done = import_file(file.expanduser(), out.expanduser(), format_name=format_name, asked=asked)
    for note in done.notes:
        click.echo(note, err=True)
    meta = done.meta
    if as_json:
        summary = {
            "folder": str(done.folder),
            "format": done.format,
            "fs_hz": meta.fs_hz,
            "channels": list(meta.channels),
            "duration_s": meta.duration_s,
            "n_samples": meta.n_samples,
            "lost_samples": meta.lost_samples,
            "missing_s": done.missing_s,
            "notes": list(done.notes),
        }
        click.echo(json.dumps(summary, indent=2))
        return
    click.echo(
        tr(
            "{format}: {seconds:.1f} s of {channels} at {rate_hz:g} Hz, {lost} samples lost: "
            "{folder}",
            format=done.format,
            seconds=meta.duration_s,
            channels=", ".join(meta.channels),
            rate_hz=meta.fs_hz,
            lost=meta.lost_samples,
            folder=done.folder,
        )
    )
    if done.missing_s:
        click.echo(tr("The last {seconds:.1f} s are missing in the file.", seconds=done.missing_s))


def _free(folder: Path, file: Path) -> Path:
    """Return a name for the session that is not taken."""
    name, twin = file.stem or "imported", 2
    path = folder / name
    while path.exists():
        path, twin = folder / f"{name}-{twin}", twin + 1
    return path
