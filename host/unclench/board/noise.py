"""How much noise of its own an instrument may have: the one set of figures for check and verdict.

What the converter adds in 20 to 450 Hz goes by how many readings a second each channel gets,
whatever the rate: half a million for one channel, a third of that for each of three. What a sensor
adds does not go by that, so only the converter's share of a limit grows, by the sum of squares.
The limits are stated for one channel (firmware/README.md, "How to read a noise test").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from unclench.errors import InputError
from unclench.profiles.known import BOARD, SENSOR
from unclench_dsp.arrays import FloatArray
from unclench_dsp.noise import (
    GOOD_NOISE_UV,
    HIGH_HZ,
    LOW_HZ,
    USABLE_NOISE_UV,
    Spectrum,
    noise_spectra,
)
from unclench_wire.messages import Hello

DEAD_UV = 0.02  # no converter is so quiet
_ONE_CHANNEL = 250, 2000.0  # readings summed to a sample, samples a second
_CODE_UV = BOARD.converter.uv_per_code / SENSOR.gain.value  # another gain makes no muscle weaker
# RMS of one reading: noise, and rounding
_READING_LSB = math.hypot(BOARD.converter.noise_lsb.value, 1 / math.sqrt(12))
_BAND_HZ = float(HIGH_HZ - LOW_HZ)


def limits_uv(oversampling: int, rate_hz: float) -> tuple[float, float]:
    """Return up to where a channel's own noise is good, and up to where it is usable.

    That is sqrt(S^2 + c^2), c by the converter at this rate, S by the sensor: what a limit of one
    channel leaves for it.
    """
    more = _by_converter_uv(_CODE_UV, oversampling, rate_hz) ** 2
    more -= _by_converter_uv(_CODE_UV, *_ONE_CHANNEL) ** 2
    return math.sqrt(GOOD_NOISE_UV**2 + more), math.sqrt(USABLE_NOISE_UV**2 + more)


def spectra(runs_uv: Sequence[FloatArray], fs_hz: float) -> tuple[Spectrum, ...]:
    """See `noise_spectra`. Raises InputError, with advice, where there can be none."""
    if fs_hz <= 2 * HIGH_HZ:
        raise InputError(
            f"{fs_hz:g} Hz are too few for 20 to 450 Hz: set 2000 Hz with `unclench board set "
            "--rate 2000`."
        )
    try:
        return noise_spectra(runs_uv, fs_hz)
    except ValueError:
        raise InputError(
            "So much was lost that no second of signal is whole: use another cable or USB port, "
            "without a hub, and repeat the step."
        ) from None


def converter_noise_uv(hello: Hello, channel: int) -> float:
    """RMS noise in 20-450 Hz at the electrode by the converter alone: the least there is."""
    code_uv = hello.uv_per_unit(channel) * hello.oversampling
    return _by_converter_uv(code_uv, hello.oversampling, hello.fs_hz())


def _by_converter_uv(code_uv: float, oversampling: int, rate_hz: float) -> float:
    in_band = min(1.0, _BAND_HZ / (rate_hz / 2))
    return code_uv * _READING_LSB * math.sqrt(in_band / oversampling)
