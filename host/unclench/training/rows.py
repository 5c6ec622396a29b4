"""What training sees of a stream: rows of tension, 50 a second, each with what it is worth.

Lost contact shows up to 1.5 s after it began. `Confirm` therefore holds rows back for so long, and
takes trust away from those that came before bad news; scores and alerts are made from such rows.
An input that is flat, shorted or stuck at a rail shows at once: it cannot be told from the
instrument's own noise, and what cannot be told from noise is no muscle at rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unclench.live.blocks import (
    BoolArray,
    FloatArray,
    IntArray,
    LiveBlock,
    SignalInfo,
    StreamInfo,
)
from unclench.store.events.event import Event
from unclench.training.placement.values import FLOOR_GATE
from unclench_dsp import HopMeanSquare, PickEvery, RollingRms

NOTICED_AFTER_S = 1.5
"""Two windows of half a second in which bad news must show, and the one in which it began."""

AGAIN_S = 0.5
"""After trust is regained, until a row is of the muscle alone: the RMS window still holds what was
before, and the filters ring from the step that a returning contact makes."""

_SLOW_S = 1.0


@dataclass(frozen=True)
class Stream:
    """What rows are made of."""

    fs_hz: float
    row_n: int  # samples from row to row
    window_s: float  # of the fast RMS
    confirm_n: int  # samples after which a row is confirmed

    @classmethod
    def of(cls, info: StreamInfo) -> Stream:
        """What the rows of a running stream are."""
        return cls(info.fs_hz, info.hop_n, info.settings.window_s, confirm_n(info.signal))

    @property
    def row_s(self) -> float:
        """Seconds from row to row."""
        return self.row_n / self.fs_hz


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of tension; a gap is rows that are not there.

    Attributes
    ----------
    sample : ndarray of int64, shape (n_rows,)
        On the stream's count, multiples of the row's length in samples.
    fast_uv, slow_uv : ndarray, shape (n_rows, n_channels)
        RMS of the time before each row: over the chain's window, and over 1 s. NaN where filters
        settle or samples are missing.
    trusted : ndarray of bool, shape (n_rows, n_channels)
        Whether it is a muscle's.
    bad : ndarray of bool, shape (n_rows, n_channels)
        Whether it is known to be none; neither where filters settle.
    """

    sample: IntArray
    fast_uv: FloatArray
    slow_uv: FloatArray
    trusted: BoolArray
    bad: BoolArray

    def from_row(self, n: int) -> Rows:
        """All but the first `n`."""
        return Rows(
            self.sample[n:], self.fast_uv[n:], self.slow_uv[n:], self.trusted[n:], self.bad[n:]
        )


@dataclass
class Row:
    """One row, channels as lists: what a loop over rows works with."""

    sample: int
    fast_uv: list[float]
    slow_uv: list[float]
    trusted: list[bool]
    bad: list[bool]


class Confirm:
    """Hands rows on `NOTICED_AFTER_S` late, when nothing can speak against them any more.

    Which rows come out depends on the newest row's sample alone, not on how they were split.
    """

    def __init__(self, delay_n: int) -> None:
        self._delay_n = delay_n  # samples
        self._held: deque[Row] = deque()

    def take(self, row: Row) -> Iterator[Row]:
        """Take the newest row; yield those that are confirmed by now."""
        if self._held:
            before = self._held[-1]
            for k, (was, now) in enumerate(zip(before.bad, row.bad, strict=True)):
                if now and not was:
                    self._distrust(k, row.sample - self._delay_n)
        self._held.append(row)
        while self._held[0].sample <= row.sample - self._delay_n:
            yield self._held.popleft()

    def _distrust(self, channel: int, since: int) -> None:
        for held in self._held:
            if held.sample >= since:
                held.trusted[channel] = False


def confirmed(rows: Rows, delay_n: int) -> Rows:
    """All rows of a recording with the trust that `Confirm` leaves them, its end included."""
    trusted = rows.trusted.copy()
    began = rows.bad[1:] & ~rows.bad[:-1]
    for at, k in zip(*np.nonzero(began), strict=True):
        since = np.searchsorted(rows.sample, rows.sample[at + 1] - delay_n)
        trusted[since : at + 1, k] = False
    return replace(rows, trusted=trusted)


