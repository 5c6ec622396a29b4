"""Counters that start again, skip, stop, or count nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unclench.importing.counting import places_of


@given(
    n=st.integers(1000, 3000),
    lost=st.lists(st.tuples(st.integers(1, 998), st.integers(1, 200)), max_size=5),
    start=st.integers(0, 255),
)
def test_gaps_are_found_by_a_counter_of_one_byte(n, lost, start):
    true = np.arange(n + sum(k for _, k in lost))
    keep = np.ones(len(true), bool)
    for at, k in lost:
        keep[at : at + min(k, 200 // len(lost))] = False
    keep[0] = True
    counter = ((true + start) % 256)[keep].astype(float)
    sample, _ = places_of(counter, "n")
    np.testing.assert_array_equal(sample, true[keep])


def test_a_counter_may_count_by_two():
    sample, _ = places_of(np.array([0, 2, 4, 8, 10.0]), "n")
    assert sample.tolist() == [0, 1, 2, 4, 5]


def test_a_counter_may_start_again_at_an_odd_number():
    counter = np.tile(np.arange(201.0), 5)
    sample, _ = places_of(counter, "n")
    np.testing.assert_array_equal(sample, np.arange(len(counter)))


def test_a_counter_that_stops_is_used_until_then():
    counter = np.minimum(np.arange(300), 255).astype(float)
    counter = np.delete(counter, slice(10, 15))
    sample, notes = places_of(counter, "n")
    assert sample[[9, 10, -1]].tolist() == [9, 15, 299]
    assert "stops at row 252" in notes[0]


def test_a_column_that_is_not_a_counter_is_not_used():
    for counter in ([0, 0, 0.0], [1, 5, 2.0], [0.5, 1.5, 2.5], [np.nan, 1, 2], [0, 1e300, 2]):
        sample, notes = places_of(np.array(counter), "n")
        assert sample.tolist() == [0, 1, 2]
        assert "gaps are not detected" in notes[0]
