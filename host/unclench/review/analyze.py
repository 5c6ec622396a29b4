"""Sums a recording up: how high the tension was, and how good the signal."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from unclench.errors import InputError
from unclench.store.model import Recording
from unclench_dsp import (
    WIDE,
    Band,
    ChainSettings,
    MainsMode,
    QualityMeter,
    SignalState,
    TensionChain,
    TensionStats,
    clipped_fraction,
    tension_stats,
)

_HEADINGS = ("mean", "p10", "median", "p90", "max", "noise", "mains", "clipped")
_LEAST_NAME, _BETWEEN = 8, 3  # columns of the terminal
_JUDGE_EVERY = 4  # one window of the signal's state in so many: enough for a share
_CHUNK_N = 1 << 17  # samples given to the chain at once: bounds its memory


@dataclass(frozen=True)
class ChannelResult:
    """One channel; fractions are 0 to 1, `mains_fraction` None where the recording is too short."""

    name: str
    tension_uv: TensionStats
    mains_fraction: float | None
    clipped_fraction: float
    noise_uv: float | None


@dataclass(frozen=True)
class Analysis:
    """A recording's figures, with the settings that decide what they mean."""

    name: str
    fs_hz: float
    duration_s: float
    n_samples: int
    lost_samples: int
    band: Band
    mains: MainsMode
    window_s: float
    channels: tuple[ChannelResult, ...]
    notes: tuple[str, ...]


def analyze(
    recording: Recording, band: Band = WIDE, mains: str = "auto", window_s: float = 0.25
) -> Analysis:
    """Compute tension with the chain that the live pipeline runs, and sum it up.

    The chain starts anew behind every gap, and the time in which it settles is left out.

    Parameters
    ----------
    recording : Recording
    band : Band
    mains : {"auto", "50", "60", "off"}
    window_s : float
        Length of the RMS window.

    Raises
    ------
    InputError
        The rate is too low for the band, the recording too short, or a setting impossible.
    """
    segments = recording.segments()
    longest_n = max((stop - start for start, stop in segments), default=0)
    if not (math.isfinite(window_s) and window_s > 0):
        raise InputError(f"--window {window_s:g} is no length of time: give seconds, such as 0.25.")
    if window_s * recording.fs_hz >= longest_n:
        raise InputError(_too_short(recording, longest_n, window_s * recording.fs_hz))
    try:
        settings = ChainSettings(
            recording.fs_hz, len(recording.channels), band, window_s, cast("MainsMode", mains)
        )
        chain = TensionChain(settings)
    except ValueError as error:  # its text is a sentence already
        raise InputError(str(error)) from error
    tension_uv, states = _tension(recording, chain, segments)
    settled = [row[np.isfinite(row)] for row in tension_uv]
    if min(len(row) for row in settled) == 0:
        raise InputError(_too_short(recording, longest_n, chain.settling_n))
    clipped = clipped_fraction(recording.emg_uv, recording.rails_uv)
    return Analysis(
        name=recording.name,
        fs_hz=recording.fs_hz,
        duration_s=recording.duration_s,
        n_samples=recording.n_samples,
        lost_samples=recording.lost_samples,
        band=band,
        mains=settings.mains,
        window_s=window_s,
        channels=tuple(
            ChannelResult(
                name=name,
                tension_uv=tension_stats(settled[i]),
                mains_fraction=_finite(chain.mains_fraction[i]),
                clipped_fraction=float(clipped[i]),
                noise_uv=recording.noise_uv[i],
            )
            for i, name in enumerate(recording.channels)
        ),
        notes=(*recording.notes, *_notes(recording, chain), *_doubts(recording, states)),
    )


def to_json(result: Analysis) -> str:
    """Return the figures as one JSON object, its keys fixed: programs read them."""
    return json.dumps(to_dict(result), indent=2, ensure_ascii=False)


def to_dict(result: Analysis) -> dict[str, Any]:
    """Return the object that `to_json` writes."""
    return {
        "name": result.name,
        "fs_hz": result.fs_hz,
        "duration_s": result.duration_s,
        "n_samples": result.n_samples,
        "lost_samples": result.lost_samples,
        "band": result.band.name,
        "band_hz": [result.band.low_hz, result.band.high_hz],
        "mains": result.mains,
        "window_s": result.window_s,
        "channels": [
            {
                "name": c.name,
                "tension_uv": {
                    "mean": c.tension_uv.mean_uv,
                    "p10": c.tension_uv.p10_uv,
                    "p50": c.tension_uv.p50_uv,
                    "p90": c.tension_uv.p90_uv,
                    "max": c.tension_uv.max_uv,
                },
                "mains_fraction": c.mains_fraction,
                "clipped_fraction": c.clipped_fraction,
                "noise_uv": c.noise_uv,
            }
            for c in result.channels
        ],
        "notes": list(result.notes),
    }


def render(result: Analysis) -> RenderableType:
    """Return the figures for a person, to be printed by a rich console; 80 columns are enough."""
    head = (
        f"{result.name}: {result.duration_s:.1f} s at {result.fs_hz:g} Hz, "
        f"{result.n_samples} samples, {result.lost_samples} lost\n"
        f"{result.band.name} band {result.band.low_hz:g}-{result.band.high_hz:g} Hz, "
        f"RMS window {result.window_s:g} s, mains {result.mains}"
    )
    figures = _Figures(tuple((c.name, _cells(c)) for c in result.channels))
    return Group(Text(head), figures, *(Text(f"Note: {note}") for note in result.notes))


