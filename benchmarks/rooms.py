"""How far off is tension in real rooms? `python -m benchmarks.rooms`.

Rest of known level with what a room adds: heart, hum, tones, pops, tugs, flutter. Each seed draws
its own conditions: the muscle (coloured noise or trains of motor units), the instrument's noise,
shapes, rates, heights and frequencies. "Off by" is the figure with the disturbance over the figure
of the same seed without it, minus 1, both as a review gives them for the time that counts. Beside
it, from the same signals, two known remedies: a 30 Hz high-pass (Drake and Callaghan 2006), and
gating of the QRS complex by ReSurfEMG, if that is installed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from scipy import signal

from unclench.review.signal import Signal, make_signal
from unclench.store.model import Recording
from unclench_dsp import WIDE, RmsEnvelope, SosFilter, design_bandpass
from unclench_dsp.arrays import FloatArray

FS_HZ, ROW_N = 2000, 40
UNSEEN = 70_000
"""From here on, no seed was looked at while building."""

Disturb = Callable[[np.random.Generator, int], FloatArray]


@dataclass(frozen=True)
class Row:
    """A row of the table: what is added, and how far off median and mean may be, in %."""

    name: str
    disturb: Disturb
    median: float
    mean: float


@dataclass(frozen=True)
class Off:
    """One seed."""

    seed: int
    ours: tuple[float, float]  # median, mean; %
    plain: tuple[float, float]  # band-pass and RMS alone
    highpass: tuple[float, float]
    used: float  # share of the time that counts, against without the disturbance
    said: frozenset[str]


def muscle(rng: np.random.Generator, n: int) -> FloatArray:
    """Rest of 1 to 3 uV in 20-450 Hz, with the instrument's noise."""
    if rng.random() < 0.5:
        low_hz, high_hz = rng.uniform(30, 70), rng.uniform(110, 200)
        sos = signal.butter(1, (low_hz, high_hz), "band", fs=FS_HZ, output="sos")
        made = signal.sosfilt(sos, rng.standard_normal(n))
    else:
        made = trains(rng, n)
    made = made / band(made).std() * rng.uniform(1, 3)
    white = rng.standard_normal(n)
    return np.asarray(made + white / band(white).std() * rng.uniform(0.1, 0.4))


def trains(rng: np.random.Generator, n: int) -> FloatArray:
    """Trains of 20 to 40 motor units, 6 to 14 potentials a second each."""
    made = np.zeros(n)
    for _ in range(rng.integers(20, 40)):
        apart_s = rng.normal(1, 0.18, round(1.3 * n / FS_HZ * 14)).clip(0.3) / rng.uniform(6, 14)
        at = (np.cumsum(apart_s) * FS_HZ).astype(int)
        pulses = np.zeros(n)
        pulses[at[at < n]] = rng.lognormal(0, 0.5)
        t_s, width_s = np.arange(-30, 31) / FS_HZ, rng.uniform(0.0018, 0.004)
        shape = (1 - (t_s / width_s) ** 2) * np.exp(-((t_s / width_s) ** 2) / 2)
        if rng.random() < 0.5:
            shape = np.gradient(shape)
        made += rng.choice([-1, 1]) * signal.fftconvolve(
            pulses, shape / np.abs(shape).max(), "same"
        )
    return made


def sensor(x_uv: FloatArray) -> FloatArray:
    """One high-pass at 20.8 Hz and one low-pass at 498.4 Hz, as MyoWare 2.0 has them."""
    y = signal.lfilter(*signal.butter(1, 20.8, "high", fs=FS_HZ), x_uv)
    return np.asarray(signal.lfilter(*signal.butter(1, 498.4, fs=FS_HZ), y))


def nothing(rng: np.random.Generator, n: int) -> FloatArray:
    """Nothing is added."""
    return np.zeros(n)


