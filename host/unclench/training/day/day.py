"""A working day of tension: minutes, alerts and a summary. No files, no clock."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

import numpy as np

from unclench.settings import Sustained
from unclench.store.events.event import Alerted, AlertReason, Event
from unclench.training.limit import USUAL_SPREAD, Limit, limit_of
from unclench.training.placement.values import UNSEEN, TrainedChannel, rest_level, too_quiet
from unclench.training.rows import Row, Rows, each_row
from unclench.training.session.scoring import Tally
from unclench.training.sustained import SustainedAlert, TooFewRests

_MINUTE_S = 60
_HOUR_NEEDS_S = 600.0  # of trusted signal, to compare an hour with others


@dataclass(frozen=True)
class ChannelMinute:
    """One channel's minute; tension is the RMS over 1 s, None without trusted signal."""

    median_uv: float | None
    p10_uv: float | None
    p90_uv: float | None
    rest_share: float | None  # of the trusted time that counts: see `training.rest`
    rests: int  # moments of rest
    trusted_s: float


@dataclass(frozen=True)
class Minute:
    """One minute of the day."""

    number: int  # since the watch began, by the stream's count
    began: datetime
    lost_s: float  # of signal that never arrived
    channels: tuple[ChannelMinute, ...]


State = Literal["unknown", "calm", "tense", "long"]
"""long: above the limit for longer than the person's own time limit."""


@dataclass(frozen=True)
class Standing:
    """State of a channel right now."""

    channel: str
    state: State
    tension_uv: float | None
    above_s: float  # time above the limit, without a break
    why: str = ""  # in words, where the signal cannot be used and the reason is known


@dataclass(frozen=True)
class Hour:
    """A clock hour and the mean of its minutes' medians."""

    began: datetime
    tension_uv: float


@dataclass(frozen=True)
class ChannelDay:
    """Summary of a channel's day; times in seconds of trusted signal."""

    channel: str
    limit_uv: float
    limit_why: str
    rest_level_uv: float
    rest_level_why: str
    trusted_s: float
    rest_s: float
    rest_share: float | None
    rests: int
    longest_rest_s: float
    longest_sustained_s: float
    calmest: Hour | None  # both None unless there are two hours to compare
    tensest: Hour | None


@dataclass(frozen=True)
class DaySummary:
    """Summary of a day."""

    began: datetime
    watched_s: float
    lost_s: float
    sustained_alerts: int
    few_rests_alerts: int
    channels: tuple[ChannelDay, ...]


