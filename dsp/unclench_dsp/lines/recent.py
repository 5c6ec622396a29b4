"""The last samples of a stream, put together only when they are asked for."""

from __future__ import annotations

import numpy as np

from unclench_dsp.arrays import FloatArray


class Recent:
    """Keeps the last `n` samples.

    Parameters
    ----------
    n : int
    n_channels : int
    """

    def __init__(self, n: int, n_channels: int) -> None:
        self._n = n
        self._parts = [np.empty((0, n_channels))]
        self._held_n = 0

    def __len__(self) -> int:
        return min(self._n, self._held_n)

    def add(self, x_uv: FloatArray) -> None:
        """Take the next samples, (n_samples, n_channels)."""
        self._parts.append(x_uv)
        self._held_n += len(x_uv)
        if self._held_n > 2 * self._n:
            self.samples()

    def samples(self) -> FloatArray:
        """Return them, (n or fewer, n_channels)."""
        self._parts = [np.concatenate(self._parts)[-self._n :]]
        self._held_n = len(self._parts[0])
        return self._parts[0]

    def clear(self) -> None:
        """Forget them."""
        self._parts = [self._parts[0][:0]]
        self._held_n = 0
