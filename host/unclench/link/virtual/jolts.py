"""Pops, tugs and flutter: what moving electrodes and leads put into a signal, by chance.

Microvolts at the electrode, before the sensor's own filters: those leave a sharp edge of a pop,
and of a tug little more than its quickest part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Wave: TypeAlias = Callable[[Array], Array]  # of height 1, by seconds since its start

_FLUTTER_HZ = (8.0, 40.0)
_SINES = 24  # so many make noise of them


@dataclass(frozen=True)
class Jolts:
    """Jolts of one shape.

    Attributes
    ----------
    shape : {"pop", "tug", "flutter"}
        An electrode that loses the skin for a moment, a lead that is pulled, a cable that shakes.
    per_minute : float
        60 at most: there is one in a second, or none.
    peak_uv : tuple of float
        Range of heights.
    """

    shape: Literal["pop", "tug", "flutter"]
    per_minute: float
    peak_uv: tuple[float, float]


class JoltSignal:
    """Generates the jolts of one shape for one channel, a second at a time."""

    def __init__(self, jolts: Jolts, rng: np.random.Generator) -> None:
        self._jolts = jolts
        self._rng = rng
        self._under_way: list[tuple[float, float, float, Wave]] = []  # start, peak, length

    def next_second(self, t: Array) -> Array:
        """Return the points at `t`, seconds of the next second, in uV; shape as `t`."""
        rng = self._rng
        if rng.random() < self._jolts.per_minute / 60:
            start_s = t[0] + rng.random()
            peak_uv = rng.choice((-1, 1)) * rng.uniform(*self._jolts.peak_uv)
            self._under_way.append((start_s, peak_uv, *_SHAPES[self._jolts.shape](rng)))
        self._under_way = [jolt for jolt in self._under_way if jolt[0] + jolt[2] > t[0]]
        total_uv = np.zeros(len(t))
        for start_s, peak_uv, length_s, wave in self._under_way:
            since_s = t - start_s
            inside = (since_s >= 0) & (since_s < length_s)
            total_uv[inside] += peak_uv * wave(since_s[inside])
        return total_uv


def _pop(rng: np.random.Generator) -> tuple[float, Wave]:
    decay_s = rng.uniform(0.004, 0.02)
    return 15 * decay_s, lambda t_s: np.exp(-t_s / decay_s)


def _tug(rng: np.random.Generator) -> tuple[float, Wave]:
    length_s = rng.uniform(0.3, 0.9)

    def wave(t_s: Array) -> Array:
        share = t_s / length_s
        return np.asarray(np.sin(np.pi * share) ** 2 * np.sin(3 * np.pi * share))

    return length_s, wave


def _flutter(rng: np.random.Generator) -> tuple[float, Wave]:
    length_s = rng.uniform(0.5, 1.5)
    hz, phase = rng.uniform(*_FLUTTER_HZ, _SINES), rng.uniform(0, 2 * np.pi, _SINES)

    def wave(t_s: Array) -> Array:
        swings = np.sin(2 * np.pi * np.outer(hz, t_s) + phase[:, np.newaxis]).sum(axis=0)
        swings /= np.sqrt(2 * _SINES)  # rarely beyond 1
        return np.asarray(swings * np.sin(np.pi * t_s / length_s) ** 2)

    return length_s, wave


_SHAPES = {"pop": _pop, "tug": _tug, "flutter": _flutter}
