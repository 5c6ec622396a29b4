"""Mean square of short hops, and the RMS of longer stretches put together from them.

A tension over a second, or over ten, needs no filter of its own beside the quick one: hops of
20 ms are squared and averaged once, and any longer RMS is the root of the mean of its hops.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray, IntArray
from unclench_dsp.envelope import LEAST_KEPT, moving_sum


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
        self._open_gated: BoolArray | None = None  # None: nothing of it

    def process(
        self, first_index: int, band_uv: FloatArray, settling: BoolArray
    ) -> tuple[IntArray, FloatArray]:
        """Take the next block, all of whose samples count: `process_kept` without the shares."""
        numbers, mean_square, _ = self.process_kept(first_index, band_uv, settling, None)
        return numbers, mean_square

    def process_kept(
        self,
        first_index: int,
        band_uv: FloatArray,
        settling: BoolArray,
        kept: BoolArray | None,
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Take the next block.

        Parameters
        ----------
        first_index : int
            Absolute index of the block's first sample; larger than expected after a gap.
        band_uv : ndarray, shape (n_samples, n_channels)
            Band-passed EMG.
        settling : ndarray of bool, shape (n_samples,)
            Where it is not yet to be trusted.
        kept : ndarray of bool, shape (n_samples, n_channels), or None
            False where a sample counts for nothing, as `MuscleMask` says; None where all count.

        Returns
        -------
        numbers : ndarray of int64, shape (k,)
            Numbers of the hops that are finished now.
        mean_square : ndarray, shape (k, n_channels)
            In uV^2, of the samples kept; NaN where none is or any sample was settling. Any split
            gives the same bits, and a hop that is kept whole the same as without `kept`.
        kept_share : ndarray, shape (k, n_channels)
            Which share of each hop's samples is kept; 1 where any was settling.

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
            none = np.empty((0, n_channels))
            return np.empty(0, dtype=np.int64), none, none
        if first_index > self._next_index:
            open_n = 0
        gated = self._gated(kept, open_n, len(band_uv))
        self._next_index = first_index + len(band_uv)
        # Channel-major and contiguous whatever came in: each hop is then summed by one and the same
        # tree of additions, alone or among others.
        squares = np.empty((n_channels, open_n + len(band_uv)))
        squares[:, :open_n] = self._open_squares[:, :open_n]
        np.square(band_uv.T, out=squares[:, open_n:])
        if gated is not None:
            squares[gated] = 0.0
        if settling.any():
            squares[:, open_n:][:, settling] = np.nan
        start = first_index - open_n
        skipped_n = -start % self._hop_n
        whole = max(0, (squares.shape[1] - skipped_n) // self._hop_n)
        stop_n = skipped_n + whole * self._hop_n
        self._open_squares = squares[:, stop_n:].copy()
        number = (start + skipped_n) // self._hop_n
        numbers = np.arange(number, number + whole, dtype=np.int64)
        hops = squares[:, skipped_n:stop_n].reshape(n_channels, whole, self._hop_n)
        mean_square = np.add.reduce(hops, axis=2).T
        if gated is None:
            mean_square /= self._hop_n
            return numbers, mean_square, np.ones_like(mean_square)
        self._open_gated = gated[:, stop_n:].copy()
        gated_hops = gated[:, skipped_n:stop_n].reshape(n_channels, whole, self._hop_n)
        kept_n = self._hop_n - np.count_nonzero(gated_hops, axis=2).T
        kept_share = np.where(np.isnan(mean_square), 1.0, kept_n / self._hop_n)
        with np.errstate(invalid="ignore"):  # 0 / 0 where nothing is kept: NaN is meant
            mean_square /= kept_n
        return numbers, mean_square, kept_share

    def _gated(self, kept: BoolArray | None, open_n: int, new_n: int) -> BoolArray | None:
        """What is gated of the open hop and the new samples; None where nothing is."""
        past, self._open_gated = self._open_gated, None
        any_past = past is not None and open_n > 0 and bool(past.any())
        if not any_past and (kept is None or kept.all()):
            return None
        gated = np.zeros((len(self._open_squares), open_n + new_n), dtype=np.bool_)
        if past is not None:
            gated[:, :open_n] = past[:, :open_n]
        if kept is not None:
            np.logical_not(kept.T, out=gated[:, open_n:])
        return gated


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
        self._past_share = np.ones((n_channels, n_hops - 1))

    def process(
        self, numbers: IntArray, mean_square: FloatArray, kept_share: FloatArray | None = None
    ) -> FloatArray:
        """Take what `HopMeanSquare` gives out.

        Parameters
        ----------
        numbers : ndarray of int64, shape (k,)
            Ascending; one that is left out is a gap.
        mean_square : ndarray, shape (k, n_channels)
        kept_share : ndarray, shape (k, n_channels), optional
            What of each hop is kept; by default all.

        Returns
        -------
        ndarray, shape (k, n_channels)
            RMS of the samples kept in the `n_hops` hops that end with each. NaN unless all of
            these are there and finite, and at least `LEAST_KEPT` of their samples kept. Any split
            gives the same bits.
        """
        rms: FloatArray = np.empty((mean_square.shape[1], len(numbers))).T
        if len(numbers) == 0:
            return rms
        after_gaps = np.flatnonzero(np.diff(numbers) != 1) + 1
        if kept_share is None:
            kept_share = np.ones_like(mean_square)
        for start, stop in pairwise([0, *after_gaps.tolist(), len(numbers)]):
            if numbers[start] != self._next_number:
                self._past = np.full_like(self._past, np.nan)
                self._past_share = np.ones_like(self._past_share)
            self._next_number = int(numbers[stop - 1]) + 1
            share = np.concatenate([self._past_share, kept_share[start:stop].T], axis=1)
            squares = np.concatenate([self._past, mean_square[start:stop].T], axis=1)
            self._past_share = share[:, stop - start :]
            self._past = squares[:, stop - start :]
            np.sqrt(self._mean(squares, share).T, out=rms[start:stop])
        return rms

    def _mean(self, squares: FloatArray, share: FloatArray) -> FloatArray:
        if (share == 1.0).all():
            return moving_sum(squares, self._n_hops) / self._n_hops
        # A hop of which nothing is kept has no value, and needs none.
        total = moving_sum(np.where(share > 0, squares * share, 0.0), self._n_hops)
        kept = moving_sum(share, self._n_hops)
        enough = kept >= LEAST_KEPT * self._n_hops * (1 - 1e-9)
        mean: FloatArray = np.where(enough, total / np.maximum(kept, 1e-9), np.nan)
        return mean
