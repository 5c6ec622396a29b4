"""The sign-flip test: its p by hand, its errors, its interval."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from unclench_dsp.permutation import attainable_level, sign_flip_test, smallest_p


def test_p_and_interval_equal_those_of_all_sign_flips() -> None:
    differences = np.array([0.31, -0.12, 0.22, 0.41, 0.05, 0.18, 0.27])

    def p_of(shift: float) -> float:
        d = differences - shift
        sums = [abs(np.dot(signs, d)) for signs in product((-1, 1), repeat=7)]
        return float(np.mean(np.array(sums) >= abs(d.sum()) - 1e-12))

    found = sign_flip_test(differences)
    assert found.n_pairs == 7
    assert found.value == pytest.approx(differences.mean())
    assert found.p == p_of(0.0)
    assert found.low is not None
    assert found.high is not None
    for inside, outside in (
        (found.low + 1e-6, found.low - 1e-6),
        (found.high - 1e-6, found.high + 1e-6),
    ):
        assert p_of(inside) > 0.05 >= p_of(outside)


def test_the_most_extreme_outcome_has_the_smallest_p() -> None:
    for n in (5, 7, 14):
        assert sign_flip_test(np.linspace(0.1, 0.2, n)).p == smallest_p(n)
    assert smallest_p(5) > 0.05 > smallest_p(6)


def test_five_pairs_have_no_interval() -> None:
    found = sign_flip_test(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (found.low, found.high) == (None, None)


def test_zeros_are_no_effect() -> None:
    assert sign_flip_test(np.zeros(8)).p == 1.0


@pytest.mark.parametrize("n_pairs", [6, 7, 10, 18])
def test_false_positives_are_what_is_attainable(n_pairs: int) -> None:
    rng = np.random.default_rng(n_pairs)
    # Skewed pairs, as tension is: the lot alone makes their difference symmetrical.
    pairs = rng.gamma(1.5, 0.4, (1000, n_pairs, 2))
    differences = pairs[..., 1] - pairs[..., 0]
    found = [sign_flip_test(each) for each in differences[: 1000 if n_pairs < 18 else 100]]
    wrong = np.mean([each.p <= 0.05 for each in found])
    expected = attainable_level(n_pairs)
    assert abs(wrong - expected) < 4 * np.sqrt(expected * (1 - expected) / len(found))
    for each in found:  # the interval and p never contradict each other
        assert each.low is not None
        assert each.high is not None
        assert (each.p <= 0.05) == (not each.low <= 0 <= each.high)


def test_drawn_signs_agree_with_all_of_them() -> None:
    differences = np.random.default_rng(3).normal(0.12, 0.3, 15)
    signs = 1 - 2 * (np.arange(2**15)[:, np.newaxis] >> np.arange(15) & 1)
    exact = np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12)
    assert sign_flip_test(differences).p == pytest.approx(exact, abs=0.01)
    assert sign_flip_test(differences, seed=5) == sign_flip_test(differences, seed=5)


@pytest.mark.parametrize(("given", "words"), [([], "0 of 0"), ([1.0, np.nan], "1 of 2")])
def test_no_pairs_and_holes_are_refused(given: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=f"{words} differences are finite"):
        sign_flip_test(np.array(given))
