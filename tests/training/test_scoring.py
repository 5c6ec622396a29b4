"""Counting rows: rest, credits, time below the goal, contractions and the letting go of them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.training.rest import rest_rows
from unclench.training.session.scoring import Tally

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
    lengths, first_row = [], 0
    for row, uv in enumerate([*levels, GAP]):
        if uv is GAP:
            lengths += rests_of(levels[first_row:row], rest_uv)
            first_row = row + 1
    return [n for n in lengths if n >= 10]


def rests_of(levels, rest_uv):
    """Rests of a stretch without a gap; rows without a value count for nothing."""
    known = [k for k, uv in enumerate(levels) if not math.isnan(uv)]
    low = [k for k in known if levels[k] < rest_uv]
    rests = [[k, k] for k in low[:1]]
    for last, k in pairwise(low):
        between = [j for j in known if last < j < k]
        high: list[list[int]] = [[]]
        for j in between:
            if levels[j] >= 1.2 * rest_uv:
                high[-1].append(j)
            else:
                high.append([])
        if any(run and run[-1] - run[0] >= 5 for run in high) or len(between) > 50:
            rests.append([k, k])
        rests[-1][1] = k
    return [sum(first - 5 <= k <= last for k in known) for first, last in rests]


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
