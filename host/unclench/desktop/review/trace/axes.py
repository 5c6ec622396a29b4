"""Time and tension as places on the screen, and the figures that stand at their scales."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.wording import clock

FloatArray = NDArray[np.float64]
_STEPS_S = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0),
)
_LOG_TICKS_UV = tuple(m * 10.0**e for e in range(-1, 6) for m in (1, 2, 5))
_LEAST_LOG_UV = 0.5  # far enough below what a relaxed muscle reads
SHORTEST_S = 0.05  # of a view


@dataclass(frozen=True)
class View:
    """What of the time is shown."""

    start_s: float
    stop_s: float

    @property
    def length_s(self) -> float:
        """How much."""
        return self.stop_s - self.start_s

    def zoomed(self, times: float, about_s: float) -> View:
        """Shorter by so many times; `about_s` stays where it is."""
        length_s = max(SHORTEST_S, self.length_s / times)
        share = (about_s - self.start_s) / self.length_s
        return View(about_s - share * length_s, about_s + (1 - share) * length_s)

    def moved(self, by_s: float) -> View:
        """Later by so much."""
        return View(self.start_s + by_s, self.stop_s + by_s)

    def within(self, whole_s: float) -> View:
        """Inside of a session of `whole_s`."""
        length_s = min(self.length_s, whole_s)
        start_s = min(max(0.0, self.start_s), whole_s - length_s)
        return View(start_s, start_s + length_s)


@dataclass(frozen=True)
class TimeScale:
    """Seconds to pixels and back."""

    view: View
    left: float
    width: float

    def x(self, time_s: float) -> float:
        """Where a moment is."""
        return self.left + (time_s - self.view.start_s) / self.view.length_s * self.width

    def xs(self, times_s: FloatArray) -> FloatArray:
        """Where moments are, as `x`."""
        return self.left + (times_s - self.view.start_s) * (self.width / self.view.length_s)

    def time_s(self, x: float) -> float:
        """Return the moment at a place."""
        return self.view.start_s + (x - self.left) / self.width * self.view.length_s

    @property
    def pixel_s(self) -> float:
        """Seconds of one pixel."""
        return self.view.length_s / self.width

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Times with their words, at least `room` pixels apart."""
        apart_s = room * self.pixel_s
        step_s = next((s for s in _STEPS_S if s >= apart_s), _STEPS_S[-1])
        first, last = math.ceil(self.view.start_s / step_s), math.floor(self.view.stop_s / step_s)
        return [(k * step_s, time_words(k * step_s, step_s)) for k in range(first, last + 1)]


@dataclass(frozen=True)
class TensionScale:
    """Microvolts from the bottom of a lane to its top."""

    top_uv: float
    log: bool

    def heights(self, tension_uv: FloatArray) -> FloatArray:
        """Shares of the lane's height, 0 to 1; NaN stays NaN."""
        if not self.log:
            shares = tension_uv / self.top_uv
        else:
            low = math.log(_LEAST_LOG_UV)
            logs = np.log(np.fmax(tension_uv, _LEAST_LOG_UV) + tension_uv * 0.0)
            shares = (logs - low) / (math.log(max(self.top_uv, 1.0)) - low)
        return np.clip(shares, 0.0, 1.0)

    def height(self, tension_uv: float) -> float:
        """The same of one value."""
        return float(self.heights(np.array([tension_uv]))[0])

    def ticks(self, most: int) -> list[float]:
        """Round values to write at the scale, at most so many and at least two."""
        if self.log:
            inside = [t for t in _LOG_TICKS_UV if _LEAST_LOG_UV < t <= self.top_uv * 1.0001]
            tens = [t for t in inside if f"{t:e}".startswith("1")]
            return inside if len(inside) <= most else tens[-max(2, most) :]
        step = next(s for s in _nice(self.top_uv / 100) if self.top_uv / s <= max(2, most))
        return [k * step for k in range(int(self.top_uv / step * 1.0001) + 1)]


def _nice(least: float) -> Iterator[float]:
    """1, 2, 5, 10 ... from about `least` on."""
    ten = 10.0 ** math.floor(math.log10(least))
    while True:
        yield from (ten, 2 * ten, 5 * ten)
        ten *= 10


def round_up(uv: float) -> float:
    """Return the next round value at or above."""
    if uv <= 1.0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(uv))
    return next(m * ten for m in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if m * ten >= uv * 0.999)


def time_words(time_s: float, step_s: float = 1.0) -> str:
    """12:05, 12:05.25 where the step asks for it."""
    return clock(time_s, 0 if step_s >= 1.0 else 2 if step_s < 0.1 else 1)
