"""Noise between 20 and 450 Hz: the RMS of samples after a band-pass."""

import math

LOW_HZ = 20.0
HIGH_HZ = 450.0
_SETTLE = 0.25  # share of the samples for which the filters settle


def _butterworth(cutoff_hz, fs_hz, high):
    """Return coefficients b0, b1, a1, a2 of a second-order Butterworth filter; b2 is b0.

    By the bilinear transform, as in any textbook (e.g. Oppenheim and Schafer, section 7.1).
    """
    warped = math.tan(math.pi * cutoff_hz / fs_hz)
    square = warped * warped
    scale = 1.0 / (1.0 + math.sqrt(2.0) * warped + square)
    a1 = 2.0 * (square - 1.0) * scale
    a2 = (1.0 - math.sqrt(2.0) * warped + square) * scale
    if high:
        return scale, -2.0 * scale, a1, a2
    return square * scale, 2.0 * square * scale, a1, a2


def band_rms(values, fs_hz):
    """Return the RMS of `values` between 20 and 450 Hz, in their own unit, after settling."""
    n = len(values)
    mean = sum(values) / n  # subtracted first: the board calculates in single precision
    coefficients = [_butterworth(LOW_HZ, fs_hz, True)]
    if HIGH_HZ < 0.5 * fs_hz:
        coefficients.append(_butterworth(HIGH_HZ, fs_hz, False))
    filtered = [value - mean for value in values]
    for b0, b1, a1, a2 in coefficients:
        z1 = z2 = 0.0
        for i in range(n):
            x = filtered[i]
            y = b0 * x + z1
            z1 = b1 * x - a1 * y + z2
            z2 = b0 * x - a2 * y
            filtered[i] = y
    total = 0.0
    first = int(n * _SETTLE)
    for i in range(first, n):
        total += filtered[i] * filtered[i]
    return math.sqrt(total / (n - first))
