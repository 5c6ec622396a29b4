"""Mean squares of hops and the RMS put together from them, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench_dsp import HopMeanSquare, RmsEnvelope, RollingRms


def signal_uv(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 2)) * [3.0, 3000.0]


def settled(n: int) -> np.ndarray:
    return np.zeros(n, dtype=bool)


@given(hop_n=st.integers(1, 300), n=st.integers(0, 900), first=st.integers(0, 1000))
def test_every_whole_hop_equals_numpy(hop_n: int, n: int, first: int) -> None:
    x_uv = signal_uv(n)
    numbers, mean_square = HopMeanSquare(hop_n, 2).process(first, x_uv, settled(n))
    whole = [
        b
        for b in range((first + n) // hop_n + 1)
        if b * hop_n >= first and (b + 1) * hop_n <= first + n
    ]
    assert numbers.tolist() == whole
    assert mean_square.shape == (len(whole), 2)
    for b, seen in zip(whole, mean_square, strict=True):
        hop = x_uv[b * hop_n - first : (b + 1) * hop_n - first]
        np.testing.assert_allclose(seen, np.mean(hop**2, axis=0), rtol=1e-12)


def test_memory_layout_of_the_input_changes_no_bit() -> None:
    x_uv = signal_uv(1000)
    _, expected = HopMeanSquare(40, 2).process(0, x_uv, settled(1000))
    _, seen = HopMeanSquare(40, 2).process(0, np.asfortranarray(x_uv), settled(1000))
    np.testing.assert_array_equal(seen, expected)


def test_a_hop_with_one_settling_sample_is_nan() -> None:
    settling = settled(200)
    settling[[39, 120]] = True
    numbers, mean_square = HopMeanSquare(40, 2).process(0, signal_uv(200), settling)
    assert numbers.tolist() == [0, 1, 2, 3, 4]
    assert np.isnan(mean_square[:, 0]).tolist() == [True, False, False, True, False]


def test_settling_is_remembered_until_the_hop_is_whole() -> None:
    block = HopMeanSquare(40, 2)
    block.process(0, signal_uv(20), np.ones(20, dtype=bool))
    _, mean_square = block.process(20, signal_uv(20), settled(20))
    assert np.isnan(mean_square).all()


@pytest.mark.parametrize(("first_index", "numbers"), [(28, [3, 4]), (32, [4])])
def test_hops_that_a_gap_cut_are_left_out(first_index: int, numbers: list[int]) -> None:
    block = HopMeanSquare(10, 2)
    before, _ = block.process(0, signal_uv(25), settled(25))
    after, mean_square = block.process(first_index, x_uv := signal_uv(25, 1), settled(25))
    assert (before.tolist(), after.tolist()) == ([0, 1], numbers)
    start = numbers[0] * 10 - first_index
    np.testing.assert_allclose(mean_square[0], np.mean(x_uv[start : start + 10] ** 2, axis=0))


def test_a_block_that_comes_too_late_is_refused() -> None:
    block = HopMeanSquare(10, 2)
    block.process(0, signal_uv(25), settled(25))
    with pytest.raises(ValueError, match="sample 24 comes too late: samples up to 24"):
        block.process(24, signal_uv(1), settled(1))


def test_fifty_hops_are_the_rms_of_their_second() -> None:
    x_uv = signal_uv(6000)
    numbers, mean_square = HopMeanSquare(40, 2).process(0, x_uv, settled(6000))
    rms_uv = RollingRms(50, 2).process(numbers, mean_square)
    assert np.isnan(rms_uv[:49]).all()
    expected = RmsEnvelope(2000, 2).process(x_uv)[39::40]
    np.testing.assert_allclose(rms_uv[49:], expected[49:], rtol=1e-12)


def test_rest_is_exact_right_after_a_contraction() -> None:
    mean_square = np.full((200, 1), 1.0)
    mean_square[50:100] = 5000.0**2 + 0.1
    rms_uv = RollingRms(50, 1).process(np.arange(200), mean_square)
    assert (rms_uv[149:] == 1.0).all()


def test_a_hop_that_is_nan_or_left_out_blanks_what_it_belongs_to() -> None:
    mean_square = np.ones((20, 1))
    mean_square[6] = np.nan
    numbers = np.arange(20)
    numbers[12:] += 1
    rms_uv = RollingRms(3, 1).process(numbers, mean_square)
    blank = np.flatnonzero(np.isnan(rms_uv[:, 0])).tolist()
    assert blank == [0, 1, 6, 7, 8, 12, 13]


def test_invalid_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="hop of 0 samples"):
        HopMeanSquare(0, 1)
    with pytest.raises(ValueError, match="over 0 hops"):
        RollingRms(0, 1)


def rolling(x_uv: np.ndarray, kept: np.ndarray | None, split: int, first: int = 0) -> np.ndarray:
    hops, rms = HopMeanSquare(20, 2), RollingRms(10, 2)
    parts = []
    for here in (slice(0, split), slice(split, len(x_uv))):
        numbers, mean_square, share = hops.process_kept(
            first + (here.start if here.start < len(x_uv) else len(x_uv)),
            x_uv[here],
            settled(len(x_uv[here])),
            None if kept is None else kept[here],
        )
        parts.append(rms.process(numbers, mean_square, share))
    return np.concatenate(parts)


@given(seed=st.integers(0, 99), split=st.integers(0, 1000), share=st.floats(0, 1))
def test_an_rms_is_of_the_samples_that_are_kept(seed: int, split: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    x_uv, kept = signal_uv(1000, seed), rng.random((1000, 1)).repeat(2, 1) >= share
    seen, plain = rolling(x_uv, kept, split), rolling(x_uv, None, split)
    np.testing.assert_array_equal(seen, rolling(x_uv, kept, 1000))
    for hop in range(9, 50):
        here = slice((hop - 9) * 20, (hop + 1) * 20)
        held = kept[here, 0]
        if held.all():
            np.testing.assert_array_equal(seen[hop], plain[hop])
        elif held.sum() < 0.2 * 200:
            assert np.isnan(seen[hop]).all()
        else:
            expected = np.sqrt(np.mean(x_uv[here][held] ** 2, axis=0))
            np.testing.assert_allclose(seen[hop], expected, rtol=1e-9)


def test_a_hop_of_which_nothing_is_kept_blanks_only_itself() -> None:
    x_uv, kept = signal_uv(1000), np.ones((1000, 2), dtype=bool)
    kept[100:200] = False
    numbers, mean_square, share = HopMeanSquare(20, 2).process_kept(0, x_uv, settled(1000), kept)
    assert np.isnan(mean_square[5:10]).all()
    assert (share[5:10] == 0).all()
    assert np.isfinite(RollingRms(10, 2).process(numbers, mean_square, share)[9:]).all()


def test_settling_still_blanks_where_samples_are_gated() -> None:
    x_uv, kept, settling = signal_uv(1000), np.ones((1000, 2), dtype=bool), settled(1000)
    kept[100:200], settling[105] = False, True
    numbers, mean_square, share = HopMeanSquare(20, 2).process_kept(0, x_uv, settling, kept)
    seen = RollingRms(10, 2).process(numbers, mean_square, share)
    assert np.isnan(seen[9:15]).all()