def heart(rng: np.random.Generator, n: int) -> FloatArray:
    """R peaks of 20 to 100 uV, 50 to 110 a minute; widths, waves and sign of its own."""
    t_s = np.arange(-0.35, 0.55, 1 / FS_HZ)
    width_s = rng.uniform(0.008, 0.014)
    waves = (
        *((1.0, 0.0, width_s), (-rng.uniform(0, 0.3), -3 * width_s, 0.8 * width_s)),
        *((-rng.uniform(0.05, 0.4), 3 * width_s, width_s), (rng.uniform(0, 0.2), -0.18, 0.025)),
        (rng.uniform(0.1, 0.4), 0.27, rng.uniform(0.04, 0.07)),
    )
    beat = sum(a * np.exp(-((t_s - at) ** 2) / (2 * w * w)) for a, at, w in waves)
    beat = sensor(np.asarray(beat))
    beat = beat / np.abs(beat).max() * rng.uniform(20, 100) * rng.choice([-1, 1])
    x, at, every_s = np.zeros(n + 2 * FS_HZ), 0.6 * FS_HZ, 60 / rng.uniform(50, 110)
    while at < n + FS_HZ / 2:
        first = round(at - 0.35 * FS_HZ)
        x[first : first + len(beat)] += beat * rng.normal(1, 0.05)
        breath = 1 + 0.05 * np.sin(2 * np.pi * 0.22 * at / FS_HZ)
        at += every_s * FS_HZ * breath * rng.normal(1, 0.02)
    return x[:n]


def hum(rng: np.random.Generator, n: int, wander_hz: float = 0.0) -> FloatArray:
    """Hum of 10 to 80 uV up to 0.2 Hz beside 50 or 60 Hz, with multiples of its own."""
    t_s = np.arange(n) / FS_HZ
    hz = rng.choice([50.0, 60.0]) + rng.uniform(-0.2, 0.2)
    phase = 2 * np.pi * hz * t_s + 60 * wander_hz * np.sin(2 * np.pi * t_s / 60)
    sizes = (1.0, *(rng.uniform(0, 0.5) / k for k in range(1, 7)))
    made = sum(a * np.sin((k + 1) * phase + rng.uniform(0, 6)) for k, a in enumerate(sizes))
    level_uv = np.exp(rng.uniform(*np.log((10.0, 80.0)).tolist()))
    return np.asarray(made / np.std(made) * level_uv)


def wandering(rng: np.random.Generator, n: int) -> FloatArray:
    """The same, wandering by 0.1 Hz in a minute."""
    return hum(rng, n, 0.1)


def tone(rng: np.random.Generator, n: int) -> FloatArray:
    """A steady tone of 3 to 5 uV anywhere in the band."""
    phase = 2 * np.pi * rng.uniform(21, 448) * np.arange(n) / FS_HZ
    return np.asarray(np.sqrt(2) * rng.uniform(3, 5) * np.sin(phase))


def sweep(rng: np.random.Generator, n: int) -> FloatArray:
    """A tone of 3 to 5 uV that sweeps by up to 0.5 Hz in a second, to and fro."""
    t_s = np.arange(n) / FS_HZ
    rate_hz, period_s = rng.uniform(0.1, 0.5), rng.uniform(40, 80)
    off_hz = rate_hz * period_s / (2 * np.pi) * np.sin(2 * np.pi * t_s / period_s)
    phase = 2 * np.pi * np.cumsum(rng.uniform(60, 380) + off_hz) / FS_HZ
    return np.asarray(np.sqrt(2) * rng.uniform(3, 5) * np.sin(phase))


def bursts(rng: np.random.Generator, n: int, kind: str) -> FloatArray:
    """Pops, tugs or flutter, 4 to 20 a minute, up to 5000 uV; flutter up to 1000."""
    x = np.zeros(n)
    for first in rng.integers(0, n - FS_HZ, round(rng.uniform(4, 20) * n / FS_HZ / 60)):
        if kind == "pop":
            one = np.exp(-np.arange(FS_HZ) / (rng.uniform(0.004, 0.02) * FS_HZ))
        else:
            edges = (1, 4) if kind == "tug" else (8, 40)
            sos = signal.butter(2, edges, "band", fs=FS_HZ, output="sos")
            one = signal.sosfiltfilt(sos, rng.standard_normal(FS_HZ)) * np.hanning(FS_HZ)
            one /= np.abs(one).max()
        highest_uv = 1000.0 if kind == "flutter" else 5000.0
        height_uv = np.exp(rng.uniform(*np.log((50.0, highest_uv)).tolist()))
        x[first : first + FS_HZ] += rng.choice([-1, 1]) * height_uv * one
    return sensor(x)


def pops(rng: np.random.Generator, n: int) -> FloatArray:
    """Electrodes that lose the skin for a moment."""
    return bursts(rng, n, "pop")


