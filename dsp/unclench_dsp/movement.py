"""Movement of the electrodes: slow, large swings of the unfiltered signal, below all muscle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from unclench_dsp.arrays import FloatArray

_SLOW_HZ = 6.0
"""A contraction of 200 uV swings by 6 uV below it, a heart of 80 uV behind a sensor's own 20 Hz
high-pass by 4 (both simulated); a lead that is pulled, by tens to thousands."""

_MIN_S = 3.0
_THINNED_HZ = 100.0


@dataclass(frozen=True)
class SlowSwings:
    """Peak to peak below 6 Hz, second by second.

    Attributes
    ----------
    largest_uv : float
        In the worst second.
    calm_uv : float
        Up to here in the calmest quarter of the seconds: what a heart adds to each of them.
    """

    largest_uv: float
    calm_uv: float


def slow_swings(emg_uv: FloatArray, fs_hz: float) -> SlowSwings | None:
    """Measure the slow swings of one channel.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples,)
        Unfiltered, without gaps.
    fs_hz : float

    Returns
    -------
    SlowSwings or None
        None for less than three seconds.
    """
    swings_uv = swings_by_second(emg_uv, fs_hz)
    if swings_uv is None:
        return None
    return SlowSwings(float(swings_uv.max()), float(np.percentile(swings_uv, 25.0)))


def swings_by_second(emg_uv: FloatArray, fs_hz: float) -> FloatArray | None:
    """Peak to peak below 6 Hz in each second of one channel.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples,)
        Unfiltered, without gaps.
    fs_hz : float

    Returns
    -------
    ndarray, shape (n_seconds,), or None
        In uV; the seconds divide the signal evenly. None for less than three seconds.
    """

    from scipy import signal

    if len(emg_uv) < _MIN_S * fs_hz:
        return None
    # Averages of 10 ms lose nothing below 6 Hz, and an hour of them is filtered in no time.
    thin_n = max(1, round(fs_hz / _THINNED_HZ))
    whole = len(emg_uv) // thin_n * thin_n
    thin_uv = emg_uv[:whole].reshape(-1, thin_n).mean(axis=1)
    thin_hz = fs_hz / thin_n
    ends_n = round(thin_hz / _SLOW_HZ)  # where the filter has seen one side only
    # Mirrored at the ends: the usual point reflection makes a step of whatever value stands there.
    sos = _lowpass(thin_hz)
    slow_uv = signal.sosfiltfilt(sos, thin_uv, padtype="even", padlen=ends_n)
    slow_uv = slow_uv[ends_n:-ends_n]
    seconds = np.array_split(slow_uv, len(slow_uv) // round(thin_hz))
    return np.array([np.ptp(second) for second in seconds])


@cache  # a design takes longer than filtering ten seconds with it
def _lowpass(fs_hz: float) -> FloatArray:
    from scipy import signal

    sos: FloatArray = signal.butter(4, _SLOW_HZ, fs=fs_hz, output="sos")
    return sos
