"""Goals: microvolts from frozen figures, never under what can be seen, never creeping upwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.training.placement.values import ReferenceContraction, calm_uv, floor_uv, rest_level
from unclench.training.session.goals import GoalError, GoalTracker, goal_uv
from unclench.training.steps.goal import BaselineGoal, FixedGoal, ReferenceGoal, ShapingGoal

ROW_HZ = 50
MAXIMUM = ReferenceContraction(600.0, "maximum")


def fixed(uv):
    return FixedGoal(kind="fixed", uv=uv)


def percent(value):
    return ReferenceGoal(kind="reference", percent=value)


def times(value):
    return BaselineGoal(kind="baseline", times=value)


def shaping(**changes):
    return ShapingGoal(kind="shaping", **changes)


def follow(tracker, levels_uv):
    """Feed a tracker; return its goal after each row."""
    goals = []
    for uv in levels_uv:
        tracker.follow(float(uv))
        goals.append(tracker.uv)
    return goals


def test_each_kind_has_its_own_measure(rested):
    channel = replace(rested, reference=MAXIMUM, noise_uv=None)
    assert goal_uv(fixed(4.0), channel) == 4.0
    assert goal_uv(percent(2.0), channel) == 12.0
    assert goal_uv(times(1.2), channel) == pytest.approx(2.4)
    assert goal_uv(shaping(highest_times=1.5), channel) == pytest.approx(3.0)


def test_a_multiple_is_one_of_the_muscle_and_not_of_the_noise(rested):
    """A baseline of 2 uV over 1.2 uV of noise is 1.6 uV of muscle; 0.6 of that reads 1.54 uV."""
    channel = replace(rested, reference=ReferenceContraction(2.0, "gentle"), noise_uv=1.2)
    assert goal_uv(times(0.6), channel) == pytest.approx(1.537, abs=1e-3)
    assert goal_uv(percent(60.0), channel) == pytest.approx(1.537, abs=1e-3)
    assert goal_uv(shaping(highest_times=1.5), channel) == pytest.approx(2.683, abs=1e-3)
    assert goal_uv(fixed(2.0), channel) == 2.0  # of raw tension, as it is shown


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (percent(5.0), "5 % of a reference contraction. Left shoulder has none yet"),
        (times(1.2), "resting baseline. Left shoulder has none yet"),
        (shaping(), "resting baseline. Left shoulder has none yet"),
    ],
)
def test_a_goal_on_a_missing_measurement_has_no_level(rested, goal, words):
    with pytest.raises(GoalError, match=words) as refused:
        goal_uv(goal, replace(rested, baseline=None))
    assert str(refused.value).endswith(".")
    assert "calibrate" in str(refused.value)


@pytest.mark.parametrize("goal", [fixed(1.24), percent(0.1), times(0.4), shaping(highest_times=1)])
def test_a_goal_below_the_floor_is_refused_with_the_reason(rested, goal):
    noise_uv = 1.0 if goal.kind != "shaping" else 1.7
    channel = replace(rested, noise_uv=noise_uv, reference=MAXIMUM)
    with pytest.raises(GoalError) as refused:
        goal_uv(goal, channel)
    said = str(refused.value)
    assert f"noise floor is {noise_uv:.2f} µV" in said
    assert f"below {1.25 * noise_uv:.2f} µV" in said
    assert said.endswith("Choose a higher goal.")


def test_a_goal_at_the_floor_is_allowed(rested):
    assert goal_uv(fixed(1.25), replace(rested, noise_uv=1.0)) == 1.25
    assert goal_uv(fixed(0.01), replace(rested, noise_uv=None)) == 0.01
    assert floor_uv(replace(rested, noise_uv=None)) == 0


def test_only_a_shaping_goal_moves(rested):
    channel = replace(rested, reference=MAXIMUM)
    for goal in (fixed(4.0), percent(1.0), times(1.2)):
        tracker = GoalTracker(goal, channel, ROW_HZ)
        before = tracker.uv
        assert set(follow(tracker, np.linspace(0.3, 30, 5000))) == {before}


def test_shaping_follows_a_percentile_of_the_last_minutes(rested):
    tracker = GoalTracker(shaping(percentile=40, last_s=60), replace(rested, noise_uv=None), ROW_HZ)
    levels_uv = np.random.default_rng(1).uniform(1.5, 2.5, 4000)
    goals = follow(tracker, levels_uv)
    assert goals[:1499] == [2.4] * 1499  # half a minute says little
    for n in range(1500, 4000, 500):
        wanted = np.percentile(levels_uv[max(0, n - 3000) : n], 40)
        assert goals[n - 1] == pytest.approx(min(goals[n - 2], wanted))
    assert goals[-1] < 2.0


def test_shaping_does_not_follow_below_its_bound(rested):
    silent = replace(rested, noise_uv=None)
    assert follow(GoalTracker(shaping(), silent, ROW_HZ), [0.5] * 3000)[-1] == pytest.approx(1.4)


def test_shaping_does_not_follow_below_the_floor(rested):
    channel = replace(rested, noise_uv=1.5)
    assert follow(GoalTracker(shaping(), channel, ROW_HZ), [0.5] * 3000)[-1] == 1.875


@given(st.lists(st.floats(0, 200), min_size=1, max_size=12), st.floats(5, 80))
def test_shaping_never_rises_and_stays_in_its_bounds(rested, levels_uv, percentile):
    tracker = GoalTracker(shaping(percentile=percentile), rested, ROW_HZ)
    goals = follow(tracker, np.repeat(levels_uv, 500))
    assert (np.diff(goals) <= 0).all()
    assert 1.4 - 1e-12 <= min(goals) <= max(goals) <= 2.4


@pytest.mark.parametrize("minutes", [5, 60])
def test_shaping_never_hides_a_slow_creep(rested, minutes):
    """Whatever the pace of it: who ends at twice the baseline ends above the goal."""
    tracker = GoalTracker(shaping(), rested, ROW_HZ)
    levels_uv = np.linspace(2.0, 4.0, minutes * 60 * ROW_HZ)
    goals = np.array(follow(tracker, levels_uv))
    assert goals.max() <= 2.4
    assert (goals[levels_uv > 2.4] < levels_uv[levels_uv > 2.4]).all()


def test_each_fall_of_a_goal_is_reported_once(rested):
    tracker = GoalTracker(shaping(), rested, ROW_HZ)
    told = [k for k in range(4000) if tracker.follow(1.8)]
    assert told == [1499]


def test_rest_is_the_highest_of_three_levels(rested):
    level_uv, why = rest_level(rested)
    assert level_uv == pytest.approx(2 + 2 * 0.1 * 10**0.5)  # 0.1 µV over 1 s, 0.2 over 0.25
    assert why == "your resting baseline plus two standard deviations"
    loud = rest_level(replace(rested, noise_uv=4.0))
    assert loud == (5.0, "the lowest tension that stands out of the noise")
    strong = rest_level(replace(rested, reference=MAXIMUM, noise_uv=None))
    assert strong == (3.0, "0.5 % of your maximum")
    gentle = replace(rested, reference=ReferenceContraction(600.0, "gentle"))
    assert rest_level(gentle)[0] == level_uv  # half a percent of it means nothing


def test_without_a_measurement_nothing_is_rest(rested):
    unknown = replace(rested, baseline=None)
    assert rest_level(unknown) == (None, "no baseline yet")
    assert calm_uv(unknown) is None


def test_calm_is_two_deviations_above_the_baseline(rested):
    assert calm_uv(rested) == pytest.approx(2.2)
    assert calm_uv(replace(rested, noise_uv=4.0)) == 5.0
