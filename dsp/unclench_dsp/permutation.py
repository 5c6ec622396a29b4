"""Sign-flip test of paired differences within one person: exact, without a distribution assumed.

If which of both blocks of a pair came first was drawn by lot, and what was tried does nothing, each
difference might as well have had the other sign. How many of all those signs give a mean as far
from 0 as the one seen is the p-value: exact, however skewed the differences are
(Fisher 1935, The Design of Experiments, section 21; Edgington & Onghena 2007, Randomization Tests).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray

EXACT_PAIRS = 14  # up to here all 2^n signs are gone through
DRAWN = 20_000  # signs beyond; the ones that were seen are one of them
_ALIKE = 1e-9  # sums closer than this share of the largest possible one are ties


@dataclass(frozen=True)
class PermutationResult:
    """What a sign-flip test says.

    Attributes
    ----------
    value : float
        Mean of the differences.
    low, high : float or None
        All shifts that the test would not reject lie between; None with pairs so few that it can
        reject none.
    p : float
        Two-sided.
    n_pairs : int
    """

    value: float
    low: float | None
    high: float | None
    p: float
    n_pairs: int


def smallest_p(n_pairs: int) -> float:
    """Return the least two-sided p that so many pairs can give: 2 of the 2^n signs.

    5 pairs cannot reach 0.05 (2/32 = 0.0625); 6 can (2/64 = 0.031), 7 give 2/128 = 0.016.
    """
    return float(2 / 2**n_pairs)


def attainable_level(n_pairs: int, alpha: float = 0.05) -> float:
    """Return how often the test errs where nothing is at work: the largest p up to `alpha`.

    Two-sided p-values are multiples of 2/2^n. At 5 %, 6 pairs err in 2/64 = 3.1 % of the trials,
    7 in 6/128 = 4.7 %, 8 in 12/256 = 4.7 %, 10 and more in 4.9 to 5 %. Differences that are equal
    make it more careful yet.
    """
    signs = 2**n_pairs
    return float(2 * _rejecting(alpha, signs) / signs)


def sign_flip_test(
    differences: FloatArray, *, level: float = 0.95, seed: int = 1
) -> PermutationResult:
    """Test whether paired differences are nothing but chance, and tell how large they are.

    Parameters
    ----------
    differences : ndarray, shape (n_pairs,)
        One of each pair, as ln(tension with / tension without).
    level : float
        Of the interval. It is the test turned round, so it excludes 0 exactly when p is not above
        1 - `level`; its ends are means of some of the differences (Hartigan, J. Am. Stat. Assoc.
        64 (1969) 1303-1317).
    seed : int
        Of the signs that are drawn where there are more than `EXACT_PAIRS`.

    Returns
    -------
    PermutationResult

    Raises
    ------
    ValueError
        If there is no pair, or a difference is not finite.

    Notes
    -----
    From 6 pairs on p can fall to 0.05 (`smallest_p`), and there is a 95 % interval. How often it
    does where nothing is at work is `attainable_level`: 3.1 % with 6 pairs, 4.7 to 5 % with more.
    """
    n = differences.size
    finite = np.count_nonzero(np.isfinite(differences))
    if n == 0 or finite < n:
        raise ValueError(f"{finite} of {n} differences are finite; give one or more, all finite.")
    flipped = _flips(n, seed)
    total = float(differences.sum())
    # The sum with signs flipped is the total less twice what was flipped.
    sums = flipped @ differences
    near = _ALIKE * float(np.abs(differences).sum())
    p = np.count_nonzero(np.abs(total - 2 * sums) >= abs(total) - near) / len(flipped)
    some = flipped.any(axis=1)
    means = np.sort(sums[some] / flipped[some].sum(axis=1))
    last = _rejecting(1 - level, len(flipped))
    low, high = (float(means[last - 1]), float(means[-last])) if last else (None, None)
    return PermutationResult(float(differences.mean()), low, high, p, n)


def _flips(n: int, seed: int) -> FloatArray:
    """Which differences are flipped, 1 or 0 (n_signs, n): none and all of them among these."""
    if n <= EXACT_PAIRS:
        numbers = np.arange(2**n)[:, np.newaxis]
        return np.asarray(numbers >> np.arange(n) & 1, dtype=np.float64)
    half = np.random.default_rng(seed).integers(0, 2, (DRAWN // 2, n)).astype(np.float64)
    half[0] = 0
    # Each with its opposite, so that both sides are judged alike.
    return np.concatenate([half, 1 - half])


def _rejecting(alpha: float, n_signs: int) -> int:
    """How many of the signs may be as extreme, on either side, for p up to `alpha`."""
    return int(alpha * n_signs / 2 + 1e-9)  # 1 - 0.9 is a little less than 0.1