@dataclass(frozen=True)
class _Figures:
    """Names of channels, with as many cells each as there are headings; no number is ever cut."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give a table whose names wrap; line by line where even that is too narrow."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("tension, uV", overflow="fold")
        widths = [max(map(len, column)) for column in zip(_HEADINGS, *self._cells(), strict=True)]
        for heading, width in zip(_HEADINGS, widths, strict=True):
            table.add_column(heading, justify="right", no_wrap=True, min_width=width)
        for name, cells in self.rows:
            table.add_row(Text(name), *cells)
        if _LEAST_NAME + sum(width + _BETWEEN for width in widths) <= options.max_width:
            yield table
            return
        for name, cells in self.rows:
            yield Text(f"\n{name}, tension in uV", overflow="fold")
            for heading, cell in zip(_HEADINGS, cells, strict=True):
                yield Text(f"  {heading:<8}{cell}", overflow="fold")
        yield ""

    def _cells(self) -> list[tuple[str, ...]]:
        return [cells for _, cells in self.rows]


def _cells(channel: ChannelResult) -> tuple[str, ...]:
    t = channel.tension_uv
    levels = (t.mean_uv, t.p10_uv, t.p50_uv, t.p90_uv, t.max_uv)
    return (
        *(f"{level:.2f}" if level < 100 else f"{level:.0f}" for level in levels),
        "-" if channel.noise_uv is None else f"{channel.noise_uv:.2f}",
        "-" if channel.mains_fraction is None else f"{channel.mains_fraction:.0%}",
        f"{channel.clipped_fraction:.1%}",
    )


def _tension(
    recording: Recording, chain: TensionChain, segments: list[tuple[int, int]]
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], list[Counter[SignalState]]]:
    """Tension (n_channels, n_samples), NaN while settling and while hum was not yet removed.

    With it, for each channel, in how many windows the signal was in which state.
    """
    states: list[Counter[SignalState]] = [Counter() for _ in recording.channels]
    meter = QualityMeter(
        recording.fs_hz,
        len(recording.channels),
        rails_uv=recording.rails_uv,
        noise_uv=np.array([noise or 0.0 for noise in recording.noise_uv]),
    )
    tension_uv = np.empty((len(recording.channels), recording.n_samples))
    for number, (start, stop) in enumerate(segments):
        if number:
            chain.restart()
        for at in range(start, stop, _CHUNK_N):
            end = min(stop, at + _CHUNK_N)
            block = chain.process(recording.emg_uv[at:end])
            first = int(recording.sample[at])
            step_n = _JUDGE_EVERY * meter.window_n
            for i in range(-first % step_n, end - at, step_n):
                judged = np.s_[i : i + meter.window_n]
                emg_uv = recording.emg_uv[at:end][judged]
                for window in meter.process(first + i, emg_uv, block.settling[judged]):
                    for channel, state in enumerate(window.state):
                        states[channel][state] += 1
            block.envelope_uv[block.settling] = np.nan
            tension_uv[:, at:end] = block.envelope_uv.T
    window_n = round(chain.settings.window_s * recording.fs_hz)
    for change in chain.notch_changes:
        tension_uv[change.channel, max(0, change.hum_from) : change.index + window_n] = np.nan
    return tension_uv, states


def _doubts(recording: Recording, states: list[Counter[SignalState]]) -> list[str]:
    """Say how much of the figures is no muscle's."""
    notes = []
    for name, counts in zip(recording.channels, states, strict=True):
        judged = sum(counts.values()) - counts["settling"]
        for state in ("no contact", "clipping"):
            if counts[state]:
                share = counts[state] / judged
                notes.append(
                    f"{name}: {state} for {share:.0%} of the time, and the figures include it: "
                    "they are no muscle's then."
                )
    return notes


def _notes(recording: Recording, chain: TensionChain) -> list[str]:
    notes = []
    band = chain.settings.band
    if recording.band is not None and recording.band.name != band.name:
        notes.append(
            f"recorded with the {recording.band.name} band, analysed in the {band.name} band: "
            "the two do not compare."
        )
    for i, (name, lines_hz) in enumerate(zip(recording.channels, chain.notched_hz, strict=True)):
        if lines_hz:
            lines = ", ".join(f"{line:g}" for line in lines_hz)
            found = [c.index / recording.fs_hz for c in chain.notch_changes if c.channel == i]
            since = f" from {found[0]:.0f} s on (the hum before it is left out)" if found else ""
            notes.append(f"mains lines removed from {name}{since}: {lines} Hz.")
    return notes


def _too_short(recording: Recording, longest_n: int, needed_n: float) -> str:
    fs_hz = recording.fs_hz
    return (
        f"{recording.name} has {longest_n} samples ({longest_n / fs_hz:.3g} s) in one piece, but "
        f"filters and RMS window need more than {math.ceil(needed_n)} ({needed_n / fs_hz:.3g} s) "
        "to settle: use a longer recording or a shorter --window."
    )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
