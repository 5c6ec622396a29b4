"""Noise, hum and spectrum of what was measured: pure mathematics over runs between gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from unclench.errors import InputError

LOW_HZ, HIGH_HZ = 20, 450
MAINS_HZ = (50, 60)
_LINE_HALF_HZ = 3  # the window's main lobe, and what the mains wander
_BESIDE_HZ = 12  # where the floor below a line is looked for

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """One channel in 20-450 Hz.

    Attributes
    ----------
    density_uv : ndarray, shape (431,)
        uV per root Hz at 20, 21, ... 450 Hz.
    noise_uv : float
        RMS of all of it but the hum.
    hum_uv : float
        RMS of the mains and its multiples, as far as they stand out.
    mains_hz : int
        Whose: 50 or 60.
    """

    density_uv: Array
    noise_uv: float
    hum_uv: float
    mains_hz: int


def spectra(runs_uv: Sequence[Array], fs_hz: float) -> tuple[Spectrum, ...]:
    """Spectrum of each channel: Welch's, Hann windows of 1 s that overlap by half.

    Parameters
    ----------
    runs_uv
        Runs without gaps, each (n_samples, n_channels), uV at the electrode.
    fs_hz
        At least 1000.

    Raises InputError where the rate does not allow it or no run lasts a second.
    """
    if fs_hz <= 2 * HIGH_HZ:
        raise InputError(
            f"{fs_hz:g} Hz are too few for 20 to 450 Hz: set 2000 Hz with `unclench board set "
            "--rate 2000`."
        )
    window_n = round(fs_hz)
    long = [run for run in runs_uv if len(run) >= window_n]
    if not long:
        raise InputError(
            "So much was lost that no second of signal is whole: use another cable or USB port, "
            "without a hub, and repeat the step."
        )
    weights = [len(run) for run in long]
    powers = [
        signal.welch(run, window_n * 1.0, "hann", window_n, detrend="constant", axis=0)[1]
        for run in long
    ]
    power = np.average(powers, axis=0, weights=weights)[LOW_HZ : HIGH_HZ + 1]
    return tuple(_spectrum(power[:, k]) for k in range(power.shape[1]))


def _spectrum(power: Array) -> Spectrum:
    """Of power per Hz at every Hz of the band."""
    hum_uv2, mains_hz = max((_hum(power, mains_hz), mains_hz) for mains_hz in MAINS_HZ)
    rest_uv2 = max(float(power.sum()) - hum_uv2, 0.0)
    return Spectrum(np.sqrt(power), rest_uv2**0.5, hum_uv2**0.5, mains_hz)


def _hum(power: Array, mains_hz: int) -> float:
    """Power of the mains and its multiples above the floor beside them, uV squared."""
    freq_hz = np.arange(LOW_HZ, HIGH_HZ + 1)
    off_hz = np.abs((freq_hz + mains_hz / 2) % mains_hz - mains_hz / 2)
    total = 0.0
    for line_hz in range(mains_hz, HIGH_HZ + 1, mains_hz):
        line = np.abs(freq_hz - line_hz) <= _LINE_HALF_HZ
        beside = (np.abs(freq_hz - line_hz) <= _BESIDE_HZ) & (off_hz > _LINE_HALF_HZ)
        total += float(power[line].sum() - np.median(power[beside]) * line.sum())
    return max(total, 0.0)
