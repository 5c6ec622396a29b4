"""The breathing pacer: where in a breath a moment of a step lies. A function of time alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from unclench.training.programs.program import Breathe

BreathPart = Literal["inhale", "hold in", "exhale", "hold out"]
PARTS: tuple[BreathPart, ...] = ("inhale", "hold in", "exhale", "hold out")


@dataclass(frozen=True)
class Breath:
    """A moment of a breath."""

    number: int  # of the breath, from 0
    phase: float  # 0 to 1 over the whole breath; 0 is where inhaling begins
    part: BreathPart
    done: float  # share of the part that is over, 0 to 1
    left_s: float  # of the part
    fullness: float  # 0 empty to 1 full, smooth: what the shape shows


@dataclass(frozen=True)
class Pacer:
    """One breathing step's pacer; times are seconds since the step began."""

    step: Breathe

    @property
    def bounds(self) -> tuple[float, float, float]:
        """Phases at which inhaling, holding in and exhaling end."""
        s = self.step
        total = s.inhale + s.hold_in + s.exhale + s.hold_out
        return s.inhale / total, (s.inhale + s.hold_in) / total, 1.0 - s.hold_out / total

    def rate_per_min(self, t_s: float) -> float:
        """Breaths a minute at a moment."""
        start = self.step.rate_per_min
        end = start if self.step.end_rate_per_min is None else self.step.end_rate_per_min
        return start + (end - start) * min(1.0, max(0.0, t_s / self.step.seconds))

    def breaths(self, t_s: float) -> float:
        """Breaths since the step began; its fraction is the phase."""
        # The rate changes linearly, so its mean until now is that of both ends.
        return (self.step.rate_per_min + self.rate_per_min(t_s)) / 2 * max(0.0, t_s) / 60

    def at(self, t_s: float) -> Breath:
        """Where in a breath a moment lies."""
        breaths = self.breaths(t_s)
        number = math.floor(breaths)
        phase = breaths - number
        ends = (*self.bounds, 1.0)
        k = next(k for k, end in enumerate(ends) if phase < end)
        begin = 0.0 if k == 0 else ends[k - 1]
        done = (phase - begin) / (ends[k] - begin)
        left_s = (ends[k] - phase) * 60 / self.rate_per_min(t_s)
        soft = (1 - math.cos(math.pi * done)) / 2  # no jerk where a part begins or ends
        fullness = (soft, 1.0, 1.0 - soft, 0.0)[k]
        return Breath(number, phase, PARTS[k], done, left_s, fullness)
