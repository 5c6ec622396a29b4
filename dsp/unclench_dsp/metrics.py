"""Figures that sum up a stretch of tension."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray


@dataclass(frozen=True)
class TensionStats:
    """Distribution of tension over time, all in uV.

    ``p10_uv``, ``p50_uv`` and ``p90_uv`` are the static, median and peak level of the amplitude
    probability distribution function (APDF).
    """

    mean_uv: float
    p10_uv: float
    p50_uv: float
    p90_uv: float
    max_uv: float


def tension_stats(envelope_uv: FloatArray) -> TensionStats:
    """Sum up an envelope.

    Parameters
    ----------
    envelope_uv : ndarray, shape (n_samples,)
        One channel without settling samples and gaps.

    Returns
    -------
    TensionStats

    Raises
    ------
    ValueError
        If there are no samples.

    References
    ----------
    Jonsson, J. Human Ergol. 11 (1982) 73-88.
    """
    if envelope_uv.size == 0:
        raise ValueError(
            "There is no tension to sum up: the stretch has 0 samples after settling; "
            "choose a longer one."
        )
    p10, p50, p90 = np.percentile(envelope_uv, (10.0, 50.0, 90.0))
    return TensionStats(
        mean_uv=float(envelope_uv.mean()),
        p10_uv=float(p10),
        p50_uv=float(p50),
        p90_uv=float(p90),
        max_uv=float(envelope_uv.max()),
    )


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
        RMS in `to_band_hz`: it goes with the root of the bandwidth.
    """
    from_width_hz, to_width_hz = (high - low for low, high in (from_band_hz, to_band_hz))
    return noise_uv * math.sqrt(to_width_hz / from_width_hz)
