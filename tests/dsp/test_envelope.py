"""Moving RMS against what numpy computes window by window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench_dsp import RmsEnvelope, rectify
from unclench_dsp.envelope import moving_sum


def naive_rms(x: np.ndarray, window_n: int) -> np.ndarray:
    return np.array(
        [np.sqrt(np.mean(x[max(0, i + 1 - window_n) : i + 1] ** 2, axis=0)) for i in range(len(x))]
    )


@given(window_n=st.integers(1, 300), n=st.integers(0, 700), seed=st.integers(0, 2**32 - 1))
def test_equals_numpy_window_by_window(window_n: int, n: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 2)) * [5.0, 5000.0]
    y = RmsEnvelope(window_n, 2).process(x)
    np.testing.assert_allclose(y, naive_rms(x, window_n).reshape(n, 2), rtol=1e-12)


@given(window_n=st.integers(1, 600), n=st.integers(0, 50))
def test_moving_sum_is_exact_for_integers(window_n: int, n: int) -> None:
    x = np.arange(n + window_n - 1, dtype=float) ** 2
    expected = [x[i : i + window_n].sum() for i in range(n)]
    np.testing.assert_array_equal(moving_sum(x, window_n), expected)


def test_sine_reads_its_amplitude_over_root_two() -> None:
    fs_hz, amplitude_uv = 2000.0, 80.0
    x = amplitude_uv * np.sin(2 * np.pi * 100.0 * np.arange(4000) / fs_hz)[:, np.newaxis]
    y = RmsEnvelope(500, 1).process(x)
    np.testing.assert_allclose(y[500:], amplitude_uv / np.sqrt(2.0), rtol=1e-12)


def test_noise_reads_its_standard_deviation() -> None:
    x = np.random.default_rng(1).normal(scale=3.0, size=(200_000, 1))
    y = RmsEnvelope(2000, 1).process(x)[2000:]
    assert y.mean() == pytest.approx(3.0, rel=0.01)
    assert y.std() == pytest.approx(3.0 / np.sqrt(2 * 2000), rel=0.2)


def test_rest_after_a_contraction_is_exact() -> None:
    """1 uV after 5 mV, to the last bit: nothing of the contraction is left in the sums."""
    x = np.ones((3000, 1))
    x[:1700] = 5000.0
    y = RmsEnvelope(500, 1).process(x)
    assert y[1699, 0] == 5000.0
    assert (y[2199:] == 1.0).all()
    assert (y[1700:2199] > 1.0).all()


def test_rounding_errors_do_not_add_up() -> None:
    """The value depends on the last window alone, bit for bit, hence not on the time before."""
    rng = np.random.default_rng(2)
    storm = 1e6 * rng.normal(size=(2_000_000, 1))
    rest = rng.normal(size=(1500, 1))
    y = RmsEnvelope(500, 1).process(np.concatenate([storm, rest]))
    fresh = RmsEnvelope(500, 1).process(rest)
    np.testing.assert_array_equal(y[-1001:], fresh[-1001:])


def test_reset_begins_a_window_of_its_own() -> None:
    block = RmsEnvelope(100, 1)
    block.process(np.full((250, 1), 1000.0))
    block.reset()
    np.testing.assert_array_equal(block.process(np.full((3, 1), 2.0)), np.full((3, 1), 2.0))


def test_a_window_without_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="RMS window of 0 samples"):
        RmsEnvelope(0, 1)


def test_rectify() -> None:
    np.testing.assert_array_equal(rectify(np.array([[-2.0, 3.0]])), [[2.0, 3.0]])


def mask(n: int, seed: int, share: float) -> np.ndarray:
    """Stretches of random length, some of them gated."""
    rng = np.random.default_rng(seed)
    changes = np.cumsum(rng.random((n, 2)) < 0.02, axis=0)
    return np.asarray(rng.random((n + 1, 2))[changes, [0, 1]] >= share)


@given(
    window_n=st.integers(1, 200),
    n=st.integers(0, 700),
    seed=st.integers(0, 999),
    split=st.integers(0, 700),
    share=st.floats(0, 1),
)
def test_only_samples_that_are_kept_count(
    window_n: int, n: int, seed: int, split: int, share: float
) -> None:
    x = np.random.default_rng(seed).normal(size=(n, 2)) * [5.0, 5000.0]
    kept = mask(n, seed, share)
    block = RmsEnvelope(window_n, 2)
    y = np.concatenate(
        [block.process(x[:split], kept[:split]), block.process(x[split:], kept[split:])]
    )
    plain = RmsEnvelope(window_n, 2).process(x)
    np.testing.assert_array_equal(y, RmsEnvelope(window_n, 2).process(x, kept))
    for i, c in np.ndindex(n, 2):
        here = slice(max(0, i + 1 - window_n), i + 1)
        held = kept[here, c]
        if held.all():
            assert y[i, c] == plain[i, c]
        elif held.sum() < 0.2 * len(held):
            assert np.isnan(y[i, c])
        else:
            expected = np.sqrt(np.mean(x[here, c][held] ** 2))
            assert y[i, c] == pytest.approx(expected, rel=1e-9)


def test_what_is_gated_leaves_no_trace_even_if_it_is_no_number() -> None:
    x, kept = np.ones((1000, 1)), np.ones((1000, 1), dtype=bool)
    x[300:400], kept[300:400] = np.nan, False
    y = RmsEnvelope(200, 1).process(x, kept)
    np.testing.assert_array_equal(y, np.ones((1000, 1)))
