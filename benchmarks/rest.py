"""How right are the share of time at rest and the number of rests? `python -m benchmarks.rest`.

Synthetic EMG with planted rests of 0.2 to 5 s: true shares of 5 to 90 %, tension of 2.5 to 15 times
rest between them, instrument noise of 0.1 to 0.8 uV on rest of 2 uV, both bands, three kinds of EMG
(white, coloured, trains of motor units). A minute of rest comes first: the baseline. Each seed is
another condition. Beside it, from the same recording, the rule that went before: RMS over 0.25 s
below the baseline + 2 SD for 0.2 s.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import signal

from unclench.review.signal import make_signal, runs
from unclench.store.model import Recording
from unclench.training.placement.values import RestBaseline, TrainedChannel, rest_level
from unclench.training.rest import rest_rows
from unclench_dsp import NARROW, WIDE
from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.baseline import resting_baseline

FS_HZ, ROW_HZ, BASELINE_S, SECONDS = 2000, 50, 65, 600
REST_UV = 2.0
TIMES = (2.5, 15.0)
"""Of rest, between the rests. Nearer to rest than that, 0.1 s cannot tell the two apart."""


@dataclass(frozen=True)
class Found:
    """One condition, and by how much the figures are off."""

    seed: int
    times: float
    share: float
    ours: tuple[float, float]  # of the share, in points; of the number, in %
    before: tuple[float, float]


def main(first: int, n: int) -> None:
    """Print how far off share and number are."""
    found = [condition(seed) for seed in range(first, first + n)]
    print(
        f"Planted rests, {n} conditions of {SECONDS // 60} min (seeds {first} to {first + n - 1})"
    )
    print("                     share off by, points        number off by, %")
    print("                     median   most  within 2     median   most  within 5")
    for name, side in (("RMS over 0.1 s", "ours"), ("0.25 s, as before", "before")):
        off = np.abs([getattr(each, side) for each in found])
        (share, number), most = np.median(off, axis=0), off.max(axis=0)
        within = 100 * (off <= (2.0, 5.0)).mean(axis=0)
        print(
            f"  {name:18} {share:6.2f} {most[0]:6.2f} {within[0]:7.0f} %   "
            f"{number:8.2f} {most[1]:6.2f} {within[1]:7.0f} %"
        )
    worst = max(found, key=lambda each: abs(each.ours[0]))
    print(
        f"  worst share: seed {worst.seed}, {worst.times:.1f} times rest, true share "
        f"{100 * worst.share:.0f} %, off by {worst.ours[0]:+.2f} points"
    )


def condition(seed: int) -> Found:
    """Measure one condition."""
    rng = np.random.default_rng(seed)
    share, times = rng.uniform(0.05, 0.9), np.exp(rng.uniform(*np.log(TIMES).tolist()))
    band = NARROW if rng.random() < 0.25 else WIDE
    gaps = plan(rng, share, even=bool(rng.integers(2)))
    n = (BASELINE_S + SECONDS) * FS_HZ
    rest = np.zeros(n, bool)
    rest[: BASELINE_S * FS_HZ] = True
    for start_s, stop_s in gaps:
        rest[round(start_s * FS_HZ) : round(stop_s * FS_HZ)] = True
    level_uv = np.where(rest, REST_UV, REST_UV * times * wander(rng, n))
    emg_uv = level_uv * emg(rng, n) + rng.uniform(0.1, 0.8) * rng.standard_normal(n)
    sample = np.arange(n, dtype=np.int64)
    recording = Recording("planted", Fraction(FS_HZ), ("ch1",), sample, emg_uv[:, np.newaxis])
    made = make_signal(recording, band)
    at = made.time_s < BASELINE_S
    slow, fast = (
        resting_baseline(np.where(made.used, uv, np.nan)[at, 0], step_n)
        for uv, step_n in ((made.slow_uv, ROW_HZ), (made.fast_uv, ROW_HZ // 4))
    )
    known = RestBaseline(slow.mean_uv, slow.sd_uv, BASELINE_S, fast.sd_uv)
    level, _ = rest_level(TrainedChannel(0, "planted", baseline=known))
    assert level is not None
    truth = rest.reshape(-1, FS_HZ // ROW_HZ).mean(axis=1)[-SECONDS * ROW_HZ :].mean()
    quick_uv, used = made.quick_uv[~at, 0], made.used[~at, 0]
    at_rest, lengths = rest_rows(quick_uv, used, level, 1 / ROW_HZ)
    low: BoolArray = used & (made.fast_uv[~at, 0] < known.mean_uv + 2 * known.fast_sd_uv)
    before = [stop - start for start, stop in runs(low) if stop - start >= ROW_HZ // 5]
    number = len(gaps) + 1  # the first goes on from the baseline

    def off(rest_n: float, rests: int) -> tuple[float, float]:
        return 100 * (rest_n / used.sum() - truth), 100 * (rests / number - 1)

    ours = off(at_rest.sum(), len(lengths))
    return Found(seed, times, share, ours, off(sum(before), len(before)))


def plan(rng: np.random.Generator, share: float, even: bool) -> list[tuple[float, float]]:
    """Return rests of 0.2 to 5 s, even or mostly short, that take about this share of the time."""
    drawn = rng.random(4000)
    lengths_s = 0.2 + 4.8 * drawn if even else 0.2 * 25**drawn
    between_s = lengths_s.mean() * (1 - share) / share
    gaps, at = [], float(BASELINE_S) + 0.3
    for length_s in lengths_s:
        at += max(0.1, rng.gamma(2, between_s / 2))
        if at + length_s > BASELINE_S + SECONDS:
            break
        gaps.append((at, at + length_s))
        at += length_s
    return gaps


def wander(rng: np.random.Generator, n: int) -> FloatArray:
    """Tension between rests wanders by 15 % over seconds."""
    points = np.arange(0, n + 4 * FS_HZ, 4 * FS_HZ)
    slow = np.exp(0.15 * rng.standard_normal(len(points)))
    return np.interp(np.arange(n), points, slow)


def emg(rng: np.random.Generator, n: int) -> FloatArray:
    """EMG of 1 uV RMS: white, coloured, or trains of ten motor units."""
    kind, white = rng.integers(3), rng.standard_normal(n)
    if kind == 1:
        white = signal.sosfilt(signal.butter(1, (60, 150), "band", fs=FS_HZ, output="sos"), white)
    elif kind == 2:
        pulses = np.zeros(n)
        for rate_hz in rng.uniform(6, 12, 15):
            apart_s = rng.normal(1, 0.15, round(1.2 * n / FS_HZ * rate_hz)).clip(0.2) / rate_hz
            at = (np.cumsum(apart_s) * FS_HZ).astype(int)
            pulses[at[at < n]] += rng.choice([-1, 1]) * rng.lognormal(0, 0.5)
        t_s = np.arange(-12, 13) / FS_HZ
        white = np.convolve(pulses, -t_s * np.exp(-((t_s / 0.0025) ** 2)), "same")
    return np.asarray(white / white.std())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rest", description=__doc__)
    parser.add_argument("--first", type=int, default=1000, help="seed")
    parser.add_argument("--seeds", type=int, default=60)
    options = parser.parse_args()
    main(options.first, options.seeds)
