"""What was removed from a channel before its tension was computed: hum, tones, the heartbeat."""

from __future__ import annotations

import math

import numpy as np

from unclench.review.results import Removed
from unclench.review.signal import Signal
from unclench_dsp import Line

_LEAST_BEATS = 8
_SAME_TONE_HZ = 5.0  # a tone that sweeps is told once


def removed_from(signal: Signal, k: int) -> tuple[Removed, ...]:
    """Return what was removed from a channel; hum with its harmonics is one entry."""
    lines = [line for change in signal.line_changes if change.channel == k for line in change.lines]
    return (*_hum(signal, k, lines), *_tones(signal, k, lines), *_heart(signal, k))


def _hum(signal: Signal, k: int, lines: list[Line]) -> list[Removed]:
    share = signal.mains_fraction[k]
    found = sorted({line.mains_hz for line in lines if line.mains_hz})
    return [
        Removed(
            "hum",
            hz=round(min(line.hz for line in lines if line.mains_hz == mains_hz), 2),
            share=share if math.isfinite(share) else None,
        )
        for mains_hz in found
    ]


def _tones(signal: Signal, k: int, lines: list[Line]) -> list[Removed]:
    """Return each tone with its share of the power: its own beside that of the used time."""
    used_uv = signal.fast_uv[signal.used[:, k], k]
    muscle_uv2 = float(np.mean(np.square(used_uv))) if len(used_uv) else math.nan
    tones: list[Removed] = []
    for line in sorted((line for line in lines if line.kind == "tone"), key=lambda line: line.hz):
        if tones and tones[-1].hz is not None and line.hz - tones[-1].hz < _SAME_TONE_HZ:
            continue
        share = line.rms_uv**2 / (line.rms_uv**2 + muscle_uv2)
        tones.append(
            Removed("tone", round(line.hz, 1), None, share if math.isfinite(share) else None)
        )
    return tones


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
