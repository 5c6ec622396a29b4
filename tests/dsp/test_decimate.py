"""Buckets and picks on grids that are fixed to the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench_dsp import MinMaxBuckets, PickEvery


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


@given(n=st.integers(1, 200), bucket_n=st.integers(1, 40), seed=st.integers(0, 1000))
def test_buckets_hold_minimum_and_maximum(n: int, bucket_n: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 3))
    numbers, min_max = MinMaxBuckets(bucket_n, 3).process(0, x)
    assert numbers.tolist() == list(range(n // bucket_n))
    assert min_max.shape == (n // bucket_n, 2, 3)
    for number, (low, high) in zip(numbers, min_max, strict=True):
        part = x[number * bucket_n : (number + 1) * bucket_n]
        np.testing.assert_array_equal(low, part.min(axis=0))
        np.testing.assert_array_equal(high, part.max(axis=0))


def test_a_bucket_comes_with_its_last_sample() -> None:
    buckets = MinMaxBuckets(4, 1)
    assert buckets.process(0, column(3, 1, 2))[0].tolist() == []
    numbers, min_max = buckets.process(3, column(9))
    assert numbers.tolist() == [0]
    assert min_max.tolist() == [[[1.0], [9.0]]]


def test_a_gap_closes_the_bucket_under_way() -> None:
    buckets = MinMaxBuckets(4, 1)
    buckets.process(0, column(3, 1))
    numbers, min_max = buckets.process(10, column(5, 6, 7))
    assert numbers.tolist() == [0, 2]
    assert min_max[:, :, 0].tolist() == [[1.0, 3.0], [5.0, 6.0]]


def test_a_gap_within_a_bucket_leaves_it_open() -> None:
    buckets = MinMaxBuckets(4, 1)
    assert buckets.process(0, column(3))[0].tolist() == []
    numbers, min_max = buckets.process(2, column(1, 2))
    assert numbers.tolist() == [0]
    assert min_max[:, :, 0].tolist() == [[1.0, 3.0]]


def test_blocks_out_of_order_are_refused() -> None:
    buckets = MinMaxBuckets(4, 1)
    buckets.process(0, column(1, 2, 3))
    with pytest.raises(ValueError, match="sample 2 comes too late: samples up to 2 are"):
        buckets.process(2, column(1))


def test_given_out_buckets_are_not_changed_later() -> None:
    buckets = MinMaxBuckets(2, 1)
    _, min_max = buckets.process(0, column(1, 2, 3))
    kept = min_max.copy()
    buckets.process(3, column(-5))
    np.testing.assert_array_equal(min_max, kept)


@given(first_index=st.integers(0, 10**9), n=st.integers(0, 300), hop_n=st.integers(1, 60))
def test_picks_are_the_multiples_of_the_hop(first_index: int, n: int, hop_n: int) -> None:
    picked = first_index + PickEvery(hop_n).offsets(first_index, n)
    assert picked.tolist() == [i for i in range(first_index, first_index + n) if i % hop_n == 0]
