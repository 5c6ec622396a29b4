"""How long the band's filters ring from a disturbance of a given size."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.bands import Band, design_bandpass
from unclench_dsp.filters import SosFilter
from unclench_dsp.gate.slots import SlotFeatures, slot_length

LEFT = 0.6
"""Share of the usual tension to which the longest-ringing shape must have decayed."""

_STEPS = 8  # table entries for a factor of two
_LARGEST = 2.0**24
_AT_S, _LASTING_S = 0.3, 1.2


class Ring:
    """Slots from a disturbance's slot until it has decayed to `LEFT` of the usual tension.

    Parameters
    ----------
    decay : ndarray, shape (n_slots,)
        What is left in the band, from the slot of a disturbance of size 1 on.
    """

    def __init__(self, decay: FloatArray) -> None:
        sizes = 2.0 ** (np.arange(math.log2(_LARGEST) * _STEPS + 1) / _STEPS)
        self._slots = [int(np.count_nonzero(decay * size > LEFT)) for size in sizes]

    def slots(self, size: float) -> int:
        """Slots that a disturbance of `size` times the usual tension needs."""
        at = math.ceil(math.log2(max(size, 1.0)) * _STEPS)
        return self._slots[min(at, len(self._slots) - 1)]


@lru_cache(maxsize=16)  # takes as long as a second of signal, and depends on nothing else
def design_rings(band: Band, fs_hz: float) -> tuple[Ring, Ring]:
    """Rings of slow disturbances, sized by `Features.slow`, and of sharp ones, by `Features.sharp`.

    Each is the longest of several shapes: bells of a QRS complex's width, steps that decay,
    clicks; each as it is and behind a sensor's high-pass.
    """
    slot_n = slot_length(fs_hz)
    n = math.ceil(_LASTING_S * fs_hz / slot_n) * slot_n
    t = np.arange(n) / fs_hz - _AT_S
    bells = [np.exp(-0.5 * np.square(t / width)) for width in (0.006, 0.008, 0.012, 0.016)]
    steps = [np.where(t >= 0, np.exp(-np.maximum(t, 0) / tau), 0) for tau in (0.003, 0.01, 0.03)]
    click = np.where(np.arange(n) == round(_AT_S * fs_hz), 1.0, 0.0)
    slow = np.stack([*bells, *steps], axis=1)
    sharp = np.stack([click, steps[0]], axis=1)
    return _ring(slow, "slow", band, fs_hz), _ring(sharp, "sharp", band, fs_hz)


def _ring(plain: FloatArray, of: str, band: Band, fs_hz: float) -> Ring:
    from scipy import signal

    sensor = signal.butter(1, 20.8, "highpass", fs=fs_hz, output="sos")
    shapes = np.concatenate([plain, signal.sosfilt(sensor, plain, axis=0)], axis=1)
    band_uv = SosFilter(design_bandpass(band, fs_hz), shapes.shape[1]).process(shapes)
    features = SlotFeatures(fs_hz, shapes.shape[1]).process(shapes, band_uv)
    size = np.abs(getattr(features, of))
    longest = np.zeros(features.band.shape[1])
    for one, left in zip(size, features.band, strict=True):
        if one.max() < 1e-6:
            continue
        peak = int(one.argmax())
        later = np.maximum.accumulate(left[peak:][::-1])[::-1] / one[peak]
        longest[: len(later)] = np.maximum(longest[: len(later)], later)
    return Ring(longest)
