"""What it costs: the live chain and a review, each beside a chain that removes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.rooms import muscle
from benchmarks.rooms.measure import reviewed
from benchmarks.rooms.muscle import FS_HZ
from benchmarks.rooms.table import everything
from unclench.live.blocks import LiveSettings, SignalInfo
from unclench.live.processing import Processing
from unclench_dsp import WIDE, ChainBlock, QualityMeter, RmsEnvelope, SosFilter, design_bandpass
from unclench_dsp.arrays import FloatArray

SECONDS, CHANNELS = 60, 3
_BLOCK_N = FS_HZ // 100  # what a board sends at once
_INFO = SignalInfo(FS_HZ, ("a", "b", "c"), LiveSettings(), None, (None,) * CHANNELS)


def cost() -> None:
    """Print the CPU time of a minute of three channels."""
    rng = np.random.default_rng(1)
    n = SECONDS * FS_HZ
    rest_uv = np.stack([muscle.rest(rng, n) for _ in range(CHANNELS)], axis=1)
    room_uv = rest_uv + everything(rng, n)[:, np.newaxis] * (1.0, 0.6, 0.3)
    print(f"Cost: {CHANNELS} channels at {FS_HZ} Hz, {SECONDS} s, share of one core")
    print("  live in blocks of 10 ms; beside it band-pass, RMS and quality, without removal")
    for name, x_uv in (("nothing found", rest_uv), ("all together", room_uv)):
        whole_s, bare_s = _best_s(partial(_live, x_uv)), _best_s(partial(_bare, x_uv))
        review_s = _best_s(partial(reviewed, x_uv))
        print(
            f"    {name:14} {100 * whole_s / SECONDS:.2f} % (limit 5), "
            f"{whole_s / bare_s:.1f} times {100 * bare_s / SECONDS:.2f} %; "
            f"reviewed as a whole {100 * review_s / SECONDS:.2f} %"
        )


def _live(x_uv: FloatArray) -> None:
    """Run what thread 2 of the program runs."""
    processing = Processing(_INFO)
    units = np.zeros(x_uv.shape, np.int32)
    for first in range(0, len(x_uv), _BLOCK_N):
        here = slice(first, first + _BLOCK_N)
        processing.samples(first, units[here], x_uv[here])


def _bare(x_uv: FloatArray) -> None:
    """Run the same without all that finds and removes."""
    bandpass = SosFilter(design_bandpass(WIDE, FS_HZ), CHANNELS)
    envelope = RmsEnvelope(FS_HZ // 4, CHANNELS)
    meter = QualityMeter(FS_HZ, CHANNELS)
    all_kept = np.ones((_BLOCK_N, CHANNELS), np.bool_)
    none, settled = ~all_kept, np.zeros(_BLOCK_N, np.bool_)
    for first in range(0, len(x_uv), _BLOCK_N):
        block_uv = x_uv[first : first + _BLOCK_N]
        band_uv = bandpass.process(block_uv)
        tension_uv = envelope.process(band_uv)
        chained = ChainBlock(first, band_uv, tension_uv, all_kept, none, none, settled)
        meter.process(first, block_uv, chained)


def _best_s(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three runs."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)
