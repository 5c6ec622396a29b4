"""Round numbers for axes, the same on screens, pages and terminals."""

from __future__ import annotations

import math
from collections.abc import Sequence

SERIES = (1.0, 2.0, 5.0)
TIME_STEPS_S = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 21600.0, 43200.0),
)
_NEARLY = 1e-9  # a value that is round but for its last bits counts as round


def time_step(least_s: float) -> float:
    """Return the shortest round step of time that is no shorter; half a day at most."""
    return next((step for step in TIME_STEPS_S if step >= least_s), TIME_STEPS_S[-1])


def round_up(value: float, series: Sequence[float] = SERIES) -> float:
    """Return the next round number at or above a value above 0: a power of ten times `series`."""
    return min(v for v in _around(value, series) if v >= value * (1 - _NEARLY))


def round_down(value: float, series: Sequence[float] = SERIES) -> float:
    """Return the next round number at or below a value above 0."""
    return max(v for v in _around(value, series) if v <= value * (1 + _NEARLY))


def multiples(step: float, low: float, high: float) -> list[float]:
    """Return the multiples of a step from `low` to `high`."""
    first, last = math.ceil(low / step - _NEARLY), math.floor(high / step + _NEARLY)
    return [k * step for k in range(first, last + 1)]


def on_log_scale(low: float, high: float, series: Sequence[float] = SERIES) -> list[float]:
    """Return the round numbers from `low` to `high`, both above 0."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = (m * 10.0**d for d in decades for m in series)
    return [v for v in found if low * (1 - _NEARLY) <= v <= high * (1 + _NEARLY)]


def _around(value: float, series: Sequence[float]) -> list[float]:
    decade = 10.0 ** math.floor(math.log10(value))
    return [m * decade * times for times in (0.1, 1.0, 10.0) for m in series]
