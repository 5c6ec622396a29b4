"""From the electrode to a sample: gain over frequency, and what is folded back into the band.

Gains are against the sensor's nominal gain, so 1 means: shown as large as it is. The band of
everything here is 20-450 Hz, the one in which the noise of a board is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hardware import design
from hardware.design import Build
from unclench_board.acquisition import plan
from unclench_board.registers import ADC_CLOCK_HZ
from unclench_dsp import WIDE, sensor_response

Array = NDArray[np.float64]

BAND_HZ = (WIDE.low_hz, WIDE.high_hz)
BAND_WIDTH_HZ = WIDE.high_hz - WIDE.low_hz
RATES_HZ = (1000, 2000, 4000)
CHANNELS = (1, 2, 3)
UV_PER_CODE = (
    design.SUPPLY_V.value / design.ADC_CODES.value / design.SENSOR_GAIN.value * 1e6
)  # at the electrode
_SENSOR_BAND_HZ = (design.SENSOR_LOW_HZ.value, design.SENSOR_HIGH_HZ.value)
_FOLDS = 100  # images of the band on either side; those above are 60 dB down or more
_POINTS = 431  # of the band


@dataclass(frozen=True)
class Sampling:
    """How conversions of the board become samples.

    Attributes
    ----------
    rate_hz : float
        Samples a second of each channel.
    channels : int
        They take turns at the converter.
    readings : int
        Conversions summed to one sample of one channel.
    """

    rate_hz: float
    channels: int
    readings: int

    @property
    def reading_s(self) -> float:
        """Seconds from one conversion of a channel to its next."""
        return 1 / (self.rate_hz * self.readings)


NEIGHBOUR = Sampling(design.NEIGHBOUR_HZ.value, 1, 1)
"""The usual sketch: one conversion a sample."""


def sampling(rate_hz: int, channels: int) -> Sampling:
    """Return the firmware's sampling at a rate and number of channels, from its own `plan`.

    Raises ValueError with a sentence for what the board has not.
    """
    cycles, readings = plan(rate_hz, channels)  # type: ignore[no-untyped-call]  # MicroPython
    made_hz = ADC_CLOCK_HZ / (cycles * readings * channels)
    return Sampling(made_hz, channels, readings)


def filter_corner_hz() -> float:
    """Return the corner of the tidy build's filter, with the converter's input impedance."""
    ohm = 1 / (1 / design.FILTER_OHM.value + 1 / design.ADC_INPUT_OHM.value)
    return 1 / (2 * np.pi * ohm * (design.FILTER_F.value + design.ADC_SAMPLE_F.value))


def filter_gain_dc() -> float:
    """Return the share of the signal that the divider of filter and converter passes."""
    return design.ADC_INPUT_OHM.value / (design.ADC_INPUT_OHM.value + design.FILTER_OHM.value)


def crosstalk(conversions_hz: float) -> float:
    """Return the share of a channel's voltage that the sampling capacitor carries to the next.

    It comes charged by the channel before and takes its charge from our filter: R C f, with f the
    conversions of this channel in a second. Its size is *unverified*, see ADC_SAMPLE_F.
    """
    return design.FILTER_OHM.value * design.ADC_SAMPLE_F.value * conversions_hz


def filter_response(freq_hz: ArrayLike, build: Build) -> NDArray[np.complex128]:
    """From the sensor's RAW output to the converter's pin.

    1 in the no-solder build: the resistance of the sensor's output is not known.
    """
    f_hz = np.asarray(freq_hz, dtype=np.float64)
    if build == "no-solder":
        return np.ones_like(f_hz, dtype=np.complex128)
    return np.asarray(filter_gain_dc() / (1 + 1j * f_hz / filter_corner_hz()))


def averaging(freq_hz: ArrayLike, how: Sampling) -> Array:
    """Return the magnitude of the mean of `how.readings` conversions, evenly spaced in a sample.

    sin(pi f N T) / (N sin(pi f T)) with T from one conversion to the next (Dirichlet's kernel).
    """
    turn = np.pi * np.asarray(freq_hz, dtype=np.float64) * how.reading_s
    below = how.readings * np.sin(turn)
    whole = np.abs(below) < 1e-9  # multiples of the conversion rate pass in full
    above = np.sin(turn * how.readings)
    return np.abs(np.where(whole, 1.0, above / np.where(whole, 1.0, below)))


def overall(freq_hz: ArrayLike, build: Build, how: Sampling) -> Array:
    """Return the magnitude from the electrode to a sample: sensor, filter and averaging."""
    sensor = sensor_response(freq_hz, _SENSOR_BAND_HZ)
    return sensor * np.abs(filter_response(freq_hz, build)) * averaging(freq_hz, how)


def passed_hz(build: Build, how: Sampling) -> float:
    """Return the noise bandwidth of the band itself, Hz, for white noise at the electrode."""
    f_hz = np.linspace(*BAND_HZ, _POINTS)
    return float(np.mean(overall(f_hz, build, how) ** 2) * BAND_WIDTH_HZ)


def folded_bandwidth_hz(build: Build, how: Sampling) -> float:
    """Return the noise bandwidth of everything that is folded into the band, Hz."""
    f_hz = np.linspace(*BAND_HZ, _POINTS)
    images = how.rate_hz * np.arange(1, _FOLDS + 1)[:, None]
    power = overall(images + f_hz, build, how) ** 2 + overall(images - f_hz, build, how) ** 2
    return float(power.sum(axis=0).mean() * BAND_WIDTH_HZ)


def seen_noise_uv(density_v_rthz: float, build: Build, how: Sampling) -> float:
    """Return white noise at the electrode as read in 20-450 Hz, with folded noise, uV RMS."""
    width_hz = passed_hz(build, how) + folded_bandwidth_hz(build, how)
    return density_v_rthz * 1e6 * float(np.sqrt(width_hz))
