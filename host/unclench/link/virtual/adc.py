"""What a converter makes of a voltage: noise, quantisation, the step at a missing code.

A reading is floor(x + noise). Where a code is missing it never comes, and readings above it are
`step_lsb` too high (so it is with the RP2040). Hundreds of readings are summed
to one sample, so their sum is drawn from its mean and variance instead of one by one: the mean
and the variance of a single reading at every input level are computed once, by integrating over
the noise, and the sum of 50 or more readings is Gaussian to within its own rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unclench.profiles.kinds import ConverterProfile
from unclench.profiles.known import BOARD

_GRID = 32  # points per code
_MARGIN = 16  # codes beyond the rails


class Adc:
    """Draws readings, and sums of them.

    Parameters
    ----------
    noise_lsb
        RMS noise of one reading.
    step_lsb
        How much readings above the missing code are too high.
    corrected_lsb
        What the summing loop takes off each such reading, as the firmware does.
    converter
        How many codes there are, and which is missing.
    """

    def __init__(
        self,
        noise_lsb: float,
        step_lsb: float,
        corrected_lsb: float,
        converter: ConverterProfile = BOARD.converter,
    ) -> None:
        self._noise_lsb = noise_lsb
        self._step_lsb = step_lsb
        self._codes, self._missing = converter.n_codes, converter.missing_code
        self._bias, self._variance = _moments(
            noise_lsb, step_lsb, corrected_lsb, self._codes, self._missing
        )

    def readings(
        self, level_codes: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Raw codes of one reading at each input level, uncorrected; same shape as the levels."""
        at = level_codes + self._noise_lsb * rng.standard_normal(level_codes.shape)
        return _read(at, self._step_lsb, self._codes, self._missing)

    def sums(
        self, level_codes: NDArray[np.float64], readings: float, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Sums of `readings` readings at each input level, in codes; same shape as the levels."""
        bounded = np.clip(level_codes, -_MARGIN, self._codes + _MARGIN - 1)
        at = np.rint((bounded + _MARGIN) * _GRID).astype(np.intp)
        mean = np.clip(level_codes, 0, self._codes) + self._bias[at]
        return readings * mean + np.sqrt(readings * self._variance[at]) * rng.standard_normal(
            level_codes.shape
        )

    def noise_codes(self, level_codes: float) -> float:
        """RMS noise of one corrected reading at this level, quantisation included."""
        return float(np.sqrt(self._variance[round((level_codes + _MARGIN) * _GRID)]))


def _read(
    at: NDArray[np.float64], step_lsb: float, codes: int, missing: int | None
) -> NDArray[np.int64]:
    """Codes of what is converted, noise included, in codes."""
    code = np.floor(at)
    if missing is not None:
        # It has no width; what lies above is shifted, so the next one begins `step_lsb` early.
        above = at >= missing + 1 - step_lsb
        shifted = np.maximum(
            np.floor(at + step_lsb), missing + 1
        )  # rounding does not hit it either
        code = np.where(above, shifted, np.minimum(code, missing - 1))
    return np.clip(code, 0, codes - 1).astype(np.int64)


@lru_cache(maxsize=8)
def _moments(
    noise_lsb: float, step_lsb: float, corrected_lsb: float, codes: int, missing: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean minus level, and variance, of one reading on a grid of input levels."""

    from scipy import signal

    level = np.arange(-_MARGIN * _GRID, (codes + _MARGIN) * _GRID + 1) / _GRID
    # What is converted lies half a step of the grid off it: codes change on the grid itself.
    at = level[:-1] + 0.5 / _GRID
    code = _read(at, step_lsb, codes, missing)
    middle = codes // 2 - 1
    reading = code - corrected_lsb * (code > (codes if missing is None else missing))
    half = int(np.ceil(6 * noise_lsb * _GRID)) + 1
    kernel = np.exp(-0.5 * ((np.arange(-half, half) + 0.5) / (noise_lsb * _GRID)) ** 2)
    kernel /= kernel.sum()
    # Around the middle code the squares are small and keep their digits where it matters.
    centred = np.pad(reading, half, mode="edge") - middle
    mean = signal.fftconvolve(centred, kernel, mode="valid")
    square = signal.fftconvolve(centred**2, kernel, mode="valid")
    variance = np.maximum(square - mean**2, 0.0)
    mean += middle
    return mean - np.clip(level, 0, codes), variance
