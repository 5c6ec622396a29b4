"""Estimate the step at code 2047 from a histogram of raw codes.

The RP2040's converter lacks code 2047, and its readings above it are too high by a step. The
density of the input is smooth across the codes. So we fit one smooth density to the counts on both
sides, with the codes above moved down by the step; the step that fits best is the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.profiles.known import RP2040_MISSING
from unclench.translation import tr

MISSING = RP2040_MISSING
MAX_STEP_LSB = 3.0
MAX_STDERR_LSB = 0.1  # a correction by a step that is known less precisely does not pay
MIN_READINGS = 50_000

# Codes used on either side of the missing one. A wider range is smooth less often and hardly makes
# the step more certain.
_REACH = 9
# On some chips 2046 is narrow and 2047 occurs now and then. How readings are divided between the
# two does not matter: together they are as wide as two codes less the step.
_LUMPED = (MISSING - 1, MISSING)
_LUMPED_WIDE = (MISSING - 2, MISSING + 1)  # for a step that is wider than these
_TOO_WIDE_LSB = 1.8
_ORDERS = (0, 1, 2, 3, 4, 6, 8)  # of the polynomial that is the logarithm of the density
_STARTS_LSB = (0.0, 0.7, 1.4, 2.1, 2.8)
_LOWEST_LSB = -0.5  # half of the time, a step of 0 is measured as slightly negative
_SCALE = 6.0  # codes per unit of the polynomial: its coefficients stay of one size
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_ROUNDS = 60
_SETTLED = 1e-7
_SIDE = 30  # least number of readings on either side of the step
_POOR = 0.1  # a larger misfit comes from an input that is not smooth, never from the converter

Array = NDArray[np.float64]


@dataclass(frozen=True)
class StepEstimate:
    """The step, and what it was estimated from."""

    step_lsb: float  # how much too high readings above code 2047 are
    stderr_lsb: float
    readings: int  # counted near the step
    level_code: float  # their mean
    spread_codes: float  # and their standard deviation
    order: int  # of the polynomial


@dataclass(frozen=True)
class _Fit:
    coefficients: Array
    step_lsb: float
    stderr_lsb: float
    deviance: float
    freedom: int
    misfit: float  # share of the readings that the fit misplaces, less what chance explains


def estimate_step(counts: NDArray[np.integer], first_code: int) -> StepEstimate:
    """Estimate the step.

    Parameters
    ----------
    counts : ndarray of int, shape (n_codes,)
        How often each code came, uncorrected.
    first_code : int
        The code of ``counts[0]``.

    Raises
    ------
    InputError
        If the counts do not determine the step.
    """
    codes = first_code + np.arange(len(counts))
    near = np.abs(codes - MISSING) <= _REACH
    codes, n = codes[near], np.asarray(counts, dtype=np.float64)[near]
    total = int(n.sum())
    below, above = n[codes < MISSING].sum(), n[codes > MISSING].sum()
    if total == 0 or min(below, above) < _SIDE:
        raise InputError(_not_crossed(np.asarray(counts, dtype=np.float64), first_code))
    level = float(n @ codes) / total
    spread = float(np.sqrt(n @ (codes - level) ** 2 / total))
    if total < MIN_READINGS:
        raise InputError(
            tr(
                "Only {total} readings were near code {missing}, and at least {min_readings} are "
                "needed. Measure for longer, or move the input closer to that code.",
                total=total,
                missing=MISSING,
                min_readings=MIN_READINGS,
            )
        )
    order, fit = _best(codes, n, _LUMPED)
    if fit.step_lsb > _TOO_WIDE_LSB:
        order, fit = _best(codes, n, _LUMPED_WIDE)
    if fit.misfit > _POOR:
        raise InputError(
            tr(
                "The readings around code {missing} are too uneven to determine the step: they "
                "are {misfit:.0%} off a smooth curve. Keep the input still, or move it slowly and "
                "evenly across the middle.",
                missing=MISSING,
                misfit=fit.misfit,
            )
        )
    if not fit.stderr_lsb <= MAX_STDERR_LSB:
        raise InputError(
            tr(
                "The input was at code {level:.1f} +- {spread:.1f}, and {total} readings "
                "determine the step only to +- {stderr_lsb:.2f} codes (needed: "
                "{max_stderr_lsb:g}). Move the input closer to code {missing}, or measure for "
                "longer.",
                level=level,
                spread=spread,
                total=total,
                stderr_lsb=fit.stderr_lsb,
                max_stderr_lsb=MAX_STDERR_LSB,
                missing=MISSING,
            )
        )
    step = min(max(fit.step_lsb, 0.0), MAX_STEP_LSB)
    return StepEstimate(step, fit.stderr_lsb, total, level, spread, order)


def _not_crossed(n: Array, first_code: int) -> str:
    codes = first_code + np.arange(len(n))
    if n.sum() == 0:
        return tr(
            "The input is not near the step at code {missing}. Connect a powered sensor, which "
            "rests at half the supply (1.65 V), or turn a potentiometer slowly through that "
            "voltage.",
            missing=MISSING,
        )
    level = float(n @ codes / n.sum())
    spread = float(np.sqrt(n @ (codes - level) ** 2 / n.sum()))
    return tr(
        "The input is at code {level:.1f} +- {spread:.1f} and does not cross the step at code "
        "{missing}. Connect a powered sensor, which rests at half the supply (1.65 V), or turn a "
        "potentiometer slowly through that voltage.",
        level=level,
        spread=spread,
        missing=MISSING,
    )


def _best(codes: NDArray[np.integer], n: Array, lumped: tuple[int, int]) -> tuple[int, _Fit]:
    """Return the simplest density that fits nearly as well as the most flexible one."""
    fits = {order: _fit(codes, n, lumped, order) for order in _ORDERS}
    most_flexible = fits[_ORDERS[-1]]
    # Real codes are not all equally wide, so the deviance is larger than by chance alone.
    excess = max(1.0, most_flexible.deviance / most_flexible.freedom)
    order = min(_ORDERS, key=lambda k: fits[k].deviance / excess + (k + 2) * np.log(len(codes)))
    return order, fits[order]


def _fit(codes: NDArray[np.integer], n: Array, lumped: tuple[int, int], order: int) -> _Fit:
    highest = min(MAX_STEP_LSB, lumped[1] - lumped[0] + 1 - 0.05)
    starts = (start for start in _STARTS_LSB if start <= highest)
    tried = (_climb(codes, n, lumped, order, start, highest) for start in starts)
    return min(tried, key=lambda fit: fit.deviance)


def _climb(
    codes: NDArray[np.integer],
    n: Array,
    lumped: tuple[int, int],
    order: int,
    step: float,
    highest: float,
) -> _Fit:
    """Maximise the Poisson likelihood in coefficients and step, by damped Fisher scoring."""
    low = codes[codes < lumped[0]]
    high = codes[codes > lumped[1]]
    inside = (codes >= lumped[0]) & (codes <= lumped[1])
    seen = np.concatenate([n[codes < lumped[0]], [n[inside].sum()], n[codes > lumped[1]]])
    edges = (low, high, lumped)
    at = codes - step * (codes > MISSING)
    x = (at - MISSING) / _SCALE
    # First guess: a parabola through the logarithms, weighted by the counts.
    guess = np.polynomial.polynomial.polyfit(
        x, np.log(np.maximum(n, 0.5)), min(order, 2), w=np.sqrt(n + 1e-3)
    )
    values = np.zeros(order + 2)
    values[: len(guess)] = guess
    values[-1] = step
    damping = 1e-3
    expected, slopes = _expected(edges, values)
    deviance = _deviance(seen, expected)
    for _ in range(_ROUNDS):
        weight = 1.0 / np.maximum(expected, 1e-9)
        fisher = (slopes * weight[:, None]).T @ slopes
        score = slopes.T @ ((seen - expected) * weight)
        scale = np.diag(fisher) + 1e-12
        move = np.linalg.lstsq(fisher + damping * np.diag(scale), score, rcond=None)[0]
        new = values + move
        new[-1] = min(max(new[-1], _LOWEST_LSB), highest)
        new_expected, new_slopes = _expected(edges, new)
        new_deviance = _deviance(seen, new_expected)
        if new_deviance <= deviance:  # False for nan as well
            gained = deviance - new_deviance
            values, expected, slopes, deviance = new, new_expected, new_slopes, new_deviance
            damping = max(damping / 10, 1e-9)
            if gained < _SETTLED * max(1.0, deviance):
                break
        else:
            damping *= 10
            if damping > 1e9:
                break
    return _judge(seen, values, expected, slopes, deviance, order)


def _judge(
    seen: Array, values: Array, expected: Array, slopes: Array, deviance: float, order: int
) -> _Fit:
    freedom = max(1, int(np.count_nonzero(np.maximum(seen, expected) >= 1)) - order - 2)
    weight = 1.0 / np.maximum(expected, 1e-9)
    fisher = (slopes * weight[:, None]).T @ slopes
    scale = np.sqrt(np.diag(fisher)) + 1e-30
    covariance = np.linalg.pinv(fisher / np.outer(scale, scale), hermitian=True, rcond=1e-13)
    variance = covariance[-1, -1] / scale[-1] ** 2
    excess = max(1.0, deviance / freedom)
    by_chance = float(np.sqrt(expected).sum() * np.sqrt(2 / np.pi))
    misfit = max(0.0, float(np.abs(seen - expected).sum()) - by_chance) / float(seen.sum())
    stderr = float(np.sqrt(variance * excess)) if variance > 0 else float("inf")
    return _Fit(values[:-1], float(values[-1]), stderr, deviance, freedom, misfit)


def _expected(
    edges: tuple[NDArray[np.integer], NDArray[np.integer], tuple[int, int]], values: Array
) -> tuple[Array, Array]:
    """Return the expected counts of the codes below, lumped and above, and their derivatives."""
    low, high, lumped = edges
    coefficients, step = values[:-1], float(values[-1])
    end = lumped[1] + 0.5 - step
    pieces = np.linspace(lumped[0] - 0.5, end, 6)
    starts = np.concatenate([low - 0.5, pieces[:-1], high - 0.5 - step])
    stops = np.concatenate([low + 0.5, pieces[1:], high + 0.5 - step])
    half = (stops - starts) / 2
    nodes = (starts + stops)[:, None] / 2 + half[:, None] * _NODES
    powers = _powers(nodes, len(coefficients))
    density = _density(powers, coefficients) * (half[:, None] * _WEIGHTS)
    moments = np.einsum("bq,bqk->bk", density, powers)
    n_low, n_pieces = len(low), len(pieces) - 1
    by_bin = np.concatenate(
        [
            moments[:n_low],
            moments[n_low : n_low + n_pieces].sum(axis=0, keepdims=True),
            moments[n_low + n_pieces :],
        ]
    )
    # A change of the step moves the edges, and the counts they pass over change bins.
    above = np.concatenate([[end], high + 0.5 - step])
    swept = _density(_powers(above, len(coefficients)), coefficients)
    by_step = np.concatenate([np.zeros(n_low), [-swept[0]], swept[:-1] - swept[1:]])
    return by_bin[:, 0], np.column_stack([by_bin, by_step])


def _powers(code: Array, n: int) -> Array:
    return ((code - MISSING) / _SCALE)[..., None] ** np.arange(n)


def _density(powers: Array, coefficients: Array) -> Array:
    return np.asarray(np.exp(np.clip(powers @ coefficients, -200.0, 60.0)))


def _deviance(seen: Array, expected: Array) -> float:
    safe = np.maximum(expected, 1e-12)
    ratio = np.log(np.maximum(seen, 1e-12) / safe)
    return float(2 * np.sum(np.where(seen > 0, seen * ratio, 0.0) - (seen - safe)))
