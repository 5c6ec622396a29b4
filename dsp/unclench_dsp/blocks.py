"""How long tension stays correlated, and blocks of time that are longer than that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from unclench_dsp.arrays import FloatArray, IntArray

BLOCK_TAUS = 12.0  # length of a block in correlation times, if there is enough time
LEAST_BLOCK_TAUS = 2.5  # and at least
LEAST_BLOCK_S = 5.0
LEAST_BLOCKS = 8  # fewer say nothing about their spread
MOST_BLOCKS = 200  # more add nothing; longer blocks do
NORMAL = 1.959964  # 97.5th percentile of the normal distribution
_BIN_S = 1.0  # of the series that the correlation time is computed from
_ROUNDING = 1e-12
_WINDOW_TAUS = 5  # correlation times that its own sum covers


@dataclass(frozen=True)
class Blocks:
    """Cuts rows into blocks of equal length.

    Attributes
    ----------
    n_rows : int
    row_hz : float
    tau_s : float
        Correlation time of the rows.
    """

    n_rows: int
    row_hz: float
    tau_s: float

    @cached_property
    def n(self) -> int:
        """Number of blocks; below `LEAST_BLOCKS` if there are too few rows for an interval."""
        rows_s = self.n_rows / self.row_hz
        wanted_s = max(LEAST_BLOCK_S, BLOCK_TAUS * self.tau_s, rows_s / MOST_BLOCKS)
        least_s = max(LEAST_BLOCK_S, LEAST_BLOCK_TAUS * self.tau_s)
        most = min(int(rows_s / least_s), LEAST_BLOCKS)
        return max(1, most, int(rows_s / wanted_s))

    @property
    def enough(self) -> bool:
        """True if there are enough blocks for an interval."""
        return self.n >= LEAST_BLOCKS

    @cached_property
    def edges(self) -> IntArray:
        """First row of each block (n,)."""
        return np.arange(self.n, dtype=np.int64) * self.n_rows // self.n

    @cached_property
    def sizes(self) -> IntArray:
        """Number of rows in each block (n,)."""
        return np.diff(self.edges, append=self.n_rows)

    def sums(self, rows: FloatArray) -> FloatArray:
        """Sum of each block (n,) of rows (n_rows,)."""
        return np.asarray(np.add.reduceat(rows, self.edges))

    @property
    def missed(self) -> float:
        """Factor by which the variance between blocks of correlated rows is too small.

        Neighbouring blocks are correlated across their ends, which lowers their variance by tau
        over their length; subtracting the mean of all blocks lowers it as much again.
        """
        return 1 / (1 - 2 * self.tau_s * self.n * self.row_hz / self.n_rows)

    @property
    def widening(self) -> float:
        """Factor by which an interval must be wider than the spread of the resamples.

        It corrects for `missed`, and for few blocks: Student's t is wider than the normal
        distribution.
        """

        from scipy import special

        student = float(special.stdtrit(self.n - 1, 0.975)) / NORMAL
        return student * math.sqrt(self.n / (self.n - 1) * self.missed)


def correlation_time_s(values: FloatArray, row_hz: float) -> float:
    """Return how long values stay correlated: the integral of their autocorrelation.

    The result is too long rather than too short. In a short series slow changes look like its
    mean and trend; this bias is corrected, and one standard deviation of the estimate is added.

    Parameters
    ----------
    values : ndarray, shape (n_rows,)
        Finite and evenly spaced. A linear trend is subtracted.
    row_hz : float

    Returns
    -------
    float
        Seconds, at least half a second.

    References
    ----------
    Sokal, in: Functional Integration (1997) 131-192, for the window and the deviation.
    Marriott & Pope, Biometrika 41 (1954) 390-402, for the bias.
    """
    n_bin = max(1, round(_BIN_S * row_hz))
    n = values.size // n_bin
    if n < LEAST_BLOCKS:
        return values.size / row_hz
    bins = values[: n * n_bin].reshape(n, n_bin).mean(axis=1)
    bins = bins - bins.mean()
    trend = np.linspace(-1.0, 1.0, n)
    bins = bins - trend * (trend @ bins) / (trend @ trend)
    if bins.std() <= _ROUNDING * np.abs(values).max():  # a constant: only rounding is left
        return 0.5 * n_bin / row_hz
    covariance = np.fft.irfft(np.square(np.abs(np.fft.rfft(bins, 2 * n))))[:n]
    taus = np.cumsum(covariance / covariance[0]) - 0.5
    outside = np.arange(n) >= _WINDOW_TAUS * taus  # true at the last lag, where the sum is 0
    tau = max(0.5, float(taus[np.argmax(outside)]))
    # Subtracting mean and trend lowers the correlation at each lag by 4 tau / n.
    tau /= max(0.05, 1 - 4 * _WINDOW_TAUS * tau / n)
    tau *= 1 + math.sqrt(4 * _WINDOW_TAUS * tau / n)
    return tau * n_bin / row_hz
