"""Watching a stream for a day: the baseline first, if there is none, then the day itself.

Two threads meet here: the pipeline calls the sink; windows and commands call the rest.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from unclench.errors import StoreError
from unclench.live.blocks import LiveBlock, StreamInfo
from unclench.settings import Sustained
from unclench.store.events.event import (
    UV_DECIMALS,
    Alerted,
    AlertsPaused,
    BaselineMeasured,
    BoardBack,
    BoardLost,
    Event,
    LimitSet,
    Payload,
    RestMeasured,
    RestNotMeasured,
    SignalChanged,
)
from unclench.store.events.words import text_of, trouble_words
from unclench.training.day.day import DaySummary, DayWatch, Minute, Standing
from unclench.training.day.spread import spread_of_days
from unclench.training.day.store import DayFolder
from unclench.training.day.words import all_standing_words
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Rows, RowSource, Stream, each_row
from unclench.training.steps.kinds.baseline import RestMeasurement
from unclench.training.tags import Tag, TagBoard
from unclench.translation import tr
from unclench.wording import length

REST_S = 60.0


def _news_words(event: Event) -> str:
    """Describe an event that matters to the person; "" for all others and for alerts."""
    match event.payload:
        case BoardLost(reason):
            return tr(
                "The board was disconnected ({reason}); watching continues once it is reconnected.",
                reason=reason,
            )
        case BoardBack():
            after = length(event.duration_s or 0.0)
            return tr("The board was reconnected after {after}; watching continues.", after=after)
        case RestMeasured():
            return tr("Baseline for this watch only: {figures}.", figures=text_of(event))
        case RestNotMeasured():
            return tr(
                "{reasons} Once more: sit back and let go for a minute.", reasons=text_of(event)
            )
        case _:
            return ""


@dataclass(frozen=True)
class News:
    """A sentence for the person, and the wall time of the event."""

    at: datetime
    sentence: str
    alert: bool = False


class Watching:
    """A sink that follows a stream through a day, with its news and its files.

    Parameters
    ----------
    info
        The stream.
    channels
        Those to watch. Rest is measured first if one has neither baseline nor reference.
    settings
        The person's limits.
    out
        Folder of all days.
    began
        Wall time of sample 0.
    tags
        What can be marked.

    Raises
    ------
    StoreError
        No folder can be made in `out`.
    """

    def __init__(
        self,
        info: StreamInfo,
        channels: Sequence[TrainedChannel],
        settings: Sustained,
        out: Path,
        began: datetime,
        tags: Sequence[Tag] = (),
    ) -> None:
        self._tags = TagBoard(tags, info.fs_hz)
        self._info, self._settings, self._began = info, settings, began
        self._channels = tuple(channels)
        self._found: queue.SimpleQueue[Minute | Event] = queue.SimpleQueue()
        self._rest = self._new_rest()
        self._rest_n = 0  # rows of rest so far
        self._day: DayWatch | None = None
        self._quiet_until = 0  # sample
        self._latest = 0
        self._disk_reported = False
        self._signal: dict[str, SignalChanged] = {}  # by the channel's name
        self._source = RowSource(info.signal, self._rows)
        self._spreads = {c.label: spread_of_days(out, c.label) for c in channels}
        self.store = DayFolder(out, began, len(self._channels))
        if all(c.baseline or c.reference for c in self._channels):
            self._begin()

    # What the pipeline calls

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        self._source.block(block)

    def event(self, event: Event) -> None:
        """See Sink.event."""
        self._source.event(event)
        if isinstance(event.payload, SignalChanged):
            self._signal[event.payload.channel] = event.payload
        self._found.put(event)

    # What another thread calls

    def take(self) -> list[News]:
        """Write what has come since the last call, and return news for the person."""
        said: list[News] = []
        while True:
            try:
                found = self._found.get_nowait()
            except queue.Empty:
                break
            if isinstance(found, Minute):
                self.store.minute(found)
                if self._day is not None:  # a kill costs a minute of the summary
                    self.store.keep_summary(self._day.summary())
            else:
                self._write(found)
                at = self._wall(found.sample)
                if isinstance(found.payload, Alerted):
                    if found.sample >= self._quiet_until:
                        said.append(News(at, text_of(found), alert=True))
                elif news := _news_words(found):
                    said.append(News(at, news))
        trouble = self.store.trouble
        if trouble is not None and not self._disk_reported:
            words = tr("{trouble} Watching continues.", trouble=trouble)
            said.append(News(self._wall(self._latest), words))
        self._disk_reported = trouble is not None
        return said

    @property
    def measuring(self) -> bool:
        """Whether rest is being measured, before the day begins."""
        return self._day is None

    def standing(self) -> tuple[Standing, ...]:
        """Return the state of each channel; empty while rest is measured."""
        if self._day is None:
            return ()
        of_each = zip(self._channels, self._day.standing(), strict=True)
        return tuple(
            replace(one, why=self._trouble(channel) or one.why) for channel, one in of_each
        )

    def words(self) -> str:
        """Describe the state on one line."""
        if self._day is not None:
            return all_standing_words(self.standing())
        left_s = REST_S - self._rest_n * self._info.hop_n / self._info.fs_hz
        words = tr("measuring rest, {left_s:.0f} s left: sit back and let go", left_s=left_s)
        troubles = {channel.label: self._trouble(channel) for channel in self._channels}
        waiting = [f"{label}: {trouble}" for label, trouble in troubles.items() if trouble]
        return "; ".join([words, *waiting])

    def pause(self, seconds: float) -> None:
        """Silence alerts for this long; they are still written."""
        self._quiet_until = self._latest + round(seconds * self._info.fs_hz)
        self._write(Event(self._latest, AlertsPaused(seconds)))

    @property
    def paused(self) -> bool:
        """Whether alerts are silent now."""
        return self._latest < self._quiet_until

    def press(self, key: str) -> None:
        """Begin or end the tag of a key now."""
        self._write(self._tags.press(key, self._latest))

    def finish(self) -> tuple[DaySummary | None, StoreError | None]:
        """End the day, after the pipeline. Return its summary, and what the disk refused."""
        for minute in () if self._day is None else self._day.finish():
            self._found.put(minute)
        self.take()
        self._write(*self._tags.end_all(self._latest))
        summary = None if self._day is None else self._day.summary()
        try:
            self.store.close(summary)
        except StoreError as error:
            return summary, error
        return summary, None

    def _trouble(self, channel: TrainedChannel) -> str:
        """Return why a channel's signal cannot be used; "" where its state does not tell."""
        now = self._signal.get(self._info.channels[channel.index])
        return "" if now is None else trouble_words(now.state, now.hz)

    # In the pipeline's thread

    def _rows(self, rows: Rows) -> None:
        done = self._measure(rows) if self._day is None else 0
        if self._day is not None and done < len(rows.sample):
            left = rows.from_row(done)
            self._latest = int(left.sample[-1])
            for found in self._day.rows(left):
                self._found.put(found)

    def _new_rest(self) -> RestMeasurement:
        return RestMeasurement(self._channels, Stream.of(self._info))

    def _measure(self, rows: Rows) -> int:
        """Measure rest in rows; return how many were used when it was known."""
        for done, row in enumerate(each_row(rows), start=1):
            self._latest = row.sample
            # Only rows in which every channel is trusted.
            if not all(row.trusted[c.index] for c in self._channels):
                continue
            self._rest.add(row, 0, [True] * len(self._channels))
            self._rest_n += 1
            if self._rest_n * self._info.hop_n >= REST_S * self._info.fs_hz and self._rested():
                return done
        return len(rows.sample)

    def _rested(self) -> bool:
        """Begin the day with the measured baseline, or measure again."""
        found = self._rest.measured()
        if found.failures:
            self._emit(RestNotMeasured(found.failures))
            self._rest, self._rest_n = self._new_rest(), 0
            return False
        self._channels = found.channels
        known = tuple(one for one in found.payloads if isinstance(one, BaselineMeasured))
        self._emit(RestMeasured(known))
        self._begin()
        return True

    def _begin(self) -> None:
        info = self._info
        timing = info.hop_n, info.fs_hz, self._began
        day = DayWatch(self._channels, self._settings, *timing, self._spreads)
        for watched in day.channels:
            limit = watched.limit
            self._emit(LimitSet(watched.channel.label, round(limit.uv, UV_DECIMALS), limit.words))
        self._day = day

    def _emit(self, payload: Payload) -> None:
        self._found.put(Event(self._latest, payload))

    # Onto the disk

    def _write(self, *events: Event | None) -> None:
        for event in events:
            if event is not None:
                self.store.event(self._wall(event.sample), event)

    def _wall(self, sample: int) -> datetime:
        return self._began + timedelta(seconds=sample / self._info.fs_hz)
