"""Scales and axes: where a value lies in the picture, and which lines and numbers help the eye."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from unclench.report.plots.svg import Drawing, text_width
from unclench.ticks import SERIES, multiples, on_log_scale, round_down, round_up, time_step
from unclench.wording import clock


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
        step = round_up((self.high - self.low) * apart_px / abs(self.stop - self.start))
        return multiples(step, self.low, self.high)

    def _log_ticks(self, apart_px: float) -> list[float]:
        for series in (SERIES, (1, 3), (1,)):
            found = on_log_scale(self.low, self.high, series)
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
    return Scale(round_down(low), round_up(high), start, stop, log=True)


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
    for time_s in multiples(max(1.0, time_step(wide / room)), 0.0, scale.high):
        x = scale(time_s)
        for top, bottom in tops:
            drawing.line(x, top, x, bottom, "rule")
        words = clock(time_s)
        drawing.text(
            min(x, drawing.width - text_width(words, 12) / 2), below, words, "small", "middle"
        )


def time_unit(longest_s: float) -> str:
    """Say what the numbers of a time axis are."""
    return "Time, hours:min:s" if longest_s >= 3600 else "Time, min:s"
