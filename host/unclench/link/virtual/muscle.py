"""A synthetic muscle under an electrode, in physical units: what a sensor's input would see.

Microvolts at the electrode, 8000 points a second, generated in chunks of one second from one
seeded generator, so the signal never depends on how it is read.

The spectrum of surface EMG is Stulen & De Luca's shape, f^2 fh^4 / ((f^2 + fl^2)(f^2 + fh^2)^2)
with fl = 60 Hz and fh = 120 Hz (IEEE Trans Biomed Eng 28:515, 1981). A tension of 1 uV means
1 uV RMS in the wide band behind the sensor, whose corners are its profile's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from unclench.link.virtual.jolts import Jolts, JoltSignal
from unclench.profiles.kinds import SensorProfile
from unclench.profiles.known import SENSOR
from unclench_dsp import WIDE

POINTS_HZ = 8000
_CONTROL_HZ = 200
_SHAPE_HZ = (60.0, 120.0)

# P, Q, R, S and T of a textbook beat: seconds after R, width in s, height against R
_BEAT = (
    (-0.17, 0.02, 0.1),
    (-0.026, 0.008, -0.12),
    (0.0, 0.009, 1.0),
    (0.028, 0.009, -0.25),
    (0.26, 0.045, 0.28),
)

_SWING_S = 60.0

_HUM_ORDERS = np.array([1, 3, 5, 7])
_HUM_SHARES = np.array([1.0, 0.3, 0.12, 0.05])

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bursts:
    """Contractions that come by chance."""

    per_minute: float
    peak_uv: tuple[float, float]
    length_s: tuple[float, float]


@dataclass(frozen=True)
class Muscle:
    """What one channel's muscle, body and surroundings do. All amplitudes at the electrode."""

    rest_uv: float  # RMS in band, the level that everything returns to
    start_uv: float | None = None  # tension at the start, letting go towards rest_uv
    letting_go_s: float = 45.0  # time constant of that
    drift: float = 0.15  # spread of slow changes, natural log
    drift_s: float = 12.0  # their time constant
    breath: float = 0.12  # share by which breathing moves the tension
    breaths_per_minute: float = 6.0
    bursts: Bursts | None = None
    mains_uv: float = 0.4  # RMS of the fundamental
    mains_hz: float = 50.0
    mains_swing_hz: float = 0.0  # by which it wanders to and fro, once in `_SWING_S`
    heart_uv: float = 0.0  # R peak
    heart_bpm: float = 66.0
    jolts: tuple[Jolts, ...] = ()
    tone_uv: float = 0.0  # RMS of a sine: of a generator, a charger, a motor
    tone_hz: float = 110.0  # no multiple of any mains is near
    tone_swing_hz: float = 0.0  # by which it sweeps to and fro, once in `_SWING_S`
    noise_uv: float = 0.0  # RMS in the wide band that the sensor makes by itself
    offset_uv: float = 0.0  # electrode and sensor offset from mid supply
    contact_s: tuple[float, float] | None = None  # seconds on the skin, seconds off, by turns
    off_mains_uv: float = 4000.0  # hum of an electrode that hangs in the air