def tugs(rng: np.random.Generator, n: int) -> FloatArray:
    """A lead that is pulled."""
    return bursts(rng, n, "tug")


def flutter(rng: np.random.Generator, n: int) -> FloatArray:
    """A cable that shakes."""
    return bursts(rng, n, "flutter")


def everything(rng: np.random.Generator, n: int) -> FloatArray:
    """Heart, hum and one kind of the bursts."""
    return heart(rng, n) + hum(rng, n) + bursts(rng, n, rng.choice(["pop", "tug", "flutter"]))


ROWS = (
    Row("clean", nothing, 0.5, 1.0),
    Row("heart", heart, 3.0, 8.0),
    Row("hum, steady", hum, 2.0, 3.0),
    Row("hum, wandering", wandering, 4.0, 4.0),
    Row("tone, steady", tone, 3.0, 3.0),
    Row("tone, sweeping", sweep, 3.0, 3.0),
    Row("pops", pops, 2.0, 10.0),
    Row("tugs", tugs, 2.0, 10.0),
    Row("flutter", flutter, 2.0, 10.0),
    Row("all together", everything, 5.0, 10.0),
)


def band(x_uv: FloatArray, low_hz: float = WIDE.low_hz) -> FloatArray:
    """The wide band, or with a higher lower edge."""
    if low_hz == WIDE.low_hz:
        sos = design_bandpass(WIDE, FS_HZ)
    else:
        sos = signal.butter(4, (low_hz, WIDE.high_hz), "band", fs=FS_HZ, output="sos")
    return SosFilter(sos, 1).process(x_uv[:, np.newaxis])[:, 0]


def plain(x_uv: FloatArray, low_hz: float = WIDE.low_hz) -> tuple[float, float]:
    """Median and mean of band-pass and RMS alone."""
    rows = RmsEnvelope(FS_HZ // 4, 1).process(band(x_uv, low_hz)[:, np.newaxis])[FS_HZ::ROW_N]
    return float(np.median(rows)), float(rows.mean())


def reviewed(x_uv: FloatArray) -> tuple[tuple[float, float], Signal]:
    """Median and mean of the time that counts in a review."""
    sample = np.arange(len(x_uv), dtype=np.int64)
    recording = Recording("room", Fraction(FS_HZ), ("ch1",), sample, x_uv[:, np.newaxis])
    made = make_signal(recording, WIDE)
    rows = made.fast_uv[made.used[:, 0], 0]
    if not len(rows):
        return (np.nan, np.nan), made
    return (float(np.median(rows)), float(rows.mean())), made


def measured(row: Row, seed: int, seconds: int) -> Off:
    """Measure one seed of a row."""
    rng = np.random.default_rng(seed)
    n = seconds * FS_HZ
    rest = muscle(rng, n)
    with_it = rest + row.disturb(rng, n)
    (alone, before), (both, after) = reviewed(rest), reviewed(with_it)
    if row.disturb is nothing:  # against band-pass and RMS alone, over the time that counts
        rows = RmsEnvelope(FS_HZ // 4, 1).process(band(rest)[:, np.newaxis])[::ROW_N, 0]
        rows = rows[before.used[:, 0]]
        alone = float(np.median(rows)), float(rows.mean())
    kinds: set[str] = {line.kind for change in after.line_changes for line in change.lines}
    kinds.update(one.kind for one in after.disturbances)
    return Off(
        seed,
        _off(both, alone),
        _off(plain(with_it), plain(rest)),
        _off(plain(with_it, 30.0), plain(rest, 30.0)),
        float(after.used.mean() / before.used.mean()),
        frozenset(kinds),
    )


def _off(figures: tuple[float, float], truth: tuple[float, float]) -> tuple[float, float]:
    median, mean = (100 * (a / b - 1) for a, b in zip(figures, truth, strict=True))
    return median, mean


def table(seeds: range, seconds: int, title: str) -> None:
    """Print all rows."""
    print(f"{title}: seeds {seeds.start} to {seeds.stop - 1}, {seconds} s each")
    print("                      off by, %: median (limit)   mean (limit)     time    plain chain")
    print(
        "                         usual  worst          usual  worst        used    median   mean"
    )
    for row in ROWS:
        found = [measured(row, seed, seconds) for seed in seeds]
        off = np.abs([each.ours for each in found])
        bare = np.median(np.abs([each.plain for each in found]), axis=0)
        usual, worst = np.median(off, axis=0), off.max(axis=0)
        used = np.median([each.used for each in found])
        missed = [each.seed for each in found if _missed(each, row)]
        print(
            f"  {row.name:17} {usual[0]:10.2f} {worst[0]:6.2f} ({row.median:g}) "
            f"{usual[1]:9.2f} {worst[1]:6.2f} ({row.mean:g}) {100 * used:9.0f} % "
            f"{bare[0]:9.1f} {bare[1]:6.1f}   {_said(found)}"
            + (f"; missed by seeds {missed}" if missed else "")
        )


def _said(found: list[Off]) -> str:
    """What was said to be removed or left out, with the number of seeds."""
    counts = Counter(kind for each in found for kind in each.said)
    return ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items())) or "nothing"


