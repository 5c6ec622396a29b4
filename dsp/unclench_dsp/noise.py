"""Noise, hum and spectrum of an instrument, from runs without gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.bands import WIDE
from unclench_dsp.mains import LineProbe, steady_hum

LOW_HZ, HIGH_HZ = round(WIDE.low_hz), round(WIDE.high_hz)
WINDOW_S = 1.0
_LINE_REACH_HZ = 3.0  # a seventh harmonic may be off by 1.4 Hz; nothing else is near a line here

GOOD_NOISE_UV, USABLE_NOISE_UV = 0.5, 1.0
"""Highest RMS noise in 20-450 Hz of one channel, without hum, that is good, and that is usable.
Chosen: a resting muscle is 1 to 5 uV."""


@dataclass(frozen=True)
class Spectrum:
    """One channel in 20-450 Hz.

    Attributes
    ----------
    density_uv : ndarray, shape (431,)
        uV per root Hz at 20, 21, ... 450 Hz.
    noise_uv : float
        RMS without the hum.
    hum_uv : float
        RMS of the mains and its multiples, where they stand out (`steady_hum`).
    mains_hz : int
        Mains frequency: 50 or 60.
    steadiness : float
        Highest RMS of a half second in the band by the lowest: chance alone makes 1.2 to 1.35, as
        the RMS of 430 Hz over 0.5 s of a Hann window scatters by about 5 %.
    """

    density_uv: FloatArray
    noise_uv: float
    hum_uv: float
    mains_hz: int
    steadiness: float = 1.0


def noise_spectra(runs_uv: Sequence[FloatArray], fs_hz: float) -> tuple[Spectrum, ...]:
    """Return the spectrum of each channel: Welch's, Hann windows of 1 s that overlap by half.

    Parameters
    ----------
    runs_uv : sequence of ndarray, shape (n_samples, n_channels)
        Runs without gaps, in uV at the electrode.
    fs_hz : float

    Returns
    -------
    tuple of Spectrum
        One for each channel.

    Raises
    ------
    ValueError
        If `fs_hz` is not above 900, or no run lasts at least a second.
    """
    from scipy import signal

    if fs_hz <= 2 * HIGH_HZ:
        raise ValueError(
            f"A rate of {fs_hz:g} Hz is too low for this spectrum: use one above {2 * HIGH_HZ} Hz."
        )
    window_n = round(WINDOW_S * fs_hz)
    whole = [run for run in runs_uv if len(run) >= window_n]
    if not whole:
        raise ValueError("No run without gaps lasts a second: record for longer.")
    powers = [
        signal.welch(run, window_n, "hann", window_n, detrend="constant", axis=0)[1]
        for run in whole
    ]
    power = np.average(powers, axis=0, weights=[len(run) for run in whole])[LOW_HZ : HIGH_HZ + 1]
    windows = [
        run[start : start + window_n]
        for run in whole
        for start in range(0, len(run) - window_n + 1, window_n // 2)
    ]
    hums = steady_hum(LineProbe(fs_hz, window_n, LOW_HZ, HIGH_HZ, _LINE_REACH_HZ), windows)
    return tuple(
        Spectrum(
            np.sqrt(density_uv2),
            hum.rest_uv,
            hum.rms_uv,
            round(hum.mains_hz),
            steady,
        )
        for density_uv2, hum, steady in zip(power.T, hums, _steadiness(whole, fs_hz), strict=True)
    )


def _steadiness(runs_uv: Sequence[FloatArray], fs_hz: float) -> list[float]:
    """Return, for each channel, the highest RMS of a half second in the band by the lowest."""
    n = round(WINDOW_S / 2 * fs_hz)
    step_hz = fs_hz / n
    inside = slice(math.ceil(LOW_HZ / step_hz), math.floor(HIGH_HZ / step_hz) + 1)
    powers = []
    for run in runs_uv:
        halves = run[: len(run) // n * n].reshape(-1, n, run.shape[1])
        windowed = (halves - halves.mean(axis=1, keepdims=True)) * np.hanning(n)[:, np.newaxis]
        spectrum = np.abs(np.fft.rfft(windowed, axis=1)[:, inside]) ** 2
        powers.append(spectrum.sum(axis=1))
    power = np.concatenate(powers)
    lowest, highest = power.min(axis=0), power.max(axis=0)
    ratio = np.sqrt(highest / np.where(lowest > 0, lowest, 1.0))
    return [float(r) if low > 0 else 1.0 for r, low in zip(ratio, lowest, strict=True)]
