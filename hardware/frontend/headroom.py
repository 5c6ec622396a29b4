"""How much fits in: the largest signal, electrodes' steady voltage, hum; and the skin's noise."""

from __future__ import annotations

import math

from hardware import design
from hardware.design import Build
from hardware.frontend.supply import reference_v, sensor_supply_v

_BOLTZMANN_J_K = 1.380649e-23  # exact by definition


def full_scale_mv(build: Build) -> float:
    """The largest peak at the electrode, mV: to the nearer rail of converter and sensor.

    The sensor's output is taken to reach both of its rails (*unverified* for a MyoWare 2.0).
    """
    rest_v = sensor_supply_v(build) / 2
    up_v = min(reference_v(), sensor_supply_v(build)) - rest_v
    return min(rest_v, up_v) / design.SENSOR_GAIN.value * 1e3


def largest_signal_mv() -> float:
    """Peak of the strongest contraction, mV at the electrode."""
    return design.CLENCH_UV.value * design.CREST.value * 1e-3


def hum_mv_rms(build: Build) -> float:
    """Hum, mV RMS at the electrode, that fits in beside the strongest contraction."""
    return (full_scale_mv(build) - largest_signal_mv()) / math.sqrt(2)


def offset_mv(build: Build, gain_before: float) -> float:
    """Electrodes' steady voltage, mV, that fits in beside the strongest contraction.

    Parameters
    ----------
    build : "no-solder" or "tidy"
    gain_before : float
        What the sensor amplifies by before its high-pass takes the steady voltage out: all of it
        (200) if the high-pass comes last. Where a MyoWare 2.0 has it is not known.
    """
    return sensor_supply_v(build) / 2 * 1e3 / gain_before - largest_signal_mv()


def gain_for_offset(build: Build) -> float:
    """The largest gain before the high-pass that bears ELECTRODE_OFFSET_V."""
    beside_mv = design.ELECTRODE_OFFSET_V.value * 1e3 + largest_signal_mv()
    return sensor_supply_v(build) / 2 * 1e3 / beside_mv


def skin_v_rthz(electrodes_ohm: float = 2 * design.ELECTRODE_OHM.value) -> float:
    """Thermal noise of two electrodes on skin, V/sqrt(Hz): sqrt(4 k T R) (Nyquist 1928).

    At high frequencies the noise of a gelled electrode on skin was measured to be just that
    (Gondran et al. 1996); towards low ones there is more.
    """
    return math.sqrt(4 * _BOLTZMANN_J_K * design.SKIN_KELVIN.value * electrodes_ohm)
