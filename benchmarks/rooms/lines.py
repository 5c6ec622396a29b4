"""Hum and tones: what is made by mains, chargers, lamps and motors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.rooms.muscle import FS_HZ
from unclench_dsp.arrays import FloatArray

_MULTIPLES: dict[str, Callable[[int], float]] = {  # of the mains, how large they are against it
    "pure": lambda k: 0.02 / k,
    "transformer": lambda k: (0.6 if k % 2 else 0.1) / k,
    "dimmer": lambda k: 0.35 / k**0.5 if k % 2 else 0.05,
    "rectifier": lambda k: 0.1 / k if k % 2 else 1.2 / k,
}


def hum(rng: np.random.Generator, n: int) -> FloatArray:
    """Hum of 10 to 80 uV, up to 0.2 Hz beside 50 or 60 Hz, with multiples of some source."""
    return _hum(rng, np.zeros(n))


def wandering(rng: np.random.Generator, n: int) -> FloatArray:
    """Hum whose frequency wanders by 0.1 Hz in a minute, up to 0.2 Hz off."""
    knots_hz = [rng.uniform(-0.1, 0.1)]
    for _ in range(n // (30 * FS_HZ) + 2):  # half a minute from one turn to the next
        step_hz = rng.choice([-1, 1]) * rng.uniform(0.05, 0.1)
        knots_hz.append(knots_hz[-1] + (step_hz if abs(knots_hz[-1] + step_hz) < 0.2 else -step_hz))
    return _hum(rng, _smooth(np.array(knots_hz), 30.0, n), near_hz=0.0)


def swinging(rng: np.random.Generator, n: int) -> FloatArray:
    """Hum whose size swings by up to a third in 5 to 20 s, as a body moves in the field."""
    every_s = rng.uniform(5, 20)
    knots = 1 + rng.uniform(0.1, 0.33) * rng.uniform(-1, 1, int(n / FS_HZ / every_s) + 3)
    return _hum(rng, np.zeros(n)) * _smooth(knots, every_s, n)


def tone(rng: np.random.Generator, n: int) -> FloatArray:
    """A steady tone of 3 to 5 uV anywhere in the band."""
    return _tone(rng, np.full(n, rng.uniform(21, 448)))


def sweep(rng: np.random.Generator, n: int) -> FloatArray:
    """A tone of 3 to 5 uV that sweeps up and down, by up to 0.5 Hz in a second."""
    every_s = rng.uniform(20, 40)
    steps_hz = rng.uniform(0.1, 0.3) * every_s * (-1.0) ** np.arange(n / FS_HZ / every_s + 3)
    return _tone(rng, rng.uniform(60, 380) + _smooth(np.cumsum(steps_hz), every_s, n))


def _hum(rng: np.random.Generator, off_hz: FloatArray, near_hz: float = 0.2) -> FloatArray:
    hz = rng.choice([50.0, 60.0]) + rng.uniform(-near_hz, near_hz) + off_hz
    phase = 2 * np.pi * np.cumsum(hz) / FS_HZ
    size = _MULTIPLES[rng.choice(list(_MULTIPLES))]
    made = np.sin(phase)
    for k in range(2, 10):
        made += size(k) * rng.uniform(0.5, 1.5) * np.sin(k * phase + rng.uniform(0, 2 * np.pi))
    level_uv = np.exp(rng.uniform(np.log(10.0), np.log(80.0)))
    return np.asarray(made / np.std(made) * level_uv)


def _tone(rng: np.random.Generator, hz: FloatArray) -> FloatArray:
    phase = 2 * np.pi * np.cumsum(hz) / FS_HZ + rng.uniform(0, 2 * np.pi)
    return np.asarray(np.sqrt(2) * rng.uniform(3, 5) * np.sin(phase))


def _smooth(knots: FloatArray, every_s: float, n: int) -> FloatArray:
    """A curve through values that are `every_s` apart, level at each of them."""
    at = np.arange(n) / FS_HZ / every_s
    k = at.astype(int)
    blend = (1 - np.cos(np.pi * (at - k))) / 2
    return np.asarray(knots[k] + (knots[k + 1] - knots[k]) * blend)