class MuscleSignal:
    """Generates one channel, a second at a time."""

    def __init__(
        self, muscle: Muscle, rng: np.random.Generator, sensor: SensorProfile = SENSOR
    ) -> None:
        self._m = muscle
        self._rng = rng
        self._second = 0
        self._sensor_sos = _corners(sensor)
        self._sos, self._gain = _emg_shape(sensor)
        self._white_gain = _white_gain(sensor)
        self._emg_state = np.zeros((len(self._sos), 2))
        self._sensor_state: Array | None = None
        self._drift = rng.standard_normal() * muscle.drift
        self._burst_at = 0.0
        self._burst: tuple[float, float, float] | None = None  # start, length, peak
        self._next_burst(2.0)
        self._beat_at = rng.uniform(0.2, 1.0)
        self._beats: list[float] = []
        self._jolts = [JoltSignal(jolts, rng) for jolts in muscle.jolts]
        self._mains_phase = rng.uniform(0, 2 * np.pi, len(_HUM_ORDERS))

    @property
    def noise_uv(self) -> float:
        """What the sensor makes by itself, RMS in the wide band."""
        return self._m.noise_uv

    def next_second(self) -> Array:
        """Return the next 8000 points, shape (8000,), in uV at the electrode."""

        from scipy import signal

        m = self._m
        t = self._second + np.arange(POINTS_HZ) / POINTS_HZ
        control = self._second + np.arange(_CONTROL_HZ + 1) / _CONTROL_HZ
        tension_uv = np.interp(t, control, self._tension_uv(control))
        noise, self._emg_state = signal.sosfilt(
            self._sos, self._rng.standard_normal(POINTS_HZ), zi=self._emg_state
        )
        emg = noise * self._gain * tension_uv
        contact = self._contact(t)
        hum = self._hum(t)
        emg = emg * contact + hum * m.mains_uv
        if m.contact_s is not None:
            emg += hum * m.off_mains_uv * (1 - contact)
        if m.heart_uv:
            emg += self._heart(t) * contact
        for jolts in self._jolts:
            emg += jolts.next_second(t)
        if m.tone_uv:
            turns = m.tone_hz * t + _swung(t, m.tone_swing_hz)
            emg += m.tone_uv * np.sqrt(2) * np.sin(2 * np.pi * turns)
        if m.noise_uv:
            emg += self._rng.standard_normal(POINTS_HZ) * self._white_gain * m.noise_uv
        # Filtered about the offset, which the sensor adds behind its filters.
        if self._sensor_state is None:
            self._sensor_state = signal.sosfilt_zi(self._sensor_sos) * emg[0]
        emg, self._sensor_state = signal.sosfilt(self._sensor_sos, emg, zi=self._sensor_state)
        self._second += 1
        return np.asarray(emg + m.offset_uv, dtype=np.float64)

    def _tension_uv(self, t: Array) -> Array:
        m = self._m
        base = np.full(len(t), m.rest_uv)
        if m.start_uv is not None:
            base += (m.start_uv - m.rest_uv) * np.exp(-t / m.letting_go_s)
        step = float(np.exp(-1 / m.drift_s))
        after = self._drift * step + m.drift * np.sqrt(1 - step**2) * self._rng.standard_normal()
        drift = np.linspace(self._drift, after, len(t))
        self._drift = float(after)
        breath = np.sin(2 * np.pi * m.breaths_per_minute / 60 * t)
        tension = base * np.exp(drift) * (1 + m.breath * breath)
        while m.bursts is not None and self._burst is not None and self._burst[0] < t[-1]:
            start, length, peak = self._burst
            tension = np.maximum(tension, peak * _bump(t, start, length))
            if start + length > t[-1]:
                break
            self._next_burst(start + length)
        return tension

    def _next_burst(self, after_s: float) -> None:
        if (bursts := self._m.bursts) is not None:
            start = after_s + 1.0 + self._rng.exponential(60 / bursts.per_minute)
            low, high = bursts.peak_uv
            peak = low * (high / low) ** self._rng.random()
            self._burst = (start, self._rng.uniform(*bursts.length_s), peak)

    def _contact(self, t: Array) -> Array:
        if self._m.contact_s is None:
            return np.ones(len(t))
        on_s, off_s = self._m.contact_s
        phase = t % (on_s + off_s)
        # An electrode lifts and settles within a fifth of a second.
        leaves = np.clip((phase - on_s) / 0.2, 0, 1)
        returns = np.clip((phase - (on_s + off_s - 0.2)) / 0.2, 0, 1)
        return np.asarray(1 - leaves + returns)

    def _hum(self, t: Array) -> Array:
        """The mains in this second, with the odd harmonics that lamps and chargers make; the
        fundamental is 1 RMS."""
        turns = (self._m.mains_hz * _HUM_ORDERS * self._second % 1)[:, np.newaxis]
        if self._m.mains_swing_hz:
            turns = turns + np.outer(_HUM_ORDERS, _swung(t, self._m.mains_swing_hz))
        turned = self._first_hum * np.exp(2j * np.pi * turns)
        return np.asarray(turned.sum(axis=0).imag)

    @cached_property
    def _first_hum(self) -> NDArray[np.complex128]:
        """Fundamental and harmonics in the first second (4, 8000); later ones are turned."""
        turns = self._m.mains_hz * np.outer(_HUM_ORDERS, np.arange(POINTS_HZ) / POINTS_HZ)
        phases = 2 * np.pi * turns + self._mains_phase[:, np.newaxis]
        return np.asarray(np.sqrt(2) * _HUM_SHARES[:, np.newaxis] * np.exp(1j * phases))

    def _heart(self, t: Array) -> Array:
        while self._beat_at < t[-1] + 1:
            self._beats.append(self._beat_at)
            # Heart rate varies with breathing and by chance.
            swing = 0.04 * np.sin(2 * np.pi * self._m.breaths_per_minute / 60 * self._beat_at)
            period = 60 / self._m.heart_bpm * (1 + swing + 0.02 * self._rng.standard_normal())
            self._beat_at += period
        self._beats = [beat for beat in self._beats if beat > t[0] - 1]
        total = np.zeros(len(t))
        for beat in self._beats:
            for delay, width, height in _BEAT:
                total += height * np.exp(-0.5 * ((t - beat - delay) / width) ** 2)
        return total * self._m.heart_uv


