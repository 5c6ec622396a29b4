"""`unclench analyze`: the figures of a session or of any CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from unclench.report.words import (
    NOTHING,
    above_label,
    above_words,
    excluded,
    figure_words,
    sentence,
    treated_words,
)
from unclench.review.analyze import Analysis, ChannelResult, analyze, to_json
from unclench.review.metrics import HEADLINES, METRICS
from unclench.review.session import load_with_session
from unclench.translation import tr
from unclench.wording import length
from unclench_dsp import BANDS, MainsMode

_LEVELS = tr(
    "Tension was below the calm level, the median and the tense level for 10, 50 and 90 % of the "
    "time used (P10, P50 and P90: the 10th, 50th and 90th percentile)."
)
_LEAST_NAME, _BETWEEN = 8, 3  # columns of the terminal


def run(
    path: Path,
    fs_hz: float | None,
    columns: Sequence[str],
    unit: str | None,
    band: str | None,
    mains: MainsMode | None,
    window_s: float | None,
    as_json: bool,
) -> None:
    """Print the tension figures of PATH: a session folder, or a CSV or TSV with a header."""
    recording, session = load_with_session(path, fs_hz=fs_hz, columns=columns, unit=unit)
    chosen = BANDS[band] if band is not None else None
    result = analyze(recording, chosen, mains, window_s, session=session, columns=columns)
    if as_json:
        click.echo(to_json(result))
        return
    Console().print(render(result))


def render(result: Analysis) -> RenderableType:
    """Return the figures for a rich console; 80 columns are enough."""
    head = tr(
        "{name}: {duration_s:.1f} s at {rate_hz:g} Hz, {samples} samples, {lost} lost\n"
        "{band} band {low_hz:g}-{high_hz:g} Hz, RMS window {window_s:g} s, mains {mains}",
        name=result.name,
        duration_s=result.duration_s,
        rate_hz=result.fs_hz,
        samples=result.n_samples,
        lost=result.lost_samples,
        band=result.band.name,
        low_hz=result.band.low_hz,
        high_hz=result.band.high_hz,
        window_s=result.window_s,
        mains=result.mains,
    )
    parts: list[RenderableType] = [Text(head), _Table(result.channels)]
    parts += [Text(_used(channel)) for channel in result.channels] + [Text(_LEVELS)]
    parts += [Text(tr("Note: {note}", note=note)) for note in result.notes]
    return Group(*parts)


def _used(channel: ChannelResult) -> str:
    """Say which time a channel's figures use."""
    figures = channel.figures
    said = tr(
        "{name}: {used} used; {excluded}.",
        name=channel.name,
        used=length(figures.used_s),
        excluded=excluded(figures.excluded_s),
    )
    parts = [said, treated_words(channel.removed, channel.left)]
    if figures.why_not:
        parts.append(tr("No figures: {reason}", reason=sentence(figures.why_not)))
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class _Table:
    """Figures in rows, a column for each channel; numbers are never cut."""

    channels: tuple[ChannelResult, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Return a table whose names wrap, or one list per channel where that is too wide."""
        columns = [_cells(channel) for channel in self.channels]
        first = max(len(name) for name, _ in columns[0])
        widths = [max(len(cell) for _, cell in column) for column in columns]
        needed = first + sum(max(_LEAST_NAME, width) + _BETWEEN for width in widths)
        if needed > options.max_width:
            for channel, column in zip(self.channels, columns, strict=True):
                yield Text(f"\n{channel.name}", overflow="fold")
                for name, cell in column:
                    yield Text(f"  {name}: {cell}", overflow="fold")
            yield ""
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("", no_wrap=True, min_width=first)
        for channel, width in zip(self.channels, widths, strict=True):
            heading = Text(channel.name, overflow="fold")
            table.add_column(heading, justify="right", min_width=max(_LEAST_NAME, width))
        for row in zip(*columns, strict=True):
            table.add_row(row[0][0], *(cell for _, cell in row))
        yield table


def _cells(channel: ChannelResult) -> list[tuple[str, str]]:
    """Label and value of each figure of a channel."""
    noise = channel.noise_uv
    return [
        *((m.label, figure_words(m, channel.figures)) for m in METRICS),
        *((above_label(m), above_words(m, channel.figures)) for m in HEADLINES),
        (tr("Noise floor"), NOTHING if noise is None else f"{noise:.2f} µV"),
        (tr("Samples clipped"), f"{channel.clipped_fraction:.1%}"),
    ]
