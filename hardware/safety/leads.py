"""Resistors in the electrode leads: what a fault then still drives, and what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hardware import design
from hardware.safety.currents import through_a
from unclench_dsp import WIDE

BOLTZMANN_J_K = 1.380649e-23


@dataclass(frozen=True)
class Option:
    """Resistors of `LEAD_OHM` in the two leads of the inputs, in that of REF, or in none.

    Currents are at worst: resistors at their smallest, electrodes and skin neglected.
    """

    name: str
    in_inputs: bool
    in_ref: bool

    def _worst_a(self, n: int) -> float:
        smallest_ohm = design.LEAD_OHM.value * (1 - design.LEAD_SHARE.value)
        return through_a(design.SUPPLY_V.value, design.BODY_OHM.value + n * smallest_ohm)

    @property
    def to_ref_a(self) -> float:
        """The supply between an input and REF, in amperes."""
        return self._worst_a(self.in_inputs + self.in_ref)

    @property
    def to_laptop_a(self) -> float:
        """The supply between an input and a hand on bare metal of the laptop, in amperes."""
        return self._worst_a(int(self.in_inputs))

    @property
    def noise_v(self) -> float:
        """RMS at the electrodes, added by resistors between the two inputs."""
        return thermal_noise_v(2 * design.LEAD_OHM.value * self.in_inputs)

    @property
    def hum_v(self) -> float:
        """RMS at the electrodes: what the mains in the room leaves of itself."""
        ref_ohm = design.ELECTRODE_OHM.value + design.LEAD_OHM.value * self.in_ref
        return design.BODY_HUM_A.value * ref_ohm / design.COMMON_MODE.value


def thermal_noise_v(ohm: float) -> float:
    """RMS noise of a resistance in the wide band (Johnson and Nyquist): sqrt(4 k T R B)."""
    band_hz = WIDE.high_hz - WIDE.low_hz
    return math.sqrt(4 * BOLTZMANN_J_K * design.SKIN_KELVIN.value * ohm * band_hz)


def options() -> tuple[Option, ...]:
    """None, one in each lead, and one in the lead of REF alone."""
    ohm = f"{design.LEAD_OHM.value / 1e3:g} kohm, {design.LEAD_SHARE.value:.0%}".replace("%", " %")
    return (
        Option("none (both builds)", in_inputs=False, in_ref=False),
        Option(f"{ohm}, in each of the three leads", in_inputs=True, in_ref=True),
        Option(f"{ohm}, in the lead of REF alone", in_inputs=False, in_ref=True),
    )
