"""Counters that begin anew, skip, rest, or count nothing."""

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
def test_a_byte_that_counts(n, lost, start):
    true = np.arange(n + sum(k for _, k in lost))
    keep = np.ones(len(true), bool)
    for at, k in lost:
        keep[at : at + min(k, 200 // len(lost))] = False
    keep[0] = True
    counter = ((true + start) % 256)[keep].astype(float)
    sample, _ = places_of(counter, "n")
    np.testing.assert_array_equal(sample, true[keep])


def test_one_that_counts_by_two():
    sample, _ = places_of(np.array([0, 2, 4, 8, 10.0]), "n")
    assert sample.tolist() == [0, 1, 2, 4, 5]


def test_one_that_turns_at_an_odd_number():
    counter = np.tile(np.arange(201.0), 5)
    sample, _ = places_of(counter, "n")
    np.testing.assert_array_equal(sample, np.arange(len(counter)))


def test_one_that_rests_at_its_end():
    counter = np.minimum(np.arange(300), 255).astype(float)
    counter = np.delete(counter, slice(10, 15))
    sample, notes = places_of(counter, "n")
    assert sample[[9, 10, -1]].tolist() == [9, 15, 299]
    assert "stands still from row" in notes[0]


def test_what_does_not_count_is_left_aside():
    for counter in ([0, 0, 0.0], [1, 5, 2.0], [0.5, 1.5, 2.5], [np.nan, 1, 2], [0, 1e300, 2]):
        sample, notes = places_of(np.array(counter), "n")
        assert sample.tolist() == [0, 1, 2]
        assert "gaps cannot be seen" in notes[0]
