"""The frequency response of the sensor itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def sensor_response(
    freq_hz: ArrayLike, band_hz: tuple[float, float], order: int = 1
) -> NDArray[np.float64]:
    """Return the response of a Butterworth high-pass and low-pass in series, against their gain.

    Parameters
    ----------
    freq_hz
        Frequencies in Hz, any shape, 0 and above.
    band_hz
        Corners of the high-pass and of the low-pass, in Hz.
    order
        Order of each of the two.

    Returns
    -------
    ndarray
        Same shape. For example 0.960 at 100 Hz with first-order corners of 20.8 and 498.4 Hz.
    """
    f_hz = np.asarray(freq_hz, dtype=np.float64)
    low, high = ((f_hz / corner_hz) ** order for corner_hz in band_hz)
    return np.asarray(low / np.sqrt(1.0 + low**2) / np.sqrt(1.0 + high**2))
