"""Filtering a stream: filter state, and how long a filter needs to settle."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unclench_dsp.arrays import FloatArray

SETTLED_ENERGY = 1e-6
"""Share of an impulse's energy still to come at which a filter counts as settled: the square of
0.1 % of amplitude."""


class SosFilter:
    """A cascade of second-order sections that carries its state from block to block.

    The first sample after construction or `reset` seeds the state as if it had stood there for
    ever: a constant offset then passes without ringing. (Seeding from the mean of the first block
    would make the result depend on the block's size.)

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
    n_channels : int
    """

    def __init__(self, sos: FloatArray, n_channels: int) -> None:
        from scipy import signal

        self._sos = sos
        self._n_channels = n_channels
        self._zi_unit: FloatArray = signal.sosfilt_zi(sos)[:, :, np.newaxis]
        self.reset()

    def reset(self) -> None:
        """Forget the past; the next sample seeds the state."""
        self._state: FloatArray | None = None

    def process(self, x: FloatArray) -> FloatArray:
        """Filter the next block.

        Parameters
        ----------
        x : ndarray, shape (n_samples, n_channels)

        Returns
        -------
        ndarray, shape (n_samples, n_channels)
            A new array. Any split of a signal into blocks gives the same bits.
        """

        from scipy import signal

        if len(x) == 0:
            return np.empty((0, self._n_channels))
        if self._state is None:
            self._state = self._zi_unit * x[0]
        y, self._state = signal.sosfilt(self._sos, x, axis=0, zi=self._state)
        return y


def response_at(sos: FloatArray, hz: FloatArray, fs_hz: float) -> NDArray[np.complex128]:
    """Return the gain and phase of a filter at some frequencies.

    `scipy.signal.sosfreqz` does the same, but takes a hundred times as long for a few of them, and
    lines are looked up twenty times a second.

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
    hz : ndarray, shape (n,)
    fs_hz : float

    Returns
    -------
    complex ndarray, shape (n,)
    """
    delay = np.exp(-2j * np.pi / fs_hz * hz)
    powers = np.stack([np.ones_like(delay), delay, np.square(delay)])
    response: NDArray[np.complex128] = np.prod(
        (sos[:, :3] @ powers) / (sos[:, 3:] @ powers), axis=0
    )
    return response


def settle_s(sos: FloatArray, fs_hz: float) -> float:
    """Time after which a filter has forgotten its start.

    It is the time from which on the impulse response holds no more than `SETTLED_ENERGY` of its
    whole energy.

    Parameters
    ----------
    sos : ndarray, shape (n_sections, 6)
        A stable filter.
    fs_hz : float

    Returns
    -------
    float
        Seconds.
    """

    from scipy import signal

    slowest_pole = max(float(np.abs(np.roots(section[3:])).max()) for section in sos)
    # The slowest pole has decayed to the rounding of float64 after this many samples. Poles that
    # lie close together decay a little later, hence twice as many.
    n = 2 * math.ceil(math.log(np.finfo(float).eps) / math.log(slowest_pole))
    energy = np.square(signal.sosfilt(sos, signal.unit_impulse(n)))
    still_to_come = np.cumsum(energy[::-1])[::-1]
    return float(np.count_nonzero(still_to_come > SETTLED_ENERGY * still_to_come[0]) / fs_hz)
