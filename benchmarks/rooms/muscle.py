"""Muscles of known tension: at rest, and with contractions."""

from __future__ import annotations

import numpy as np
from scipy import signal

from unclench_dsp import WIDE, SosFilter, design_bandpass
from unclench_dsp.arrays import FloatArray

FS_HZ = 2000


def rest(rng: np.random.Generator, n: int) -> FloatArray:
    """Rest of 1 to 3 uV in 20-450 Hz, with the instrument's noise."""
    made = trains(rng, n) if rng.random() < 0.5 else coloured(rng, n)
    made = made / band(made).std() * rng.uniform(1, 3)
    white = rng.standard_normal(n)
    return np.asarray(made + white / band(white).std() * rng.uniform(0.1, 0.4))


def coloured(rng: np.random.Generator, n: int) -> FloatArray:
    """Noise of a muscle's spectrum."""
    edges_hz = rng.uniform(30, 70), rng.uniform(110, 200)
    sos = signal.butter(1, edges_hz, "band", fs=FS_HZ, output="sos")
    return np.asarray(signal.sosfilt(sos, rng.standard_normal(n)))


def trains(rng: np.random.Generator, n: int) -> FloatArray:
    """Trains of 20 to 40 motor units, 6 to 14 potentials a second each."""
    made = np.zeros(n)
    for _ in range(rng.integers(20, 40)):
        apart_s = rng.normal(1, 0.18, round(1.3 * n / FS_HZ * 14)).clip(0.3) / rng.uniform(6, 14)
        at = (np.cumsum(apart_s) * FS_HZ).astype(int)
        pulses = np.zeros(n)
        pulses[at[at < n]] = rng.lognormal(0, 0.5)
        t_s, width_s = np.arange(-30, 31) / FS_HZ, rng.uniform(0.0018, 0.004)
        shape = (1 - (t_s / width_s) ** 2) * np.exp(-((t_s / width_s) ** 2) / 2)
        if rng.random() < 0.5:
            shape = np.gradient(shape)
        made += rng.choice([-1, 1]) * signal.fftconvolve(
            pulses, shape / np.abs(shape).max(), "same"
        )
    return made


def contractions(rng: np.random.Generator, n: int) -> FloatArray:
    """Contractions of 0.2 to 8 s and 5 to 100 uV, one every 3 to 12 s; nothing between them.

    They come suddenly or slowly, and are steady, swell, tremble or fall in pulses.
    """
    t_s, level_uv = np.arange(n) / FS_HZ, np.zeros(n)
    at_s, every_s = rng.uniform(1, 4), rng.uniform(3, 12)
    while at_s < n / FS_HZ:
        lasting_s, rise_s, fall_s = (_log(rng, *of) for of in ((0.2, 8), (0.01, 0.5), (0.02, 1)))
        here = slice(int(at_s * FS_HZ), int((at_s + lasting_s) * FS_HZ) + 1)
        since_s = t_s[here] - at_s
        held = np.minimum(since_s / rise_s, (lasting_s - since_s) / fall_s).clip(0, 1)
        shake = 2 * np.pi * rng.choice([0, 0.4, 3, 9]) * since_s
        level_uv[here] += _log(rng, 5, 100) * held * (1 + 0.4 * np.sin(shake))
        at_s += lasting_s + rng.exponential(every_s)
    made = trains(rng, n) if rng.random() < 0.5 else coloured(rng, n)
    return np.asarray(made / band(made).std() * level_uv)


def sensor(x_uv: FloatArray) -> FloatArray:
    """One high-pass at 20.8 Hz and one low-pass at 498.4 Hz, as MyoWare 2.0 has them."""
    y = signal.lfilter(*signal.butter(1, 20.8, "high", fs=FS_HZ), x_uv)
    return np.asarray(signal.lfilter(*signal.butter(1, 498.4, fs=FS_HZ), y))


def band(x_uv: FloatArray, low_hz: float = WIDE.low_hz, fs_hz: float = FS_HZ) -> FloatArray:
    """The wide band, or with a higher lower edge."""
    if low_hz == WIDE.low_hz:
        sos = design_bandpass(WIDE, fs_hz)
    else:
        sos = signal.butter(4, (low_hz, WIDE.high_hz), "band", fs=fs_hz, output="sos")
    return SosFilter(sos, 1).process(x_uv[:, np.newaxis])[:, 0]


def _log(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a value; its logarithm is even."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
