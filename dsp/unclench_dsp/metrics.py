"""The noise of an instrument, converted from one band to another."""

from __future__ import annotations

import math


def noise_in_band(
    noise_uv: float, from_band_hz: tuple[float, float], to_band_hz: tuple[float, float]
) -> float:
    """Convert the RMS of white noise from one band to another.

    Parameters
    ----------
    noise_uv : float
        RMS in `from_band_hz`.
    from_band_hz, to_band_hz : tuple of float
        Lower and upper edge.

    Returns
    -------
    float
        RMS in `to_band_hz`: proportional to the root of the bandwidth.
    """
    from_width_hz, to_width_hz = (high - low for low, high in (from_band_hz, to_band_hz))
    return noise_uv * math.sqrt(to_width_hz / from_width_hz)
