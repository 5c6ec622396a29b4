"""Resting muscles, hearts and disturbances of random shapes, as an electrode or a sensor sees them.

Everything in uV at the electrode. Levels are RMS in 20-450 Hz.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import signal

from unclench_dsp import WIDE, Band, RmsEnvelope, SosFilter, design_bandpass, settle_s
from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.gate import MuscleMask


@dataclass
class Room:
    """Draws signals at a rate, behind a sensor of 20.8-498.4 Hz or straight from the electrode."""

    seed: int
    seconds: float = 40.0
    fs_hz: float = 2000.0
    sensor: bool = True
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.n = round(self.seconds * self.fs_hz)

    def seen(self, x_uv: FloatArray) -> FloatArray:
        """Pass a signal through the sensor, if there is one."""
        if not self.sensor:
            return x_uv
        hz = np.fft.rfftfreq(len(x_uv), 1 / self.fs_hz)
        gain = 1j * hz / 20.8 / (1 + 1j * hz / 20.8) / (1 + 1j * hz / 498.4)
        seen: FloatArray = np.fft.irfft(np.fft.rfft(x_uv) * gain, len(x_uv))
        return seen

    def log_uniform(self, low: float, high: float) -> float:
        """Draw a value whose logarithm is as likely everywhere."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def rest(self, level_uv: float | None = None) -> FloatArray:
        """Steady activity of a random spectrum (Shwedyk's formula) and 0.3 uV of noise."""
        level_uv = level_uv or self.log_uniform(1.0, 3.0)
        hz = np.fft.rfftfreq(self.n, 1 / self.fs_hz)
        low, high = self.rng.uniform(40, 80), self.rng.uniform(90, 160)
        psd = high**4 * hz**2 / ((hz**2 + low**2) * (hz**2 + high**2) ** 2)
        both = self.rng.normal(size=(2, len(hz)))
        muscle = self.seen(np.fft.irfft((both[0] + 1j * both[1]) * np.sqrt(psd), self.n))
        return self._scaled(muscle, level_uv) + self._scaled(self.rng.normal(size=self.n), 0.3)

    def motor_units(self) -> FloatArray:
        """One to three trains of potentials of 5 to 50 uV, 5 to 12 a second."""
        x_uv, t = np.zeros(self.n), np.arange(-0.03, 0.03, 1 / self.fs_hz)
        for _ in range(self.rng.integers(1, 4)):
            width, height_uv = self.rng.uniform(0.0015, 0.004), self.log_uniform(5, 50)
            bell = np.exp(-0.5 * np.square(t / width))
            wide = np.exp(-0.5 * np.square((t - 1.5 * width) / (1.5 * width)))
            shapes = (t * bell, (1 - np.square(t / width)) * bell, bell - 0.6 * wide)
            shape = shapes[self.rng.integers(3)]
            shape = shape * height_uv / np.abs(shape).max()
            interval_s, at_s = 1 / self.rng.uniform(5, 12), 0.2
            while at_s < self.seconds:
                self._add(x_uv, at_s - 0.03, shape * self.rng.normal(1, 0.05))
                at_s += interval_s * max(0.4, self.rng.normal(1, 0.15))
        return self.seen(x_uv)

    def heart(
        self, bpm: float, peak_uv: float, extra: float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Beats of a random shape, their intervals with the breath; also where they are, in s.

        `extra` is the share of beats that come too early.
        """
        t = np.arange(-0.35, 0.55, 1 / self.fs_hz)
        width = self.rng.uniform(0.008, 0.016)
        first, second = ((1.0, -0.25), (1.0, -0.9), (0.4, -1.0), (1.0, -0.1))[self.rng.integers(4)]
        waves = (
            (self.rng.uniform(0.0, 0.15), -0.2, 0.03),
            (-self.rng.uniform(0.05, 0.2), -0.035, 0.01),
            (first, 0.0, width),
            (second, 0.033, self.rng.uniform(0.009, 0.014)),
            (self.rng.uniform(0.1, 0.5), 0.27, self.rng.uniform(0.045, 0.07)),
        )
        beat = sum(a * np.exp(-0.5 * np.square((t - at) / s)) for a, at, s in waves)
        beat = beat * self.rng.choice([-1, 1]) * peak_uv / np.abs(beat).max()
        x_uv, at_s, beats_s = np.zeros(self.n), self.rng.uniform(0.3, 1.0), []
        while at_s < self.seconds:
            self._add(x_uv, at_s - 0.35, beat * self.rng.normal(1, 0.05))
            beats_s.append(at_s)
            breath = 1 + 0.05 * np.sin(2 * np.pi * 0.2 * at_s) + 0.02 * self.rng.normal()
            at_s += 60 / bpm * breath * (0.65 if self.rng.random() < extra else 1.0)
        return self.seen(x_uv), np.array(beats_s)

    def pops(self, per_min: float, peak_uv: float) -> FloatArray:
        """Steps that decay in 2 to 30 ms; a fifth of them double."""
        t = np.arange(0, 1, 1 / self.fs_hz)
        return self._scattered(per_min, peak_uv, lambda: self._pop(t))

    def swings(self, per_min: float, peak_uv: float, low_hz: float, high_hz: float) -> FloatArray:
        """A second of random swings each: 1-4 Hz are tugs, 8-40 Hz flutter."""
        n = round(self.fs_hz)
        sos = signal.butter(2, (low_hz, high_hz), "bandpass", fs=self.fs_hz, output="sos")

        def swing() -> FloatArray:
            x = signal.sosfiltfilt(sos, self.rng.normal(size=n)) * np.hanning(n)
            one: FloatArray = x / np.abs(x).max()
            return one

        return self._scattered(per_min, peak_uv, swing)

    def crackle(self, per_min: float, peak_uv: float) -> FloatArray:
        """Two to six contacts of 5 to 30 ms within a tenth of a second."""

        def crowd() -> FloatArray:
            x = np.zeros(round(0.2 * self.fs_hz))
            for at_s in self.rng.uniform(0, 0.1, self.rng.integers(2, 7)):
                first = round(at_s * self.fs_hz)
                x[first : first + round(self.rng.uniform(0.005, 0.03) * self.fs_hz)] += 1.0
            return x / np.abs(x).max()

        return self._scattered(per_min, peak_uv, crowd)

    def shaking(self, per_min: float, peak_uv: float, hz: float) -> FloatArray:
        """A cable that rings at one frequency, plucked."""
        t = np.arange(0, 1, 1 / self.fs_hz)
        one = np.sin(2 * np.pi * hz * t) * np.exp(-t / 0.25) * (1 - t)
        return self._scattered(per_min, peak_uv, lambda: one)

    def _pop(self, t: FloatArray) -> FloatArray:
        pop: FloatArray = np.exp(-t / self.log_uniform(0.002, 0.03))
        if self.rng.random() < 0.2:
            later = round(self.rng.uniform(0.03, 0.3) * self.fs_hz)
            pop[later:] += self.rng.choice([-1, 1]) * pop[:-later]
        return pop

    def _scattered(
        self, per_min: float, peak_uv: float, draw: Callable[[], FloatArray]
    ) -> FloatArray:
        x_uv = np.zeros(self.n)
        for at_s in self.rng.uniform(0, self.seconds, max(1, round(per_min * self.seconds / 60))):
            self._add(x_uv, at_s, draw() * peak_uv * self.rng.choice([-1, 1]))
        return self.seen(x_uv)

    def _add(self, x_uv: FloatArray, at_s: float, shape_uv: FloatArray) -> None:
        first = round(at_s * self.fs_hz)
        here = slice(max(first, 0), first + len(shape_uv))
        part = shape_uv[here.start - first : self.n - first]
        x_uv[here.start : here.start + len(part)] += part

    def _scaled(self, x_uv: FloatArray, level_uv: float) -> FloatArray:
        band = signal.butter(
            4, (20, min(450, 0.45 * self.fs_hz)), "band", fs=self.fs_hz, output="sos"
        )
        scaled: FloatArray = x_uv * level_uv / np.sqrt(np.mean(signal.sosfilt(band, x_uv) ** 2))
        return scaled


@dataclass(frozen=True)
class Result:
    """What the mask made of a signal."""

    mask: MuscleMask
    band_uv: FloatArray
    kept: BoolArray
    disturbed: BoolArray


def run(
    emg_uv: FloatArray, fs_hz: float = 2000.0, band: Band = WIDE, block_n: int = 1 << 30
) -> Result:
    """Band-pass and gate a signal of shape (n,) or (n, n_channels) in blocks."""
    emg_uv = emg_uv.reshape(len(emg_uv), -1)
    n_channels = emg_uv.shape[1]
    band_uv = SosFilter(design_bandpass(band, fs_hz), n_channels).process(emg_uv)
    mask = MuscleMask(fs_hz, n_channels, band)
    blocks = [
        mask.process(emg_uv[at : at + block_n], band_uv[at : at + block_n])
        for at in range(0, len(emg_uv), block_n)
    ]
    blocks.append(mask.finish())
    kept = np.concatenate([block.kept for block in blocks])
    disturbed = np.concatenate([block.disturbed for block in blocks])
    return Result(mask, band_uv, kept, disturbed)


@dataclass(frozen=True)
class Figures:
    """Median and mean tension over windows of 0.25 s, and the share of windows that have one."""

    median_uv: float
    mean_uv: float
    used: float


def figures(
    result: Result, fs_hz: float = 2000.0, band: Band = WIDE, gated: bool = True
) -> Figures:
    """Figures behind the mask, or of everything where not `gated`."""
    window_n = round(0.25 * fs_hz)
    envelope = RmsEnvelope(window_n, result.kept.shape[1])
    tension_uv = envelope.process(result.band_uv, result.kept if gated else None)
    settled = round(settle_s(design_bandpass(band, fs_hz), fs_hz) * fs_hz) + window_n
    tension_uv = tension_uv[settled:]
    used = np.isfinite(tension_uv)
    return Figures(
        float(np.median(tension_uv[used])), float(np.mean(tension_uv[used])), float(used.mean())
    )