class RowSource:
    """A sink that makes rows of a stream.

    Parameters
    ----------
    info
        Of the stream.
    deliver
        Takes rows, in order.
    late
        Deliver only what is confirmed, `NOTICED_AFTER_S` late.
    """

    def __init__(self, info: SignalInfo, deliver: Callable[[Rows], None], late: bool = True):
        n_channels = len(info.channels)
        self._deliver = deliver
        self._hop_n = info.hop_n
        self._least_uv = FLOOR_GATE * np.array([noise_uv or 0.0 for noise_uv in info.noise_uv])
        self._quiet = np.full((1, n_channels), -np.inf)  # last sample that was too quiet
        self._doubted = np.full((1, n_channels), -np.inf)  # and that was no muscle's
        self._again_n = round(AGAIN_S * info.fs_hz)
        self._fast_n = round(info.settings.window_s * info.fs_hz)
        self._slow_n = round(_SLOW_S * info.fs_hz)
        self._pick = PickEvery(info.hop_n)
        self._power = HopMeanSquare(info.hop_n, n_channels)
        self._rms = RollingRms(round(_SLOW_S * info.fs_hz / info.hop_n), n_channels)
        self._latest_hop = -1  # and its 1 s RMS, which belongs to the row behind it
        self._latest_uv = np.full((1, n_channels), np.nan)
        self._confirm = Confirm(confirm_n(info)) if late else None

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        hops, power = self._power.process(block.first, block.band_uv, block.settling)
        slow_uv = self._rms.process(hops, power)
        offsets = self._pick.offsets(block.first, len(block.emg_uv))
        if len(offsets):
            self._deliver_rows(block, offsets, hops, slow_uv)
        if len(hops):
            self._latest_hop, self._latest_uv = int(hops[-1]), slow_uv[-1:]

    def event(self, event: Event) -> None:
        """See Sink.event; nothing to do: gaps are rows that are missing."""

    def _deliver_rows(
        self, block: LiveBlock, offsets: IntArray, hops: IntArray, slow_uv: FloatArray
    ) -> None:
        sample = block.first + offsets
        fast_uv = block.envelope_uv[offsets]
        fast_uv[block.settling[offsets]] = np.nan
        # Row r stands behind hop r - 1.
        known = np.concatenate([[self._latest_hop], hops])
        values = np.concatenate([self._latest_uv, slow_uv])
        wanted = sample // self._hop_n - 1
        at = np.searchsorted(known, wanted).clip(0, len(known) - 1)
        slow = np.where((known[at] == wanted)[:, np.newaxis], values[at], np.nan)
        trusted = _at(sample, block.trusts)
        settling = np.isnan(fast_uv) | (_at(sample, block.states) == "settling")
        quiet = np.where(fast_uv < self._least_uv, sample[:, np.newaxis], -np.inf)
        quiet = np.maximum.accumulate(np.concatenate([self._quiet, quiet]))[1:]
        self._quiet = quiet[-1:]
        since_quiet_n = sample[:, np.newaxis] - quiet
        slow[since_quiet_n < self._slow_n + self._hop_n] = np.nan
        doubted = np.where(~trusted & ~settling, sample[:, np.newaxis], -np.inf)
        doubted = np.maximum.accumulate(np.concatenate([self._doubted, doubted]))[1:]
        self._doubted = doubted[-1:]
        since_doubt_n = sample[:, np.newaxis] - doubted
        slow[since_doubt_n < max(self._slow_n, self._again_n) + self._hop_n] = np.nan
        bad = ~settling & (~trusted | (since_quiet_n < self._fast_n + self._hop_n))
        usable = trusted & ~settling & ~bad & (since_doubt_n >= self._again_n + self._hop_n)
        rows = Rows(sample, fast_uv, slow, usable, bad)
        if self._confirm is None:
            self._deliver(rows)
        elif late := [out for row in each_row(rows) for out in self._confirm.take(row)]:
            self._deliver(_together(late))


def confirm_n(info: SignalInfo) -> int:
    """Samples by which confirmed rows are late."""
    return round(NOTICED_AFTER_S * info.fs_hz / info.hop_n) * info.hop_n


def each_row(rows: Rows) -> Iterator[Row]:
    """Rows one by one."""
    columns = (rows.sample, rows.fast_uv, rows.slow_uv, rows.trusted, rows.bad)
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield Row(*row)


def _together(rows: list[Row]) -> Rows:
    return Rows(
        np.array([row.sample for row in rows], dtype=np.int64),
        np.array([row.fast_uv for row in rows]),
        np.array([row.slow_uv for row in rows]),
        np.array([row.trusted for row in rows]),
        np.array([row.bad for row in rows]),
    )


def _at(sample: IntArray, line: Sequence[tuple[int, tuple[object, ...]]]) -> NDArray[Any]:
    """What a line of changes says for each sample, shape (n_samples, n_channels)."""
    since = np.array([start for start, _ in line])
    values = np.array([value for _, value in line])
    return np.asarray(values[np.searchsorted(since, sample, "right") - 1])
