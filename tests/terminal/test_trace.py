"""A trace of characters: columns on a grid, a logarithmic scale, blanks where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.terminal.trace import bars, columns, labels, scale, step_s

NAN = np.nan


def every(n: int) -> np.ndarray:
    return np.ones(n, np.bool_)


@pytest.mark.parametrize(("n_columns", "step"), [(34, 2.0), (74, 1.0), (194, 0.5), (12, 5.0)])
def test_a_trace_spans_a_minute_or_a_bit_more(n_columns, step):
    assert step_s(n_columns) == step
    assert 60 <= n_columns * step <= 150


class TestColumns:
    """Rows of tension become the columns of a trace."""

    def test_are_means_on_a_grid_with_the_newest_last(self):
        rows = np.arange(3, 9)
        means, sure = columns(rows, rows.astype(float), every(6), 4, 3)
        np.testing.assert_array_equal(means, [3.0, 5.5, 8.0])
        assert sure.all()

    def test_do_not_change_while_the_newest_one_fills(self):
        uv = np.arange(40.0)
        for n in range(9, 12):
            means, _ = columns(np.arange(n), uv[:n], every(n), 4, 3)
            np.testing.assert_array_equal(means[:2], [1.5, 5.5])

    def test_before_the_first_row_and_in_a_gap_there_is_nothing(self):
        uv = np.array([1.0, 1.0, NAN, NAN, 3.0, NAN])
        means, sure = columns(np.arange(6), uv, every(6), 2, 4)
        np.testing.assert_array_equal(means, [NAN, 1.0, NAN, 3.0])
        assert sure.all()
        assert np.isnan(columns(np.arange(0), np.zeros(0), every(0), 2, 4)[0]).all()

    def test_one_row_that_is_not_trusted_takes_trust_from_its_column(self):
        trusted = np.array([True, True, False, True])
        _, sure = columns(np.arange(4), np.ones(4), trusted, 2, 2)
        assert sure.tolist() == [True, False]

    def test_only_the_newest_rows_that_fit_are_shown(self):
        means, _ = columns(np.arange(100), np.arange(100.0), every(100), 10, 2)
        np.testing.assert_array_equal(means, [84.5, 94.5])


class TestScale:
    """The range of uV that a trace spans."""

    @pytest.mark.parametrize(
        ("seen_uv", "noise_uv", "expected"),
        [
            ([], 0.2, (1.0, 10.0)),
            ([2.0, 4.0], 0.2, (1.0, 10.0)),
            ([2.0, 42.0], 0.2, (1.0, 100.0)),
            ([4.0, 180.0], 0.2, (3.0, 300.0)),
            ([0.5, 4.0], 0.2, (0.3, 10.0)),
            ([0.5, 4.0], None, (0.3, 10.0)),
            ([0.5, 4.0], 0.4, (0.4, 10.0)),
            ([2.0, 4.0], 1.5, (1.5, 30.0)),
        ],
    )
    def test_ends_at_round_values_and_not_below_the_noise_floor(self, seen_uv, noise_uv, expected):
        assert scale(np.array([*seen_uv, NAN]), noise_uv) == expected

    @given(st.lists(st.floats(1e-6, 1e9), max_size=5), st.floats(0.0, 1e3))
    def test_any_values_give_a_scale(self, seen_uv, noise_uv):
        low_uv, top_uv = scale(np.array(seen_uv), noise_uv)
        assert 0 < low_uv < top_uv

    def test_numbers_stand_beside_their_lines(self):
        assert labels(1.0, 100.0, 5) == ["100", "", "10", "", "1"]
        assert labels(0.62, 10.0, 2) == ["10", "0.62"]
        assert labels(1.0, 100.0, 1) == ["100"]


class TestBars:
    """Columns drawn as bars of characters."""

    def test_each_step_upwards_is_the_same_factor(self):
        assert bars(np.array([1.0, 10.0, 100.0]), every(3), 1.0, 100.0, 2) == ["  █", "▁██"]

    def test_what_was_measured_shows_however_low_it_is(self):
        assert bars(np.array([0.1, NAN]), every(2), 1.0, 10.0, 1) == ["▁ "]

    def test_what_is_not_trusted_is_shaded_and_may_leave_the_scale(self):
        trusted = np.array([True, False])
        assert bars(np.array([5000.0, 5000.0]), trusted, 1.0, 10.0, 2) == ["█░", "█░"]