def _missed(each: Off, row: Row) -> bool:
    median, mean = (abs(one) for one in each.ours)
    return not (median <= row.median and mean <= row.mean)


def remedies(seeds: range, seconds: int) -> None:
    """Compare with known remedies against the heart."""
    print(f"Heart alone, known remedies on the same signals (seeds {seeds.start}...): off by, %")
    row = next(row for row in ROWS if row.name == "heart")
    found = [measured(row, seed, seconds) for seed in seeds]
    for name, side in (("unclench", "ours"), ("30 Hz high-pass", "highpass")):
        off = np.median(np.abs([getattr(each, side) for each in found]), axis=0)
        print(f"  {name:28} median {off[0]:6.2f}   mean {off[1]:6.2f}")
    try:
        from resurfemg.preprocessing.ecg_removal import gating
    except ImportError:
        print("  ReSurfEMG is not installed (pip install resurfemg)")
        return
    off_by = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        rest = muscle(rng, seconds * FS_HZ)
        beats = heart(rng, seconds * FS_HZ)
        peaks, _ = signal.find_peaks(
            np.abs(beats), height=0.6 * np.abs(beats).max(), distance=0.4 * FS_HZ
        )
        width_n = round(0.19 * FS_HZ)
        figures = []
        for x_uv in (rest + beats, rest):
            gated = gating(band(x_uv), peaks, gate_width_samples=width_n, method=3)
            rows = RmsEnvelope(FS_HZ // 4, 1).process(gated[:, np.newaxis])[FS_HZ::ROW_N]
            figures.append((float(np.median(rows)), float(rows.mean())))
        off_by.append(_off(figures[0], figures[1]))
    off = np.median(np.abs(off_by), axis=0)
    print(f"  {'ReSurfEMG, gating, known beats':28} median {off[0]:6.2f}   mean {off[1]:6.2f}")


def cost() -> None:
    """CPU of a minute of three channels, against band-pass and RMS alone."""
    rng = np.random.default_rng(1)
    n = 60 * FS_HZ
    rest = np.stack([muscle(rng, n) for _ in range(3)], axis=1)
    with_it = rest + everything(rng, n)[:, np.newaxis]
    sample = np.arange(n, dtype=np.int64)

    def seconds(work: Callable[[], object]) -> float:
        spent = []
        for _ in range(3):
            begin = time.process_time()
            work()
            spent.append(time.process_time() - begin)
        return min(spent)

    bare = seconds(lambda: [plain(rest[:, k]) for k in range(3)])
    for name, x_uv in (("nothing found", rest), ("all together", with_it)):
        recording = Recording("room", Fraction(FS_HZ), ("a", "b", "c"), sample, x_uv)
        whole = seconds(partial(make_signal, recording, WIDE))
        print(f"A minute of 3 channels reviewed, {name}: {whole:.2f} s of CPU,")
        print(f"  {100 * whole / 60:.1f} % of real time, {whole / bare:.1f} times the plain chain")


def main(tuned: range, unseen: range, seconds: int) -> None:
    """Print everything."""
    table(tuned, seconds, "Seeds looked at while building")
    table(unseen, seconds, "Seeds not looked at")
    remedies(unseen, seconds)
    cost()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rooms", description=__doc__)
    parser.add_argument("--seeds", type=int, default=12, help="in each of the two tables")
    parser.add_argument("--first", type=int, default=UNSEEN, help="of those not looked at")
    parser.add_argument("--seconds", type=int, default=90)
    options = parser.parse_args()
    seeds = options.seeds
    main(range(seeds), range(options.first, options.first + seeds), options.seconds)
