"""What training sees of a stream: rows of tension, 50 a second, each with its trust.

Lost contact shows up to 1.5 s after it began. So `Confirm` holds rows back that long, and removes
trust from rows shortly before a fault shows; scores and alerts use these confirmed rows. An input
that is flat, shorted or stuck at a rail shows at once: its tension is below what stands out of the
noise, and that is not a muscle at rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
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
"""Two windows of half a second in which a fault must show, and the one in which it began."""

AGAIN_S = 0.5
"""Time after trust returns until a row shows the muscle alone: the RMS window still contains
earlier signal, and the filters ring from the step that a returning contact makes."""

QUICK_S = 0.1
"""Window of the quick RMS: it sees rest of 0.2 s."""

_SLOW_S = 1.0


@dataclass(frozen=True)
class Stream:
    """Timing of the rows."""

    fs_hz: float
    row_n: int  # samples from row to row
    window_s: float  # of the fast RMS
    confirm_n: int  # samples after which a row is confirmed

    @classmethod
    def of(cls, info: StreamInfo) -> Stream:
        """Return the timing of a running stream's rows."""
        return cls(info.fs_hz, info.hop_n, info.settings.window_s, confirm_n(info.signal))

    @property
    def row_s(self) -> float:
        """Seconds from row to row."""
        return self.row_n / self.fs_hz


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of tension; in a gap, rows are absent.

    Attributes
    ----------
    sample : ndarray of int64, shape (n_rows,)
        On the stream's count, multiples of the row's length in samples.
    fast_uv, slow_uv, quick_uv : ndarray, shape (n_rows, n_channels)
        RMS of the time before each row: over the chain's window, over 1 s, and over 0.1 s. NaN
        while filters settle or where samples are missing.
    trusted : ndarray of bool, shape (n_rows, n_channels)
        Whether the signal comes from a muscle.
    bad : ndarray of bool, shape (n_rows, n_channels)
        Whether it certainly does not. Both are False while filters settle.
    """

    sample: IntArray
    fast_uv: FloatArray
    slow_uv: FloatArray
    quick_uv: FloatArray
    trusted: BoolArray
    bad: BoolArray

    def from_row(self, n: int) -> Rows:
        """Return all rows but the first `n`."""
        return Rows(*(getattr(self, name)[n:] for name in COLUMNS))


COLUMNS = tuple(column.name for column in fields(Rows))


@dataclass
class Row:
    """One row with its channels as lists, for loops over rows."""

    sample: int
    fast_uv: list[float]
    slow_uv: list[float]
    quick_uv: list[float]
    trusted: list[bool]
    bad: list[bool]


class Confirm:
    """Delivers rows `NOTICED_AFTER_S` late, when a fault in them would have shown.

    The output depends only on the newest row's sample, not on how rows were split.
    """

    def __init__(self, delay_n: int) -> None:
        self._delay_n = delay_n  # samples
        self._held: deque[Row] = deque()

    def take(self, row: Row) -> Iterator[Row]:
        """Take the newest row; yield rows that are now confirmed."""
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
    """Return all rows of a recording, to its end, with the trust that `Confirm` gives them."""
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
        Whether to deliver only confirmed rows, `NOTICED_AFTER_S` late.
    """

    def __init__(self, info: SignalInfo, deliver: Callable[[Rows], None], late: bool = True):
        n_channels = len(info.channels)
        self._deliver = deliver
        self._hop_n = info.hop_n
        self._least_uv = FLOOR_GATE * np.array([noise_uv or 0.0 for noise_uv in info.noise_uv])
        self._quiet = np.full((1, n_channels), -np.inf)  # last sample that was too quiet
        self._doubted = np.full((1, n_channels), -np.inf)  # last sample that was not trusted
        self._again_n = round(AGAIN_S * info.fs_hz)
        self._fast_n = round(info.settings.window_s * info.fs_hz)
        self._slow_n = round(_SLOW_S * info.fs_hz)
        self._pick = PickEvery(info.hop_n)
        self._power = HopMeanSquare(info.hop_n, n_channels)
        self._slow, self._quick = (
            RollingRms(round(window_s * info.fs_hz / info.hop_n), n_channels)
            for window_s in (_SLOW_S, QUICK_S)
        )
        self._latest_hop = -1  # and its slow and quick RMS, which belong to the row behind it
        self._latest_uv = np.full((1, 2 * n_channels), np.nan)
        self._confirm = Confirm(confirm_n(info)) if late else None

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        hops, power, share = self._power.process_kept(
            block.first, block.band_uv, block.settling, block.kept
        )
        rms_uv = np.hstack([rms.process(hops, power, share) for rms in (self._slow, self._quick)])
        offsets = self._pick.offsets(block.first, len(block.emg_uv))
        if len(offsets):
            self._deliver_rows(block, offsets, hops, rms_uv)
        if len(hops):
            self._latest_hop, self._latest_uv = int(hops[-1]), rms_uv[-1:]

    def event(self, event: Event) -> None:
        """See Sink.event. Does nothing: gaps show as missing rows."""

    def _deliver_rows(
        self, block: LiveBlock, offsets: IntArray, hops: IntArray, rms_uv: FloatArray
    ) -> None:
        sample = block.first + offsets
        fast_uv = block.envelope_uv[offsets]
        fast_uv[block.settling[offsets]] = np.nan
        # Row r stands behind hop r - 1.
        known = np.concatenate([[self._latest_hop], hops])
        values = np.concatenate([self._latest_uv, rms_uv])
        wanted = sample // self._hop_n - 1
        at = np.searchsorted(known, wanted).clip(0, len(known) - 1)
        rms = np.where((known[at] == wanted)[:, np.newaxis], values[at], np.nan)
        slow, quick = np.hsplit(rms, 2)
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
        usable &= np.isfinite(fast_uv) & ~(block.disturbed | block.jumped)[offsets]
        rows = Rows(sample, fast_uv, slow, quick, usable, bad)
        if self._confirm is None:
            self._deliver(rows)
        elif late := [out for row in each_row(rows) for out in self._confirm.take(row)]:
            self._deliver(_together(late))


def confirm_n(info: SignalInfo) -> int:
    """Return the delay of confirmed rows in samples."""
    return round(NOTICED_AFTER_S * info.fs_hz / info.hop_n) * info.hop_n


def each_row(rows: Rows) -> Iterator[Row]:
    """Yield rows one by one."""
    for row in zip(*(getattr(rows, name).tolist() for name in COLUMNS), strict=True):
        yield Row(*row)


def _together(rows: list[Row]) -> Rows:
    return Rows(*(np.array([getattr(row, name) for row in rows]) for name in COLUMNS))


def _at(sample: IntArray, line: Sequence[tuple[int, tuple[object, ...]]]) -> NDArray[Any]:
    """Return each sample's value from a list of changes, shape (n_samples, n_channels)."""
    since = np.array([start for start, _ in line])
    values = np.array([value for _, value in line])
    return np.asarray(values[np.searchsorted(since, sample, "right") - 1])
