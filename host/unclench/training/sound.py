"""Sound feedback: silence is success. Values in, sound out; `unclench.audio` plays it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench.training.steps.kinds.breathe import BreathPart

Sound = NDArray[np.float32]
_Floats = NDArray[np.float64]

RATE_HZ = 48_000
FULL_RATIO = 4.0  # times the goal at which the tone is at its highest and loudest
STALE_S = 2.0  # a value that is not renewed for this long is forgotten

# Shares of the volume; together 1, so that the sum is never louder than the volume.
_TONE, _SWELL, _BELL = 0.35, 0.25, 0.4
_TONE_HZ, _TONE_OCTAVES = 196.0, 1.0  # at the goal; and how much higher at FULL_RATIO
_SWELL_HZ, _SWELL_OCTAVES = 146.8, 7 / 12  # empty; and how much higher when full
_GAIN_PER_S = 2.5  # full scale takes 0.4 s: slow enough to be soft, fast enough to follow
_OCTAVES_PER_S = 2.0
_VOICE = ((1.0, 0.8), (2.0, 0.2))  # times the pitch, share: a sine with a little octave
_BELL_PARTIALS = ((523.3, 0.6, 0.9), (1046.5, 0.28, 0.5), (1573.0, 0.12, 0.3))  # Hz, share, s
_BELL_ATTACK_S = 0.015
_BELL_FADE_S = 0.5
_BELL_S = 3.0


def tone_of(ratio: float | None) -> float:
    """Return the strength of the tone: 0 up to the goal, 1 from `FULL_RATIO` on.

    `ratio` is tension over goal; None or NaN if it is not known: silence.
    """
    if ratio is None or not ratio > 1.0:
        return 0.0
    return min(1.0, math.log(ratio) / math.log(FULL_RATIO))


@dataclass
class _Glide:
    """A figure that moves to its target at a bounded speed: no clicks."""

    per_sample: float
    now: float = 0.0

    def render(self, target: float, n: int) -> _Floats:
        """Return the next `n` values."""
        way = target - self.now
        steps = np.minimum(np.arange(1, n + 1) * self.per_sample, abs(way))
        values: _Floats = self.now + math.copysign(1.0, way) * steps
        if abs(way) <= n * self.per_sample:
            values[-1] = target  # exactly: silence is 0
        self.now = float(values[-1])
        return values


@dataclass
class _Voice:
    """A soft tone: gain and pitch glide, and the phase never jumps."""

    base_hz: float
    rate_hz: int
    gain: _Glide = field(init=False)
    octave: _Glide = field(init=False)
    phase: float = 0.0  # turns

    def __post_init__(self) -> None:
        self.gain = _Glide(_GAIN_PER_S / self.rate_hz)
        self.octave = _Glide(_OCTAVES_PER_S / self.rate_hz)

    def render(self, gain: float, octave: float, n: int) -> _Floats | None:
        """Return the next `n` samples, from -1 to 1; None for silence."""
        if self.gain.now == 0.0:
            if gain == 0.0:
                return None
            self.octave.now = octave  # it is silent, so the jump is inaudible
        gains = self.gain.render(gain, n)
        turns = np.cumsum(self.base_hz * 2.0 ** self.octave.render(octave, n)) / self.rate_hz
        turns += self.phase
        self.phase = float(turns[-1] % 1.0)
        wave = np.zeros(n)
        for times, share in _VOICE:
            wave += share * np.sin(2 * np.pi * times * turns)
        return np.asarray(gains * wave)


class Synth:
    """Tone, breath and bell as one sound.

    One thread sets values, another renders; each value is set by a single assignment.

    Parameters
    ----------
    volume
        0 (off) to 1.
    rate_hz
        Samples a second.
    """

    def __init__(self, volume: float = 0.5, rate_hz: int = RATE_HZ) -> None:
        self.rate_hz = rate_hz
        self.volume = volume
        self._tone, self._swell = _Voice(_TONE_HZ, rate_hz), _Voice(_SWELL_HZ, rate_hz)
        self._master = _Glide(_GAIN_PER_S / rate_hz, self._volume)
        self._tone_target = _Target(0.0, 0.0)
        self._swell_target = _Target(0.0, 0.0)
        self._bell_wanted = 0.0  # how strong
        self._bell_strength = 1.0
        self._bell_at: int | None = None  # samples since it was struck
        self._muted = False

    @property
    def volume(self) -> float:
        """From 0 (off) to 1; the largest value of any sample."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = min(1.0, max(0.0, volume))

    @property
    def quiet(self) -> bool:
        """Whether the next samples are silent."""
        wanted = self._tone_target.gain or self._swell_target.gain or self._bell_wanted
        return not (self._sounding or (self._volume and wanted))

    @property
    def _sounding(self) -> bool:
        gains = self._tone.gain.now or self._swell.gain.now
        return bool(gains or self._bell_at is not None)

    def set_tension(self, ratio: float | None) -> None:
        """Set tension over goal; None if it is not known, or there is no goal."""
        tone = tone_of(ratio)
        self._tone_target = _Target(tone, tone * _TONE_OCTAVES)

    def breath(self, part: BreathPart | None, fullness: float = 0.0) -> None:
        """Set the pacer's place in a breath: a swell rises with inhaling, falls with exhaling.

        Holds are silent, and so is None (no pacer).
        """
        fullness = min(1.0, max(0.0, fullness))
        gain = fullness if part in ("inhale", "exhale") else 0.0
        self._swell_target = _Target(gain, fullness * _SWELL_OCTAVES)

    def bell(self, strength: float = 1.0) -> None:
        """Ring the bell, up to a `strength` of 1, unless it still rings."""
        self._bell_wanted = strength

    def mute(self) -> None:
        """Let all sound fade out within half a second, and forget what was set."""
        self.set_tension(None)
        self.breath(None)
        self._bell_wanted = 0.0
        self._muted = self._sounding

    def render(self, n: int) -> Sound:
        """Return the next `n` samples, each from -volume to volume. Shape (n,)."""
        mix = np.zeros(n)
        if n == 0 or self.quiet:
            return mix.astype(np.float32)
        if not self._sounding:  # it is silent, so a jump of the volume is inaudible
            self._master.now = self._volume
        voices = ((self._tone, self._tone_target, _TONE), (self._swell, self._swell_target, _SWELL))
        for voice, target, share in voices:
            gain, octave = target.age(n, self.rate_hz)
            wave = voice.render(gain, octave, n)
            if wave is not None:
                mix += share * wave
        if self._bell_wanted:
            if self._bell_at is None:
                self._bell_at, self._bell_strength = 0, self._bell_wanted
            self._bell_wanted = 0.0
        if self._bell_at is not None:
            mix += (
                _BELL * self._bell_strength * _bell((self._bell_at + np.arange(n)) / self.rate_hz)
            )
            self._bell_at += n
            if self._bell_at >= _BELL_S * self.rate_hz:
                self._bell_at = None
        mix *= self._master.render(0.0 if self._muted else self._volume, n)
        if self._master.now == 0.0:  # muted, or off
            self._tone.gain.now = self._swell.gain.now = 0.0
            self._bell_at = None
            self._muted = False
        return mix.astype(np.float32)


@dataclass
class _Target:
    """A voice's latest target; it is forgotten unless it is renewed."""

    gain: float
    octave: float
    age_s: float = 0.0

    def age(self, n: int, rate_hz: int) -> tuple[float, float]:
        """Return the target gain and octave for the next `n` samples."""
        if self.age_s > STALE_S:
            self.gain = 0.0
        self.age_s += n / rate_hz
        return self.gain, self.octave


def _bell(t_s: _Floats) -> _Floats:
    """Return a bell, from -1 to 1; silent from `_BELL_S` on."""
    soft = 0.5 - 0.5 * np.cos(np.pi * np.clip(t_s / _BELL_ATTACK_S, 0, 1))
    end = np.clip((_BELL_S - t_s) / _BELL_FADE_S, 0, 1)
    ringing = np.zeros(len(t_s))
    for hz, share, decay_s in _BELL_PARTIALS:
        ringing += share * np.exp(-t_s / decay_s) * np.sin(2 * np.pi * hz * t_s)
    return np.asarray(soft * end * ringing)
