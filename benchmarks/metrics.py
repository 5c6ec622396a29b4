"""Figures of the review beside others', and how sure they are: `python -m benchmarks.metrics`.

First our figures beside those of plain numpy, NeuroKit2 and BioSPPy on recordings of other devices
(left out, saying so, where these or the peers are absent). Then how often 95 % intervals hold the
truth of simulated tension, beside intervals that take every row for an observation of its own.
"""

from __future__ import annotations

import importlib
import math
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, lfilter, sosfilt, sosfilt_zi
from scipy.special import ndtri

from unclench.review.results import Contraction
from unclench.review.session import SessionReview, open_review
from unclench_dsp.arrays import FloatArray
from unclench_dsp.permutation import attainable_level, sign_flip_test
from unclench_dsp.pooling import combine
from unclench_dsp.spectrum import median_frequency
from unclench_dsp.uncertainty import BlockBootstrap, Estimate

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDINGS = ("plux_rest_contraction", "plux_biceps_bursts", "biosppy_emg_1")
BAND_HZ = (20.0, 450.0)
ROW_HZ = 50
SEEDS = 200
FRESH = 10_000
NEAR_S = 0.4  # within which two onsets are the same one

Tension = Callable[[np.random.Generator, int, float], FloatArray]


def recording(name: str) -> SessionReview | None:
    """Open a recording for review; None where it is not there."""
    if not (DATA / name).is_dir():
        return None
    if name != "biosppy_emg_1":
        return open_review(DATA / name / f"{name}.csv")
    # Its unit is not stated: counts are taken for uV, which changes no time and no frequency.
    counts = np.loadtxt(DATA / name / "emg_1.txt")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        rows = np.stack([np.arange(counts.size) / 1000, counts], axis=1)
        np.savetxt(path, rows, "%.3f", ",", header="time_s,emg_uv", comments="")
        return open_review(path)


def peer(name: str) -> Any:
    """A peer's module; None where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError as error:
            print(f"  ({name} is left out: {error})")
            return None


def filtered(emg_uv: FloatArray, fs_hz: float) -> FloatArray:
    """Band-pass by scipy alone."""
    sos = butter(4, BAND_HZ, btype="bandpass", fs=fs_hz, output="sos")
    out, _ = sosfilt(sos, emg_uv, zi=sosfilt_zi(sos) * emg_uv[0])
    return np.asarray(out)


def against_numpy(review: SessionReview, emg_uv: FloatArray, fs_hz: float) -> None:
    """Mean and percentiles of the envelope."""
    made = review.signal
    window_n = round(made.window_s * fs_hz)
    squares = np.convolve(np.square(filtered(emg_uv, fs_hz)), np.ones(window_n), "full")
    uv = np.sqrt(squares[made.sample] / window_n)[made.used[:, 0]]
    ours = review.figures(0)
    lines = ", ".join(f"{line:g}" for line in made.removed_hz(0))
    why = f"we take a mains line out: {lines} Hz" if lines else "none"
    for name, mine, theirs in (
        ("mean, uV", ours.mean, uv.mean()),
        ("P10, uV", ours.p10, np.percentile(uv, 10)),
        ("P50, uV", ours.p50, np.percentile(uv, 50)),
        ("P90, uV", ours.p90, np.percentile(uv, 90)),
    ):
        if mine is not None:
            row(f"{name}, numpy", mine.value, theirs, f"{abs(mine.value / theirs - 1):.0e}", why)


def row(name: str, ours: float, theirs: float, difference: str, why: str) -> None:
    """Print a line of the table."""
    print(f"    {name:52}{ours:9.3f} {theirs:9.3f}   {difference:18} {why}", flush=True)


def median_of(freq_hz: FloatArray, power: FloatArray) -> float:
    """Median frequency of a peer's spectrum, within the band."""
    inside = (freq_hz >= BAND_HZ[0]) & (freq_hz <= BAND_HZ[1])
    below = np.cumsum(power[inside])
    return float(freq_hz[inside][np.searchsorted(below, below[-1] / 2)])


