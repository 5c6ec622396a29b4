"""The breathing pacer: a smooth function of time, with as many breaths as were asked for."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.training.steps.kinds.breathe import PARTS, Breathe, Pacer


def pacer(**changes):
    return Pacer(Breathe(kind="breathe", **changes))


PARTS_OF_BREATH = st.floats(1.5, 5)
BREATHING = st.builds(
    pacer,
    seconds=st.floats(10, 120),
    rate_per_min=st.floats(3, 20),
    end_rate_per_min=st.none() | st.floats(3, 20),
    inhale=PARTS_OF_BREATH,
    hold_in=st.just(0.0) | st.floats(0.1, 2),
    exhale=PARTS_OF_BREATH,
    hold_out=st.just(0.0) | st.floats(0.1, 2),
)


def test_six_a_minute_are_ten_seconds_each():
    paced = pacer(seconds=300.0, rate_per_min=6.0, inhale=4.0, exhale=6.0)
    for k in range(30):
        at = paced.at(10.0 * k + 1e-6)
        assert (at.number, at.part) == (k, "inhale")
        assert paced.at(10.0 * k + 3.99).part == "inhale"
        assert paced.at(10.0 * k + 4.01).part == "exhale"
    assert paced.bounds == (0.4, 0.4, 1.0)
    assert paced.at(2.0).fullness == pytest.approx(0.5)
    assert paced.at(4.0).fullness == pytest.approx(1.0)
    assert paced.at(3.0).left_s == pytest.approx(1.0)


def test_holds_keep_the_shape_still():
    paced = pacer(rate_per_min=6.0, inhale=4.0, hold_in=1.0, exhale=4.0, hold_out=1.0)
    assert [paced.at(t).part for t in (1.0, 4.5, 7.0, 9.5)] == list(PARTS)
    assert (paced.at(4.5).fullness, paced.at(9.5).fullness) == (1.0, 0.0)


def test_a_ramp_has_the_breaths_of_its_mean_rate():
    paced = pacer(seconds=300.0, rate_per_min=12.0, end_rate_per_min=6.0)
    assert paced.breaths(300.0) == pytest.approx(45)
    rates = [60 * (paced.breaths(t + 0.01) - paced.breaths(t)) / 0.01 for t in (0.0, 150.0, 299.0)]
    assert rates == pytest.approx([12, 9, 6.02], abs=0.01)
    assert paced.rate_per_min(150.0) == 9


@given(BREATHING, st.floats(0, 1))
def test_everything_is_in_range_at_any_moment(paced, share):
    at = paced.at(share * paced.step.seconds)
    assert 0 <= at.phase < 1
    assert 0 <= at.done <= 1 + 1e-9
    assert -1e-9 <= at.fullness <= 1 + 1e-9
    assert 0 <= at.left_s <= 60 / 3 + 1e-9
    assert at.part in PARTS


@given(BREATHING)
def test_the_shape_never_jumps(paced):
    # The steepest moment is the middle of a part, pi / 2 of its mean slope.
    shortest_s = 0.1 * 60 / 20
    step_s = 1 / 60
    most = math.pi / 2 * step_s / shortest_s * 1.01
    values = [paced.at(k * step_s).fullness for k in range(int(10 / step_s))]
    assert max(abs(b - a) for a, b in pairwise(values)) <= most


@given(BREATHING)
def test_breaths_are_counted_one_by_one(paced):
    numbers = [paced.at(k * 0.2).number for k in range(int(paced.step.seconds / 0.2))]
    assert all(0 <= b - a <= 1 for a, b in pairwise(numbers))
    assert numbers[-1] == math.floor(paced.breaths((len(numbers) - 1) * 0.2))


def test_it_goes_on_when_the_step_is_over():
    paced = pacer(seconds=60.0, rate_per_min=6.0, end_rate_per_min=5.0)
    assert paced.rate_per_min(1000.0) == 5
    assert paced.at(-1.0).phase == 0
