"""Scales and axes: where a value lies in the picture, and which lines and numbers help the eye."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from unclench.report.plots.svg import Drawing, text_width
from unclench.wording import clock

TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` onto pixels from `start` to `stop`; what lies outside is held."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        share = self._warp(value) - self._warp(self.low)
        share /= self._warp(self.high) - self._warp(self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.stop - self.start)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the scale."""
        return self.low <= value <= self.high

    def ticks(self, apart_px: float) -> list[float]:
        """Round values, at least so many pixels from one another."""
        if self.log:
            return self._log_ticks(apart_px)
        step = _round_up((self.high - self.low) * apart_px / abs(self.stop - self.start))
        first = math.ceil(self.low / step - 1e-9)
        return [step * i for i in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def _log_ticks(self, apart_px: float) -> list[float]:
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for series in ((1, 2, 5), (1, 3), (1,)):
            found = [m * 10.0**d for d in decades for m in series if self.holds(m * 10.0**d)]
            pixels = [self(v) for v in found]
            gaps = [abs(b - a) for a, b in pairwise(pixels)]
            if min(gaps, default=apart_px) >= apart_px:
                break
        return found

    def _warp(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.log else value


def log_scale(values: Sequence[float], start: float, stop: float) -> Scale:
    """Scale of tension in uV on which a factor has the same length everywhere.

    So a rest of 2 uV and a contraction of 200 uV can both be read. A decade at least; round ends.
    """
    known = [v for v in values if math.isfinite(v) and v > 0] or [1.0, 10.0]
    low, high = min(known) / 1.05, max(known) * 1.05
    if high / low < 10:
        middle = math.sqrt(high * low)
        low, high = min(low, middle / 10**0.5), max(high, middle * 10**0.5)
    return Scale(_round_down(low), _round_up(high), start, stop, log=True)


def span_scale(values: Sequence[float], start: float, stop: float, zero: bool = True) -> Scale:
    """Even scale around values, from 0 where `zero`."""
    known = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return Scale(low if zero and low == 0 else low - room, high + room, start, stop)


def number_words(value: float) -> str:
    """Return a round value of an axis as it is written."""
    return f"{value:.6g}"


def draw_y_axis(
    drawing: Drawing,
    scale: Scale,
    left: float,
    right: float,
    words: Callable[[float], str] = number_words,
    apart_px: float = 19.0,
) -> None:
    """Draw lines across and their numbers."""
    for value in scale.ticks(apart_px):
        y = scale(value)
        drawing.line(left, y, right, y, "rule")
        drawing.text(left - 6, y + 4, words(value), "small", "end")


def draw_x_axis(
    drawing: Drawing,
    scale: Scale,
    top: float,
    bottom: float,
    words: Callable[[float], str] = number_words,
    apart_px: float = 44.0,
) -> None:
    """Draw lines upwards and their numbers below."""
    for value in scale.ticks(apart_px):
        x = scale(value)
        drawing.line(x, top, x, bottom, "rule")
        drawing.text(x, bottom + 16, words(value), "small", "middle")


def draw_time_axis(
    drawing: Drawing, scale: Scale, tops: Sequence[tuple[float, float]], below: float
) -> None:
    """Draw a time axis under panels, each from a top to a bottom; numbers stand at `below`."""
    room = abs(scale.stop - scale.start) / max(scale.high - scale.low, 1e-9)
    wide = 70.0 if scale.high >= 3600 else 56.0
    step = next((s for s in TIME_STEPS_S if s * room >= wide), TIME_STEPS_S[-1])
    for i in range(math.floor(scale.high / step) + 1):
        x = scale(i * step)
        for top, bottom in tops:
            drawing.line(x, top, x, bottom, "rule")
        words = clock(i * step)
        drawing.text(
            min(x, drawing.width - text_width(words, 12) / 2), below, words, "small", "middle"
        )


def time_unit(longest_s: float) -> str:
    """Say what the numbers of a time axis are."""
    return "Time, hours:min:s" if longest_s >= 3600 else "Time, min:s"


def _round_up(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    return next(m * decade for m in (1, 2, 5, 10) if m * decade >= value * (1 - 1e-9))


def _round_down(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    return next(m * decade for m in (5, 2, 1) if m * decade <= value * (1 + 1e-9))
