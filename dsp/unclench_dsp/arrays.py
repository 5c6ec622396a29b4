"""Types of the arrays that go in and out, and the cutting of a stream into windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]


class WindowGrid:
    """Cuts a stream into whole windows on a fixed grid, however the stream was split.

    Parameters
    ----------
    window_n : int
        Length of a window in samples.
    n_channels : int
    """

    def __init__(self, window_n: int, n_channels: int) -> None:
        # Channel-major, so that a channel of a window is contiguous for the FFT.
        self._window = np.empty((n_channels, window_n))
        self.restart()

    def restart(self, first_index: int = 0) -> None:
        """Drop the unfinished window; the next sample has the number `first_index`.

        Windows begin at whole multiples of ``window_n``: samples before the next one are passed
        over, because a window with a hole in it is none.
        """
        self._filled = 0
        self._skip = -first_index % self._window.shape[1]

    @property
    def missing_n(self) -> int:
        """Samples until the window under way is whole."""
        return self._skip + self._window.shape[1] - self._filled

    def windows(self, x: FloatArray) -> Iterator[FloatArray]:
        """Take a block and yield each window that it completes.

        Parameters
        ----------
        x : ndarray, shape (n_samples, n_channels)

        Yields
        ------
        ndarray, shape (window_n, n_channels)
            A view that is overwritten later: copy what is to be kept.
        """
        taken = min(self._skip, len(x))
        self._skip -= taken
        while taken < len(x):
            piece = x[taken : taken + self.missing_n]
            self._window[:, self._filled : self._filled + len(piece)] = piece.T
            taken += len(piece)
            self._filled += len(piece)
            if self._filled == self._window.shape[1]:
                self._filled = 0
                yield self._window.T
