"""How fast tension is computed, side by side with BrainFlow and NeuroKit2.

Every figure is the best of several runs, the contestants taking turns, on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from unclench_dsp import (
    WIDE,
    ChainSettings,
    RmsEnvelope,
    SosFilter,
    TensionChain,
    design_bandpass,
    rectify,
)
from unclench_dsp.arrays import FloatArray

FS_HZ = 2000
HOUR_N = 3600 * FS_HZ
WINDOW_N = FS_HZ // 4
RUNS = 5
NEUROKIT_S = 120  # it takes too long for an hour


def emg_uv(n: int, n_channels: int) -> FloatArray:
    """2 uV of rest with a second of 200 uV every five, and 3 uV of mains hum."""
    noise = np.random.default_rng(1).normal(size=(n, n_channels))
    second = np.arange(n) // FS_HZ
    amplitude_uv = np.where(second % 5 == 4, 200.0, 2.0)
    hum_uv = 3.0 * np.sqrt(2.0) * np.sin(2 * np.pi * 50.0 / FS_HZ * np.arange(n))
    emg: FloatArray = noise * amplitude_uv[:, np.newaxis] + hum_uv[:, np.newaxis]
    return emg


def best_s(contestants: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Time each contestant `runs` times, in turns, and keep the best."""
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(runs):
        for name, run in contestants.items():
            begin = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - begin)
    return best


def unclench_steps(x_uv: FloatArray) -> FloatArray:
    """Band-pass, rectify, moving RMS: (n, 1) in and out."""
    band_uv = SosFilter(design_bandpass(WIDE, FS_HZ), 1).process(x_uv)
    return RmsEnvelope(WINDOW_N, 1).process(rectify(band_uv))


def unclench_chain(x_uv: FloatArray) -> object:
    """Everything the product does: the steps above, and what removes lines and heartbeats."""
    return TensionChain(ChainSettings(FS_HZ, 1, mains="auto")).process(x_uv)


def brainflow_steps(x_uv: FloatArray) -> FloatArray:
    """The same steps on BrainFlow's C++ path: (n,) in and out."""
    from brainflow import AggOperations, DataFilter, FilterTypes

    y = x_uv.copy()  # it filters in place
    DataFilter.perform_bandpass(
        y, FS_HZ, WIDE.low_hz, WIDE.high_hz, WIDE.order, FilterTypes.BUTTERWORTH.value, 0.0
    )
    y = np.square(np.abs(y))
    DataFilter.perform_rolling_filter(y, WINDOW_N, AggOperations.MEAN.value)
    rms_uv: FloatArray = np.sqrt(y)
    return rms_uv


def neurokit_steps(x_uv: FloatArray) -> object:
    """NeuroKit2's whole EMG processing: (n,) in, a table out."""
    import neurokit2

    return neurokit2.emg_process(x_uv, sampling_rate=FS_HZ)


def compare_hour() -> None:
    """One hour of one channel, against the peers."""
    hour_uv = emg_uv(HOUR_N, 1)
    hour_1d_uv = hour_uv[:, 0].copy()
    part_1d_uv = hour_1d_uv[: NEUROKIT_S * FS_HZ].copy()
    ours, whole = "unclench: band-pass, rectify, RMS", "unclench: complete chain, mains auto"
    brainflow, neurokit = "BrainFlow: band-pass, rectify, RMS", "NeuroKit2: emg_process"
    contestants: dict[str, Callable[[], object]] = {
        ours: lambda: unclench_steps(hour_uv),
        whole: lambda: unclench_chain(hour_uv),
    }
    lines = []
    try:
        theirs_uv = brainflow_steps(hour_1d_uv)
    except ImportError:
        lines.append("BrainFlow is not installed: pip install -e .[benchmark]")
    else:
        contestants[brainflow] = lambda: brainflow_steps(hour_1d_uv)
        settled = slice(10 * FS_HZ, None)  # BrainFlow starts from rest, unclench from the offset
        difference = np.abs(unclench_steps(hour_uv)[settled, 0] - theirs_uv[settled])
        lines.append(
            "Largest relative difference of the envelopes of unclench and BrainFlow: "
            f"{(difference / theirs_uv[settled]).max():.1e}"
        )
    took_s = best_s(contestants, RUNS)
    try:
        took_s[neurokit] = (
            best_s({neurokit: lambda: neurokit_steps(part_1d_uv)}, 2)[neurokit] * 3600 / NEUROKIT_S
        )
    except ImportError:
        lines.append("NeuroKit2 is not installed: pip install -e .[benchmark]")
    else:
        lines.append(f"NeuroKit2 ran on {NEUROKIT_S} s, scaled to the hour.")
    print(f"One hour, one channel, {FS_HZ} Hz; best of {RUNS}")
    for name, seconds in took_s.items():
        print(f"  {name:40}{seconds:9.3f} s {seconds / took_s[ours]:9.2f} x")
    for line in lines:
        print(f"  {line}")


def live_share() -> None:
    """CPU share of the live chain: three channels in blocks of 10 ms."""
    seconds, block_n = 60, FS_HZ // 100
    x_uv = emg_uv(seconds * FS_HZ, 3)
    blocks = [x_uv[start : start + block_n].copy() for start in range(0, len(x_uv), block_n)]
    shares = []
    for _ in range(RUNS):
        chain = TensionChain(ChainSettings(FS_HZ, 3, mains="auto"))
        begin = time.process_time()
        for block in blocks:
            chain.process(block)
        shares.append((time.process_time() - begin) / seconds)
    share = min(shares)
    print(f"Live chain: 3 channels, {FS_HZ} Hz, blocks of {block_n} samples, mains auto")
    print(f"  lines removed  {[round(line.hz, 1) for line in chain.removed[0]]}")
    print(f"  per block      {share * seconds / len(blocks) * 1e6:.0f} us")
    print(f"  CPU            {share * 100:.2f} % of one core")


def main() -> None:
    """Print all figures of the chain."""
    compare_hour()
    print()
    live_share()


if __name__ == "__main__":
    main()
