"""What the gate looks at, in slots of about 4 ms: slow swings, loudness, sharpness, tension."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray, IntArray
from unclench_dsp.envelope import moving_sum
from unclench_dsp.filters import SosFilter

_SLOT_HZ = 250.0
_BELLS = ((0.016, 0.6), (0.010, 0.4))  # width in s, share
REACH = 12
"""Slots to either side that a feature looks at."""
LEAST_UV = 0.05
"""A signal that stands still has no level of its own."""
_LOUD_HZ = (60.0, 450.0)
_SHARP_HZ = 300.0  # a motor unit's potential has little above
_BESIDE = range(3, REACH + 1)  # slots to either side with which a click is compared
_CALM = len(_BESIDE) // 3  # that many of them may be larger: clicks come in crowds


def slot_length(fs_hz: float) -> int:
    """Samples in a slot."""
    return max(1, round(fs_hz / _SLOT_HZ))


@dataclass(frozen=True)
class Features:
    """Features of consecutive slots, each of shape (n_channels, n_slots), in uV.

    Attributes
    ----------
    first : int
        Number of the first slot.
    slow : ndarray
        About 12 to 40 Hz, without delay: the QRS complex, tugs, flutter; little of a muscle.
    loud : ndarray
        RMS of 60 to 450 Hz over the 0.1 s around: the muscle.
    sharp : ndarray
        Largest value above 300 Hz in the slot; 0 where the rate is too low for that.
    band : ndarray
        RMS of the band in use in the slot.
    """

    first: int
    slow: FloatArray
    loud: FloatArray
    sharp: FloatArray
    band: FloatArray
    _around: FloatArray  # as SlotFeatures holds it, REACH slots more on either side

    def beside(self, channel: IntArray, slot: IntArray) -> FloatArray:
        """Return the sharp signal 12 to 50 ms before and after slots, (2, n).

        It is the third part of the values there that counts, so clicks among them do not.
        """
        at = slot + REACH + np.array(_BESIDE)[:, np.newaxis]
        sharp = self._around[2]
        both = np.stack([sharp[channel, 2 * (slot + REACH) - at], sharp[channel, at]])
        beside: FloatArray = np.partition(both, _CALM, axis=1)[:, _CALM]
        return beside

    def tension(self) -> FloatArray:
        """Return the RMS of the band in use over 5 slots around each, (n_channels, n_slots)."""
        around = self._around[3, :, REACH - 2 : REACH + 2 + self.band.shape[1]]
        tension: FloatArray = np.sqrt(moving_sum(around, 5) / 5)
        return tension

    def loud_in(self, channel: IntArray, slot: IntArray) -> FloatArray:
        """Return the loudness of slots alone, with one before and one after: 12 ms."""
        at = slot + REACH + np.array([[-1], [0], [1]])
        loud: FloatArray = np.sqrt(self._around[1, channel, at].mean(axis=0))
        return loud


class SlotFeatures:
    """Computes the features of a stream; any split of the input gives the same bits.

    Parameters
    ----------
    fs_hz : float
    n_channels : int
    """

    def __init__(self, fs_hz: float, n_channels: int) -> None:
        from scipy import signal

        self._slot_n = slot_length(fs_hz)
        self._n_channels = n_channels
        self._kernel = slow_kernel(fs_hz / self._slot_n)
        high_hz = min(_LOUD_HZ[1], 0.45 * fs_hz)
        loud = signal.butter(2, (_LOUD_HZ[0], high_hz), "bandpass", fs=fs_hz, output="sos")
        self._loud = SosFilter(loud, n_channels)
        self._sharp: SosFilter | None = None
        if fs_hz > 3 * _SHARP_HZ:
            sharp = signal.butter(2, _SHARP_HZ, "highpass", fs=fs_hz, output="sos")
            self._sharp = SosFilter(sharp, n_channels)
        self.restart()

    def restart(self) -> None:
        """Forget everything; the next sample is the first of slot 0."""
        self._loud.reset()
        if self._sharp is not None:
            self._sharp.reset()
        # mean, mean square of loud and band, largest of sharp; REACH slots on either side
        self._past = np.zeros((4, self._n_channels, 0))
        self._next = 0

    def process(self, clean_uv: FloatArray, band_uv: FloatArray) -> Features:
        """Take whole slots.

        Parameters
        ----------
        clean_uv, band_uv : ndarray, shape (k * slot_n, n_channels)

        Returns
        -------
        Features
            Of the next slots for which `REACH` later ones have come.
        """
        return self._features(self._reduced(clean_uv, band_uv))

    def finish(self) -> Features:
        """Give out the last slots, as if the signal stayed as it is."""
        if self._past.shape[2] == 0:
            return self._features(self._past)
        return self._features(np.repeat(self._past[:, :, -1:], REACH, axis=2))

    def _reduced(self, clean_uv: FloatArray, band_uv: FloatArray) -> FloatArray:
        slots = len(clean_uv) // self._slot_n
        shape = (self._n_channels, slots, self._slot_n)
        out = np.zeros((4, self._n_channels, slots))
        if slots == 0:
            return out
        np.add.reduce(clean_uv.T.copy().reshape(shape), axis=2, out=out[0])
        loud = np.square(self._loud.process(clean_uv).T)
        np.add.reduce(np.ascontiguousarray(loud).reshape(shape), axis=2, out=out[1])
        if self._sharp is not None:
            sharp = np.abs(self._sharp.process(clean_uv).T)
            np.max(np.ascontiguousarray(sharp).reshape(shape), axis=2, out=out[2])
        band = np.square(band_uv.T)
        np.add.reduce(np.ascontiguousarray(band).reshape(shape), axis=2, out=out[3])
        out[[0, 1, 3]] /= self._slot_n
        return out

    def _features(self, new: FloatArray) -> Features:
        if self._past.shape[2] == 0 and new.shape[2] > 0:  # the first slot stood there for ever
            self._past = np.repeat(new[:, :, :1], REACH, axis=2)
        both = np.concatenate([self._past, new], axis=2)
        slots = max(0, both.shape[2] - 2 * REACH)
        self._past = both[:, :, slots:]
        here = slice(REACH, REACH + slots)
        first, self._next = self._next, self._next + slots
        if slots == 0:
            none = np.zeros((self._n_channels, 0))
            return Features(first, none, none, none, none, both)
        return Features(
            first,
            self._slow(both[0], slots),
            np.maximum(np.sqrt(moving_sum(both[1], 2 * REACH + 1) / (2 * REACH + 1)), LEAST_UV),
            both[2, :, here],
            np.sqrt(both[3, :, here]),
            both,
        )

    def _slow(self, mean: FloatArray, slots: int) -> FloatArray:
        # Tap by tap, and not by a library's convolution: its bits depend on the length.
        slow: FloatArray = self._kernel[0] * mean[:, REACH : REACH + slots]
        for tap in range(1, REACH + 1):
            before = mean[:, REACH - tap : REACH - tap + slots]
            slow += self._kernel[tap] * (before + mean[:, REACH + tap : REACH + tap + slots])
        return slow


def slow_kernel(slot_hz: float) -> FloatArray:
    """Half of a symmetric kernel: from its middle tap to tap `REACH`.

    Gain 1 at its best frequency, about 25 Hz; 0 for an offset.
    """
    # Fourth derivatives of bell curves: steep towards the drift below them, little at 50 Hz.
    kernel = np.zeros(REACH + 1)
    for width_s, share in _BELLS:
        x2 = np.square(np.arange(REACH + 1) / slot_hz / width_s)
        kernel += share / width_s * (x2 * x2 - 6 * x2 + 3) * np.exp(-0.5 * x2)
    kernel[0] = -2 * kernel[1:].sum()  # an offset passes not at all
    t = np.arange(REACH + 1) / slot_hz
    hz = np.arange(5.0, 40.0, 0.25)[:, np.newaxis]
    gain = kernel[0] + 2 * (kernel[1:] * np.cos(2 * math.pi * hz * t[1:])).sum(axis=1)
    scaled: FloatArray = kernel / gain.max()
    return scaled
