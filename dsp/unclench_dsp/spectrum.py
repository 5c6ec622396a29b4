"""Median frequency of EMG, which falls as a muscle tires in a held contraction.

It is only meaningful for a contraction well above rest: at rest it is that of the noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.mains import MAINS_HZ, harmonics_hz

SEGMENT_S = 0.5  # of Welch's periodograms: bins 2 Hz apart, three periodograms in 1 s
LEAST_HOLD_S = 1.0
LEAST_SNR_DB = 10.0
_LINE_HALF_HZ = 4.0  # half the width of a line: the window's main lobe
_STANDS_OUT = 5.0  # times the mean power next to it


class NoFrequency(Enum):
    """Why a contraction has no median frequency."""

    TOO_SHORT = auto()
    NO_REST = auto()
    NO_SIGNAL = auto()
    TOO_WEAK = auto()


@dataclass(frozen=True)
class HoldFrequency:
    """Median frequency of a held contraction, or the reason why there is none.

    Attributes
    ----------
    median_hz : float or None
        None if it would not be meaningful.
    problem : NoFrequency or None
        The reason.
    measured : float
        The insufficient value: seconds for ``TOO_SHORT``, dB above rest for ``TOO_WEAK``.
    """

    median_hz: float | None
    problem: NoFrequency | None = None
    measured: float = 0.0


def median_frequency(emg_uv: FloatArray, fs_hz: float, low_hz: float, high_hz: float) -> float:
    """Return the frequency that halves the power of a band.

    The spectrum is Welch's: Hann windows of half a second that overlap by half. A mains line (a
    multiple of 50 or 60 Hz with five times the power next to it) is replaced by a straight line
    across it: removing all its power would pull the median away from it. This function estimates
    the spectrum under a line; `unclench_dsp.mains` estimates the power of the line.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples,)
        In uV, without gaps and notches. It may be filtered with a wider band than this one.
    fs_hz : float
    low_hz, high_hz : float
        The band; its end is limited to half of `fs_hz`.

    Returns
    -------
    float
        Hz; NaN if there is no power in the band.

    Raises
    ------
    ValueError
        If there is less than one window of samples.

    References
    ----------
    Stulen & De Luca, IEEE Trans. Biomed. Eng. 28 (1981) 515-523.
    """
    freq_hz, power = _spectrum(emg_uv, fs_hz)
    return _median(*_band(freq_hz, power, low_hz, high_hz))


def contraction_median_frequency(
    emg_uv: FloatArray, fs_hz: float, low_hz: float, high_hz: float, *, rest_uv: float | None
) -> HoldFrequency:
    """Return the median frequency of a contraction that is long and strong enough.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples,)
        Only the contraction, in uV, without gaps.
    fs_hz, low_hz, high_hz : float
        As for `median_frequency`.
    rest_uv : float or None
        Resting RMS in the same band; None if it is not known.

    Returns
    -------
    HoldFrequency
    """
    held_s = emg_uv.size / fs_hz
    if held_s < LEAST_HOLD_S:
        return HoldFrequency(None, NoFrequency.TOO_SHORT, held_s)
    if rest_uv is None or not rest_uv > 0:
        return HoldFrequency(None, NoFrequency.NO_REST)
    freq_hz, power = _band(*_spectrum(emg_uv, fs_hz), low_hz, high_hz)
    rms_uv = math.sqrt(_power_below(freq_hz, power)[-1])
    if not rms_uv > 0:
        return HoldFrequency(None, NoFrequency.NO_SIGNAL)
    over_db = 20 * math.log10(rms_uv / rest_uv)
    if over_db < LEAST_SNR_DB:
        return HoldFrequency(None, NoFrequency.TOO_WEAK, over_db)
    return HoldFrequency(_median(freq_hz, power))


def _spectrum(emg_uv: FloatArray, fs_hz: float) -> tuple[FloatArray, FloatArray]:
    """Return frequencies, and power in uV^2/Hz without mains lines."""

    from scipy import signal

    n_segment = round(SEGMENT_S * fs_hz)
    if emg_uv.size < n_segment:
        raise ValueError(
            f"{emg_uv.size} samples are {emg_uv.size / fs_hz:.2f} s; a spectrum needs at least "
            f"{SEGMENT_S:g} s. Choose a longer contraction."
        )
    freq_hz, power = signal.welch(emg_uv, fs_hz, window="hann", nperseg=n_segment)
    step_hz = fs_hz / n_segment
    for mains_hz in MAINS_HZ:
        for at_hz in harmonics_hz(mains_hz, fs_hz / 2 - 2 * _LINE_HALF_HZ):
            off_hz = np.abs(freq_hz - at_hz)
            within = off_hz <= _LINE_HALF_HZ
            beside = ~within & (off_hz <= 2 * _LINE_HALF_HZ + step_hz)
            if power[within].max() > _STANDS_OUT * power[beside].mean():
                power[within] = np.interp(freq_hz[within], freq_hz[beside], power[beside])
    return freq_hz, power


def _band(
    freq_hz: FloatArray, power: FloatArray, low_hz: float, high_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Cut a spectrum to a band, with a point on each edge."""
    low_hz, high_hz = max(low_hz, float(freq_hz[0])), min(high_hz, float(freq_hz[-1]))
    inside = freq_hz[(freq_hz > low_hz) & (freq_hz < high_hz)]
    cut_hz = np.concatenate([[low_hz], inside, [high_hz]])
    return cut_hz, np.interp(cut_hz, freq_hz, power)


def _power_below(freq_hz: FloatArray, power: FloatArray) -> FloatArray:
    """Return the power up to each frequency, in uV^2, by the trapezoidal rule."""
    steps = np.diff(freq_hz) * (power[1:] + power[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])


def _median(freq_hz: FloatArray, power: FloatArray) -> float:
    below = _power_below(freq_hz, power)
    return float(np.interp(below[-1] / 2, below, freq_hz)) if below[-1] > 0 else math.nan
