"""Effects of several sessions made one."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp.pooling import combine


def test_equal_sessions_give_their_mean() -> None:
    pooled = combine(np.array([0.1, 0.3, 0.2, 0.4]), np.full(4, 0.01))
    assert pooled.value == pytest.approx(0.25)
    # With hardly any error within, it is Student's interval of the four.
    assert pooled.se == pytest.approx(np.std([0.1, 0.3, 0.2, 0.4], ddof=1) / 2, rel=1e-3)
    assert pooled.n_blocks == 4


def test_more_precise_sessions_weigh_more() -> None:
    pooled = combine(np.array([0.0, 0.1, 1.0]), np.array([0.05, 0.05, 1.0]))
    assert pooled.value < 0.1


def test_sessions_that_agree_by_chance_do_not_shrink_the_interval() -> None:
    pooled = combine(np.full(4, 0.2), np.full(4, 0.1))
    assert pooled.se == pytest.approx(0.05)


def test_unequal_sessions_give_what_the_formulas_of_hartung_and_knapp_do() -> None:
    values, ses = np.array([0.7, 0.9, 0.1, 0.7]), np.array([0.09, 0.23, 0.25, 0.12])
    between = np.linspace(0, 1, 100_001)[:, np.newaxis]  # variance between, by trying all
    w = 1 / (ses**2 + between)
    mean = (w * values).sum(axis=1) / w.sum(axis=1)
    squares = (w * (values - mean[:, np.newaxis]) ** 2).sum(axis=1)
    best = np.argmin(squares - np.log(w).sum(axis=1) + np.log(w.sum(axis=1)))
    expected = np.sqrt(squares[best] / 3 / w[best].sum())
    assert squares[best] / 3 > 1.1  # or the sessions' own errors would do
    pooled = combine(values, ses)
    assert pooled.value == pytest.approx(mean[best], rel=1e-3)
    assert pooled.se == pytest.approx(expected, rel=1e-3)
    assert pooled.high == pytest.approx(mean[best] + 3.182446 * expected, rel=1e-3)


@pytest.mark.parametrize("n_sessions", [1, 2])
def test_too_few_sessions_have_no_interval(n_sessions: int) -> None:
    pooled = combine(np.full(n_sessions, 0.2), np.full(n_sessions, 0.1))
    assert (pooled.low, pooled.high) == (None, None)
    assert pooled.se is not None


@pytest.mark.parametrize("n_sessions", [4, 12])
@pytest.mark.parametrize("between", [0.0, 0.15, 0.4])
def test_intervals_cover(n_sessions: int, between: float) -> None:
    rng = np.random.default_rng(n_sessions)
    hits = 0
    for _ in range(300):
        ses = rng.uniform(0.05, 0.25, n_sessions)
        values = (
            0.2 + between * rng.standard_normal(n_sessions) + ses * rng.standard_normal(n_sessions)
        )
        pooled = combine(values, ses)
        assert pooled.low is not None
        assert pooled.high is not None
        hits += pooled.low <= 0.2 <= pooled.high
    assert hits / 300 >= 0.91  # 95 % less three standard errors
    if between == 0.4:
        assert hits / 300 <= 0.985  # and not by being as wide as a barn


def test_invalid_sessions_are_refused() -> None:
    with pytest.raises(ValueError, match="0 values and 0 standard errors"):
        combine(np.empty(0), np.empty(0))
    with pytest.raises(
        ValueError, match=r"Session 1 has the value 0\.2 with the standard error 0\."
    ):
        combine(np.array([0.1, 0.2]), np.array([0.1, 0.0]))
