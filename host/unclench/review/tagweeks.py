"""Which moments raise tension over weeks: the effect of a tag, pooled over its sessions.

Each session gives ln(tension during the tag / tension without any tag) with its standard error.
Sessions are pooled by random effects: the effect of a tag may differ between sessions, and then
more sessions are needed to be sure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from unclench.store.session.summary import TagSummary
from unclench.translation import tr, trn
from unclench.wording import short_day
from unclench_dsp.pooling import LEAST_SESSIONS, combine
from unclench_dsp.uncertainty import Estimate

_MOST_WEEKS = 8  # listed


@dataclass(frozen=True)
class TagWeek:
    """One tag in one week."""

    monday: date
    sessions: int  # that had the tag
    times: int
    during: Estimate | None  # ratio; None with too few sessions to pool


@dataclass(frozen=True)
class TagHistory:
    """One tag in one series. `during` and `after` are ratios: 1.3 is 30 % higher."""

    words: str  # "posture: slouching"
    sessions: int  # that had the tag
    of_sessions: int  # in the series
    times: int
    during_s: float  # used time under the tag
    per_hour: float  # times in an hour of used time
    during: Estimate | None
    after: Estimate | None  # the minute after it
    weeks: tuple[TagWeek, ...]
    said: str  # "30 % higher (12 to 51 %), over 8 sessions", "too little data: ..."

    @property
    def weekly(self) -> str:
        """Weeks with enough data: "weeks from 2 Mar: +34 %, 9 Mar: +28 %"; "" if under two."""
        known = [
            f"{short_day(week.monday)}: {100 * (week.during.value - 1):+.0f} %"
            for week in self.weeks
            if week.during is not None
        ][-_MOST_WEEKS:]
        return tr("weeks from {weeks}", weeks=", ".join(known)) if len(known) > 1 else ""

    @property
    def sure(self) -> bool:
        """True if the interval excludes no effect."""
        effect = self.during
        if effect is None or effect.low is None or effect.high is None:
            return False
        return effect.low > 1 or effect.high < 1


def tag_histories(
    sessions: Sequence[tuple[datetime, float, tuple[TagSummary, ...]]],
) -> tuple[TagHistory, ...]:
    """Pool each tag over the sessions of one series.

    Parameters
    ----------
    sessions
        Time, used seconds and tags of each session.

    Returns
    -------
    tuple of TagHistory
        What raises tension most comes first; tags with too little data come last.
    """
    found: dict[str, list[tuple[datetime, TagSummary]]] = {}
    for at, _, tags in sessions:
        for tag in tags:
            if tag.times:
                found.setdefault(tag.words, []).append((at, tag))
    used_h = sum(used_s for _, used_s, _ in sessions) / 3600
    made = [_history(words, had, len(sessions), used_h) for words, had in found.items()]
    return tuple(sorted(made, key=_order))


def _history(
    words: str, had: Sequence[tuple[datetime, TagSummary]], of_sessions: int, used_h: float
) -> TagHistory:
    tags = [tag for _, tag in had]
    times = sum(tag.times for tag in tags)
    during, n = _pooled([(tag.log_ratio, tag.log_ratio_se) for tag in tags])
    after, _ = _pooled([(tag.after_log_ratio, tag.after_log_ratio_se) for tag in tags])
    by_week: dict[date, list[TagSummary]] = {}
    for at, tag in had:
        by_week.setdefault(at.date() - timedelta(days=at.weekday()), []).append(tag)
    weeks = tuple(_week(monday, of_week) for monday, of_week in sorted(by_week.items()))
    return TagHistory(
        words,
        sessions=len(had),
        of_sessions=of_sessions,
        times=times,
        during_s=sum(tag.during_s for tag in tags),
        per_hour=times / used_h if used_h else 0.0,
        during=during,
        after=after,
        weeks=weeks,
        said=_said(during, n),
    )


def _week(monday: date, tags: Sequence[TagSummary]) -> TagWeek:
    pairs = [(tag.log_ratio, tag.log_ratio_se) for tag in tags]
    during, _ = _pooled(pairs)
    return TagWeek(monday, len(tags), sum(tag.times for tag in tags), during)


def _pooled(pairs: Sequence[tuple[float | None, float | None]]) -> tuple[Estimate | None, int]:
    """Return the ratio over the sessions that have one, and their number."""
    known = [(log, se) for log, se in pairs if log is not None and se is not None and se > 0]
    if not known:
        return None, 0
    logs, ses = np.array(known).T
    pooled = combine(logs, ses)
    if pooled.low is None or pooled.high is None:
        return None, len(known)
    value, low, high = (math.exp(end) for end in (pooled.value, pooled.low, pooled.high))
    return Estimate(value, low, high, len(known)), len(known)


def _said(during: Estimate | None, n: int) -> str:
    if during is None or during.low is None or during.high is None:
        return trn(
            "too little data: {n} session with enough; at least {least} are needed",
            "too little data: {n} sessions with enough; at least {least} are needed",
            n,
            least=LEAST_SESSIONS,
        )
    value, low, high = (100 * (ratio - 1) for ratio in (during.value, during.low, during.high))
    if low <= 0 <= high:
        return tr(
            "no clear effect ({low:+.0f} to {high:+.0f} %), over {n} sessions",
            low=low,
            high=high,
            n=n,
        )
    near, far = sorted((abs(low), abs(high)))
    if value > 0:
        return tr(
            "{value:.0f} % higher ({near:.0f} to {far:.0f} %), over {n} sessions",
            value=value,
            near=near,
            far=far,
            n=n,
        )
    return tr(
        "{value:.0f} % lower ({near:.0f} to {far:.0f} %), over {n} sessions",
        value=-value,
        near=near,
        far=far,
        n=n,
    )


def _order(tag: TagHistory) -> tuple[bool, float, str]:
    return tag.during is None, 0.0 if tag.during is None else -tag.during.value, tag.words
