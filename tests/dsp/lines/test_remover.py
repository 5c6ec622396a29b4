"""Hum and tones are found, followed and taken out; the muscle stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import signal

from unclench_dsp import WIDE, LineChange, LineRemover, MainsMode, SosFilter, design_bandpass
from unclench_dsp.arrays import FloatArray

FS_HZ = 2000.0
CALM_S = 8.0  # until a line is found and removed
HARMONICS = (1.0, 0.1, 0.35, 0.05, 0.15)


def some(n: int, all_of: int, first: int = 0) -> list[Any]:
    """Seeds: a few every day, the others in the exhaustive run."""
    rare = [pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(all_of)]
    return [seed if first <= seed < n else rare[seed] for seed in range(all_of)]


def emg(rng: np.random.Generator, seconds: float, level_uv: float) -> FloatArray:
    """Resting EMG behind a sensor: most of it at 40 to 150 Hz; level in 20-450 Hz."""
    n = round(seconds * FS_HZ)
    low_hz, high_hz = rng.uniform(30, 60), rng.uniform(110, 180)
    sos = signal.butter(1, (low_hz, high_hz), "bandpass", fs=FS_HZ, output="sos")
    made = signal.sosfilt(sos, rng.standard_normal(n)) + 0.05 * rng.standard_normal(n)
    return np.asarray(made * level_uv / in_band(made).std())


def in_band(x_uv: FloatArray) -> FloatArray:
    return SosFilter(design_bandpass(WIDE, FS_HZ), 1).process(x_uv[:, np.newaxis])[:, 0]


def hum(
    seconds: float, hz: float, level_uv: float, wander_hz: float = 0.0, drift_hz: float = 0.0
) -> FloatArray:
    """Sum of multiples; a frequency that wanders once a minute, or drifts."""
    t = np.arange(round(seconds * FS_HZ)) / FS_HZ
    phase = 2 * np.pi * (hz + 0.5 * drift_hz * t) * t + 60 * wander_hz * np.sin(2 * np.pi * t / 60)
    made = sum(a * np.sin((k + 1) * phase + k * k) for k, a in enumerate(HARMONICS))
    return np.asarray(made * level_uv / np.std(made))


def tone(seconds: float, hz: float, level_uv: float, drift_hz: float = 0.0) -> FloatArray:
    t = np.arange(round(seconds * FS_HZ)) / FS_HZ
    phase = 2 * np.pi * (hz + 0.5 * drift_hz * t) * t + 1.0
    return np.asarray(np.sqrt(2) * level_uv * np.sin(phase))


def removed(
    x_uv: FloatArray, mode: MainsMode = "auto"
) -> tuple[FloatArray, list[LineChange], LineRemover]:
    """What is left of a signal, all of it; what was told; and the remover."""
    remover = LineRemover(mode, FS_HZ, 1, WIDE)
    held = (remover.process(x_uv[:, np.newaxis]), remover.finish())
    return np.concatenate(held)[:, 0], remover.changes, remover


def off_by(muscle_uv: FloatArray, with_line_uv: FloatArray, from_s: float = CALM_S) -> float:
    """By how much the RMS differs once the line is removed."""
    here = slice(round(from_s * FS_HZ), None)
    clean, left = (in_band(x)[here] for x in (muscle_uv, removed(with_line_uv)[0]))
    return float(left.std() / clean.std() - 1)


@pytest.mark.parametrize("seed", some(1, 12))
def test_hum_at_any_frequency_of_a_grid_is_taken_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hz = rng.choice([50.0, 60.0]) + rng.uniform(-0.2, 0.2)
    muscle = emg(rng, 40, rng.uniform(1, 3))
    humming = muscle + hum(40, hz, float(np.exp(rng.uniform(np.log(10), np.log(80)))))
    assert abs(off_by(muscle, humming)) < 0.02


@pytest.mark.parametrize("seed", some(1, 8))
def test_hum_that_wanders_is_followed(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    hz = rng.choice([50.0, 60.0]) + rng.uniform(-0.1, 0.1)
    muscle = emg(rng, 70, rng.uniform(1, 3))
    humming = muscle + hum(70, hz, rng.uniform(10, 80), wander_hz=0.1)
    assert abs(off_by(muscle, humming)) < 0.03


@pytest.mark.parametrize("seed", some(4, 12, 3))
def test_a_tone_anywhere_in_the_band_is_taken_out_even_if_it_sweeps(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    drift_hz = 0.0 if seed < 3 else rng.uniform(-0.8, 0.8)
    hz = rng.uniform(70, 380)
    muscle = emg(rng, 40, rng.uniform(1, 3))
    humming = muscle + tone(40, hz, rng.uniform(3, 5), drift_hz)
    assert abs(off_by(muscle, humming)) < 0.03


def test_what_is_removed_is_told_with_its_frequency_and_size() -> None:
    rng = np.random.default_rng(1)
    x = emg(rng, 20, 2.0) + hum(20, 50.13, 20.0) + tone(20, 217.0, 4.0)
    _, changes, remover = removed(x)
    lines = changes[-1].lines
    mains = [line for line in lines if line.kind == "hum"]
    (other,) = (line for line in lines if line.kind == "tone")
    assert mains[0].mains_hz == 50
    assert mains[0].hz == pytest.approx(50.13, abs=0.01)
    assert mains[0].rms_uv == pytest.approx(20 / np.hypot.reduce(HARMONICS), rel=0.05)
    assert other.hz == pytest.approx(217.0, abs=0.05)
    assert other.rms_uv == pytest.approx(4.0, rel=0.1)
    assert changes[0].index < 5 * FS_HZ
    assert remover.removed == ((),) or remover.removed[0]


def test_50_and_60_hz_are_never_both_invented() -> None:
    rng = np.random.default_rng(2)
    for hz in (50.0, 60.0):
        _, changes, _ = removed(emg(rng, 30, 2.0) + hum(30, hz, 30.0))
        assert {line.mains_hz for change in changes for line in change.lines} == {round(hz)}


def test_a_tone_that_passes_150_hz_is_no_hum() -> None:
    rng = np.random.default_rng(3)
    _, changes, _ = removed(emg(rng, 40, 2.0) + tone(40, 140.0, 5.0, drift_hz=0.5))
    assert {line.kind for change in changes for line in change.lines} == {"tone"}


def test_a_line_that_is_switched_off_is_no_longer_removed() -> None:
    rng = np.random.default_rng(4)
    muscle = emg(rng, 60, 2.0)
    humming = hum(60, 49.9, 20.0)
    humming[round(25 * FS_HZ) :] = 0.0
    clean, changes, _ = removed(muscle + humming)
    assert changes[-1].lines == ()
    assert 25 < changes[-1].index / FS_HZ < 45
    np.testing.assert_array_equal(clean[-round(10 * FS_HZ) :], muscle[-round(10 * FS_HZ) :])


def test_a_hum_that_grows_is_followed_within_a_second() -> None:
    rng = np.random.default_rng(5)
    muscle, humming = emg(rng, 30, 2.0), hum(30, 50.05, 15.0)
    humming[round(15 * FS_HZ) :] *= 3.0
    clean, _, _ = removed(muscle + humming)
    after = slice(round(16 * FS_HZ), None)
    assert in_band(clean)[after].std() == pytest.approx(in_band(muscle)[after].std(), rel=0.03)


def test_a_contraction_leaves_no_false_line_behind() -> None:
    rng = np.random.default_rng(6)
    muscle = emg(rng, 30, 2.0)
    muscle[round(12 * FS_HZ) : round(15 * FS_HZ)] *= 250.0
    clean, _, _ = removed(muscle + hum(30, 50.1, 20.0))
    after = slice(round(15.3 * FS_HZ), round(17.3 * FS_HZ))
    assert in_band(clean)[after].std() == pytest.approx(in_band(muscle)[after].std(), rel=0.05)


def test_pops_do_not_pull_the_hum_away() -> None:
    rng = np.random.default_rng(7)
    muscle = emg(rng, 40, 2.0)
    pops = np.zeros(len(muscle))
    for at in rng.integers(0, len(muscle) - 200, 12):
        pops[at : at + 200] += rng.choice([-1, 1]) * 4000 * np.exp(-np.arange(200) / 20)
    clean, _, _ = removed(muscle + pops + hum(40, 59.9, 20.0))
    left = in_band(clean - pops)[round(CALM_S * FS_HZ) :]
    assert left.std() == pytest.approx(in_band(muscle)[round(CALM_S * FS_HZ) :].std(), rel=0.03)


@pytest.mark.parametrize("minutes", [5, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_clean_emg_with_bursts_passes_unchanged(minutes: int) -> None:
    for seed in range(minutes // 5):
        rng = np.random.default_rng(300 + seed)
        muscle = emg(rng, 300, 2.0)
        for at in rng.integers(0, len(muscle) - 4000, 60):
            muscle[at : at + rng.integers(200, 3000)] *= rng.uniform(2, 50)
        clean, changes, _ = removed(muscle)
        assert changes == [], seed
        np.testing.assert_array_equal(clean, muscle)


@pytest.mark.parametrize("mode", ["50", "60"])
def test_a_mains_that_is_asked_for_is_removed_from_the_start(mode: MainsMode) -> None:
    rng = np.random.default_rng(8)
    muscle = emg(rng, 20, 2.0)
    clean, changes, _ = removed(muscle + hum(20, float(mode) - 0.17, 25.0), mode)
    assert changes[0].index <= FS_HZ
    after = slice(round(1.5 * FS_HZ), None)
    assert in_band(clean)[after].std() == pytest.approx(in_band(muscle)[after].std(), rel=0.03)


def test_off_changes_nothing() -> None:
    x = emg(np.random.default_rng(9), 10, 2.0) + hum(10, 50.0, 30.0)
    np.testing.assert_array_equal(removed(x, "off")[0], x)


def test_a_clean_channel_beside_a_humming_one_is_left_alone() -> None:
    rng = np.random.default_rng(10)
    quiet, loud = emg(rng, 30, 2.0), emg(rng, 30, 2.0)
    remover = LineRemover("auto", FS_HZ, 2, WIDE)
    both = np.stack([loud + hum(30, 50.0, 20.0), quiet], axis=1)
    clean = np.concatenate([remover.process(both), remover.finish()])
    assert {change.channel for change in remover.changes} == {0}
    np.testing.assert_array_equal(clean[:, 1], quiet)


@pytest.mark.parametrize("fs_hz", [250.0, 500.0, 1000.0, 4000.0])
def test_other_rates(fs_hz: float) -> None:
    rng = np.random.default_rng(11)
    t = np.arange(round(20 * fs_hz)) / fs_hz
    muscle = rng.standard_normal((len(t), 1))
    remover = LineRemover("auto", fs_hz, 1, WIDE)
    humming = muscle + 10 * np.sin(2 * np.pi * 50.1 * t)[:, np.newaxis]
    clean = np.concatenate([remover.process(humming), remover.finish()])
    assert clean[round(8 * fs_hz) :].std() == pytest.approx(1.0, rel=0.05)
