"""Sign-flip test of paired differences within one person: exact, for any distribution.

If chance decided which block of a pair came first, and the treatment has no effect, each difference
could just as well have the opposite sign. The p-value is the share of all sign combinations with a
mean at least as far from 0 as the observed one. It is exact, however skewed the differences are
(Fisher 1935, The Design of Experiments, section 21; Edgington & Onghena 2007, Randomization Tests).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray

EXACT_PAIRS = 14  # up to here all 2^n sign combinations are tested
DRAWN = 20_000  # random combinations beyond that, the observed one among them
_ALIKE = 1e-9  # sums closer than this share of the largest possible one are ties


@dataclass(frozen=True)
class PermutationResult:
    """Result of a sign-flip test.

    Attributes
    ----------
    value : float
        Mean of the differences.
    low, high : float or None
        Interval of the shifts that the test does not reject; None if there are too few pairs to
        reject any.
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
    """Return the smallest two-sided p that so many pairs can give: 2 of the 2^n combinations.

    5 pairs cannot reach 0.05 (2/32 = 0.0625); 6 can (2/64 = 0.031), 7 give 2/128 = 0.016.
    """
    return float(2 / 2**n_pairs)


def attainable_level(n_pairs: int, alpha: float = 0.05) -> float:
    """Return the true rate of false positives: the largest possible p up to `alpha`.

    Two-sided p-values are multiples of 2/2^n. At 5 %, 6 pairs give 2/64 = 3.1 % false positives,
    7 give 6/128 = 4.7 %, 8 give 12/256 = 4.7 %, 10 and more 4.9 to 5 %. Equal differences
    give fewer.
    """
    signs = 2**n_pairs
    return float(2 * _rejecting(alpha, signs) / signs)


def sign_flip_test(
    differences: FloatArray, *, level: float = 0.95, seed: int = 1
) -> PermutationResult:
    """Test whether paired differences could be chance, and estimate how large they are.

    Parameters
    ----------
    differences : ndarray, shape (n_pairs,)
        One per pair, such as ln(tension with / tension without).
    level : float
        Of the interval. It contains the shifts that the test does not reject, so it excludes 0
        exactly when p is at most 1 - `level`; its ends are means of some of the differences
        (Hartigan, J. Am. Stat. Assoc. 64 (1969) 1303-1317).
    seed : int
        Of the random signs, used with more than `EXACT_PAIRS` pairs.

    Returns
    -------
    PermutationResult

    Raises
    ------
    ValueError
        If there is no pair, or a difference is not finite.

    Notes
    -----
    With 6 pairs or more p can be below 0.05 (`smallest_p`), and there is a 95 % interval. Without
    an effect this happens in `attainable_level`: 3.1 % with 6 pairs, 4.7 to 5 % with more.
    """
    n = differences.size
    finite = np.count_nonzero(np.isfinite(differences))
    if n == 0 or finite < n:
        raise ValueError(f"{finite} of {n} differences are finite. Pass at least one, all finite.")
    flipped = _flips(n, seed)
    total = float(differences.sum())
    # Flipping signs subtracts twice the flipped differences from the total.
    sums = flipped @ differences
    near = _ALIKE * float(np.abs(differences).sum())
    p = np.count_nonzero(np.abs(total - 2 * sums) >= abs(total) - near) / len(flipped)
    some = flipped.any(axis=1)
    means = np.sort(sums[some] / flipped[some].sum(axis=1))
    last = _rejecting(1 - level, len(flipped))
    low, high = (float(means[last - 1]), float(means[-last])) if last else (None, None)
    return PermutationResult(float(differences.mean()), low, high, p, n)


def _flips(n: int, seed: int) -> FloatArray:
    """Return which differences are flipped, 1 or 0 (n_signs, n); includes none and all of them."""
    if n <= EXACT_PAIRS:
        numbers = np.arange(2**n)[:, np.newaxis]
        return np.asarray(numbers >> np.arange(n) & 1, dtype=np.float64)
    half = np.random.default_rng(seed).integers(0, 2, (DRAWN // 2, n)).astype(np.float64)
    half[0] = 0
    # Each with its opposite, so that both sides are treated alike.
    return np.concatenate([half, 1 - half])


def _rejecting(alpha: float, n_signs: int) -> int:
    """Return how many combinations per side may be as extreme, for p up to `alpha`."""
    return int(alpha * n_signs / 2 + 1e-9)  # 1 - 0.9 is a little less than 0.1
