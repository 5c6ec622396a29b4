"""How much noise of its own an instrument may have: one set of limits for checks and verdicts.

The converter's noise in 20 to 450 Hz depends on the readings per second of each channel, not on the
rate: half a million for one channel, a third of that for each of three. A sensor's noise does not
depend on it, so only the converter's part of a limit grows, as a sum of squares. The limits are
given for one channel (firmware/README.md, "How to read a noise test").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from unclench.errors import InputError
from unclench.profiles.known import BOARD, SENSOR
from unclench.translation import tr
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

DEAD_UV = 0.02  # no converter is this quiet
_ONE_CHANNEL = 250, 2000.0  # readings summed to a sample, samples a second
_CODE_UV = BOARD.converter.uv_per_code / SENSOR.gain.value  # a muscle is as strong at any gain
# RMS of one reading: noise and rounding
_READING_LSB = math.hypot(BOARD.converter.noise_lsb.value, 1 / math.sqrt(12))
_BAND_HZ = float(HIGH_HZ - LOW_HZ)


def limits_uv(oversampling: int, rate_hz: float) -> tuple[float, float]:
    """Return the limits up to which a channel's own noise is good and usable.

    Each is sqrt(S^2 + c^2): c is the converter's noise at this rate, and S is what the limit for
    one channel leaves for the sensor.
    """
    more = _by_converter_uv(_CODE_UV, oversampling, rate_hz) ** 2
    more -= _by_converter_uv(_CODE_UV, *_ONE_CHANNEL) ** 2
    return math.sqrt(GOOD_NOISE_UV**2 + more), math.sqrt(USABLE_NOISE_UV**2 + more)


def spectra(runs_uv: Sequence[FloatArray], fs_hz: float) -> tuple[Spectrum, ...]:
    """See `noise_spectra`. Raises InputError if the rate is too low or no second is whole."""
    if fs_hz <= 2 * HIGH_HZ:
        raise InputError(
            tr(
                "A rate of {fs_hz:g} Hz is too low to measure 20 to 450 Hz. Set 2000 Hz with "
                "`unclench board set --rate 2000`.",
                fs_hz=fs_hz,
            )
        )
    try:
        return noise_spectra(runs_uv, fs_hz)
    except ValueError:
        raise InputError(
            tr(
                "No full second arrived without lost samples. Use another cable or USB port, "
                "without a hub, and repeat the step."
            )
        ) from None


def converter_noise_uv(hello: Hello, channel: int) -> float:
    """Return the converter's own RMS noise in 20-450 Hz at the electrode: the least possible."""
    code_uv = hello.uv_per_unit(channel) * hello.oversampling
    return _by_converter_uv(code_uv, hello.oversampling, hello.fs_hz())


def _by_converter_uv(code_uv: float, oversampling: int, rate_hz: float) -> float:
    in_band = min(1.0, _BAND_HZ / (rate_hz / 2))
    return code_uv * _READING_LSB * math.sqrt(in_band / oversampling)
