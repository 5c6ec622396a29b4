"""Effects of the 3.3 V supply on a reading: where the input rests, and ripple.

A reading compares the sensor's output, which stands on half of the sensor's own supply, with the
converter's reference. Both come from 3V3, each through its own filter; what the filters do alike
cancels. A ripple dV on 3V3 moves the reading by 2048 / 3.3 V * dV * (H_sensor - H_reference), where
H_sensor holds the filter at the converter's pin, too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hardware import design
from hardware.design import Build
from hardware.frontend.response import (
    BAND_HZ,
    BAND_WIDTH_HZ,
    UV_PER_CODE,
    filter_response,
)

Complex = NDArray[np.complex128]

_HALF_CODES = design.ADC_CODES.value / 2
_MID_SUPPLY = (True, False)  # whether the sensor's mid supply follows its supply, or is smoothed


def reference_v() -> float:
    """Return the converter's reference: 3V3 minus the drop of its own current."""
    ohm = design.VREF_SERIES_OHM.value + design.VREF_PIN_OHM.value
    return design.SUPPLY_V.value - design.VREF_A.value * ohm


def sensor_supply_v(build: Build) -> float:
    """Return the sensor's supply: 3V3 minus the drop in the tidy build's filter."""
    drop_v = design.SUPPLY_OHM.value * design.SENSOR_SUPPLY_A.value if build == "tidy" else 0.0
    return design.SUPPLY_V.value - drop_v


def rest_codes(build: Build) -> float:
    """Return the code at which the input rests: half of the divided supply, against the reference.

    The filter and the converter's input divide what rests as they divide a signal.
    """
    pin_v = sensor_supply_v(build) / 2 * float(np.abs(filter_response(0.0, build)))
    return design.ADC_CODES.value * pin_v / reference_v()


def shown_over_true(build: Build) -> float:
    """Return shown over true amplitude, from reference and divider alone.

    The program takes the reference for 3.3 V; the filter and the converter's input divide.
    """
    divider = float(np.abs(filter_response(0.0, build)))
    return design.SUPPLY_V.value / reference_v() * divider


def reference_response(
    freq_hz: ArrayLike, build: Build, vref_f: float = design.VREF_EXTRA_F.value
) -> Complex:
    """Return the response from 3V3 to the reference: R7, `vref_f` (tidy), R9, the chip's."""
    s = 2j * np.pi * np.asarray(freq_hz, dtype=np.float64)
    extra_f = vref_f if build == "tidy" else 0.0
    chip = 1 + s * design.VREF_PIN_OHM.value * design.VREF_ON_BOARD_F.value
    branch_s = s * design.VREF_ON_BOARD_F.value / chip  # admittance of R9 and the capacitor
    pin = 1 / (1 + design.VREF_SERIES_OHM.value * (s * extra_f + branch_s))
    return np.asarray(pin / chip)


def supply_response(
    freq_hz: ArrayLike, build: Build, supply_f: float = design.SUPPLY_F.value
) -> Complex:
    """Return the response from 3V3 to the sensor's supply: SUPPLY_OHM, `supply_f`; else 1."""
    s = 2j * np.pi * np.asarray(freq_hz, dtype=np.float64)
    farad = supply_f if build == "tidy" else 0.0
    return np.asarray(1 / (1 + s * design.SUPPLY_OHM.value * farad))


def matching_supply_f() -> float:
    """Return the capacitor at the sensor's supply that makes both filters equal, F."""
    reference_f = design.VREF_ON_BOARD_F.value + design.VREF_EXTRA_F.value
    return design.VREF_SERIES_OHM.value * reference_f / design.SUPPLY_OHM.value


def ripple_uv_per_mv(
    freq_hz: ArrayLike,
    build: Build,
    mid_supply_follows: bool,
    supply_f: float = design.SUPPLY_F.value,
    vref_f: float = design.VREF_EXTRA_F.value,
) -> NDArray[np.float64]:
    """Return the reading of 1 mV on 3V3 by its frequency, uV at the electrode.

    The sensor's mid supply is taken to follow half of its supply at once, or not at all: which of
    them a MyoWare 2.0 does is not known.
    """
    sensor = supply_response(freq_hz, build, supply_f) * filter_response(freq_hz, build)
    sensor = sensor if mid_supply_follows else 0.0 * sensor
    difference = np.abs(sensor - reference_response(freq_hz, build, vref_f))
    codes_per_v = _HALF_CODES / design.SUPPLY_V.value
    return np.asarray(difference * codes_per_v * 1e-3 * UV_PER_CODE)


def band_ripple_uv_per_mv(
    build: Build,
    mid_supply_follows: bool,
    supply_f: float = design.SUPPLY_F.value,
    vref_f: float = design.VREF_EXTRA_F.value,
) -> float:
    """Return the reading of ripple spread evenly over 20-450 Hz: uV RMS for each mV RMS."""
    f_hz = np.linspace(*BAND_HZ, 431)
    per_mv = ripple_uv_per_mv(f_hz, build, mid_supply_follows, supply_f, vref_f)
    return float(np.sqrt(np.mean(per_mv**2)))


def worst_ripple_uv_per_mv(build: Build) -> float:
    """Return the worse figure of the two possible kinds of mid supply."""
    return max(band_ripple_uv_per_mv(build, follows) for follows in _MID_SUPPLY)


def even_ripple_mv() -> float:
    """Return the ripple in 20-450 Hz if that of 20 MHz were spread evenly, mV RMS."""
    share = BAND_WIDTH_HZ / design.RIPPLE_BAND_HZ.value
    return float(design.RIPPLE_3V3_V.value * 1e3 * np.sqrt(share))


def inrush_a(sensors: int) -> float:
    """Return the peak current that charges SUPPLY_F of all sensors while 3V3 rises evenly."""
    ramp_s, farad = design.SUPPLY_RAMP_S.value, design.SUPPLY_F.value
    filled = 1 - np.exp(-ramp_s / (design.SUPPLY_OHM.value * farad))
    return float(sensors * farad * design.SUPPLY_V.value / ramp_s * filled)
