"""Lowest, highest and mean of ever longer buckets, so an hour draws as fast as a second.

Every bucket is fixed to the data: it begins at a whole multiple of its length, whatever the view.
Shapes therefore move with the picture and do not flicker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
_FEWEST = 256  # buckets of the coarsest level


@dataclass(frozen=True)
class Buckets:
    """Stretches of one length, each array (k,); NaN where there is no value."""

    start_s: FloatArray
    length_s: float
    low: FloatArray
    high: FloatArray
    mean: FloatArray


class Pyramid:
    """A row of values at even steps, in levels; each has half as many as the one before.

    Parameters
    ----------
    values
        Shape (n,), NaN where there is no value; the first begins at 0 s.
    step_s
        Time from value to value.
    """

    def __init__(self, values: FloatArray, step_s: float) -> None:
        self._step_s = step_s
        values = np.asarray(values, dtype=np.float64)
        count = np.isfinite(values).astype(np.float64)
        self._levels = [(values, values, np.where(count > 0, values, 0.0), count)]
        while len(self._levels[-1][0]) > _FEWEST:
            low, high, total, count = self._levels[-1]
            self._levels.append(
                (
                    np.fmin.reduce(_pairs(low, np.nan), axis=1),
                    np.fmax.reduce(_pairs(high, np.nan), axis=1),
                    _pairs(total, 0.0).sum(axis=1),
                    _pairs(count, 0.0).sum(axis=1),
                )
            )

    def at(self, time_s: float) -> float | None:
        """Return the value at a moment; None if there is none."""
        values, place = self._levels[0][0], int(time_s / self._step_s)
        there = 0 <= place < len(values) and np.isfinite(values[place])
        return float(values[place]) if there else None

    def between(self, start_s: float, stop_s: float, finest_s: float) -> Buckets:
        """Return the buckets from `start_s` to `stop_s`, no longer than `finest_s`.

        They are longer only if the values themselves are further apart.
        """
        finer = int(np.log2(max(1.0, finest_s / self._step_s)))
        level = min(finer, len(self._levels) - 1)
        length_s = self._step_s * 2**level
        low, high, total, count = self._levels[level]
        first = int(np.clip(start_s // length_s - 1, 0, len(low)))
        last = int(np.clip(stop_s // length_s + 2, 0, len(low)))
        part = slice(first, last)
        with np.errstate(invalid="ignore"):
            mean = total[part] / np.where(count[part] > 0, count[part], np.nan)
        return Buckets(np.arange(first, last) * length_s, length_s, low[part], high[part], mean)


def on_grid(times_s: FloatArray, values: FloatArray, step_s: float) -> FloatArray:
    """Place values (k, n_channels) on even steps from 0 s; steps without a value are NaN."""
    if not len(times_s):
        return np.full((0, values.shape[1]), np.nan)
    places = np.floor(times_s / step_s + 1e-6).astype(np.int64)
    laid = np.full((int(places[-1]) + 1, values.shape[1]), np.nan)
    laid[places] = values
    return laid


def fixed_extremes(
    index: NDArray[np.int64], values: FloatArray, length: int
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Reduce samples to (first index, lowest, highest) of buckets of `length` indexes.

    Parameters
    ----------
    index
        Index of each sample, increasing, shape (k,).
    values
        Shape (k,).
    length
        Indexes per bucket.
    """
    bucket = index // length
    starts = np.flatnonzero(np.diff(bucket, prepend=bucket[:1] - 1))
    if not len(starts):
        return index[:0], values[:0], values[:0]
    return (
        bucket[starts] * length,
        np.minimum.reduceat(values, starts),
        np.maximum.reduceat(values, starts),
    )


def _pairs(values: FloatArray, filler: float) -> FloatArray:
    if len(values) % 2:
        values = np.append(values, filler)
    return values.reshape(-1, 2)
