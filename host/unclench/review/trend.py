"""A figure over weeks: how much it changes per week, how sure that is, and that in words.

The slope is the median of the slopes between all pairs of days (Theil 1950, Sen 1968), so a few odd
days do not make it. Its interval is Sen's: the slopes that a test by Kendall's S would not reject,
the variance of S taken up where neighbouring days are alike (Hamed & Rao 1998, lag one). Pairs of
days with different placements of the electrodes are left out, for a sensor that sits elsewhere
reads otherwise whatever the muscle does (the intra-block form of the same test, van Belle & Hughes
1984).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal

import numpy as np

from unclench.review.metrics import metric, uv_number
from unclench_dsp.arrays import FloatArray
from unclench_dsp.uncertainty import Estimate

MeasureKey = Literal["baseline_uv", "mean_uv", "rest_share", "recovery_s"]
FEWEST_DAYS = 6
SHORTEST_WEEKS = 1.0
_WEEK_S = 7 * 86400.0
_TWO_SIDED_95 = 1.959964


@dataclass(frozen=True)
class Measure:
    """A figure of a session that is followed over weeks, and how it is said."""

    key: MeasureKey
    title: str
    unit: str
    scale: float  # from the figure as kept to the unit shown
    digits: int
    fell: str
    rose: str
    had: str = ""  # what days that count have, where not every session has it

    def shown(self, value: float) -> str:
        """A value in its unit."""
        if self.unit == "µV":
            return uv_number(value)
        return f"{value * self.scale:.{self.digits}f}"


MEASURES = (
    Measure(
        "baseline_uv", "Resting baseline", "µV", 1.0, 1, "lower", "higher", "a new resting baseline"
    ),
    Measure("mean_uv", metric("mean_uv").label, "µV", 1.0, 1, "lower", "higher"),
    Measure(
        "rest_share", metric("rest_share").label, "%", 100.0, 0, "less", "more", "a time at rest"
    ),
    Measure(
        *("recovery_s", metric("recovery_s").label, "s", 1.0, 1),
        *("faster", "slower", "a recovery that was seen"),
    ),
)


@dataclass(frozen=True)
class Dated:
    """A value of one session."""

    at: datetime
    placement: int  # sessions of one number have the electrodes where they were
    value: float


@dataclass(frozen=True)
class Trend:
    """How a measure went. Values are in the measure's unit as kept (µV, share, seconds)."""

    measure: Measure
    sessions: int
    days: int
    per_week: Estimate | None  # None: too little to say
    across: bool  # between placements, for there was too little within them
    first_value: float | None  # median of the first third of the days, and of the last
    last_value: float | None
    words: str

    @property
    def span(self) -> str:
        """The first third of the days and the last, as medians: "5.1 → 2.4 µV"; "" for one day."""
        if self.first_value is None or self.last_value is None:
            return ""
        shown, unit = self.measure.shown, self.measure.unit
        return f"{shown(self.first_value)} → {shown(self.last_value)} {unit}"

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out no change at all."""
        slope = self.per_week
        if slope is None or slope.low is None or slope.high is None:
            return False
        return slope.low > 0 or slope.high < 0


def trend_of(measure: Measure, values: Sequence[Dated]) -> Trend:
    """Return how a measure went over the sessions, oldest first."""
    days = _days(values)
    first = last = None
    if len(days) > 1:
        third = max(1, len(days) // 3)
        first = float(np.median(_values(days[:third])))
        last = float(np.median(_values(days[-third:])))
    empty = Trend(measure, len(values), len(days), None, False, first, last, "")
    placements = _placements(days)
    groups = [group for group in placements if len(group) > 1]
    middles = [_middle(group) for group in placements]
    across = not _enough([day for group in groups for day in group])
    if across and not (len(placements) > 1 and _enough(middles)):
        return replace(empty, words=_too_few(measure, days, len(placements)))
    groups = [middles] if across else groups
    slope = robust_slope([(_weeks(group), _values(group)) for group in groups])
    if slope is None:
        return replace(empty, words=f"no change at all, over {_count(len(values), 'session')}")
    found = replace(empty, per_week=slope, across=across)
    return replace(found, words=_words(found, len(groups)))


def robust_slope(groups: Sequence[tuple[FloatArray, FloatArray]]) -> Estimate | None:
    """Slope with its 95 % interval, from pairs within each group.

    Parameters
    ----------
    groups
        Times and values, ndarrays of shape (n,), times strictly increasing.

    Returns
    -------
    Estimate or None
        In values per unit of time; `n_blocks` counts the values. None without any pair, or where
        all values are the same.
    """
    slopes: list[FloatArray] = []
    variance = 0.0
    for times, values in groups:
        i, j = np.triu_indices(len(times), 1)
        slopes.append((values[j] - values[i]) / (times[j] - times[i]))
        n = len(times)
        variance += n * (n - 1) * (2 * n + 5) / 18  # of Kendall's S, where nothing changes
    every = np.sort(np.concatenate(slopes)) if slopes else np.empty(0)
    if not every.size or not np.any(every):
        return None
    value = float(np.median(every))
    half = _TWO_SIDED_95 * math.sqrt(variance * _inflation(groups, value))
    n_pairs = every.size
    below = math.floor((n_pairs - half) / 2)  # so many slopes lie outside on each side
    if below < 1:
        return Estimate(value, None, None, sum(len(times) for times, _ in groups))
    low, high = float(every[below - 1]), float(every[n_pairs - below])
    return Estimate(value, low, high, sum(len(times) for times, _ in groups))


def _inflation(groups: Sequence[tuple[FloatArray, FloatArray]], slope: float) -> float:
    """How much larger the variance is because neighbouring days are alike; 1 or more."""
    products = squares = 0.0
    n = 0
    for times, values in groups:
        left = values - slope * times
        left = left - left.mean()
        products += float(left[1:] @ left[:-1])
        squares += float(left @ left)
        n += len(times)
    if not squares:
        return 1.0
    r = products / squares
    r += (2 + 4 * max(r, 0.0)) / n  # what is fitted to few days hides part of their likeness
    r = min(max(r, 0.0), 0.8)
    return (1 + r) / (1 - r)


def _days(values: Sequence[Dated]) -> list[Dated]:
    """One value a day and placement, the median: sessions of one day are one another's."""
    found = []
    for _, several in groupby(values, key=lambda v: (v.at.date(), v.placement)):
        found.append(_middle(list(several)))
    return found


