"""Resistors in the electrode leads: what a fault then still drives, and what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hardware import design
from hardware.frontend.budget import thermal_v_rthz
from hardware.frontend.response import BAND_WIDTH_HZ
from hardware.safety.currents import through_a


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
        ohm = 2 * design.LEAD_OHM.value * self.in_inputs
        return thermal_v_rthz(ohm) * math.sqrt(BAND_WIDTH_HZ)

    @property
    def hum_v(self) -> float:
        """RMS at the electrodes: what the mains in the room leaves of itself."""
        ref_ohm = design.ELECTRODE_OHM.value + design.LEAD_OHM.value * self.in_ref
        return design.BODY_HUM_A.value * ref_ohm / design.COMMON_MODE.value


def options() -> tuple[Option, ...]:
    """None, one in each lead, and one in the lead of REF alone."""
    ohm = f"{design.LEAD_OHM.value / 1e3:g} kohm, {design.LEAD_SHARE.value:.0%}".replace("%", " %")
    return (
        Option("none (both builds)", in_inputs=False, in_ref=False),
        Option(f"{ohm}, in each of the three leads", in_inputs=True, in_ref=True),
        Option(f"{ohm}, in the lead of REF alone", in_inputs=False, in_ref=True),
    )
