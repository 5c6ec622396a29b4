"""Counting rows: rest, credits, time below the goal, contractions and the letting go of them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.training.placement.values import RestBaseline
from unclench.training.rest import rest_rows
from unclench.training.session.scoring import RecoveryWatch, Tally

ROW_S, ROW_N, FS_HZ = 0.02, 40, 2000.0
GAP = None


def tally(levels, goal_uv=2.4, rest_uv=2.4, moment_s=None):
    """Count rows at these levels; None is one that is not to be trusted, NaN has no quick RMS."""
    kept = Tally("Left shoulder", ROW_S)
    for uv in levels:
        if uv is GAP:
            kept.miss()
        else:
            kept.credits += kept.add(
                2.0 if math.isnan(uv) else uv, 2.0, uv, goal_uv, rest_uv, moment_s
            )
    return kept.score()


def plain_rests(levels, rest_uv=2.4):
    """Lengths of the rests in rows, by the words of the rule, looking back over the whole."""
    lengths, known = [], []
    for uv in [*levels, GAP]:
        if uv is not GAP:
            known += [] if math.isnan(uv) else [uv]
            continue
        low = [k for k, level in enumerate(known) if level < rest_uv]
        rests = [[k, k] for k in low[:1]]
        for last, k in pairwise(low):
            between = known[last + 1 : k]
            high = "".join("h" if level >= 1.2 * rest_uv else " " for level in between)
            if "h" * 6 in high or len(between) > 50:
                rests.append([k, k])
            rests[-1][1] = k
        lengths += [last - max(0, first - 5) + 1 for first, last in rests]
        known = []
    return [n for n in lengths if n >= 10]


def test_times_are_those_of_the_rows():
    score = tally([2.0] * 100 + [5.0] * 50 + [GAP] * 70)
    assert score.scored_s == pytest.approx(3.0)
    assert score.with_goal_s == pytest.approx(3.0)
    assert score.below_goal_s == score.rest_s == score.longest_rest_s == pytest.approx(2.0)
    assert score.mean_uv == pytest.approx(3.0)
    assert score.lowest_uv == 2.0
    assert score.below_goal == pytest.approx(2 / 3)


def test_without_rows_there_are_no_figures():
    score = tally([GAP] * 10)
    assert (score.mean_uv, score.lowest_uv, score.below_goal, score.rest_share) == (None,) * 4
    assert (score.scored_s, score.credits, score.recovery_s) == (0, 0, ())


def test_tension_equal_to_the_goal_is_not_below_it():
    score = tally([2.4] * 50)
    assert (score.below_goal_s, score.rest_s) == (0, 0)


def test_rest_counts_from_a_fifth_of_a_second():
    """The RMS over 0.1 s is low 0.1 s later than the muscle: five rows."""
    score = tally(([5.0] * 20 + [2.0] * 4) * 20)
    assert (score.rest_s, score.rests, score.longest_rest_s) == (0, 0, 0)
    score = tally(([5.0] * 20 + [2.0] * 5) * 20)
    assert (score.rests, score.rest_s) == (20, pytest.approx(4.0))
    assert score.longest_rest_s == pytest.approx(0.2)


def test_a_tenth_of_a_second_above_the_level_by_chance_does_not_break_a_rest():
    assert tally([2.0] * 50 + [5.0] * 5 + [2.0] * 50).rests == 1
    assert tally([2.0] * 50 + [5.0] * 6 + [2.0] * 50).rests == 2


def test_a_second_just_above_the_level_does_not_break_a_rest():
    assert tally([2.0] * 50 + [2.5] * 50 + [2.0] * 50).rest_s == pytest.approx(3.0)
    assert tally([2.0] * 50 + [2.5] * 51 + [2.0] * 50).rests == 2


def test_a_row_cut_out_for_the_heart_neither_ends_a_rest_nor_counts():
    beat = [float("nan")] * 7
    score = tally(([2.0] * 40 + beat) * 10)
    assert (score.rests, score.rest_s) == (1, pytest.approx(8.0))
    assert (score.with_rest_s, score.rest_share) == (pytest.approx(8.0), pytest.approx(1.0))
    assert score.scored_s == pytest.approx(9.4)
    assert tally([5.0] * 20 + [2.0] * 3 + beat + [2.0] * 2 + [5.0] * 20).rests == 1
    assert tally([5.0] * 20 + [2.0] * 4 + beat + [5.0] * 20).rests == 0


def test_missing_rows_end_a_rest():
    score = tally([2.0] * 30 + [GAP] + [2.0] * 40)
    assert (score.rests, score.longest_rest_s) == (2, pytest.approx(0.8))
    assert score.rest_s == pytest.approx(1.4)


def test_without_a_goal_there_is_no_time_below_it():
    score = tally([2.0] * 50, goal_uv=None, rest_uv=None)
    assert (score.with_goal_s, score.below_goal, score.rest_s) == (0, None, 0)


def test_rest_has_no_share_where_its_level_is_unknown():
    """A minute that measures the baseline is no minute without rest."""
    kept = Tally("Left shoulder", ROW_S)
    for _ in range(3000):
        kept.add(2.0, 2.0, 2.0, None, None, None)
    for _ in range(3000):
        kept.add(2.0, 2.0, 2.0, None, 2.4, None)
    assert kept.score().rest_share == pytest.approx(1.0, abs=0.01)


NAN = float("nan")
STRETCHES = st.lists(
    st.tuples(st.sampled_from([2.0, 2.39, 2.4, 2.87, 2.89, 9.0, NAN, GAP]), st.integers(1, 20)),
    max_size=40,
).map(lambda parts: [uv for uv, n in parts for _ in range(n)])


@given(STRETCHES)
def test_rest_equals_a_plain_count_in_scores_and_in_reviews(levels):
    score, rests = tally(levels), plain_rests(levels)
    assert score.rests == len(rests)
    assert score.rest_s == pytest.approx(sum(rests) * ROW_S)
    assert score.longest_rest_s == pytest.approx(max(rests, default=0) * ROW_S)
    quick_uv = np.array([NAN if uv is GAP else uv for uv in levels], float)
    used = np.array([uv is not GAP for uv in levels], bool)
    at_rest, lengths_n = rest_rows(quick_uv, used, 2.4, ROW_S)
    assert lengths_n == rests
    assert np.count_nonzero(at_rest) == sum(rests)


def test_credits_for_seconds_and_for_moments():
    assert tally([2.0] * 250, moment_s=2.0).credits == 5 + 1
    assert tally([2.0] * 49, moment_s=2.0).credits == 0
    assert tally(([2.0] * 30 + [5.0] * 9) * 4, moment_s=0.5).credits == 4  # moments alone
    assert tally([2.0] * 250).credits == 0  # none where none are earned
    assert tally([5.0] * 250, moment_s=0.2).credits == 0


@given(STRETCHES, st.floats(0.2, 3))
def test_credits_equal_a_plain_count(levels, moment_s):
    moment_n = round(moment_s / ROW_S)
    expected = sum(n // 50 + (n >= moment_n) for n in plain_rests(levels))
    assert tally(levels, moment_s=moment_s).credits == expected


# recovery


class Muscle:
    """Feeds a watch with a tension profile: fast is its RMS over 0.25 s, slow that over 1 s."""

    def __init__(self, channel):
        self.watch = RecoveryWatch(channel, ROW_N, FS_HZ)
        self.found, self.began = [], 0

    def live(self, levels_uv):
        power = np.concatenate([np.full(50, levels_uv[0] ** 2), np.asarray(levels_uv) ** 2])
        total = np.concatenate([[0], np.cumsum(power)])
        fast = np.sqrt((total[50 + 1 :] - total[50 - 11 : -12]) / 12)
        slow = np.sqrt((total[50 + 1 :] - total[1:-50]) / 50)
        for k in range(len(levels_uv)):
            done = self.watch.add(k * ROW_N, float(fast[k]), float(slow[k]))
            self.began += self.watch.began
            if done is not None:
                self.found.append(done)
        return self


def contraction(peak_uv, hold_s, fall_s, rest_uv=2.0, before_s=5, after_s=12):
    """Levels at 50 a second: at once up, held, down in a straight line."""
    parts = (
        np.full(round(before_s * 50), rest_uv),
        np.full(round(hold_s * 50), peak_uv),
        np.linspace(peak_uv, rest_uv, round(fall_s * 50) + 1)[1:],
        np.full(round(after_s * 50), rest_uv),
    )
    return np.concatenate(parts)


@pytest.mark.parametrize("fall_s", [0.2, 1.0, 3.0, 6.0])
@pytest.mark.parametrize("peak_uv", [20.0, 60.0])
def test_letting_go_is_timed_by_the_definition(rested, fall_s, peak_uv):
    """From half of the height until the 1 s RMS is calm: truth from the profile itself."""
    levels = contraction(peak_uv, 5, fall_s)
    muscle = Muscle(rested).live(levels)
    assert muscle.began == 1
    (found,) = muscle.found
    at_half = 500 + np.flatnonzero(levels[500:] < peak_uv / 2)[0]  # at 10 s it begins to fall
    power = np.convolve(levels**2, np.ones(50) / 50)[: len(levels)]
    calm = at_half + np.flatnonzero(np.sqrt(power[at_half:]) <= 2.2)[0]
    truth_s = (calm - at_half) * ROW_S
    print(f"{found.recovery_s:.2f} s, truth {truth_s:.2f} s")
    assert found.recovery_s == pytest.approx(truth_s, abs=0.25)
    assert found.peak_uv == pytest.approx(peak_uv)


def test_a_short_or_low_rise_is_not_a_contraction(rested):
    assert Muscle(rested).live(contraction(60.0, 0.1, 0.05)).began == 0
    assert Muscle(rested).live(contraction(5.9, 5, 0.5)).began == 0
    assert Muscle(rested).live(contraction(6.5, 5, 0.5)).began == 1


def test_a_short_calm_is_not_a_recovery(rested):
    restless = contraction(3.0, 1, 0.1, before_s=0)
    again = np.concatenate([contraction(20.0, 3, 0.5, after_s=2.5), restless])
    (found,) = Muscle(rested).live(again).found
    assert found.recovery_s == pytest.approx(0.2 + 2.5 + 1.1 + 0.9, abs=0.3)


def test_a_second_contraction_before_recovery_counts_from_its_own_end(rested):
    levels = np.concatenate(
        [contraction(20.0, 3, 0.5, after_s=2), contraction(60.0, 3, 0.5, 2.0, 0)]
    )
    muscle = Muscle(rested).live(levels)
    assert muscle.began == 2
    (found,) = muscle.found
    assert found.peak_uv == pytest.approx(60)
    assert found.recovery_s == pytest.approx(1.2, abs=0.3)


def test_without_letting_go_there_is_no_recovery(rested):
    assert Muscle(rested).live(contraction(20.0, 3, 0.5, after_s=0)).found == []
    high = np.concatenate([contraction(20.0, 3, 0.5, after_s=0), np.full(3000, 2.5)])
    assert Muscle(rested).live(high).found == []


def test_noise_in_a_slow_fall_is_not_a_second_contraction(rested):
    """The quick RMS of real EMG scatters by a tenth: near the limit it goes to and fro."""
    before, falling = np.full(250, 20.0), 2 + 18 * np.exp(-np.arange(1500) / 200)
    for seed in range(20):
        # 9 degrees of freedom in 20 ms, 100 in a quarter of a second
        chance = np.random.default_rng(seed).chisquare(9, 1850) / 9
        levels = np.concatenate([np.full(100, 2.0), before, falling]) * np.sqrt(chance)
        muscle = Muscle(replace(rested, baseline=RestBaseline(2.0, 0.3, 60.0, 0.5))).live(levels)
        assert (seed, muscle.began) == (seed, 1)
        assert muscle.found[0].recovery_s > 6  # from 10 uV to 2.6


def test_reset_forgets_a_contraction(rested):
    muscle = Muscle(rested).live(contraction(20.0, 3, 0.5, after_s=1))
    assert muscle.watch.released is not None
    muscle.watch.reset()
    assert muscle.live(np.full(500, 2.0)).found == []


def test_letting_go_can_be_timed_without_a_contraction(rested):
    muscle = Muscle(rested)
    muscle.watch.start_recovery(0)
    (found,) = muscle.live(np.concatenate([np.linspace(5.0, 2.0, 101), np.full(300, 2.0)])).found
    assert found.released == 0
    assert found.recovery_s == pytest.approx(2.4, abs=0.3)


def test_a_step_of_recovery_does_not_shorten_a_recovery_that_is_under_way(rested):
    """Tensed until 10 s, and half way down long before the next step says: let go."""
    falling = np.concatenate([np.full(250, 20.0), np.linspace(20.0, 2.0, 501), np.full(300, 2.0)])
    alone = Muscle(rested).live(falling).found[0].recovery_s
    muscle = Muscle(rested)
    muscle.live(falling[:625])
    muscle.watch.start_recovery(624 * ROW_N)
    power = np.concatenate([[0], np.cumsum(falling**2)])
    for k in range(625, len(falling)):
        fast = np.sqrt((power[k + 1] - power[k - 11]) / 12)
        slow = np.sqrt((power[k + 1] - power[k - 49]) / 50)
        found = muscle.watch.add(k * ROW_N, float(fast), float(slow))
        if found is not None:
            muscle.found.append(found)
    assert muscle.found[0].recovery_s == pytest.approx(alone, abs=0.1)


def test_the_floor_is_the_least_that_is_calm(rested):
    noisy = replace(rested, noise_uv=2.0)
    (found,) = Muscle(noisy).live(contraction(20.0, 3, 0.5, rest_uv=2.4)).found
    assert found.recovery_s == pytest.approx(1.2, abs=0.3)
