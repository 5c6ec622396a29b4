"""What moving cables and electrodes make: pops, tugs and flutter, each of several shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.rooms.muscle import FS_HZ, sensor
from unclench_dsp.arrays import FloatArray

Shape = Callable[[np.random.Generator], FloatArray]
_T_S = np.arange(2 * FS_HZ) / FS_HZ


def pops(rng: np.random.Generator, n: int) -> FloatArray:
    """Electrodes that lose the skin for a moment, 50 to 5000 uV."""
    return _scattered(rng, n, (_recharged, _contact, _crackle), 5000.0)


def tugs(rng: np.random.Generator, n: int) -> FloatArray:
    """A lead that is pulled, 50 to 5000 uV."""
    return _scattered(rng, n, (_pull, _shift, _sway), 5000.0)


def flutter(rng: np.random.Generator, n: int) -> FloatArray:
    """A cable that shakes, 50 to 1000 uV."""
    return _scattered(rng, n, (_plucked, _hummed, _rattled), 1000.0)


def any_of_them(rng: np.random.Generator, n: int) -> FloatArray:
    """One of the three."""
    return (pops, tugs, flutter)[rng.integers(3)](rng, n)


def _scattered(
    rng: np.random.Generator, n: int, shapes: tuple[Shape, ...], highest_uv: float
) -> FloatArray:
    """4 to 20 a minute, of mixed shapes and heights, behind the sensor."""
    x = np.zeros(n + len(_T_S))
    for first in rng.integers(0, n, round(rng.uniform(4, 20) * n / FS_HZ / 60)):
        one = shapes[rng.integers(len(shapes))](rng)
        height_uv = np.exp(rng.uniform(np.log(50.0), np.log(highest_uv)))
        one = rng.choice([-1, 1]) * height_uv * one / np.abs(one).max()
        x[first : first + len(one)] += one
    return sensor(x)[:n]


def _recharged(rng: np.random.Generator) -> FloatArray:
    """A jump that is gone in two stages."""
    fast_s, slow_s, share = rng.uniform(0.002, 0.01), rng.uniform(0.02, 0.1), rng.uniform(0, 0.4)
    return np.asarray((1 - share) * np.exp(-_T_S / fast_s) + share * np.exp(-_T_S / slow_s))


def _contact(rng: np.random.Generator) -> FloatArray:
    """Off and on again within 1 to 40 ms."""
    lasting_s = np.exp(rng.uniform(np.log(0.001), np.log(0.04)))
    on: FloatArray = np.heaviside(lasting_s - _T_S, 0.0)
    return on


def _crackle(rng: np.random.Generator) -> FloatArray:
    """Two to six clicks in a tenth of a second."""
    x = np.zeros(len(_T_S))
    for at in rng.integers(0, FS_HZ // 10, rng.integers(2, 7)):
        x[at : at + rng.integers(1, 6)] += rng.normal()
    return x


def _pull(rng: np.random.Generator) -> FloatArray:
    """There and back in 0.25 to 1 s."""
    return np.sin(np.pi * (_T_S / rng.uniform(0.25, 1.0)).clip(0, 1)) ** 2


def _shift(rng: np.random.Generator) -> FloatArray:
    """To another level within 0.1 to 0.4 s, from where it creeps back."""
    rise = (1 - np.cos(np.pi * (_T_S / rng.uniform(0.1, 0.4)).clip(0, 1))) / 2
    return np.asarray(rise * np.exp(-_T_S / rng.uniform(0.2, 0.5)) * (1 - _T_S / _T_S[-1]))


def _sway(rng: np.random.Generator) -> FloatArray:
    """Swings of 1 to 4 Hz that fade."""
    swing = np.sin(2 * np.pi * rng.uniform(1, 4) * _T_S) * np.exp(-_T_S / rng.uniform(0.2, 0.5))
    return np.asarray(swing * (_T_S / 0.1).clip(0, 1) * (1 - _T_S / _T_S[-1]))


def _plucked(rng: np.random.Generator) -> FloatArray:
    """Rings at 8 to 40 Hz and fades."""
    ring = np.sin(2 * np.pi * rng.uniform(8, 40) * _T_S) * np.exp(-_T_S / rng.uniform(0.1, 0.4))
    return np.asarray(ring * (1 - _T_S / _T_S[-1]))


def _hummed(rng: np.random.Generator) -> FloatArray:
    """Swells and fades while its frequency glides."""
    lasting_s = rng.uniform(0.3, 2.0)
    hz = np.linspace(rng.uniform(8, 40), rng.uniform(8, 40), len(_T_S))
    swell = np.sin(np.pi * (_T_S / lasting_s).clip(0, 1))
    return np.asarray(swell * np.sin(2 * np.pi * np.cumsum(hz) / FS_HZ))


def _rattled(rng: np.random.Generator) -> FloatArray:
    """Knocks that come 8 to 25 times a second, each a short swing."""
    lasting_s, every_s, x = rng.uniform(0.3, 1.5), 1 / rng.uniform(8, 25), np.zeros(len(_T_S))
    at_s = 0.0
    while at_s < lasting_s:
        since = (_T_S - at_s).clip(0)
        knock = np.sin(2 * np.pi * rng.uniform(15, 40) * since) * np.exp(-since / 0.02)
        x += rng.uniform(0.4, 1) * knock
        at_s += every_s * rng.uniform(0.7, 1.3)
    return x
