"""The instrument's noise is subtracted in power, with an interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from unclench_dsp.abovefloor import (
    above_floor,
    above_floor_uv,
    noise_estimate,
    times_above_floor,
)
from unclench_dsp.uncertainty import BlockBootstrap, Estimate


def known_interval(found: Estimate) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def test_powers_are_subtracted() -> None:
    found = above_floor(Estimate(5.0, 4.9, 5.1, 30), Estimate(3.0, None, None, 1))
    assert found.seen
    assert found.estimate.value == pytest.approx(4.0)
    assert found.estimate.low == pytest.approx(math.sqrt(4.9**2 - 9))
    assert found.estimate.high == pytest.approx(math.sqrt(5.1**2 - 9))


def test_an_unsure_noise_widens_the_interval() -> None:
    sure, unsure = (
        above_floor(Estimate(1.12, 1.08, 1.16, 30), noise).estimate
        for noise in (Estimate(0.5, None, None, 1), noise_estimate(0.5, converted=True))
    )
    assert (sure.value, unsure.n_blocks) == (unsure.value, 30)
    (sure_low, sure_high), (low, high) = (known_interval(each) for each in (sure, unsure))
    assert low < sure_low < sure_high < high


@pytest.mark.parametrize("value", [0.4, 0.5, 0.52])
def test_near_the_floor_nothing_is_seen(value: float) -> None:
    ranged = above_floor(Estimate(value, 0.97 * value, 1.03 * value, 30), noise_estimate(0.5))
    assert not ranged.seen
    assert ranged.estimate.low == 0
    assert not above_floor(Estimate(value, None, None, 1), noise_estimate(0.5)).seen


def test_tension_far_above_the_floor_stays_as_it_is() -> None:
    found = above_floor(Estimate(200.0, 190.0, 210.0, 30), noise_estimate(0.5)).estimate
    assert (found.value, found.low, found.high) == pytest.approx((200, 190, 210), rel=1e-4)


@pytest.mark.parametrize("noise_uv", [0.3, 0.5, 1.0])
def test_a_fall_of_20_percent_reads_20_percent(noise_uv: float) -> None:
    before, after = (math.hypot(muscle, noise_uv) for muscle in (1.0, 0.8))
    assert above_floor_uv(after, noise_uv) / above_floor_uv(before, noise_uv) == pytest.approx(0.8)
    assert times_above_floor(before, 0.8, noise_uv) == pytest.approx(after)


def test_without_noise_a_multiple_is_plain() -> None:
    assert times_above_floor(2.5, 0.8, 0.0) == 2.0


def test_the_interval_contains_the_muscle() -> None:
    """95 % intervals of a muscle of 1 uV under 0.5 uV of noise, 2 min each."""
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(100):
        rows = np.hypot(rng.normal(1, 0.1, 1200).repeat(5), 0.5)
        median = BlockBootstrap(rows, 50.0).quantiles((50.0,))[0]
        found = above_floor(median, noise_estimate(0.5)).estimate
        low, high = known_interval(found)
        hits += low <= 1.0 <= high
    assert hits >= 0.9 * 100
