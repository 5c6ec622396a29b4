"""Subtracts an instrument's own noise from a tension, in power: what the muscle alone makes.

The noise of sensor and converter does not depend on the muscle, so the powers of both add up and
sqrt(x^2 - n^2) is the muscle's part of a reading of x. Both have 95 % intervals. That of the
difference of the squares follows from them by Zou and Donner's MOVER (Statistics in Medicine 27
(2008) 1693, doi:10.1002/sim.3095), which needs no symmetry: near the floor the interval reaches
down to 0, and then the tension is below what the instrument can see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from unclench_dsp.uncertainty import Estimate

NOISE_ERROR, CONVERTED_ERROR = 0.03, 0.1
"""Half the 95 % interval of a stored noise, as a share of it. In 20-450 Hz the shortest check of
3 s scatters by 1 / (2 sqrt(430 Hz x 3 s)) = 1.4 %. Chosen: 10 % in another band, because it is
converted there as if the noise were white."""

CLEARLY = 1.25
"""Without an interval, a reading of at least this many times the noise is seen: tension below it is
excluded as too quiet, too."""


@dataclass(frozen=True)
class AboveFloor:
    """A tension above the noise floor.

    Attributes
    ----------
    estimate : Estimate
        uV; its interval never falls below 0.
    seen : bool
        False: below what the instrument can see. The interval includes 0, or there is none and the
        reading is less than `CLEARLY` times the noise.
    """

    estimate: Estimate
    seen: bool


def noise_estimate(noise_uv: float, converted: bool = False) -> Estimate:
    """Return an instrument's noise with its interval.

    Parameters
    ----------
    noise_uv : float
        RMS in the band used.
    converted : bool
        True if it was measured in another band.
    """
    error = CONVERTED_ERROR if converted else NOISE_ERROR
    return Estimate(noise_uv, noise_uv * (1 - error), noise_uv * (1 + error), 1)


def above_floor_uv(tension_uv: float, noise_uv: float) -> float:
    """Return sqrt(x^2 - n^2), at least 0: the part of a tension that is not the noise's."""
    return math.sqrt(max(0.0, tension_uv**2 - noise_uv**2))


def with_floor_uv(muscle_uv: float, noise_uv: float) -> float:
    """Return what a muscle's own tension reads with the noise in it: sqrt(m^2 + n^2)."""
    return math.hypot(muscle_uv, noise_uv)


def times_above_floor(tension_uv: float, times: float, noise_uv: float) -> float:
    """Return the reading of so many times the muscle's part of a tension, in uV.

    Without noise that is ``times * tension_uv``. With it, 0.8 times a reading of 1.12 uV over 0.5
    uV of noise is 0.94 uV: the muscle makes 1.0 uV before and 0.8 after.
    """
    return with_floor_uv(times * above_floor_uv(tension_uv, noise_uv), noise_uv)


def above_floor(tension: Estimate, noise: Estimate) -> AboveFloor:
    """Subtract the noise from a tension, with the interval of the difference.

    Parameters
    ----------
    tension, noise : Estimate
        uV in the same band. A noise without interval counts as exact.
    """
    value = above_floor_uv(tension.value, noise.value)
    if tension.low is None or tension.high is None:
        seen = tension.value >= CLEARLY * noise.value
        return AboveFloor(Estimate(value, None, None, tension.n_blocks), seen)
    noise_low, noise_high = (noise.value if end is None else end for end in (noise.low, noise.high))
    x2, n2 = tension.value**2, noise.value**2
    down = math.hypot(x2 - tension.low**2, noise_high**2 - n2)
    up = math.hypot(tension.high**2 - x2, n2 - noise_low**2)
    low, high = (math.sqrt(max(0.0, end)) for end in (x2 - n2 - down, x2 - n2 + up))
    return AboveFloor(Estimate(value, low, high, tension.n_blocks), low > 0)