def _middle(several: Sequence[Dated]) -> Dated:
    middle = datetime.fromtimestamp(
        sum(v.at.timestamp() for v in several) / len(several), several[0].at.tzinfo
    )
    return Dated(middle, several[0].placement, float(np.median([v.value for v in several])))


def _placements(days: Sequence[Dated]) -> list[list[Dated]]:
    return [list(group) for _, group in groupby(days, key=lambda day: day.placement)]


def _enough(days: Sequence[Dated]) -> bool:
    if len(days) < FEWEST_DAYS:
        return False
    return (days[-1].at - days[0].at).total_seconds() >= SHORTEST_WEEKS * _WEEK_S


def _too_few(measure: Measure, days: Sequence[Dated], placements: int) -> str:
    if len(days) < FEWEST_DAYS:
        there = _count(len(days), "day")
        there = f"{there} with {measure.had}" if measure.had else f"sessions on {there}"
        return f"too few to say: {there}, {FEWEST_DAYS} are needed"
    if (days[-1].at - days[0].at).total_seconds() < SHORTEST_WEEKS * _WEEK_S:
        return f"too soon to say: all {len(days)} days lie within a week"
    anew = _count(placements - 1, "time")
    return (
        f"too few to say: the electrodes were placed anew {anew}, and days of different "
        "placements do not compare"
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _weeks(days: Sequence[Dated]) -> FloatArray:
    return np.array([day.at.timestamp() / _WEEK_S for day in days]) - (
        days[0].at.timestamp() / _WEEK_S
    )


def _values(days: Sequence[Dated]) -> FloatArray:
    return np.array([day.value for day in days])


def _words(trend: Trend, n_groups: int) -> str:
    measure, slope = trend.measure, trend.per_week
    assert slope is not None
    basis = f"over {_count(trend.sessions, 'session')}"
    if trend.across:
        basis = f"over {_count(slope.n_blocks, 'placement')}"
    elif n_groups > 1:
        basis += f" with {n_groups} placements"
    if slope.low is None or slope.high is None or not trend.sure:
        return f"no sure change yet, {basis}"
    digits = _digits(slope.value * measure.scale)
    near, far = sorted((abs(slope.low), abs(slope.high)))
    size, least, most = (f"{abs(v) * measure.scale:.{digits}f}" for v in (slope.value, near, far))
    unit = "points" if measure.unit == "%" else measure.unit
    side = measure.fell if slope.value < 0 else measure.rose
    return f"{side} by {size} {unit} per week ({least} to {most}), {basis}"


def _digits(value: float) -> int:
    """As many decimals as show two figures of a value, at most two."""
    size = abs(value)
    return 0 if size >= 10 else 1 if size >= 1 else 2
