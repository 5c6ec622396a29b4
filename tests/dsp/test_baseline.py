"""Tension at rest and the best second of a contraction: on known truth and on real muscles."""

from __future__ import annotations

import numpy as np
import pytest
from tests import needs

from unclench.store import load_recording
from unclench_dsp import (
    ChainSettings,
    HopMeanSquare,
    RollingRms,
    TensionChain,
    best_stable_second,
    resting_baseline,
)

ROW_HZ = 50


def emg_uv(tension_uv: np.ndarray, seed: int) -> np.ndarray:
    """White noise at 1 kHz for a tension given in rows."""
    noise = np.random.default_rng(seed).standard_normal(20 * len(tension_uv))
    return noise * np.repeat(tension_uv, 20)


def rms_uv(x_uv: np.ndarray, window_s: float = 1.0) -> np.ndarray:
    """Rows of the RMS over `window_s`, from 1 kHz."""
    blocks = HopMeanSquare(20, 1).process(0, x_uv[:, np.newaxis], np.zeros(len(x_uv), dtype=bool))
    return RollingRms(round(window_s * ROW_HZ), 1).process(*blocks)[:, 0]


def rest_uv(seconds: float, seed: int) -> np.ndarray:
    """Rows of a tension that wanders about 2 uV."""
    t_s = np.arange(round(seconds * ROW_HZ)) / ROW_HZ
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 3)
    wander = sum(np.sin(2 * np.pi * t_s / s + p) for s, p in zip((7, 16, 31), phases, strict=True))
    return 2.0 * np.exp(0.08 * wander)


