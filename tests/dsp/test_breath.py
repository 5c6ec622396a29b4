"""The phase-locked average: what was planted comes out, and nothing else does.

Error rates on the virtual muscle's EMG: `python -m benchmarks.breath`. Here a cheaper tension:
rows with a slow random drift, correlated from row to row as a moving RMS is.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from unclench_dsp import BreathAverage, Effect

ROW_HZ = 10  # training has 50, which take five times as long and show the same
BREATH_N = 10 * ROW_HZ
HALVES = (0.5, 0.5, 1.0)


def tension_uv(
    seed: int, breaths: int = 30, fall: float = 0.0, drift: float = 0.15, quick: float = 0.1
) -> np.ndarray:
    """Rows of one channel at 3 uV: drift of 12 s, quick scatter, the exhale lower by `fall`."""
    rng = np.random.default_rng(seed)
    n = breaths * BREATH_N
    log_uv = np.full(n, np.log(3.0))
    for spread, tau_s in ((drift, 12.0), (quick, 0.1)):
        step = np.exp(-1 / (tau_s * ROW_HZ))
        drive = rng.standard_normal(n) * spread * np.sqrt(1 - step**2)
        drive[0] = rng.standard_normal() * spread
        log_uv += signal.lfilter([1.0], [1.0, -step], drive)
    exhale = np.arange(n) % BREATH_N >= BREATH_N // 2
    return np.exp(log_uv) * np.where(exhale, 1 - fall, 1.0)


def averaged(rows_uv: np.ndarray, bounds: tuple[float, float, float] = HALVES) -> BreathAverage:
    """Rows of shape (n,) or (n, n_channels), from the start of a breath."""
    rows_uv = rows_uv.reshape(len(rows_uv), -1)
    average = BreathAverage(20, bounds, rows_uv.shape[1])
    for i, row_uv in enumerate(rows_uv):
        average.add(i // BREATH_N, i % BREATH_N / BREATH_N, row_uv)
    average.finish()
    return average


def effect(rows_uv: np.ndarray) -> Effect:
    return averaged(rows_uv).effect(0)


def change_of(effect: Effect) -> float:
    assert effect.change is not None
    return effect.change


def falls(effect: Effect) -> bool:
    assert effect.falls is not None
    return effect.falls


def covers(effect: Effect, change: float) -> bool:
    """Whether a change lies within the interval."""
    assert effect.low is not None
    assert effect.high is not None
    return effect.low <= change <= effect.high


def test_planted_fall_is_found_in_five_minutes() -> None:
    effects = [effect(tension_uv(seed, fall=0.2)) for seed in range(30)]
    assert all(falls(e) for e in effects)
    assert np.median([change_of(e) for e in effects]) == pytest.approx(-0.2, abs=0.01)
    assert sum(covers(e, -0.2) for e in effects) >= 25  # of 30, 28.5 expected


@pytest.mark.parametrize("drift", [0.15, 0.5])
def test_no_fall_is_found_where_none_was_planted(drift: float) -> None:
    effects = [effect(tension_uv(seed, drift=drift)) for seed in range(100)]
    assert sum(falls(e) for e in effects) <= 4  # 1 expected
    assert sum(covers(e, 0) for e in effects) >= 88  # 95 expected


@pytest.mark.parametrize("seconds", [45.0, 90.0])
def test_steady_letting_go_is_not_a_fall_on_the_exhale(seconds: float) -> None:
    t_s = np.arange(30 * BREATH_N) / ROW_HZ
    decline = 1 + 3.5 * np.exp(-t_s / seconds)
    effects = [effect(tension_uv(seed) * decline) for seed in range(60)]
    assert sum(falls(e) for e in effects) <= 3
    assert all(effect(tension_uv(seed, fall=0.2) * decline).falls for seed in range(10))


def test_a_steady_slope_cancels_with_uneven_breath_holds() -> None:
    # 4-7-8: the middle of the exhale lies nearer to the inhale after it than to the one before.
    slope = np.exp(-0.03 * np.arange(30 * BREATH_N) / BREATH_N)
    found = averaged(slope, (4 / 19, 11 / 19, 1.0)).effect(0)
    assert found.change == pytest.approx(0.0, abs=1e-4)


def test_a_longer_exhale_alone_is_not_a_fall() -> None:
    # Of a longer stretch of a tension that wanders, any lower quantile lies lower.
    changes = [
        change_of(averaged(tension_uv(seed, breaths=60, drift=0.5), (0.25, 0.25, 1.0)).effect(0))
        for seed in range(60)
    ]
    assert np.mean(changes) == pytest.approx(0.0, abs=0.03)


def test_bursts_do_not_change_the_effect() -> None:
    rng = np.random.default_rng(5)
    false, found = 0, 0
    for seed in range(30):
        bursts = np.zeros(30 * BREATH_N)
        for start in rng.integers(0, len(bursts), 25):
            bursts[start : start + rng.integers(ROW_HZ, 4 * ROW_HZ)] = rng.uniform(15.0, 200.0)
        false += falls(effect(np.maximum(bursts, tension_uv(seed))))
        found += falls(effect(np.maximum(bursts, tension_uv(seed, fall=0.2))))
    assert false <= 2
    assert found >= 29


@pytest.mark.parametrize("half", [0, 1])
def test_contractions_as_long_as_an_inhale_do_not_change_the_effect(half: int) -> None:
    begins = [k * BREATH_N + half * BREATH_N // 2 for k in (4, 11, 20)]
    plain, planted = tension_uv(1), tension_uv(1, fall=0.2)
    for begin in begins:
        plain[begin : begin + BREATH_N // 2] = planted[begin : begin + BREATH_N // 2] = 100.0
    assert effect(plain).falls is False
    assert effect(planted).falls is True
    assert effect(planted).change == pytest.approx(-0.2, abs=0.04)


def test_fewer_than_six_exhales_have_no_effect() -> None:
    assert effect(tension_uv(0, breaths=6, fall=0.5)) == Effect(5)  # the last has no inhale after
    assert effect(tension_uv(0, breaths=7, fall=0.5)).falls
    assert BreathAverage(20, HALVES, 1).effect(0) == Effect(0)


def test_profile_is_mean_and_spread_over_breaths() -> None:
    rows_uv = np.column_stack([tension_uv(0, fall=0.2), tension_uv(1)])
    profile = averaged(rows_uv).profile()
    bins_uv = rows_uv.reshape(30, 20, BREATH_N // 20, 2).mean(axis=2)
    np.testing.assert_allclose(profile.mean_uv, bins_uv.mean(axis=0))
    np.testing.assert_allclose(profile.spread_uv, bins_uv.std(axis=0, ddof=1))
    np.testing.assert_allclose(profile.phase, np.arange(0.025, 1.0, 0.05))
    assert profile.breaths.tolist() == [30, 30]


def test_a_breath_with_less_than_half_its_rows_is_left_out_of_that_channel() -> None:
    rows_uv = np.column_stack([tension_uv(0), tension_uv(1)])
    rows_uv[3 * BREATH_N : 3 * BREATH_N + 52 * ROW_HZ // 10, 0] = np.nan
    rows_uv[7 * BREATH_N : 7 * BREATH_N + 2 * ROW_HZ, 0] = (
        np.nan
    )  # stays: more than half of the inhale
    profile = averaged(rows_uv).profile()
    assert profile.breaths.tolist() == [29, 30]
    bins_uv = rows_uv[:, 0].reshape(30, 20, BREATH_N // 20).mean(axis=2)
    used = np.delete(bins_uv, 3, axis=0)
    np.testing.assert_allclose(profile.mean_uv[:, 0], np.nanmean(used, axis=0))
    found = averaged(rows_uv)
    assert found.effect(1).breaths - found.effect(0).breaths == 2  # it stood on both sides


def test_a_breath_without_its_long_hold_is_left_out() -> None:
    rows_uv = tension_uv(0)
    rows_uv[3 * BREATH_N + 2 * ROW_HZ : 3 * BREATH_N + 8 * ROW_HZ] = np.nan
    assert averaged(rows_uv, (0.2, 0.8, 1.0)).profile().breaths.tolist() == [29]


def test_rows_that_never_came_count_as_missing() -> None:
    average = BreathAverage(20, HALVES, 1)
    for i, row_uv in enumerate(tension_uv(0)):
        if (
            not 20 * ROW_HZ <= i < 26 * ROW_HZ
        ):  # all of the inhale and some of the exhale of breath 2
            average.add(i // BREATH_N, i % BREATH_N / BREATH_N, row_uv)
    average.finish()
    assert average.profile().breaths.tolist() == [29]


def test_a_breath_is_taken_in_when_the_next_one_begins() -> None:
    average = BreathAverage(20, HALVES, 1)
    for i in range(2 * BREATH_N):
        average.add(i // BREATH_N, i % BREATH_N / BREATH_N, np.ones(1))
    assert average.profile().breaths.tolist() == [1]
    assert np.isnan(average.profile().spread_uv).all()
    average.finish()
    average.finish()
    assert average.profile().breaths.tolist() == [2]
    assert (average.profile().spread_uv == 0).all()


def test_slow_breaths_are_held_whole() -> None:
    average = BreathAverage(4, HALVES, 1)
    for i in range(3000):
        average.add(0, i / 3000, np.array([float(i)]))
    average.finish()
    # The row of 0 uV is none.
    expected = [np.arange(1, 750).mean(), *(k + 374.5 for k in (750, 1500, 2250))]
    np.testing.assert_allclose(average.profile().mean_uv[:, 0], expected)


def test_without_rows_there_is_no_average() -> None:
    profile = BreathAverage(20, HALVES, 2).profile()
    assert profile.breaths.tolist() == [0, 0]
    assert np.isnan(profile.mean_uv).all()
    lost = averaged(np.full(30 * BREATH_N, np.nan))
    assert lost.profile().breaths.tolist() == [0]
    assert lost.effect(0) == Effect(0)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="0 bins"):
        BreathAverage(0, HALVES, 1)
    with pytest.raises(ValueError, match=r"inhale ends at 0\.6, hold at 0\.5"):
        BreathAverage(20, (0.6, 0.5, 1.0), 1)
    average = BreathAverage(20, HALVES, 1)
    average.add(4, 0.0, np.ones(1))
    average.add(5, 0.0, np.ones(1))
    with pytest.raises(ValueError, match="row of breath 4 comes too late: breaths up to 5"):
        average.add(4, 0.5, np.ones(1))


def test_a_breath_whose_phase_stands_still_is_left_out() -> None:
    average = BreathAverage(20, (0.5, 0.5, 1.0), 1)
    for _ in range(2):  # the phase stands still until the window has passed
        average.add(0, 0.0, np.array([2.0]))
    average.finish()
    assert average.profile().breaths[0] == 0
    assert average.effect(0).breaths == 0
