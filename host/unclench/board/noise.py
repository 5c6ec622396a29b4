"""How much noise of its own an instrument may have: the one set of figures for check and verdict.

What the converter adds in 20 to 450 Hz goes by how many readings a second each channel gets,
whatever the rate: half a million for one channel, a third of that for each of three. The limits are
stated for one channel (firmware/README.md, "How to read a noise test") and grow as that noise does.
"""

from __future__ import annotations

import math

from unclench_wire.messages import Hello

DEAD_UV = 0.02  # no converter is so quiet
_GOOD_UV, _USABLE_UV = 0.5, 1.0  # one channel; a resting muscle is 1 to 5 uV
_READINGS_HZ = 500_000.0
_READING_LSB = 0.97  # RMS of one reading
_BAND_HZ = 430.0  # from 20 to 450 Hz


def limits_uv(oversampling: int, rate_hz: float) -> tuple[float, float]:
    """Return up to where a channel's own noise is good, and up to where it is usable."""
    scale = math.sqrt(_READINGS_HZ / (oversampling * rate_hz))
    return _GOOD_UV * scale, _USABLE_UV * scale


def converter_noise_uv(hello: Hello, channel: int) -> float:
    """RMS noise in 20-450 Hz at the electrode by the converter alone: the least there is."""
    code_uv = hello.uv_per_unit(channel) * hello.oversampling
    in_band = min(1.0, _BAND_HZ / (hello.fs_hz() / 2))
    return code_uv * _READING_LSB * math.sqrt(in_band / hello.oversampling)