def _bump(t: Array, start: float, length: float) -> Array:
    """0 to 1 to 0: rises within 0.25 s, falls within 0.4 s, half cosines."""
    rise = np.clip((t - start) / 0.25, 0, 1)
    fall = np.clip((start + length - t) / 0.4, 0, 1)
    return np.asarray((0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall)))


@cache
def _corners(sensor: SensorProfile) -> Array:
    from scipy import signal

    low_hz, high_hz = sensor.band_hz
    low = signal.butter(sensor.order, high_hz, "lowpass", fs=POINTS_HZ, output="sos")
    high = signal.butter(sensor.order, low_hz, "highpass", fs=POINTS_HZ, output="sos")
    return np.vstack([high, low])


@cache
def _emg_shape(sensor: SensorProfile) -> tuple[Array, float]:
    """Filter that shapes white noise like surface EMG, and its gain for 1 uV RMS in band."""

    from scipy import signal

    low, high = (2 * np.pi * f for f in _SHAPE_HZ)
    z, p, k = signal.bilinear_zpk([0.0], [-low, -high, -high], high**2, fs=POINTS_HZ)
    sos = signal.zpk2sos(z, p, k)
    return sos, 1 / _in_band(np.vstack([sos, _corners(sensor)]))


@cache
def _white_gain(sensor: SensorProfile) -> float:
    """Gain that makes white noise 1 uV RMS in band."""
    return 1 / _in_band(_corners(sensor))


def _in_band(sos: Array) -> float:
    """RMS in the wide band that filters leave of white noise of 1 RMS."""
    from scipy import signal

    f = np.linspace(1, POINTS_HZ / 2, 8000)
    responses = [signal.freqz(part[:3], part[3:], f, fs=POINTS_HZ)[1] for part in sos]
    power = np.abs(np.prod(responses, axis=0)) ** 2
    inside = (f >= WIDE.low_hz) & (f <= WIDE.high_hz)
    return float(np.sqrt(power[inside].sum() * (f[1] - f[0]) / (POINTS_HZ / 2)))


def _swung(t: Array, swing_hz: float) -> Array:
    """Turns by which a frequency that swings to and fro is ahead of a steady one."""
    return np.asarray(swing_hz * _SWING_S / (2 * np.pi) * np.sin(2 * np.pi * t / _SWING_S))
