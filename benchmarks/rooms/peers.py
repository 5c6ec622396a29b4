"""Known remedies against the heart, on the same signals as ours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.rooms import muscle
from benchmarks.rooms.hearts import heart
from benchmarks.rooms.measure import Figures, figures, off, plain, reviewed
from benchmarks.rooms.muscle import FS_HZ, band
from unclench_dsp import RmsEnvelope
from unclench_dsp.arrays import FloatArray, IntArray

Remedy = Callable[[FloatArray, IntArray], Figures]
"""Median and mean of a signal whose beats are known."""

_GATE_N = round(0.19 * FS_HZ)


def remedies(seeds: range, seconds: int) -> None:
    """Print how far off each remedy is under a heart."""
    print(f"Heart alone, known remedies on the same signals (seeds {seeds.start}...): off by, %")
    known: dict[str, Remedy] = {
        "unclench": lambda x_uv, _: figures(reviewed(x_uv)),
        "none: band-pass and RMS": lambda x_uv, _: plain(x_uv),
        "30 Hz high-pass": lambda x_uv, _: plain(x_uv, 30.0),
    }
    try:
        known |= resurfemg()
    except ImportError:
        print("  ReSurfEMG is not installed (pip install resurfemg)")
    off_by: dict[str, list[Figures]] = {name: [] for name in known}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        rest_uv = muscle.rest(rng, seconds * FS_HZ)
        beats = heart(rng, seconds * FS_HZ)
        at = np.round(beats.at_s * FS_HZ).astype(np.int64)
        for name, remedy in known.items():
            off_by[name].append(off(remedy(rest_uv + beats.uv, at), remedy(rest_uv, at)))
    for name, each in off_by.items():
        (median, mean), worst = np.median(np.abs(each), axis=0), np.abs(each).max(axis=0)
        print(
            f"  {name:38} median {median:6.2f}, worst {worst[0]:6.2f}   "
            f"mean {mean:6.2f}, worst {worst[1]:6.2f}"
        )


def resurfemg() -> dict[str, Remedy]:
    """Return what ReSurfEMG offers; the moments of the beats are told to it."""
    from resurfemg.preprocessing.ecg_removal import gating, wavelet_denoising

    def middle(band_uv: FloatArray) -> Figures:
        rows = RmsEnvelope(FS_HZ // 4, 1).process(band_uv[:, np.newaxis])[FS_HZ :: FS_HZ // 50]
        return float(np.median(rows)), float(rows.mean())

    def gated(x_uv: FloatArray, at: IntArray) -> Figures:
        return middle(gating(band(x_uv), at, _GATE_N, 3))

    def denoised(x_uv: FloatArray, at: IntArray) -> Figures:
        return middle(wavelet_denoising(band(x_uv), at, FS_HZ)[0])

    return {"ReSurfEMG, gating, beats told": gated, "ReSurfEMG, wavelets, beats told": denoised}
