"""`unclench analyze`: the figures of a session or of any CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from unclench.review.analyze import analyze, render, to_json
from unclench.store.recording import load_recording
from unclench_dsp import BANDS, MainsMode


def run(
    path: Path,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
    band: str | None,
    mains: MainsMode | None,
    window_s: float,
    as_json: bool,
) -> None:
    """Print the tension in PATH: a session folder, or a CSV or TSV with a header."""
    recording = load_recording(path, fs_hz=fs_hz, columns=columns, unit=unit)
    own = recording.band.name if recording.band is not None else "wide"
    chosen = BANDS.get(band or own, BANDS["wide"])
    result = analyze(recording, chosen, mains or recording.mains or "auto", window_s)
    if as_json:
        click.echo(to_json(result))
        return
    Console().print(render(result))
