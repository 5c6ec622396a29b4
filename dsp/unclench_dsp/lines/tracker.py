"""Follows lines chunk by chunk: one phase for each family, a complex amplitude for each line.

A family is a fundamental and its multiples: the mains, or a tone that stands alone. All of its
lines share one phase, so all of them, on all channels, help to follow it (a Kalman filter of phase,
frequency and drift), while each amplitude may change slowly by itself. Noise is what the chunk
holds beside the lines: a contraction, a pop or a tug raises it, and the filters then coast.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench_dsp.arrays import FloatArray

ComplexArray = NDArray[np.complex128]

_DENSE = 6.0
"""How much denser a muscle's noise is at its strongest than if it were white up to half the rate
of 2 kHz."""

_WHITE_HZ = 1000.0
_AMPLITUDE_S = 4.0  # memory of an amplitude once it is known
_JUMPED = 8.0
"""Power at a line's frequencies over that of the rest, of one chunk without its lines, that chance
and contractions do not reach."""
_JUMP = 9.0  # innovations this much larger than expected, in power, mean that the line has changed
_JUMP_CHUNKS = 0.25  # weight of the newest chunk in what innovations are like
_MAINS_JERK_HZ = 2e-3  # change of the drift in a second, Hz/s
_TONE_JERK_HZ = 5e-2
_MOST_OFF = 1.0  # radians in a chunk: more is no measurement
_MOST_DRIFT_HZ = 3.0  # per second
_START_HZ = 0.02  # uncertainty of a frequency and of its drift at the start
_START_DRIFT_HZ = 0.01
_TONE_START = 10.0  # times as much for a tone
_MOST_POWER = 3.0  # of the signal's: an estimate above it has gone astray


@dataclass
class Family:
    """One phase and the lines that are multiples of it.

    Attributes
    ----------
    mains_hz : int or None
        50 or 60; None for a tone.
    orders : ndarray of int64, shape (n_lines,)
        Multiples of the fundamental.
    hz : float
        Frequency of the fundamental, at the phase's moment.
    phase : float
        Of the fundamental at the end of the newest chunk.
    amplitude_uv : complex ndarray, shape (n_lines, n_channels)
    """

    mains_hz: int | None
    orders: NDArray[np.int64]
    hz: float
    phase: float
    amplitude_uv: ComplexArray
    drift_hz: float = 0.0  # per second
    spread: FloatArray = field(default_factory=lambda: np.zeros((3, 3)))
    doubt_uv2: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    unlike: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    quiet_chunks: int = 0
    lost: bool = False  # it explains more than there is


class Tracker:
    """Follows families of lines in chunks of one length.

    Parameters
    ----------
    fs_hz : float
    chunk_n : int
    n_channels : int
    """

    def __init__(self, fs_hz: float, chunk_n: int, n_channels: int) -> None:
        self._fs_hz = fs_hz
        self._chunk_n = chunk_n
        self._chunk_s = chunk_n / fs_hz
        self._n_channels = n_channels
        self._offsets = (np.arange(chunk_n) + 1) / fs_hz  # from the chunk before it, seconds
        dense = _DENSE * max(1.0, fs_hz / 2 / _WHITE_HZ)
        self._noise_per_uv2 = 4.0 * dense / chunk_n
        keep = self._chunk_s / _AMPLITUDE_S
        self._wander = keep * keep  # of an amplitude in a chunk, against its noise in one
        self.families: list[Family] = []
        self.jumped = np.zeros(n_channels, np.bool_)
        """Channels in whose latest chunk a line began or stopped at once: it is still left, or what
        was subtracted was not there."""
        self._band_uv2 = np.zeros(n_channels)
        self._usual_uv2: FloatArray | None = None  # noise power of a quiet chunk, (n_channels,)

    def add(self, family: Family, noise_uv2: FloatArray) -> None:
        """Begin to follow a family that was measured over seconds.

        Parameters
        ----------
        family : Family
        noise_uv2 : ndarray, shape (n_channels,)
            Power of what is no line.
        """
        scale = 2 * np.pi * (_TONE_START if family.mains_hz is None else 1.0)
        family.spread = np.square(np.diag([0.05, scale * _START_HZ, scale * _START_DRIFT_HZ]))
        shape = family.amplitude_uv.shape
        family.doubt_uv2 = np.broadcast_to(0.05 * self._noise_per_uv2 * noise_uv2, shape).copy()
        family.unlike = np.ones(shape)
        if self._usual_uv2 is None:
            self._usual_uv2 = noise_uv2.copy()
        self.families.append(family)

    @property
    def usual_uv2(self) -> FloatArray:
        """Power of a quiet chunk beside the lines, (n_channels,)."""
        return np.zeros(self._n_channels) if self._usual_uv2 is None else self._usual_uv2

    def follow(self, chunk_uv: FloatArray) -> FloatArray:
        """Take a chunk, (chunk_n, n_channels); return it without the lines as predicted."""
        each = [self._waves(family) for family in self.families]
        rest_uv: FloatArray = chunk_uv.copy()
        for family, wave in zip(self.families, each, strict=True):
            rest_uv -= (wave.T @ family.amplitude_uv).real
        seen = [2.0 / self._chunk_n * (wave.conj() @ rest_uv) for wave in each]
        power = np.mean(np.square(rest_uv), axis=0)
        explained = sum(
            (0.5 * np.square(np.abs(z)).sum(axis=0) for z in seen), np.zeros(self._n_channels)
        )
        noise_uv2 = np.maximum(power - explained, 0.02 * power) + 1e-12
        self.jumped = explained > _JUMPED * noise_uv2
        usual = noise_uv2 if self._usual_uv2 is None else self._usual_uv2
        self._usual_uv2 = usual + 0.02 * np.clip(noise_uv2 - usual, -usual, usual)
        r = self._noise_per_uv2 * noise_uv2  # variance of a complex amplitude from one chunk
        chunk_uv2 = np.mean(np.square(chunk_uv), axis=0)
        self._band_uv2 = np.maximum(chunk_uv2, self._band_uv2 + 0.05 * (chunk_uv2 - self._band_uv2))
        for family, z in zip(self.families, seen, strict=True):
            self._follow_phase(family, z, r)
            lines_uv2 = 0.5 * np.square(np.abs(family.amplitude_uv)).sum(axis=0)
            family.lost = bool((lines_uv2 > _MOST_POWER * self._band_uv2).any())
        return rest_uv

    def _waves(self, family: Family) -> ComplexArray:
        t = self._offsets
        phase = family.phase + 2 * np.pi * t * (family.hz + 0.5 * family.drift_hz * t)
        return waves(family.orders, phase)

    def _follow_phase(self, family: Family, z: ComplexArray, r: FloatArray) -> None:
        h = self._chunk_s
        a = family.amplitude_uv
        orders = family.orders[:, np.newaxis]
        jerk = 2 * np.pi * (_TONE_JERK_HZ if family.mains_hz is None else _MAINS_JERK_HZ)
        # Predict to the chunk's middle, where it was seen, then on to its end.
        half = _step(h / 2)
        spread = half @ family.spread @ half.T
        spread[2, 2] += jerk**2 * h
        weight = float((np.square(orders) * np.square(np.abs(a)) / r).sum())
        correction = np.zeros(3)
        if weight > 0.0:
            off = float((orders * (a.conj() * z).imag / r).sum()) / weight
            off = min(_MOST_OFF, max(-_MOST_OFF, off))
            variance = 0.5 / weight
            gain = spread[:, 0] / (spread[0, 0] + variance)
            correction = gain * off
            spread = spread - np.outer(gain, spread[0])
        rotation = 1j * orders * correction[0]
        left = z - rotation * a  # what the phase does not explain
        expected = family.doubt_uv2 + r
        news = np.square(np.abs(left)) / expected
        family.unlike += _JUMP_CHUNKS * (np.minimum(news, 100.0) - family.unlike)
        jumped = family.unlike > _JUMP
        doubt = np.where(jumped, family.doubt_uv2 + np.square(np.abs(left)), family.doubt_uv2)
        doubt = doubt + self._wander * self._noise_per_uv2 * self.usual_uv2
        k = doubt / (doubt + r)
        family.amplitude_uv = a + k * left
        family.doubt_uv2 = (1.0 - k) * doubt
        family.unlike[jumped] = 1.0
        two_pi = 2 * np.pi
        mid_phase = family.phase + two_pi * h / 2 * (family.hz + 0.25 * family.drift_hz * h)
        mid_hz = family.hz + family.drift_hz * h / 2
        phase, hz, drift = (
            mid_phase + correction[0],
            mid_hz + correction[1] / two_pi,
            family.drift_hz + correction[2] / two_pi,
        )
        family.phase = (phase + two_pi * h / 2 * (hz + 0.25 * drift * h)) % two_pi
        family.hz = hz + drift * h / 2
        family.drift_hz = min(_MOST_DRIFT_HZ, max(-_MOST_DRIFT_HZ, drift))
        family.spread = half @ spread @ half.T


def waves(orders: NDArray[np.int64], phase: FloatArray) -> ComplexArray:
    """Return ``exp(1j * order * phase)`` of each order: multiplied up, as exponentials are slow.

    Parameters
    ----------
    orders : ndarray of int64, shape (n_lines,)
        Ascending, from 1.
    phase : ndarray, shape (n_samples,)

    Returns
    -------
    complex ndarray, shape (n_lines, n_samples)
    """
    turns = np.exp(1j * phase)
    multiplied = np.multiply.accumulate(np.broadcast_to(turns, (int(orders[-1]), len(phase))))
    made: ComplexArray = multiplied[orders - 1]
    return made


def _step(seconds: float) -> FloatArray:
    """Phase, angular frequency and its drift, so much later."""
    return np.array([[1.0, seconds, seconds**2 / 2], [0.0, 1.0, seconds], [0.0, 0.0, 1.0]])
