"""A figure over weeks: its change per week, its confidence interval, and both as a text.

The slope is the median of the slopes between all pairs of days (Theil 1950, Sen 1968), so a few odd
days do not decide it. Its interval is Sen's: the slopes that a test by Kendall's S would not
reject, with a larger variance of S where neighbouring days are alike (Hamed & Rao 1998, lag one).
Pairs of days with different electrode placements are left out, because a sensor in another place
gives other values whatever the muscle does (the intra-block form of the same test, van Belle &
Hughes 1984).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal, Protocol

import numpy as np

from unclench.review.metrics import metric, uv_number
from unclench.translation import tr, trn
from unclench_dsp.abovefloor import above_floor_uv
from unclench_dsp.arrays import FloatArray
from unclench_dsp.uncertainty import Estimate

MeasureKey = Literal["baseline_uv", "mean_uv", "rest_share", "recovery_s", "p50_uv"]
FEWEST_DAYS = 6
SHORTEST_WEEKS = 1.0
_WEEK_S = 7 * 86400.0
_TWO_SIDED_95 = 1.959964


class Tensions(Protocol):
    """What has the figures of a session, by the keys of measures."""

    @property
    def noise_uv(self) -> float | None:
        """The instrument's own noise, in the band."""


@dataclass(frozen=True)
class Measure:
    """A figure that is followed over weeks, and its words."""

    key: MeasureKey
    title: str
    unit: str
    scale: float  # from the stored value to the unit shown
    digits: int
    fell: str
    rose: str
    few: Callable[[int], str]  # says that so many days are too few
    above_floor: bool = False  # the instrument's noise is subtracted: see `subtracted`

    def subtracted(self) -> Measure:
        """Return a tension as it is above the noise floor: changes are the muscle's own."""
        title = tr("{title} above the floor", title=self.title)
        return replace(self, title=title, above_floor=True)

    def of(self, session: Tensions) -> float | None:
        """Return the value of a session; None where there is none, or nothing above the floor."""
        value: float | None = getattr(session, self.key)
        if value is None or not self.above_floor:
            return value
        assert session.noise_uv is not None
        return above_floor_uv(value, session.noise_uv) or None

    def shown(self, value: float) -> str:
        """Return a value in its unit."""
        if self.unit == "µV":
            return uv_number(value)
        return f"{value * self.scale:.{self.digits}f}"


def _few_days(n: int) -> str:
    return trn(
        "too little data: sessions on {n} day; at least {least} are needed",
        "too little data: sessions on {n} days; at least {least} are needed",
        n,
        least=FEWEST_DAYS,
    )


def _few_baselines(n: int) -> str:
    return trn(
        "too little data: {n} day with a new resting baseline; at least {least} are needed",
        "too little data: {n} days with a new resting baseline; at least {least} are needed",
        n,
        least=FEWEST_DAYS,
    )


def _few_rests(n: int) -> str:
    return trn(
        "too little data: {n} day with a time at rest; at least {least} are needed",
        "too little data: {n} days with a time at rest; at least {least} are needed",
        n,
        least=FEWEST_DAYS,
    )


def _few_recoveries(n: int) -> str:
    return trn(
        "too little data: {n} day with a recovery time; at least {least} are needed",
        "too little data: {n} days with a recovery time; at least {least} are needed",
        n,
        least=FEWEST_DAYS,
    )


_LOWER, _HIGHER = tr("lower"), tr("higher")
MEASURES = (
    Measure("baseline_uv", tr("Resting baseline"), "µV", 1.0, 1, _LOWER, _HIGHER, _few_baselines),
    Measure("p50_uv", metric("p50_uv").label, "µV", 1.0, 1, _LOWER, _HIGHER, _few_days),
    Measure("mean_uv", metric("mean_uv").label, "µV", 1.0, 1, _LOWER, _HIGHER, _few_days),
    Measure(
        *("rest_share", metric("rest_share").label, "%", 100.0, 0),
        *(tr("less"), tr("more"), _few_rests),
    ),
    Measure(
        *("recovery_s", metric("recovery_s").label, "s", 1.0, 1),
        *(tr("faster"), tr("slower"), _few_recoveries),
    ),
)


@dataclass(frozen=True)
class Dated:
    """A value of one session."""

    at: datetime
    placement: int  # sessions with one number share one electrode placement
    value: float


@dataclass(frozen=True)
class Trend:
    """The change of a measure. Values are in its stored unit (µV, share, seconds)."""

    measure: Measure
    sessions: int
    days: int
    per_week: Estimate | None  # None: too little data
    across: bool  # between placements: there is too little data within them
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
        """True if the interval excludes no change."""
        slope = self.per_week
        if slope is None or slope.low is None or slope.high is None:
            return False
        return slope.low > 0 or slope.high < 0


