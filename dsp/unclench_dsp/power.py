"""Mean square of short hops, and the RMS of longer stretches put together from them.

A tension over a second, or over ten, needs no filter of its own beside the quick one: hops of
20 ms are squared and averaged once, and any longer RMS is the root of the mean of its hops.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray, IntArray
from unclench_dsp.envelope import moving_sum


class HopMeanSquare:
    """Mean square of every `hop_n` samples.

    Hop ``b`` covers the samples ``b * hop_n`` to ``(b + 1) * hop_n - 1``. It is given out once,
    when its last sample has come. A hop that a gap cut, or that had begun before the first sample,
    is not given out: its number is left out.

    Parameters
    ----------
    hop_n : int
        Samples in a hop, at least 1; ``round(fs_hz / 50)`` makes 50 hops a second.
    n_channels : int
    """

    def __init__(self, hop_n: int, n_channels: int) -> None:
        if hop_n < 1:
            raise ValueError(f"A hop of {hop_n} samples is too short: use at least 1.")
        self._hop_n = hop_n
        self._next_index = 0
        self._open_squares = np.empty((n_channels, 0))  # of the hop under way

    def process(
        self, first_index: int, band_uv: FloatArray, settling: BoolArray
    ) -> tuple[IntArray, FloatArray]:
        """Take the next block.

        Parameters
        ----------
        first_index : int
            Absolute index of the block's first sample; larger than expected after a gap.
        band_uv : ndarray, shape (n_samples, n_channels)
            Band-passed EMG.
        settling : ndarray of bool, shape (n_samples,)
            Where it is not yet to be trusted.

        Returns
        -------
        numbers : ndarray of int64, shape (k,)
            Numbers of the hops that are finished now.
        mean_square : ndarray, shape (k, n_channels)
            In uV^2; NaN where any sample was settling. Any split gives the same bits.

        Raises
        ------
        ValueError
            If `first_index` lies before the end of the previous block.
        """
        if first_index < self._next_index:
            raise ValueError(
                f"A block at sample {first_index} comes too late: samples up to "
                f"{self._next_index - 1} are already in; give blocks in order."
            )
        n_channels, open_n = self._open_squares.shape
        if len(band_uv) == 0:
            return np.empty(0, dtype=np.int64), np.empty((0, n_channels))
        if first_index > self._next_index:
            open_n = 0
        self._next_index = first_index + len(band_uv)
        # Channel-major and contiguous whatever came in: each hop is then summed by one and the same
        # tree of additions, alone or among others.
        squares = np.empty((n_channels, open_n + len(band_uv)))
        squares[:, :open_n] = self._open_squares[:, :open_n]
        np.square(band_uv.T, out=squares[:, open_n:])
        if settling.any():
            squares[:, open_n:][:, settling] = np.nan
        start = first_index - open_n
        skipped_n = -start % self._hop_n
        whole = max(0, (squares.shape[1] - skipped_n) // self._hop_n)
        stop_n = skipped_n + whole * self._hop_n
        self._open_squares = squares[:, stop_n:].copy()
        number = (start + skipped_n) // self._hop_n
        hops = squares[:, skipped_n:stop_n].reshape(n_channels, whole, self._hop_n)
        mean_square = np.add.reduce(hops, axis=2).T
        mean_square /= self._hop_n
        return np.arange(number, number + whole, dtype=np.int64), mean_square


class RollingRms:
    """RMS over the last `n_hops` hops, one value per hop.

    Nothing is ever subtracted, so a rest of 1 uV right after a contraction of 5 mV is exact.

    Parameters
    ----------
    n_hops : int
        At least 1; 50 hops of 20 ms make the RMS of a second.
    n_channels : int
    """

    def __init__(self, n_hops: int, n_channels: int) -> None:
        if n_hops < 1:
            raise ValueError(f"An RMS over {n_hops} hops is too short: use at least 1.")
        self._n_hops = n_hops
        self._next_number = 0
        self._past = np.full((n_channels, n_hops - 1), np.nan)

    def process(self, numbers: IntArray, mean_square: FloatArray) -> FloatArray:
        """Take what `HopMeanSquare` gives out.

        Parameters
        ----------
        numbers : ndarray of int64, shape (k,)
            Ascending; one that is left out is a gap.
        mean_square : ndarray, shape (k, n_channels)

        Returns
        -------
        ndarray, shape (k, n_channels)
            RMS of the `n_hops` hops that end with each. NaN unless all of them are there and
            finite. Any split gives the same bits.
        """
        rms: FloatArray = np.empty((mean_square.shape[1], len(numbers))).T
        if len(numbers) == 0:
            return rms
        after_gaps = np.flatnonzero(np.diff(numbers) != 1) + 1
        for start, stop in pairwise([0, *after_gaps.tolist(), len(numbers)]):
            if numbers[start] != self._next_number:
                self._past = np.full_like(self._past, np.nan)
            self._next_number = int(numbers[stop - 1]) + 1
            squares = np.concatenate([self._past, mean_square[start:stop].T], axis=1)
            self._past = squares[:, stop - start :]
            np.sqrt(moving_sum(squares, self._n_hops).T / self._n_hops, out=rms[start:stop])
        return rms
