"""Noise of the converter: its own, the rounding to codes, and the step at code 2047.

A reading is the highest code whose threshold lies below input plus noise. On the RP2040 code 2047
never comes and all codes above begin `step_lsb` early, so they read that much too high (the field's
sweeps of five boards). Mean and variance of one reading are sums over the codes near the input,
each with the probability that a normal distribution gives it: no simulation, no grid of levels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hardware import design
from hardware.frontend.response import BAND_WIDTH_HZ, UV_PER_CODE, Sampling
from unclench.profiles.known import RP2040_MISSING

MISSING = RP2040_MISSING
_SIGMAS = 8
_POINTS = 64  # over which a signal's own distribution is summed

Wave = Literal["muscle", "sine"]


@dataclass(frozen=True)
class Converter:
    """An RP2040's converter, and the step that the firmware subtracts.

    Attributes
    ----------
    noise_lsb : float
        RMS of one reading's own noise, rounding not included.
    step_lsb : float
        By how much readings above code 2047 are too high, 0 to 2; 0 still misses that code.
    corrected_lsb : float
        What is taken off each of these readings.
    """

    noise_lsb: float = design.ADC_NOISE_LSB.value
    step_lsb: float = design.ADC_STEP_LSB.value
    corrected_lsb: float = design.ADC_STEP_LSB.value

    @property
    def worst_rest_codes(self) -> float:
        """Level of the step: at this level half of the readings are too high."""
        return MISSING + 1 - self.step_lsb

    def uncorrected(self) -> Converter:
        """Return the same converter without the firmware's correction."""
        return replace(self, corrected_lsb=0.0)

    def even(self) -> Converter:
        """Return the same converter without a step."""
        return replace(self, step_lsb=1.0, corrected_lsb=1.0)


def moments(
    level_codes: NDArray[np.float64] | float, converter: Converter
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of a reading of constant inputs, in codes and codes squared.

    Parameters
    ----------
    level_codes : float or ndarray, shape (n,)
        Of the inputs; both results have this shape.
    converter : Converter
    """
    levels = np.asarray(level_codes, np.float64)[..., np.newaxis]
    reach = _SIGMAS * converter.noise_lsb + 3
    codes = np.floor(levels - reach) + np.arange(np.ceil(2 * reach) + 2)
    begins = np.where(codes > MISSING, codes - converter.step_lsb, codes)
    begins[codes == MISSING] = MISSING + 1 - converter.step_lsb  # where the next one begins
    values = np.where(codes > MISSING, codes - converter.corrected_lsb, codes)
    above = special.ndtr((levels - begins) / converter.noise_lsb)  # share at or over each
    above[..., 0] = 1.0
    share = above - np.append(above[..., 1:], np.zeros_like(levels), axis=-1)
    mean = (share * values).sum(axis=-1)
    return mean, (share * (values - mean[..., np.newaxis]) ** 2).sum(axis=-1)


def floor_uv(how: Sampling, converter: Converter, level_codes: float = 1000.0) -> float:
    """Return the converter's noise in 20-450 Hz with a constant input, uV RMS at the electrode.

    The noise of the readings is taken as white, so averaging N of them divides it by sqrt(N), and
    the band holds its share of half the rate.
    """
    _, variance = moments(level_codes, converter)
    return float(np.sqrt(variance * _share(how)) * UV_PER_CODE)


def step_uv(how: Sampling, converter: Converter, level_codes: float) -> float:
    """Return the noise that the step adds at a resting level, uV RMS."""
    even = converter.even()
    more = floor_uv(how, converter, level_codes) ** 2 - floor_uv(how, even, level_codes) ** 2
    return float(np.sqrt(max(more, 0.0)))


def read_uv(
    true_uv: float,
    how: Sampling,
    converter: Converter,
    level_codes: float,
    wave: Wave = "muscle",
) -> float:
    """Return the reading of a signal in the band, with the converter's noise, uV RMS.

    Parameters
    ----------
    true_uv : float
        RMS at the electrode as it arrives at the pin: sensor and filter are not in this.
    how : Sampling
        The signal is taken as slow against one sample, and what the step makes of it as in band.
    converter : Converter
    level_codes : float
        Where the input rests.
    wave : "muscle" or "sine"
        How the signal is distributed about its rest: normally, or as a sine is.
    """
    at, weight = _distribution(wave)
    means, variances = moments(level_codes + true_uv / UV_PER_CODE * at, converter)
    swing = weight @ (means - weight @ means) ** 2
    return float(np.sqrt(swing + weight @ variances * _share(how)) * UV_PER_CODE)


def inflation(true_uv: float, how: Sampling, converter: Converter, level_codes: float) -> float:
    """Return the factor by which a signal reads larger than with an even converter."""
    even = read_uv(true_uv, how, converter.even(), level_codes)
    return read_uv(true_uv, how, converter, level_codes) / even


def _share(how: Sampling) -> float:
    """Return the share of a reading's variance that is in the band after averaging."""
    return min(1.0, BAND_WIDTH_HZ / (how.rate_hz / 2)) / how.readings


@cache
def _distribution(wave: Wave) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points of a signal of 1 RMS, and their weights."""
    if wave == "sine":
        turn = 2 * np.pi * (np.arange(_POINTS) + 0.5) / _POINTS
        return np.sqrt(2) * np.sin(turn), np.full(_POINTS, 1 / _POINTS)
    x, weight = np.polynomial.hermite_e.hermegauss(_POINTS)
    return x, weight / weight.sum()