class DayWatch:
    """Follows rows through a day.

    Parameters
    ----------
    channels
        Those to watch, each with a baseline or a reference.
    settings
        The person's limits.
    row_n
        Samples from row to row.
    fs_hz
        Samples a second.
    began
        Wall time of sample 0.
    spreads
        How much rest varies on a channel, by its label (`spread_of_days`); the usual otherwise.

    Raises
    ------
    InputError
        A channel has neither baseline nor reference.
    """

    def __init__(
        self,
        channels: Sequence[TrainedChannel],
        settings: Sustained,
        row_n: int,
        fs_hz: float,
        began: datetime,
        spreads: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._began, self._row_n, self._fs_hz = began, row_n, fs_hz
        self._minute_n = round(_MINUTE_S * fs_hz)
        self.channels = tuple(
            _Watched(one, settings, row_n, fs_hz, spreads.get(one.label, USUAL_SPREAD))
            for one in channels
        )
        self._first: int | None = None
        self._next = 0  # sample of the row that comes next
        self._minute = 0
        self._minute_rows = 0
        self._minute_from = 0  # sample at which this minute's watching began
        self._lost_n = 0
        self._alerts: list[AlertReason] = []

    def rows(self, rows: Rows) -> Iterator[Event | Minute]:
        """Take the next rows; yield events and finished minutes, in order."""
        for row in each_row(rows):
            if self._first is None:
                self._first = self._next = self._minute_from = row.sample
                self._minute = row.sample // self._minute_n
            while row.sample // self._minute_n > self._minute:
                yield self._close_minute((self._minute + 1) * self._minute_n)
            if row.sample > self._next:
                self._lost_n += row.sample - self._next
                for watched in self.channels:
                    watched.tally.miss()
            self._next = row.sample + self._row_n
            self._minute_rows += 1
            for watched in self.channels:
                for alert in watched.row(row):
                    self._alerts.append(alert.reason)
                    yield Event(row.sample, alert)

    def finish(self) -> Iterator[Minute]:
        """End the day; yield the last, incomplete minute, if there is one."""
        if self._first is not None and self._next > self._minute_from:
            yield self._close_minute(self._next)

    def standing(self) -> tuple[Standing, ...]:
        """Return the state of each channel; any thread may call this."""
        return tuple(watched.standing for watched in self.channels)

    def wall(self, sample: int) -> datetime:
        """Wall time of a sample."""
        return self._began + timedelta(seconds=sample / self._fs_hz)

    def summary(self) -> DaySummary:
        """Return the summary; after `finish`."""
        first = 0 if self._first is None else self._first
        return DaySummary(
            self.wall(first),
            (self._next - first) / self._fs_hz,
            self._lost_n / self._fs_hz,
            self._alerts.count("sustained"),
            self._alerts.count("few rests"),
            tuple(watched.day() for watched in self.channels),
        )

    def _close_minute(self, end: int) -> Minute:
        began = self.wall(self._minute_from)
        lost_s = (end - self._minute_from - self._minute_rows * self._row_n) / self._fs_hz
        channels = tuple(w.close_minute(began) for w in self.channels)
        minute = Minute(self._minute, began, max(0.0, lost_s), channels)
        self._minute, self._minute_from, self._minute_rows = self._minute + 1, end, 0
        return minute


@dataclass
class _Watched:
    """One channel: alerts, counts, and the current minute."""

    channel: TrainedChannel
    settings: Sustained
    row_n: int
    fs_hz: float
    spread: float
    limit: Limit = field(init=False)
    tally: Tally = field(init=False)
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        channel, settings = self.channel, self.settings
        timing = (self.row_n, self.fs_hz)
        self.limit = limit_of(channel, settings.percent, spread=self.spread)
        level_uv, basis = rest_level(channel)
        # With only a gentle reference, the limit is the only level.
        self.rest_uv, self.rest_why = (
            (self.limit.uv, self.limit.words) if level_uv is None else (level_uv, basis)
        )
        self.tally = Tally(channel.label, self.row_n / self.fs_hz)
        self.standing = Standing(channel.label, "unknown", None, 0.0)
        self._sustained = SustainedAlert(channel.label, self.limit, settings.minutes, *timing)
        self._rests = TooFewRests(
            channel.label, self.rest_uv, settings.rests, settings.rests_minutes, *timing
        )
        self._uv: list[float] = []  # of this minute
        self._before = self.tally.score()
        self._hours: dict[datetime, list[tuple[float, float]]] = {}

    def row(self, row: Row) -> Iterator[Alerted]:
        """Take the next row."""
        k = self.channel.index
        fast_uv, slow_uv, quick_uv = row.fast_uv[k], row.slow_uv[k], row.quick_uv[k]
        trusted = row.trusted[k]
        if trusted:
            self.tally.add(fast_uv, slow_uv, quick_uv, None, self.rest_uv, None)
            if not math.isnan(slow_uv):
                self._uv.append(slow_uv)
        else:
            self.tally.miss()
        long = self._sustained.row(row.sample, slow_uv, trusted)
        few = self._rests.row(row.sample, quick_uv, trusted)
        yield from (alert for alert in (long, few) if alert is not None)
        why = UNSEEN if too_quiet(self.channel, fast_uv) else ""
        self.standing = self._standing(
            slow_uv if trusted and not math.isnan(slow_uv) else None, why
        )

    def _standing(self, uv: float | None, why: str) -> Standing:
        above_s = self._sustained.above_s
        state: State = "tense" if above_s else "calm"
        if above_s >= self.settings.minutes * 60:
            state = "long"
        if uv is None:
            state = "unknown"
        return Standing(self.channel.label, state, uv, above_s, why)

    def close_minute(self, began: datetime) -> ChannelMinute:
        """Sum up the current minute and begin the next."""
        score, before = self.tally.score(), self._before
        trusted_s = score.scored_s - before.scored_s
        uv, self._uv, self._before = self._uv, [], score
        rest_share = None
        # A rest counts once it is long enough: it may begin in the minute before.
        if counts_s := score.with_rest_s - before.with_rest_s:
            rest_share = min(1.0, (score.rest_s - before.rest_s) / counts_s)
        p10, p50, p90 = np.percentile(uv, (10, 50, 90)).tolist() if uv else (None, None, None)
        if p50 is not None:
            hour = began.replace(minute=0, second=0, microsecond=0)
            self._hours.setdefault(hour, []).append((p50, trusted_s))
        rests = score.rests - before.rests
        return ChannelMinute(p50, p10, p90, rest_share, rests, trusted_s)

    def day(self) -> ChannelDay:
        """Return the summary of the day."""
        score = self.tally.score()
        hours = []
        for began, minutes in self._hours.items():
            uv, trusted_s = np.array(minutes).T
            if trusted_s.sum() >= _HOUR_NEEDS_S:
                hours.append(Hour(began, float(np.average(uv, weights=trusted_s))))
        hours.sort(key=lambda hour: hour.tension_uv)
        compared = len(hours) > 1
        return ChannelDay(
            self.channel.label,
            self.limit.uv,
            self.limit.words,
            self.rest_uv,
            self.rest_why,
            score.scored_s,
            score.rest_s,
            score.rest_share,
            score.rests,
            score.longest_rest_s,
            self._sustained.longest_s,
            hours[0] if compared else None,
            hours[-1] if compared else None,
        )
