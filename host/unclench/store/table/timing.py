"""Rate and gaps of a recording, from its time column or its sample count."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

_JUMP = 1.5  # sample periods: a longer step is a gap
_OFF, _SCATTERED_SHARE = 0.25, 0.1  # this far off whole periods, oftener than rounding makes it


def first_not_rising(values: NDArray[np.float64]) -> int | None:
    """Return the first row that is not above the one before it, None if all are."""
    rows = np.flatnonzero(values[1:] <= values[:-1])
    return int(rows[0]) + 1 if len(rows) else None


def is_coarse(time_s: NDArray[np.float64], fs_hz: float) -> bool:
    """Whether times that stand still do so because they are rounded to more than a sample."""
    steps = np.diff(time_s)
    rising = steps[steps > 0]
    return bool((steps >= 0).all() and len(rising) and np.median(rising) * fs_hz > _JUMP)


def sample_period(time_s: NDArray[np.float64]) -> tuple[float, bool]:
    """Estimate the sample period from rising times.

    Parameters
    ----------
    time_s : ndarray, shape (n_samples,)
        At least 2, strictly increasing; gaps and rounding do no harm.

    Returns
    -------
    period_s : float
        Mean of the steps that are no gaps: the median alone is off where times are rounded.
    regular : bool
        False where steps scatter so much that these are rather times of arrival.
    """
    steps = np.diff(time_s)
    median_s = float(np.median(steps))
    steady = steps < _JUMP * median_s
    period_s = float(steps[steady].mean())
    periods = steps / period_s  # a gap is whole periods long, a time of arrival is not
    scattered = np.count_nonzero(np.abs(periods - np.maximum(np.rint(periods), 1)) > _OFF)
    return period_s, bool(scattered <= _SCATTERED_SHARE * len(steps))


def rate_of(period_s: float) -> Fraction:
    """Return the rate, made whole where it is whole within 100 ppm (a crystal is no better)."""
    fs_hz = 1 / period_s
    whole = round(fs_hz)
    if whole and abs(fs_hz - whole) <= 1e-4 * fs_hz:
        return Fraction(whole)
    return Fraction(fs_hz).limit_denominator(1000)


def samples_from_time(time_s: NDArray[np.float64], period_s: float) -> NDArray[np.int64]:
    """Number the rows from 0 on, counting the samples that are missing where time jumps."""
    steps = np.diff(time_s) / period_s
    whole = np.where(steps <= _JUMP, 1.0, np.rint(steps)).astype(np.int64)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(whole)])


def counts_up(count: NDArray[np.float64]) -> bool:
    """Whether a column is a running number of the samples: whole, rising, mostly by one."""
    steps = np.diff(count)
    return bool(
        len(steps)
        and (steps >= 1).all()
        and (count == np.rint(count)).all()
        and np.median(steps) == 1
        and np.abs(count).max() < 2**53
    )
