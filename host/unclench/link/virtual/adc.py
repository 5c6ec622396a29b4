"""What the RP2040's converter makes of a voltage: noise, quantisation, the step at code 2047.

A reading is floor(x + noise); code 2047 never comes, and readings above it are `step_lsb` too high
(so it was on every RP2040 whose sweeps were looked at). Hundreds of readings are summed
to one sample, so their sum is drawn from its mean and variance instead of one by one: the mean
and the variance of a single reading at every input level are computed once, by integrating over
the noise, and the sum of 50 or more readings is Gaussian to within its own rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CODES = 4096
FULL_SCALE_UV = 3_300_000
_MISSING = 2047
_GRID = 32  # points per code
_MARGIN = 16  # codes beyond the rails


class Adc:
    """Draws readings, and sums of them.

    Parameters
    ----------
    noise_lsb
        RMS noise of one reading; 0.97 is the middle of what was measured on RP2040 boards.
    step_lsb
        How much readings above code 2047 are too high; 0.6 to 1.4 on real boards.
    corrected_lsb
        What the summing loop takes off each such reading, as the firmware does.
    """

    def __init__(self, noise_lsb: float, step_lsb: float, corrected_lsb: float) -> None:
        self._noise_lsb = noise_lsb
        self._step_lsb = step_lsb
        self._bias, self._variance = _moments(noise_lsb, step_lsb, corrected_lsb)

    def readings(
        self, level_codes: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Raw codes of one reading at each input level, uncorrected; same shape as the levels."""
        at = level_codes + self._noise_lsb * rng.standard_normal(level_codes.shape)
        return _codes(at, self._step_lsb)

    def sums(
        self, level_codes: NDArray[np.float64], readings: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Sums of `readings` readings at each input level, in codes; same shape as the levels."""
        bounded = np.clip(level_codes, -_MARGIN, CODES + _MARGIN - 1)
        at = np.rint((bounded + _MARGIN) * _GRID).astype(np.intp)
        mean = np.clip(level_codes, 0, CODES) + self._bias[at]
        return readings * mean + np.sqrt(readings * self._variance[at]) * rng.standard_normal(
            level_codes.shape
        )

    def noise_codes(self, level_codes: float) -> float:
        """RMS noise of one corrected reading at this level, quantisation included."""
        return float(np.sqrt(self._variance[round((level_codes + _MARGIN) * _GRID)]))


def _codes(at: NDArray[np.float64], step_lsb: float) -> NDArray[np.int64]:
    """Codes of what is converted, noise included, in codes."""
    # Code 2047 has no width; what lies above is shifted, so 2048 begins `step_lsb` early.
    above = at >= _MISSING + 1 - step_lsb
    shifted = np.maximum(np.floor(at + step_lsb), _MISSING + 1)  # rounding makes no 2047 either
    code = np.where(above, shifted, np.minimum(np.floor(at), _MISSING - 1))
    return np.clip(code, 0, CODES - 1).astype(np.int64)


@lru_cache(maxsize=8)
def _moments(
    noise_lsb: float, step_lsb: float, corrected_lsb: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean minus level, and variance, of one reading on a grid of input levels."""

    from scipy import signal

    level = np.arange(-_MARGIN * _GRID, (CODES + _MARGIN) * _GRID + 1) / _GRID
    # What is converted lies half a step of the grid off it: codes change on the grid itself.
    at = level[:-1] + 0.5 / _GRID
    code = _codes(at, step_lsb)
    reading = code - corrected_lsb * (code > _MISSING)
    half = int(np.ceil(6 * noise_lsb * _GRID)) + 1
    kernel = np.exp(-0.5 * ((np.arange(-half, half) + 0.5) / (noise_lsb * _GRID)) ** 2)
    kernel /= kernel.sum()
    # Around the middle code the squares are small and keep their digits where it matters.
    centred = np.pad(reading, half, mode="edge") - _MISSING
    mean = signal.fftconvolve(centred, kernel, mode="valid")
    square = signal.fftconvolve(centred**2, kernel, mode="valid")
    variance = np.maximum(square - mean**2, 0.0)
    mean += _MISSING
    return mean - np.clip(level, 0, CODES), variance
