"""The noise budget: what each part adds, in uV RMS at the electrode between 20 and 450 Hz.

Contributions are independent, so they add by their squares. What rests on a figure that nobody of
ours has verified is kept apart: the sum of what is known is what a board with its inputs shorted
would show if the sensor were noiseless, the other sum is what to expect on skin, *unverified*.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hardware import design
from hardware.design import BUILDS, Build, Status
from hardware.frontend.converter import Converter, floor_uv, step_uv
from hardware.frontend.response import (
    CHANNELS,
    NEIGHBOUR,
    RATES_HZ,
    Sampling,
    sampling,
    seen_noise_uv,
)
from hardware.frontend.supply import even_ripple_mv, worst_ripple_uv_per_mv

_BOLTZMANN_J_K = 1.380649e-23  # exact by definition


@dataclass(frozen=True)
class Contribution:
    """Noise of one part.

    Attributes
    ----------
    name : str
    noise_uv : float
        RMS at the electrode, 20-450 Hz.
    status : Status
        That of the weakest figure it rests on, see `hardware.design.Figure`.
    rests_on : str
        In a few words.
    """

    name: str
    noise_uv: float
    status: Status
    rests_on: str


@dataclass(frozen=True)
class Budget:
    """Noise of one build, rate and number of channels.

    Attributes
    ----------
    build : "no-solder" or "tidy"
    how : Sampling
    corrected : bool
        True if the firmware subtracts the step at code 2047.
    parts : tuple of Contribution
    """

    build: Build
    how: Sampling
    corrected: bool
    parts: tuple[Contribution, ...]

    @property
    def known_uv(self) -> float:
        """Sum of the parts with reported and measured figures."""
        return _sum_uv(part for part in self.parts if part.status != "unverified")

    @property
    def all_uv(self) -> float:
        """Sum of everything; *unverified*."""
        return _sum_uv(iter(self.parts))

    @property
    def shorted_uv(self) -> float:
        """Sum of converter, step and sensor, as in a noise test; *unverified*."""
        return _sum_uv(part for part in self.parts if part.name not in ("skin", "ripple"))


def budget(
    build: Build, how: Sampling, corrected: bool, converter: Converter | None = None
) -> Budget:
    """Return the budget of a configuration whose input rests on the step, the worst place.

    `converter` is one of typical noise and step where it is not given.
    """
    true = converter or Converter()
    used = true if corrected else true.uncorrected()
    ripple_uv = worst_ripple_uv_per_mv(build) * even_ripple_mv()
    parts = (
        Contribution(
            "converter",
            floor_uv(how, used.even()),
            "reported",
            f"{true.noise_lsb:g} LSB RMS a reading, and rounding; white",
        ),
        Contribution(
            "step",
            step_uv(how, used, used.worst_rest_codes),
            "measured",
            f"{true.step_lsb:g} LSB at code 2047, the input resting on it",
        ),
        Contribution(
            "sensor",
            seen_noise_uv(design.SENSOR_NOISE_V_RTHZ.value, build, how),
            design.SENSOR_NOISE_V_RTHZ.status,
            design.SENSOR_NOISE_V_RTHZ.source,
        ),
        Contribution(
            "skin",
            seen_noise_uv(thermal_v_rthz(2 * design.ELECTRODE_OHM.value), build, how),
            design.ELECTRODE_OHM.status,
            "thermal noise of two electrodes; none with the inputs shorted",
        ),
        Contribution(
            "ripple",
            ripple_uv,
            "unverified",
            "11.1 mV RMS on 3V3 in 20 MHz, if it were spread evenly",
        ),
    )
    return Budget(build, how, corrected, parts)


def thermal_v_rthz(ohm: float) -> float:
    """Return the thermal noise of a resistance, V/sqrt(Hz): sqrt(4 k T R) (Nyquist 1928).

    At high frequencies the noise of a gelled electrode on skin was measured to be just that
    (Gondran et al. 1996); towards low ones there is more.
    """
    return math.sqrt(4 * _BOLTZMANN_J_K * design.SKIN_KELVIN.value * ohm)


def budgets() -> Iterator[Budget]:
    """Return the budgets of every build, number of channels and rate, corrected and not."""
    for build in BUILDS:
        for channels in CHANNELS:
            for rate_hz in RATES_HZ:
                for corrected in (True, False):
                    yield budget(build, sampling(rate_hz, channels), corrected)


def neighbour(noise_lsb: float = design.ADC_NOISE_LSB.value) -> Budget:
    """Return the budget of the usual sketch: one uncorrected reading a millisecond, no filter."""
    return budget("no-solder", NEIGHBOUR, False, Converter(noise_lsb))


def neighbour_range_uv() -> tuple[float, float]:
    """Return the noise of the usual sketch with the quietest and the noisiest reported converter.

    The quietest rests away from the step, the noisiest on it.
    """
    low, high = (figure.value for figure in design.ADC_NOISE_RANGE_LSB)
    return floor_uv(NEIGHBOUR, Converter(low).even()), neighbour(high).known_uv


def _sum_uv(parts: Iterator[Contribution]) -> float:
    return math.sqrt(sum(part.noise_uv**2 for part in parts))
