"""Intervals that know how long tension hangs together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import ndtri, stdtrit

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.blocks import LEAST_BLOCKS, Blocks, correlation_time_s
from unclench_dsp.uncertainty import BlockBootstrap, Estimate, LogRatio

ROW_HZ = 10.0
SPREAD = 0.5  # of the logarithm of the simulated tension


def tension_uv(minutes: float, tau_s: float, seed: int) -> FloatArray:
    """Lognormal around 5 uV, its logarithm an AR(1) process with a correlation time."""
    rng = np.random.default_rng([seed, round(10 * tau_s)])
    keeps = math.exp(-1 / (ROW_HZ * tau_s))
    steps = rng.standard_normal(round(60 * minutes * ROW_HZ)) * math.sqrt(1 - keeps**2)
    first = keeps * rng.standard_normal(1)
    return np.asarray(5 * np.exp(SPREAD * lfilter([1], [1, -keeps], steps, zi=first)[0]))


def holds(estimate: Estimate | LogRatio, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


def test_point_values_are_plain_numpy() -> None:
    values = tension_uv(5, 2, 0)
    values[100:400] = np.nan
    used = values[np.isfinite(values)]
    boot = BlockBootstrap(values, ROW_HZ)
    assert boot.mean().value == used.mean()
    found = boot.quantiles((10.0, 50.0, 90.0))
    assert [each.value for each in found] == np.percentile(used, (10, 50, 90)).tolist()
    assert boot.share(values < 4).value == pytest.approx(np.mean(used < 4), rel=1e-12)
    minutes = np.flatnonzero(np.isfinite(values)) / ROW_HZ / 60
    assert boot.slope().value == pytest.approx(np.polyfit(minutes, used, 1)[0], rel=1e-9)
    assert boot.mean().n_blocks == boot.n_blocks == boot.slope().n_blocks


@pytest.mark.parametrize(
    ("n", "least", "most"),
    [(60, 0.87, 1.0), pytest.param(200, 0.91, 0.995, marks=pytest.mark.exhaustive)],
)
@pytest.mark.parametrize(("minutes", "tau_s"), [(3.0, 0.5), (10.0, 5.0), (60.0, 20.0)])
def test_intervals_cover(minutes: float, tau_s: float, n: int, least: float, most: float) -> None:
    """They cover 95 % of the truth, give or take what `n` seeds can tell, and are not too wide."""
    truths = {
        "mean": 5 * math.exp(SPREAD**2 / 2),
        **{f"p{q}": 5 * math.exp(SPREAD * ndtri(q / 100)) for q in (10, 50, 90)},
        "share": 0.5,
        "slope": 0.0,
    }
    hits = dict.fromkeys(truths, 0)
    seen: dict[str, list[Estimate]] = {name: [] for name in truths}
    naive = told = 0
    for seed in range(n):
        values = tension_uv(minutes, tau_s, seed)
        boot = BlockBootstrap(values, ROW_HZ, n_resamples=500)
        half = 1.96 * values.std() / math.sqrt(values.size)
        naive += abs(values.mean() - truths["mean"]) <= half
        if boot.mean().low is None:
            continue
        told += 1
        p10, p50, p90 = boot.quantiles((10, 50, 90))
        found = {"mean": boot.mean(), "p10": p10, "p50": p50, "p90": p90}
        found |= {"share": boot.share(values < 5), "slope": boot.slope()}
        for name, truth in truths.items():
            hits[name] += holds(found[name], truth)
            seen[name].append(found[name])
    assert told >= 0.9 * n
    for name, hit in hits.items():
        assert least <= hit / told <= most, name
        width = np.mean([each.high - each.low for each in seen[name]])  # type: ignore[operator]
        spread = 2 * 1.96 * np.std([each.value for each in seen[name]])
        assert 1.0 < width / spread < 1.5, name
    assert naive / n < 0.6  # rows taken as independent would be wrong half of the time


def test_a_trend_is_found_and_its_interval_holds_it() -> None:
    minutes = np.arange(20 * 60 * ROW_HZ) / 60 / ROW_HZ
    found = [
        BlockBootstrap(tension_uv(20, 2, seed) + 0.3 * minutes, ROW_HZ).slope()
        for seed in range(100)
    ]
    assert np.mean([holds(each, 0.3) for each in found]) >= 0.89
    assert np.mean([holds(each, 0.0) for each in found]) <= 0.01


def test_too_short_a_recording_has_no_interval() -> None:
    boot = BlockBootstrap(tension_uv(0.5, 0.5, 1), ROW_HZ)  # 30 s
    told = [boot.mean(), boot.slope(), boot.share(np.zeros(300, np.bool_)), *boot.quantiles([50])]
    assert all(each.low is None and each.high is None for each in told)
    assert boot.n_blocks < LEAST_BLOCKS
    slow = [BlockBootstrap(tension_uv(3, 20, seed), ROW_HZ).mean().low for seed in range(50)]
    assert slow.count(None) >= 45  # 9 correlation times tell nothing


def test_a_share_of_zero_has_an_upper_bound() -> None:
    values = tension_uv(5, 1, 0)
    none = BlockBootstrap(values, ROW_HZ).share(np.zeros(values.size, np.bool_))
    whole = BlockBootstrap(values, ROW_HZ).share(np.ones(values.size, np.bool_))
    assert none.low == 0.0
    assert none.high is not None
    assert 0.01 < none.high < 0.5
    assert whole.high == 1.0
    assert whole.low == pytest.approx(1 - none.high)


def test_constant_and_negative_values_are_handled() -> None:
    flat = BlockBootstrap(np.full(3000, 5.0), ROW_HZ)
    mean = flat.mean()
    assert (mean.low, mean.high) == pytest.approx((5.0, 5.0))
    assert flat.quantiles([50])[0].value == 5.0
    signed = np.log(tension_uv(10, 2, 4) / 5)
    boot = BlockBootstrap(signed, ROW_HZ)
    assert holds(boot.mean(), 0.0)
    assert all(holds(each, each.value) for each in boot.quantiles([0, 10, 50, 90, 100]))


def test_the_interval_depends_on_the_seed_alone() -> None:
    values = tension_uv(5, 2, 7)
    first = BlockBootstrap(values, ROW_HZ).mean()
    np.random.seed(5)
    assert BlockBootstrap(values, ROW_HZ).mean() == first
    assert BlockBootstrap(values, ROW_HZ, seed=2).mean() != first


def test_nothing_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="none of 10 rows is finite"):
        BlockBootstrap(np.full(10, np.nan), ROW_HZ)


def test_correlation_time_is_found_and_not_underestimated() -> None:
    for tau_s in (2.0, 10.0):
        found = [
            correlation_time_s(np.log(tension_uv(60, tau_s, seed)), ROW_HZ) for seed in range(20)
        ]
        assert tau_s < np.median(found) < 2 * tau_s


def test_blocks_share_the_rows_evenly() -> None:
    blocks = Blocks(1003, 10.0, 0.5)
    assert blocks.sizes.sum() == 1003
    assert np.ptp(blocks.sizes) <= 1
    np.testing.assert_array_equal(blocks.sums(np.ones(1003)), blocks.sizes)


def episodes(n_rows: int, n: int, seconds: float) -> BoolArray:
    tagged = np.zeros(n_rows, np.bool_)
    for start in np.linspace(0, n_rows, n, endpoint=False).astype(int) + 50:
        tagged[start : start + round(seconds * ROW_HZ)] = True
    return tagged


@pytest.mark.parametrize("n", [3, 8])
@pytest.mark.parametrize("between", [0.0, 0.25])
def test_a_tag_effect_is_found_and_its_interval_holds_it(n: int, between: float) -> None:
    """30 % more under the tag, a little other in each episode."""
    hits, values, ses = 0, [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        uv = tension_uv(20, 3, seed)
        tagged = episodes(uv.size, n, 45)
        number = np.cumsum(np.diff(tagged, prepend=False) & tagged)
        own = math.log(1.3) + between * rng.standard_normal(n + 1) - between**2 / 2
        uv[tagged] *= np.exp(own[number[tagged]])
        ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(tagged, ~tagged)
        assert ratio.n_blocks == n
        assert ratio.se is not None
        hits += holds(ratio, math.log(1.3))
        values.append(ratio.value)
        ses.append(ratio.se)
    assert hits / 150 >= 0.9
    assert np.mean(values) == pytest.approx(math.log(1.3), abs=0.04)
    assert 0.85 < np.sqrt(np.mean(np.square(ses))) / np.std(values) < 1.5


def test_no_effect_in_an_hour_of_one_posture_is_no_effect() -> None:
    """Episodes of minutes that differ among themselves: rows alone would call that an effect."""
    uv = tension_uv(60, 1, 3)
    tagged = episodes(uv.size, 4, 300)
    number = np.cumsum(np.diff(tagged, prepend=False) & tagged)
    uv[tagged] *= np.exp(np.array([0, 0.6, -0.2, 0.5, -0.1])[number[tagged]])
    ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(tagged, ~tagged)
    assert holds(ratio, 0.0)
    assert ratio.se is not None
    assert ratio.se > 0.1


def test_the_interval_of_few_episodes_is_students() -> None:
    """Where the episodes alone vary, n of them leave n - 1 degrees of freedom."""
    for n in (3, 6):
        uv = np.random.default_rng(1).normal(5.0, 0.01, 12_000)
        tagged = episodes(uv.size, n, 45)
        number = np.cumsum(np.diff(tagged, prepend=False) & tagged)
        uv[tagged] *= np.linspace(0.7, 1.5, n + 1)[number[tagged]]
        ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(tagged, ~tagged)
        assert ratio.low is not None
        assert ratio.high is not None
        assert ratio.se is not None
        half = (ratio.high - ratio.low) / 2
        assert half / ratio.se == pytest.approx(stdtrit(n - 1, 0.975), rel=0.01)


def test_one_episode_has_a_ratio_without_an_interval() -> None:
    uv = tension_uv(10, 1, 3)
    one = episodes(uv.size, 1, 60)
    ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(one, ~one)
    assert ratio.value == pytest.approx(math.log(uv[one].mean() / uv[~one].mean()))
    assert (ratio.low, ratio.high, ratio.n_blocks) == (None, None, 1)
    assert ratio.se is not None
    assert 0.05 < ratio.se < 0.6  # what chance makes of a minute
    two = episodes(uv.size, 2, 60)
    ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(two, ~two)
    assert ratio.se is not None
    assert (ratio.low, ratio.n_blocks) == (None, 2)


def test_an_episode_with_excluded_time_in_it_remains_one() -> None:
    uv = tension_uv(10, 1, 3)
    tagged = episodes(uv.size, 3, 60)
    uv[np.flatnonzero(tagged)[200:300]] = np.nan
    used = np.isfinite(uv)
    ratio = BlockBootstrap(uv, ROW_HZ).log_ratio(tagged & used, ~tagged & used)
    assert ratio.n_blocks == 3


def test_a_ratio_needs_both_sides() -> None:
    uv = tension_uv(1, 1, 3)
    none = np.zeros(uv.size, np.bool_)
    with pytest.raises(ValueError, match="no ratio of 0 rows to 600 rows"):
        BlockBootstrap(uv, ROW_HZ).log_ratio(none, ~none)
