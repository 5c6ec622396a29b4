"""What was removed from a channel before its tension was computed, and what was left in it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np

from unclench.review.results import Excluded, Left, Removed
from unclench.review.signal import Signal
from unclench_dsp import Line

_LEAST_BEATS = 8
_SAME_TONE_HZ = 5.0  # a tone that sweeps is told once


def removed_from(signal: Signal, k: int) -> tuple[Removed, ...]:
    """Return what was removed from a channel; hum with its harmonics is one entry."""
    return (*_lines(signal, k), *_heart(signal, k))


def left_in(signal: Signal, k: int) -> tuple[Left, ...]:
    """Return hum and tones that were left in a channel, by frequency; a sweeping tone is one."""
    left: list[Left] = []
    spans = [(_usual_hz(signal, span), span) for span in signal.excluded if span.channel == k]
    for hz, span in sorted(spans, key=lambda found: found[0]):
        if span.why not in ("mains hum", "tone") or not hz:
            continue
        kind: Literal["hum", "tone"] = "hum" if span.why == "mains hum" else "tone"
        near = left and left[-1].kind == kind and hz - left[-1].hz < _SAME_TONE_HZ
        if near:
            left[-1] = replace(left[-1], seconds=left[-1].seconds + span.length_s)
        else:
            left.append(Left(kind, hz, span.length_s))
    return tuple(left)


def _usual_hz(signal: Signal, span: Excluded) -> float:
    """Return the usual frequency of what was left in a span; 0 if nothing was."""
    rows = slice(*(round(at_s * signal.row_hz) for at_s in (span.start_s, span.stop_s)))
    hz = signal.left_hz[rows, span.channel]
    known = hz[hz > 0.0]
    return float(np.median(known)) if len(known) else 0.0


def _lines(signal: Signal, k: int) -> list[Removed]:
    """Return hum and tones, each with its share of the power in the band before the removal."""
    uv2 = {key: _power_uv2(signal, lines) for key, lines in _families(signal, k).items()}
    used_uv = signal.fast_uv[signal.used[:, k], k]
    whole_uv2 = sum(uv2.values()) + (float(np.mean(np.square(used_uv))) if len(used_uv) else np.nan)
    return [
        Removed(
            "tone" if mains_hz is None else "hum",
            hz=round(hz, 1 if mains_hz is None else 2),
            share=one_uv2 / whole_uv2 if math.isfinite(whole_uv2) else None,
        )
        for (mains_hz, hz), one_uv2 in uv2.items()
    ]


def _families(signal: Signal, k: int) -> dict[tuple[int | None, float], list[Line]]:
    """Return the lines of each mains and tone by its lowest frequency, as last told."""
    families: dict[tuple[int | None, float], list[Line]] = {}
    lines = [line for change in signal.line_changes if change.channel == k for line in change.lines]
    for mains_hz in sorted({line.mains_hz for line in lines if line.mains_hz}):
        latest = {round(line.hz / mains_hz): line for line in lines if line.mains_hz == mains_hz}
        lowest_hz = min(line.hz for line in lines if line.mains_hz == mains_hz)
        families[mains_hz, lowest_hz] = list(latest.values())
    tone_hz = -math.inf
    for line in sorted((line for line in lines if line.kind == "tone"), key=lambda line: line.hz):
        if line.hz - tone_hz >= _SAME_TONE_HZ:
            tone_hz = line.hz
        families[None, tone_hz] = [line]
    return families


def _power_uv2(signal: Signal, lines: Iterable[Line]) -> float:
    """Return what lines add to the power in the band."""
    band = signal.band
    inside = (line for line in lines if band.low_hz <= line.hz <= band.high_hz)
    return float(sum(line.rms_uv**2 for line in inside))


def _heart(signal: Signal, k: int) -> list[Removed]:
    """Return the heartbeat with its usual rate and the share of the signal that it covers."""
    beats = [d for d in signal.disturbances if d.channel == k and d.kind == "heart"]
    if len(beats) < _LEAST_BEATS:
        return []
    between_s = np.diff([beat.first for beat in beats]) / signal.fs_hz
    usual_s = float(np.median(between_s))
    sure = float(np.mean(np.abs(between_s - usual_s) <= 0.25 * usual_s)) >= 0.5
    present = np.isfinite(signal.slow_uv[:, k]).sum() / signal.row_hz
    gated_s = sum(beat.stop - beat.first for beat in beats) / signal.fs_hz
    share = min(1.0, gated_s / present) if present else None
    return [Removed("heart", None, round(60 / usual_s, 1) if sure else None, share)]
