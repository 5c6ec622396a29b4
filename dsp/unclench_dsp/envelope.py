"""From the oscillating EMG to its amplitude: rectification and moving RMS."""

from __future__ import annotations

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray, IntArray

_PIECE_N = 16_384  # samples worked on at once: the temporaries stay in the processor's cache


def rectify(x: FloatArray) -> FloatArray:
    """Full-wave rectification: the absolute value, same shape and unit."""
    return np.abs(x)


def moving_sum(x: FloatArray, window_n: int) -> FloatArray:
    """Sum every stretch of `window_n` values along the last axis.

    Nothing is ever subtracted: sums over 2, 4, 8 ... values are built from one another and put
    together to `window_n` by its binary digits. Each result is thus a fixed tree of additions of
    its own values alone, whatever stands before or after.

    Parameters
    ----------
    x : ndarray, shape (..., n + window_n - 1)
    window_n : int
        At least 1.

    Returns
    -------
    ndarray, shape (..., n)
    """
    n = x.shape[-1] - window_n + 1
    total = np.zeros((*x.shape[:-1], n))
    summed_n = 0
    length = 1
    while True:
        if window_n & length:
            total += x[..., summed_n : summed_n + n]
            summed_n += length
        if summed_n == window_n:
            return total
        x = x[..., :-length] + x[..., length:]
        length *= 2


LEAST_KEPT = 0.2
"""Share of a window that must be kept for it to have a value."""


class RmsEnvelope:
    """Root mean square over the last `window_n` samples, one value per sample.

    A running sum that adds the new and subtracts the old keeps every rounding error; here a rest
    of 1 uV right after a contraction of 5 mV is exact, also after a day. Until `window_n` samples
    have come, the RMS is over those that are there.

    Parameters
    ----------
    window_n : int
        Window length in samples, at least 1.
    n_channels : int
    """

    def __init__(self, window_n: int, n_channels: int) -> None:
        if window_n < 1:
            raise ValueError(f"An RMS window of {window_n} samples is too short: use at least 1.")
        self._window_n = window_n
        self._n_channels = n_channels
        self.reset()

    def reset(self) -> None:
        """Forget the past; the next sample begins a window of its own."""
        self._seen_n = 0
        self._past_squares = np.zeros((self._n_channels, self._window_n - 1))
        self._past_gated: BoolArray | None = None  # None: nothing in the past is gated

    def process(self, x: FloatArray, kept: BoolArray | None = None) -> FloatArray:
        """Take the next block.

        Parameters
        ----------
        x : ndarray, shape (n_samples, n_channels)
        kept : ndarray of bool, shape (n_samples, n_channels), optional
            False where a sample counts for nothing, as `MuscleMask` says; by default all count.

        Returns
        -------
        ndarray, shape (n_samples, n_channels)
            In the unit of `x`: RMS of the window's kept samples, NaN where less than
            `LEAST_KEPT` of them are. Any split of a signal into blocks gives the same bits, and a
            window that is kept whole the same as without `kept`.
        """
        # Channel-major in memory: the sums go along it.
        rms: FloatArray = np.empty((self._n_channels, len(x))).T
        piece_n = max(_PIECE_N, self._window_n)
        for start in range(0, len(x), piece_n):
            here = slice(start, start + piece_n)
            piece = x[here].T
            squares = np.concatenate([self._past_squares, np.square(piece)], axis=1)
            gated = self._gated(None if kept is None else ~kept[here].T, piece.shape[1])
            if gated is not None:
                squares[gated] = 0.0
            self._past_squares = squares[:, piece.shape[1] :]
            mean = moving_sum(squares, self._window_n)
            seen_n: int | IntArray = self._window_n
            if self._seen_n < self._window_n:
                seen_n = np.arange(self._seen_n + 1, self._seen_n + piece.shape[1] + 1)
                seen_n = np.minimum(seen_n, self._window_n)
            self._seen_n += piece.shape[1]
            if gated is None:
                mean /= seen_n
            else:
                mean = _mean_of_kept(mean, seen_n - _moving_count(gated, self._window_n), seen_n)
            np.sqrt(mean.T, out=rms[here])
        return rms

    def _gated(self, gated: BoolArray | None, piece_n: int) -> BoolArray | None:
        """What is gated among the past and the piece; None while nothing is."""
        past = self._past_gated
        if past is None and (gated is None or not gated.any()):
            return None
        if past is None:
            past = np.zeros_like(self._past_squares, dtype=np.bool_)
        if gated is None:
            gated = np.zeros((self._n_channels, piece_n), dtype=np.bool_)
        both = np.concatenate([past, gated], axis=1)
        left = both[:, piece_n:]
        self._past_gated = left if left.any() else None
        return both


def _moving_count(gated: BoolArray, window_n: int) -> IntArray:
    """How many of every `window_n` values along the last axis are True."""
    total = np.zeros((len(gated), gated.shape[1] + 1), dtype=np.int64)
    np.cumsum(gated, axis=1, out=total[:, 1:])
    return total[:, window_n:] - total[:, :-window_n]


def _mean_of_kept(total: FloatArray, kept_n: IntArray, seen_n: int | IntArray) -> FloatArray:
    enough = kept_n >= LEAST_KEPT * seen_n
    mean: FloatArray = np.where(enough, total / np.maximum(kept_n, 1), np.nan)
    return mean
