"""Converts time and tension to places on the screen, and labels their scales."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench import ticks
from unclench.wording import clock

FloatArray = NDArray[np.float64]
_TOPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_LEAST_LOG_UV = 0.5  # far enough below what a relaxed muscle reads
SHORTEST_S = 0.05  # of a view


@dataclass(frozen=True)
class View:
    """The visible stretch of time."""

    start_s: float
    stop_s: float

    @property
    def length_s(self) -> float:
        """Its length."""
        return self.stop_s - self.start_s

    def zoomed(self, times: float, about_s: float) -> View:
        """Return a view shorter by a factor; `about_s` keeps its place."""
        length_s = max(SHORTEST_S, self.length_s / times)
        share = (about_s - self.start_s) / self.length_s
        return View(about_s - share * length_s, about_s + (1 - share) * length_s)

    def moved(self, by_s: float) -> View:
        """Return a view shifted by so many seconds."""
        return View(self.start_s + by_s, self.stop_s + by_s)

    def within(self, whole_s: float) -> View:
        """Return a view that fits into a session of `whole_s`."""
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
        """Return the place of a moment."""
        return self.left + (time_s - self.view.start_s) / self.view.length_s * self.width

    def xs(self, times_s: FloatArray) -> FloatArray:
        """Return the places of moments: see `x`."""
        return self.left + (times_s - self.view.start_s) * (self.width / self.view.length_s)

    def time_s(self, x: float) -> float:
        """Return the moment at a place."""
        return self.view.start_s + (x - self.left) / self.width * self.view.length_s

    @property
    def pixel_s(self) -> float:
        """Seconds of one pixel."""
        return self.view.length_s / self.width

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Return times with their labels, at least `room` pixels apart."""
        step_s = ticks.time_step(room * self.pixel_s)
        times_s = ticks.multiples(step_s, self.view.start_s, self.view.stop_s)
        return [(time_s, time_words(time_s, step_s)) for time_s in times_s]


@dataclass(frozen=True)
class TensionScale:
    """Microvolts from the bottom of a lane to its top."""

    top_uv: float
    log: bool

    def heights(self, tension_uv: FloatArray) -> FloatArray:
        """Return heights as shares of the lane, 0 to 1; NaN stays NaN."""
        if not self.log:
            shares = tension_uv / self.top_uv
        else:
            low = math.log(_LEAST_LOG_UV)
            logs = np.log(np.fmax(tension_uv, _LEAST_LOG_UV) + tension_uv * 0.0)
            shares = (logs - low) / (math.log(max(self.top_uv, 1.0)) - low)
        return np.clip(shares, 0.0, 1.0)

    def height(self, tension_uv: float) -> float:
        """Return the height of one value: see `heights`."""
        return float(self.heights(np.array([tension_uv]))[0])

    def ticks(self, most: int) -> list[float]:
        """Return round values to label: at least two, at most `most`."""
        if self.log:
            inside = ticks.on_log_scale(_LEAST_LOG_UV, max(self.top_uv, 1.0))[1:]
            tens = [t for t in inside if f"{t:e}".startswith("1")]
            return inside if len(inside) <= most else tens[-max(2, most) :]
        return ticks.multiples(ticks.round_up(self.top_uv / max(2, most)), 0.0, self.top_uv)


def round_up(uv: float) -> float:
    """Return the round top of a scale that holds a value, 1 uV at least."""
    return ticks.round_up(max(uv * 0.999, 1.0), _TOPS)


def time_words(time_s: float, step_s: float = 1.0) -> str:
    """Return a time: 12:05, or 12:05.25 if the step is that fine."""
    return clock(time_s, 0 if step_s >= 1.0 else 2 if step_s < 0.1 else 1)