def frequencies(holds: list[FloatArray], fs_hz: float, neurokit: Any, biosppy: Any) -> None:
    """Median frequency of bursts beside that of the peers' spectra; neither offers it itself."""
    ours = np.array([median_frequency(hold, fs_hz, *BAND_HZ) for hold in holds])
    spectra: dict[str, tuple[Callable[[FloatArray], float], str]] = {}
    if neurokit is not None:

        def welch(hold: FloatArray) -> float:
            found = neurokit.signal_psd(
                hold, sampling_rate=fs_hz, min_frequency=BAND_HZ[0], window=0.5
            )
            return median_of(found.Frequency.to_numpy(), found.Power.to_numpy())

        spectra["NeuroKit2 signal_psd, 0.5 s"] = (welch, "no mains line taken out, steps of 1 Hz")
    if biosppy is not None:

        def periodogram(hold: FloatArray) -> float:
            found = biosppy.tools.power_spectrum(hold - hold.mean(), fs_hz, decibel=False)
            return median_of(found["freqs"], found["power"])

        spectra["BioSPPy power_spectrum"] = (periodogram, "one periodogram, not an average")
    for name, (spectrum, why) in spectra.items():
        theirs = np.array([spectrum(hold) for hold in holds])
        apart = f"{np.median(np.abs(ours - theirs)):.1f}, at most {np.abs(ours - theirs).max():.1f}"
        row(f"median frequency, Hz, {name}", float(ours.mean()), float(theirs.mean()), apart, why)


def onsets(
    found: tuple[Contraction, ...],
    emg_uv: FloatArray,
    fs_hz: float,
    high_uv: float,
    neurokit: Any,
    biosppy: Any,
) -> None:
    """How many contractions a peer sees begin too, within `NEAR_S`, and how much later."""
    starts_s = np.array([each.start_s for each in found])
    clean = filtered(emg_uv, fs_hz)
    theirs: dict[str, tuple[FloatArray, str]] = {}
    if biosppy is not None:
        crossings = biosppy.emg.find_onsets(clean, sampling_rate=fs_hz)["onsets"] / fs_hz
        theirs["BioSPPy find_onsets"] = (
            crossings,
            "level is 1.2 x the mean of all, so only bursts far above it count",
        )
    if neurokit is not None:
        rectified = high_uv * math.sqrt(2 / math.pi)  # of noise with that RMS
        window_n = round(0.1 * fs_hz)
        mean = np.convolve(np.abs(clean), np.ones(window_n) / window_n, "full")[: clean.size]
        _, seen = neurokit.emg_activation(
            mean, sampling_rate=round(fs_hz), threshold=rectified, duration_min=round(0.05 * fs_hz)
        )
        begun = np.asarray(seen["EMG_Onsets"], dtype=float) / fs_hz
        theirs["NeuroKit2 emg_activation, our level"] = (
            begun,
            "mean of 0.1 s, not RMS of 0.25 s; one of ours begins within one of theirs",
        )
    for name, (other_s, why) in theirs.items():
        apart_s = np.array([other_s[np.argmin(np.abs(other_s - at))] - at for at in starts_s])
        same = np.abs(apart_s) <= NEAR_S
        words = f"{np.median(apart_s[same]):+.3f} s, all within {np.ptp(apart_s[same]):.2f}"
        row(f"onsets, {name}", len(starts_s), int(same.sum()), words, why)


def agreement() -> None:
    """Print the table of peers."""
    neurokit, biosppy = peer("neurokit2"), peer("biosppy.signals")
    print(f"{'':57}ours    theirs   difference         why")
    for name in RECORDINGS:
        review = recording(name)
        if review is None:
            print(f"  {name}: not there, left out")
            continue
        print(f"  {name}")
        emg_uv, fs_hz = review.recording.emg_uv[:, 0], review.signal.fs_hz
        against_numpy(review, emg_uv, fs_hz)
        found = review.figures(0).contractions
        holds = [emg_uv[round(c.start_s * fs_hz) : round(c.stop_s * fs_hz)] for c in found]
        long = [hold for hold in holds if hold.size >= 0.8 * fs_hz]
        if long:
            frequencies(long, fs_hz, neurokit, biosppy)
        baseline = review.contexts[0].baseline
        if baseline is not None and found:
            onsets(found, emg_uv, fs_hz, 3 * baseline.mean_uv, neurokit, biosppy)


def wandering(rng: np.random.Generator, n: int, tau_s: float) -> FloatArray:
    """Lognormal around 5 uV; its logarithm is AR(1)."""
    keeps = math.exp(-1 / (ROW_HZ * tau_s))
    steps = rng.standard_normal(n) * math.sqrt(1 - keeps**2)
    first = keeps * rng.standard_normal(1)
    return np.asarray(5 * np.exp(0.5 * lfilter([1], [1, -keeps], steps, zi=first)[0]))


def bursting(rng: np.random.Generator, n: int, tau_s: float) -> FloatArray:
    """3 uV, and a fifth of the time bursts around 15 uV of random length."""
    level_uv = np.empty(n)
    tense, at = bool(rng.random() < 0.2), 0
    while at < n:
        lasts = rng.exponential(tau_s / (0.8 if tense else 0.2)) * ROW_HZ
        stop = min(n, at + max(1, round(lasts)))
        level_uv[at:stop] = 15 * math.exp(0.3 * rng.standard_normal()) if tense else 3.0
        tense, at = not tense, stop
    return level_uv * np.exp(0.3 * np.log(wandering(rng, n, 0.3) / 5))