def with_coughs(tension_uv: np.ndarray, seed: int, coughs: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    tension_uv = tension_uv.copy()
    for start in rng.integers(0, len(tension_uv) - 75, coughs):
        tension_uv[start : start + rng.integers(10, 75)] = rng.uniform(8.0, 200.0)
    return tension_uv


@pytest.mark.parametrize("seed", range(10))
def test_quiet_rest_is_used_whole(seed: int) -> None:
    rms = rms_uv(emg_uv(rest_uv(60, seed), seed))
    found = resting_baseline(rms, ROW_HZ)
    assert found.n == len(rms) - 49
    assert found.used == found.n / len(rms)
    assert found.mean_uv == pytest.approx(np.nanmean(rms), rel=1e-12)
    assert found.sd_uv == pytest.approx(np.nanstd(rms), rel=0.05)


@pytest.mark.parametrize("seed", range(10))
def test_coughs_hardly_change_the_baseline(seed: int) -> None:
    tension_uv = rest_uv(60, seed)
    clean = resting_baseline(rms_uv(emg_uv(tension_uv, seed)), ROW_HZ)
    coughed_uv = rms_uv(emg_uv(with_coughs(tension_uv, seed), seed))
    coughed = resting_baseline(coughed_uv, ROW_HZ)
    assert coughed.mean_uv == pytest.approx(clean.mean_uv, rel=0.05)
    assert coughed.sd_uv == pytest.approx(clean.sd_uv, rel=0.25)
    assert coughed.used > 0.7
    assert np.nanmean(coughed_uv) > 1.3 * clean.mean_uv


@pytest.mark.parametrize("seed", range(5))
def test_a_muscle_that_lets_go_is_used_whole(seed: int) -> None:
    decline = np.exp(-np.arange(60 * ROW_HZ) / (40 * ROW_HZ))
    rms = rms_uv(emg_uv(3.0 * decline * rest_uv(60, seed), seed))
    assert resting_baseline(rms, ROW_HZ).n == len(rms) - 49


@pytest.mark.parametrize("seed", range(5))
def test_swallows_at_the_end_of_letting_go_are_found(seed: int) -> None:
    decline = np.exp(-np.arange(60 * ROW_HZ) / (30 * ROW_HZ))
    tension_uv = 4.0 * decline * rest_uv(60, seed)
    clean = resting_baseline(rms_uv(emg_uv(tension_uv, seed)), ROW_HZ)
    for start in (2300, 2600, 2850):
        tension_uv[start : start + 50] = 6.0  # no more than the tension at the start
    found = resting_baseline(rms_uv(emg_uv(tension_uv, seed)), ROW_HZ)
    assert found.n <= clean.n - 3 * 75


def test_a_line_that_is_nearly_flat_is_used_whole() -> None:
    values = np.full(500, 1.7)
    values[100:150] = 1.72
    assert resting_baseline(values, ROW_HZ).n == 500


def test_the_rise_and_fall_of_a_cough_go_with_it() -> None:
    values = np.full(1000, 2.0)
    values[400:412] = values[470:458:-1] = np.linspace(2.01, 2.15, 12)  # no outliers by themselves
    values[412:459] = 20.0
    found = resting_baseline(values, ROW_HZ)
    assert (found.n, found.mean_uv, found.sd_uv) == (929, 2.0, 0.0)


def test_spread_allows_for_overlapping_windows() -> None:
    values = np.repeat([2.1, 1.9, 1.9, 2.1], ROW_HZ)  # four seconds, each one value
    found = resting_baseline(values, ROW_HZ)
    assert found.sd_uv == pytest.approx(np.std([2.1, 1.9, 1.9, 2.1], ddof=1))


def test_a_steady_fall_is_drift_and_not_spread() -> None:
    found = resting_baseline(np.linspace(4.0, 2.0, 60 * ROW_HZ), ROW_HZ)
    assert found.drift == pytest.approx(7 / 11, rel=0.01)
    assert found.sd_uv < 0.001
    level = resting_baseline(rms_uv(emg_uv(np.full(60 * ROW_HZ, 2.0), 3)), ROW_HZ)
    assert level.drift == pytest.approx(1.0, abs=0.03)


def test_less_than_half_is_refused_in_a_sentence() -> None:
    rms = rms_uv(emg_uv(rest_uv(60, 0), 0))
    rms[200:1750] = np.nan
    with pytest.raises(ValueError, match="Only 47 % of the time could be used"):
        resting_baseline(rms, ROW_HZ)
    with pytest.raises(ValueError, match="Only 0 % of the time"):
        resting_baseline(np.empty(0), ROW_HZ)
    with pytest.raises(ValueError, match="99 values where at least 100"):
        resting_baseline(np.full(99, 2.0), ROW_HZ)


def contraction(
    shape: np.ndarray, knock_s: float | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Quick and slow RMS of a contraction with an electrode's knock of 5 mV."""
    x_uv = emg_uv(shape, seed)
    if knock_s is not None:
        start = round(knock_s * 1000)
        x_uv[start : start + 20] += 5000.0 * np.sin(np.pi * np.arange(20) / 20)
    return rms_uv(x_uv, 0.25), rms_uv(x_uv)


HELD = np.repeat([2.0, 180.0, 220.0, 150.0, 2.0], [50, 75, 75, 75, 25])  # uV, in rows


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("knock_s", [None, 0.5, 1.8, 4.6, 5.8])
def test_the_highest_steady_second_is_the_reference(knock_s: float | None, seed: int) -> None:
    found = best_stable_second(*contraction(HELD, knock_s, seed), float(ROW_HZ))
    assert found.uv == pytest.approx(220.0, rel=0.08)
    assert 175 - 10 <= found.end_row <= 200 + 10
    assert found.variation <= 0.25


def test_a_knock_in_the_best_second_costs_that_second() -> None:
    found = best_stable_second(*contraction(HELD, 3.2, 0), float(ROW_HZ))
    assert not 160 <= found.end_row < 210
    assert 180.0 <= found.uv <= 220.0


def test_no_steady_second_gives_the_steadiest_and_not_rest() -> None:
    shaky = np.tile(np.repeat([300.0, 60.0], 20), 6)
    shape = np.concatenate([np.full(75, 2.0), shaky, np.full(25, 2.0)])
    fast, slow = contraction(shape, None, 0)
    found = best_stable_second(fast, slow, float(ROW_HZ))
    assert found.variation > 0.25
    assert found.uv > 150.0
    assert found.uv == slow[found.end_row]


def test_a_second_with_lost_signal_is_no_reference() -> None:
    fast, slow = contraction(HELD, None, 0)
    slow[150:225] = fast[150:225] = np.nan
    assert best_stable_second(fast, slow, float(ROW_HZ)).uv < 200.0
    fast[:] = np.nan
    with pytest.raises(ValueError, match="no whole second of usable signal in its 300 rows"):
        best_stable_second(fast, slow, float(ROW_HZ))
    with pytest.raises(ValueError, match="in its 49 rows"):
        best_stable_second(np.ones(49), np.ones(49), float(ROW_HZ))


def real_rows_uv(name: str, window_s: float) -> np.ndarray:
    recording = load_recording(needs.recording(f"{name}/{name}.csv"))
    chain = TensionChain(ChainSettings(1000.0, 1, mains="off"))
    block = chain.process(recording.emg_uv)
    hops = HopMeanSquare(20, 1).process(0, block.band_uv, block.settling)
    return RollingRms(round(window_s * ROW_HZ), 1).process(*hops)[:, 0]


def test_real_rest_between_contractions() -> None:
    # Short contractions of 350-550 uV every 4 s: more than a person at rest would cough.
    quiet = resting_baseline(real_rows_uv("plux_rest_contraction", 1.0)[700:1500], ROW_HZ)
    assert quiet.mean_uv == pytest.approx(2.1, abs=0.2)
    assert quiet.sd_uv < 0.4
    # The whole recording, of which parts are less relaxed; windows of 0.25 s leave more rest.
    whole = resting_baseline(real_rows_uv("plux_rest_contraction", 0.25), 12)
    assert 2.0 < whole.mean_uv < 3.6


def test_real_contractions_of_a_second() -> None:
    fast, slow = (real_rows_uv("plux_biceps_bursts", s) for s in (0.25, 1.0))
    found = [
        best_stable_second(fast[a:b], slow[a:b], float(ROW_HZ))
        for a, b in ((850, 960), (1000, 1110), (1150, 1260))  # 17, 20 and 23 s
    ]
    assert all(130.0 < s.uv < 170.0 and s.variation < 0.25 for s in found)
