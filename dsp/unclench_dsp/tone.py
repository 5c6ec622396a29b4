"""A known sine in a signal: its strength, and what else is in the band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.mains import MAINS_HZ, harmonics_hz
from unclench_dsp.noise import HIGH_HZ, LOW_HZ
from unclench_dsp.sensor import sensor_response

_ITERATIONS = 8  # of the fit, which converges after three or four
_REACH = 0.02  # tolerance of the frequency, as a share of it
_REACH_HZ = 2.0  # and at least
_WANDER_HZ = 1.0  # tolerance of a multiple of the mains


@dataclass(frozen=True)
class ToneFit:
    """A sine fitted by least squares, and the rest of the band.

    Attributes
    ----------
    hz : float
        Its frequency, by the clock of the samples.
    rms_uv : float
    rest_uv : float
        RMS in 20-450 Hz without the sine and its multiples.
    distortion : float
        RMS of its multiples up to 450 Hz, relative to it.
    strongest_hz : float
        Strongest frequency of the band, whatever frequency was asked for.
    """

    hz: float
    rms_uv: float
    rest_uv: float
    distortion: float
    strongest_hz: float


def reach_hz(hz: float) -> float:
    """Return how far from `hz` a tone still counts as the one asked for."""
    return max(_REACH * hz, _REACH_HZ)


def mains_near(hz: float) -> float | None:
    """Return the multiple of 50 or 60 Hz that could be mistaken for a tone of `hz`, or None."""
    lines_hz = (line_hz for mains_hz in MAINS_HZ for line_hz in harmonics_hz(mains_hz, HIGH_HZ))
    nearest_hz = min(lines_hz, key=lambda line_hz: abs(line_hz - hz))
    return nearest_hz if abs(nearest_hz - hz) <= reach_hz(hz) + _WANDER_HZ else None


def expected_tone_uv(
    mv: float,
    divider: float,
    hz: float,
    fs_hz: float,
    band_hz: tuple[float, float],
    order: int = 1,
) -> float:
    """Return the expected reading of a known tone, RMS in uV at the electrode.

    The sensor attenuates it at `hz`, and summing the readings of a sample does so slightly.

    Parameters
    ----------
    mv : float
        Voltage of the source, RMS in mV.
    divider : float
        Factor by which it is divided before the electrodes.
    hz, fs_hz : float
        Frequency of the tone, and sampling rate.
    band_hz, order
        The sensor's, see `sensor_response`.
    """
    summing = float(np.sinc(hz / fs_hz))
    return mv * 1000.0 / divider * float(sensor_response(hz, band_hz, order)) * summing


def fit_tone(run_uv: FloatArray, fs_hz: float, near_hz: float) -> ToneFit:
    """Fit a sine near a frequency, including its exact frequency.

    The fit starts at the peak of the spectrum within `reach_hz`; four parameters follow by least
    squares, as in IEEE Std 1057.

    Parameters
    ----------
    run_uv : ndarray, shape (n_samples,)
        In uV, without gaps, at least a second.
    fs_hz, near_hz : float

    Returns
    -------
    ToneFit
    """
    x_uv = run_uv - run_uv.mean()
    n = len(x_uv)
    t = (np.arange(n, dtype=np.float64) - n / 2) / fs_hz
    size = 4 * 2 ** int(np.ceil(np.log2(n)))
    seen = np.abs(np.fft.rfft(x_uv * np.hanning(n), size))
    freq_hz = np.fft.rfftfreq(size, 1 / fs_hz)
    band = (freq_hz >= LOW_HZ) & (freq_hz <= HIGH_HZ)
    strongest_hz = float(freq_hz[band][np.argmax(seen[band])])
    near = np.abs(freq_hz - near_hz) <= reach_hz(near_hz)
    begin_hz = hz = float(freq_hz[near][np.argmax(seen[near])])
    for _ in range(_ITERATIONS):
        cos, sin = np.cos(2 * np.pi * hz * t), np.sin(2 * np.pi * hz * t)
        (a, b, _) = _least_squares(x_uv, cos, sin, np.ones(n))
        slope = 2 * np.pi * t * (b * cos - a * sin)
        step = _least_squares(x_uv, cos, sin, np.ones(n), slope)[3]
        if not abs(hz + step - begin_hz) <= fs_hz / n:
            break  # there is no sine: the peak was chance
        hz += step
    rms_uv, rest_uv_t = _apart(x_uv, t, hz)
    rest = np.fft.rfft(rest_uv_t)
    rest_hz = np.fft.rfftfreq(n, 1 / fs_hz)
    inside = (rest_hz >= LOW_HZ) & (rest_hz <= HIGH_HZ)
    rest_uv = float(np.sqrt(2 * np.square(np.abs(rest[inside])).sum()) / n)
    harmonics_uv = float(np.sqrt(np.square(rms_uv[1:]).sum()))
    tone_uv = float(rms_uv[0])
    return ToneFit(hz, tone_uv, rest_uv, harmonics_uv / max(tone_uv, 1e-9), strongest_hz)


def without_tone(run_uv: FloatArray, fs_hz: float, hz: float) -> FloatArray:
    """Return a run (n_samples,) without a sine of `hz` and its multiples up to 450 Hz."""
    t = np.arange(len(run_uv), dtype=np.float64) / fs_hz
    return _apart(run_uv, t, hz)[1]


def _apart(x_uv: FloatArray, t: FloatArray, hz: float) -> tuple[FloatArray, FloatArray]:
    """Return the RMS of a sine and of each of its multiples up to 450 Hz, and the residual."""
    orders = range(1, max(2, int(HIGH_HZ // hz) + 1))
    basis = [f(2 * np.pi * hz * k * t) for k in orders for f in (np.cos, np.sin)]
    basis.append(np.ones(len(t)))
    parts = _least_squares(x_uv, *basis)
    rms_uv = np.hypot(parts[0:-1:2], parts[1:-1:2]) / np.sqrt(2)
    return rms_uv, x_uv - np.stack(basis, axis=1) @ parts


def _least_squares(x_uv: FloatArray, *columns: FloatArray) -> FloatArray:
    """Return the least-squares coefficients of the columns, by the normal equations."""
    basis = np.stack(columns, axis=1)
    return np.asarray(np.linalg.lstsq(basis.T @ basis, basis.T @ x_uv, rcond=None)[0])