def trend_of(measure: Measure, values: Sequence[Dated]) -> Trend:
    """Return the trend of a measure over sessions, oldest first."""
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
        return replace(
            empty, words=tr("no change at all, {basis}", basis=_over_sessions(len(values)))
        )
    found = replace(empty, per_week=slope, across=across)
    return replace(found, words=_words(found, len(groups)))


def robust_slope(groups: Sequence[tuple[FloatArray, FloatArray]]) -> Estimate | None:
    """Return the slope with its 95 % interval, from pairs within each group.

    Parameters
    ----------
    groups
        Times and values, ndarrays of shape (n,), times strictly increasing.

    Returns
    -------
    Estimate or None
        In values per unit of time; `n_blocks` counts the values. None without any pair, or if
        all values are the same.
    """
    slopes: list[FloatArray] = []
    variance = 0.0
    for times, values in groups:
        i, j = np.triu_indices(len(times), 1)
        slopes.append((values[j] - values[i]) / (times[j] - times[i]))
        n = len(times)
        variance += n * (n - 1) * (2 * n + 5) / 18  # of Kendall's S without a change
    every = np.sort(np.concatenate(slopes)) if slopes else np.empty(0)
    if not every.size or not np.any(every):
        return None
    value = float(np.median(every))
    half = _TWO_SIDED_95 * math.sqrt(variance * _inflation(groups, value))
    n_pairs = every.size
    below = math.floor((n_pairs - half) / 2)  # so many slopes are outside on each side
    if below < 1:
        return Estimate(value, None, None, sum(len(times) for times, _ in groups))
    low, high = float(every[below - 1]), float(every[n_pairs - below])
    return Estimate(value, low, high, sum(len(times) for times, _ in groups))


def _inflation(groups: Sequence[tuple[FloatArray, FloatArray]], slope: float) -> float:
    """Return how much larger the variance is if neighbouring days are alike; 1 or more."""
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
    r += (2 + 4 * max(r, 0.0)) / n  # a fit to few days hides part of their likeness
    r = min(max(r, 0.0), 0.8)
    return (1 + r) / (1 - r)


def _days(values: Sequence[Dated]) -> list[Dated]:
    """Return one value per day and placement, the median: sessions of one day are alike."""
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
        return measure.few(len(days))
    if (days[-1].at - days[0].at).total_seconds() < SHORTEST_WEEKS * _WEEK_S:
        return tr("too early: all {n} days are within one week", n=len(days))
    return trn(
        "too little data: the electrodes were reapplied once, and days with different placements "
        "cannot be compared",
        "too little data: the electrodes were reapplied {n} times, and days with different "
        "placements cannot be compared",
        placements - 1,
    )


def _over_sessions(n: int) -> str:
    return trn("over {n} session", "over {n} sessions", n)


def _weeks(days: Sequence[Dated]) -> FloatArray:
    return np.array([day.at.timestamp() / _WEEK_S for day in days]) - (
        days[0].at.timestamp() / _WEEK_S
    )


def _values(days: Sequence[Dated]) -> FloatArray:
    return np.array([day.value for day in days])


def _words(trend: Trend, n_groups: int) -> str:
    measure, slope = trend.measure, trend.per_week
    assert slope is not None
    basis = _over_sessions(trend.sessions)
    if trend.across:
        basis = trn("over {n} placement", "over {n} placements", slope.n_blocks)
    elif n_groups > 1:
        basis = tr("{over_sessions} with {n} placements", over_sessions=basis, n=n_groups)
    if slope.low is None or slope.high is None or not trend.sure:
        return tr("no clear change yet, {basis}", basis=basis)
    digits = _digits(slope.value * measure.scale)
    near, far = sorted((abs(slope.low), abs(slope.high)))
    size, least, most = (f"{abs(v) * measure.scale:.{digits}f}" for v in (slope.value, near, far))
    return tr(
        "{lower_or_higher} by {size} {unit} per week ({least} to {most}), {basis}",
        lower_or_higher=measure.fell if slope.value < 0 else measure.rose,
        size=size,
        unit=tr("points") if measure.unit == "%" else measure.unit,
        least=least,
        most=most,
        basis=basis,
    )


def _digits(value: float) -> int:
    """Return the decimals that show two digits of a value, at most two."""
    size = abs(value)
    return 0 if size >= 10 else 1 if size >= 1 else 2
