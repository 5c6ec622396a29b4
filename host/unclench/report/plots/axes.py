"""Scales and axes: the position of a value, and lines and numbers to read it by."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from unclench.report.plots.svg import Drawing, text_width
from unclench.ticks import SERIES, multiples, on_log_scale, round_down, round_up, time_step
from unclench.translation import tr
from unclench.wording import clock


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` to pixels from `start` to `stop`, clamped to the ends."""

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
        """Return True if a value is on the scale."""
        return self.low <= value <= self.high

    def ticks(self, apart_px: float) -> list[float]:
        """Return round values, at least `apart_px` pixels apart."""
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
    """Return a logarithmic scale of tension in uV, with round ends, at least a decade long.

    A rest of 2 uV and a contraction of 200 uV are both visible on it.
    """
    known = [v for v in values if math.isfinite(v) and v > 0] or [1.0, 10.0]
    low, high = min(known) / 1.05, max(known) * 1.05
    if high / low < 10:
        middle = math.sqrt(high * low)
        low, high = min(low, middle / 10**0.5), max(high, middle * 10**0.5)
    return Scale(round_down(low), round_up(high), start, stop, log=True)


def span_scale(values: Sequence[float], start: float, stop: float, zero: bool = True) -> Scale:
    """Return a linear scale around values, from 0 if `zero`."""
    known = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return Scale(low if zero and low == 0 else low - room, high + room, start, stop)


def number_words(value: float) -> str:
    """Return a round value of an axis as text."""
    return f"{value:.6g}"


def draw_y_axis(
    drawing: Drawing,
    scale: Scale,
    left: float,
    right: float,
    words: Callable[[float], str] = number_words,
    apart_px: float = 19.0,
) -> None:
    """Draw horizontal lines and their numbers."""
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
    """Draw vertical lines and their numbers below."""
    for value in scale.ticks(apart_px):
        x = scale(value)
        drawing.line(x, top, x, bottom, "rule")
        drawing.text(x, bottom + 16, words(value), "small", "middle")


def draw_time_axis(
    drawing: Drawing, scale: Scale, tops: Sequence[tuple[float, float]], below: float
) -> None:
    """Draw a time axis under panels (their tops and bottoms); its numbers are at `below`."""
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
    """Return the label of a time axis."""
    return tr("Time, hours:min:s") if longest_s >= 3600 else tr("Time, min:s")
