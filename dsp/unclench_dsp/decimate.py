"""Fewer values for the screen and the disk, on a grid that is fixed to the data.

The grid follows the absolute sample index that the caller passes, so a trace does not "wiggle"
while it scrolls, and a gap shifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray, IntArray


class MinMaxBuckets:
    """Lowest and highest value of every `bucket_n` samples.

    Bucket ``b`` covers the samples ``b * bucket_n`` to ``(b + 1) * bucket_n - 1``. It is returned
    once: when its last sample has arrived or, if that was lost in a gap, when a sample of a later
    bucket arrives. It then has the extremes of the samples that arrived; a bucket without any is
    not returned.

    Parameters
    ----------
    bucket_n : int
        Samples in a bucket.
    n_channels : int
    """

    def __init__(self, bucket_n: int, n_channels: int) -> None:
        self._bucket_n = bucket_n
        self._next_index = 0
        self._open_number = np.empty(0, dtype=np.int64)  # of the current bucket, if any
        self._open_extremes = np.empty((0, 2, n_channels))

    def process(self, first_index: int, x: FloatArray) -> tuple[IntArray, FloatArray]:
        """Process the next block.

        Parameters
        ----------
        first_index : int
            Absolute index of the block's first sample; larger than expected after a gap.
        x : ndarray, shape (n_samples, n_channels)

        Returns
        -------
        numbers : ndarray of int64, shape (k,)
            Numbers of the buckets that are now complete.
        min_max : ndarray, shape (k, 2, n_channels)
            Minimum and maximum of each.

        Raises
        ------
        ValueError
            If `first_index` is before the end of the previous block.
        """
        if first_index < self._next_index:
            raise ValueError(
                f"A block at sample {first_index} comes too late: samples up to "
                f"{self._next_index - 1} are already processed. Pass blocks in order."
            )
        if len(x) == 0:
            return self._open_number[:0], self._open_extremes[:0]
        self._next_index = first_index + len(x)
        numbers = np.arange(
            first_index // self._bucket_n, (self._next_index - 1) // self._bucket_n + 1
        )
        starts = np.maximum(numbers * self._bucket_n - first_index, 0)
        lowest = np.minimum.reduceat(x, starts, axis=0)
        highest = np.maximum.reduceat(x, starts, axis=0)
        if self._open_number.size and self._open_number[0] == numbers[0]:
            lowest[0] = np.minimum(lowest[0], self._open_extremes[0, 0])
            highest[0] = np.maximum(highest[0], self._open_extremes[0, 1])
        else:
            numbers = np.concatenate([self._open_number, numbers])
            lowest = np.concatenate([self._open_extremes[:, 0], lowest])
            highest = np.concatenate([self._open_extremes[:, 1], highest])
        extremes = np.stack([lowest, highest], axis=1)
        finished = len(numbers) - (self._next_index % self._bucket_n > 0)
        self._open_number = numbers[finished:]
        self._open_extremes = extremes[finished:].copy()
        return numbers[:finished], extremes[:finished]


@dataclass(frozen=True)
class PickEvery:
    """Picks every `hop_n`-th sample: those whose absolute index is a multiple of it.

    It has no state: only the index decides which samples are picked.

    Parameters
    ----------
    hop_n : int
        Distance between picked samples; ``round(fs_hz / 50)`` thins an envelope to 50 rows/s.
    """

    hop_n: int

    def offsets(self, first_index: int, n: int) -> IntArray:
        """Return which samples of a block to pick.

        Parameters
        ----------
        first_index : int
            Absolute index of the block's first sample.
        n : int
            Samples in the block.

        Returns
        -------
        ndarray of int64, shape (k,)
            Positions within the block, ascending.
        """
        return np.arange(-first_index % self.hop_n, n, self.hop_n, dtype=np.int64)