def truths(of: Tension) -> dict[str, float]:
    """What the intervals should hold."""
    n = 2_000_000
    share = (np.arange(n) + 0.5) / n
    if of is wandering:
        uv = 5 * np.exp(0.5 * ndtri(share))
    else:
        rng = np.random.default_rng(0)
        level_uv = np.where(share < 0.2, 15 * np.exp(0.3 * rng.standard_normal(n)), 3.0)
        uv = level_uv * np.exp(0.15 * rng.standard_normal(n))
    p10, p50, p90 = np.percentile(uv, (10, 50, 90))
    below = float(np.mean(uv < 4))
    return {"mean": uv.mean(), "p10": p10, "p50": p50, "p90": p90, "share": below, "slope": 0.0}


def coverage() -> None:
    """Print how often intervals hold the truth."""
    print(f"\nHow often 95 % intervals hold the truth, {SEEDS} seeds each, in % of those given")
    print("                  length  none   mean   P10   P50   P90  share slope   rows independent")
    for of, name in ((wandering, "wandering"), (bursting, "bursting")):
        truth = truths(of)
        for tau_s in (0.5, 2.0, 5.0, 20.0):
            for minutes in (3, 10, 60):
                hits = dict.fromkeys(truth, 0)
                naive = told = 0
                for seed in range(SEEDS):
                    # Not the seeds that the length of blocks was settled with.
                    rng = np.random.default_rng([FRESH + seed, round(10 * tau_s), minutes])
                    uv = of(rng, 60 * minutes * ROW_HZ, tau_s)
                    far = abs(uv.mean() - truth["mean"])
                    naive += bool(far <= 1.96 * uv.std() / math.sqrt(uv.size))
                    for key, estimate in figures_of(uv).items():
                        if estimate.low is not None and estimate.high is not None:
                            told += key == "mean"
                            hits[key] += estimate.low <= truth[key] <= estimate.high
                cells = " ".join(
                    f"{100 * hit / told:5.1f}" if told >= SEEDS / 4 else "    -"
                    for hit in hits.values()
                )
                print(
                    f"  {name:9} {tau_s:4g} s {minutes:3d} min {100 - 100 * told / SEEDS:4.0f}%  "
                    f"{cells}   {100 * naive / SEEDS:5.1f}",
                    flush=True,
                )
    print(
        "  -: told in less than a quarter of the seeds: the record is too short, and mostly said so"
    )


def figures_of(uv: FloatArray) -> dict[str, Estimate]:
    """Every estimate of a series."""
    boot = BlockBootstrap(uv, ROW_HZ)
    p10, p50, p90 = boot.quantiles((10, 50, 90))
    found = {"mean": boot.mean(), "p10": p10, "p50": p50, "p90": p90}
    return {**found, "share": boot.share(uv < 4), "slope": boot.slope()}


def tests() -> None:
    """Print errors of the permutation test and of pooling."""
    print("\nSign-flip test, 1,000 people without an effect: wrong at 5 % (attainable)")
    for n_pairs in (5, 6, 7, 8, 10, 14):
        rng = np.random.default_rng(n_pairs)
        pairs = rng.gamma(1.5, 0.4, (1000, n_pairs, 2))
        wrong = np.mean([sign_flip_test(d).p <= 0.05 for d in pairs[..., 1] - pairs[..., 0]])
        print(f"  {n_pairs:2d} pairs  {wrong:5.1%}  ({attainable_level(n_pairs):.1%})", flush=True)
    print("\nPooled over sessions, 1,000 seeds: 95 % intervals that hold the truth")
    for between in (0.0, 0.15, 0.4):
        words = []
        for n in (3, 5, 12):
            rng = np.random.default_rng(n)
            hits = 0
            for _ in range(1000):
                ses = rng.uniform(0.05, 0.25, n)
                own = 0.2 + between * rng.standard_normal(n)
                pooled = combine(own + ses * rng.standard_normal(n), ses)
                if pooled.low is not None and pooled.high is not None:
                    hits += pooled.low <= 0.2 <= pooled.high
            words.append(f"{n} sessions {hits / 1000:.1%}")
        print(f"  differ by {between:4.2f}: {', '.join(words)}", flush=True)


def main() -> None:
    """Print all tables."""
    print("Figures beside others'")
    agreement()
    coverage()
    tests()
    uv = wandering(np.random.default_rng(0), 3600 * ROW_HZ, 2.0)
    took_s = []
    for _ in range(5):
        begin_s = time.perf_counter()
        figures_of(uv)
        took_s.append(time.perf_counter() - begin_s)
    print(f"\nAll intervals of an hour ({uv.size:,} rows): {1000 * min(took_s):.0f} ms")


if __name__ == "__main__":
    main()
