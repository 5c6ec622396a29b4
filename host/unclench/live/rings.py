"""What the screen shows: the newest rows of tension and of the raw trace, ready to be copied.

The processing thread writes, the screen takes snapshots; old rows are overwritten. Rows stand on
a grid fixed to the sample count, and a gap is rows of NaN, so a line is never drawn across it.
"""

from __future__ import annotations

import threading

import numpy as np

from unclench.live.blocks import BoolArray, FloatArray, IntArray, LiveBlock, StreamInfo
from unclench.store.events.event import Event
from unclench_dsp import MinMaxBuckets, PickEvery, SignalState

_RAW_BUCKETS_HZ = 250
# A state shows so long after it began: two windows of half a second, and the one it began in.
_NOTICED_AFTER_S = 1.5


class RowRing:
    """The newest `capacity` rows of a grid of rows numbered from 0."""

    def __init__(self, capacity: int, shape: tuple[int, ...]) -> None:
        self._rows = np.full((capacity, *shape), np.nan)
        self._next = 0

    @property
    def next_row(self) -> int:
        """Number of the row that comes next."""
        return self._next

    def put(self, numbers: IntArray, rows: FloatArray) -> None:
        """Add rows with ascending numbers; numbers left out are rows without a value."""
        if not len(numbers):
            return
        capacity = len(self._rows)
        stop = int(numbers[-1]) + 1
        if stop - self._next > len(numbers):
            self._rows[np.arange(max(self._next, stop - capacity), stop) % capacity] = np.nan
        fits = numbers >= stop - capacity
        self._rows[numbers[fits] % capacity] = rows[fits]
        self._next = stop

    def last(self, n: int) -> tuple[IntArray, FloatArray]:
        """Copy at most the `n` newest rows, with their numbers."""
        numbers = np.arange(max(0, self._next - min(n, len(self._rows))), self._next)
        return numbers, self._rows[numbers % len(self._rows)]

    def change_last(self, n: int, column: int, value: float) -> None:
        """Set one column of the `n` newest rows."""
        numbers, _ = self.last(n)
        self._rows[numbers % len(self._rows), column] = value


class DisplayRings:
    """A sink that keeps what the screen may ask for."""

    def __init__(self, info: StreamInfo, history_s: float = 600.0, raw_s: float = 20.0) -> None:
        n_channels = len(info.channels)
        self._lock = threading.Lock()
        self._pick = PickEvery(info.hop_n)
        self._bucket_n = max(1, round(info.fs_hz / _RAW_BUCKETS_HZ))
        self._buckets = MinMaxBuckets(self._bucket_n, n_channels)
        self.row_s = info.hop_n / info.fs_hz
        self.bucket_s = self._bucket_n / info.fs_hz
        rows = round(history_s / self.row_s)
        self._tension = RowRing(rows, (n_channels,))
        self._trusted = RowRing(rows, (n_channels,))
        none: SignalState = "settling"
        self._state = (none,) * n_channels
        self._trusted_until = [0] * n_channels  # row behind the last one that seemed a muscle's
        self._raw = RowRing(round(raw_s / self.bucket_s), (2, n_channels))
        self._arrived_s = 0.0

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        offsets = self._pick.offsets(block.first, len(block.units))
        tension = block.envelope_uv[offsets]
        tension[block.settling[offsets]] = np.nan
        rows = (block.first + offsets) // self._pick.hop_n
        left_out = (block.disturbed | block.jumped)[offsets]
        trusted = (np.array(block.trusted) & ~left_out).astype(np.float64)
        numbers, extremes = self._buckets.process(block.first, block.emg_uv)
        with self._lock:
            self._tension.put(rows, tension)
            self._trusted.put(rows, trusted)
            for k, state in enumerate(block.state):
                if block.trusted[k]:
                    self._trusted_until[k] = self._trusted.next_row
                elif state != self._state[k] and state != "settling":
                    n = self._trusted.next_row - self._trusted_until[k]
                    self._trusted.change_last(n + round(_NOTICED_AFTER_S / self.row_s), k, 0.0)
            self._state = block.state
            self._raw.put(numbers, extremes)
            self._arrived_s = block.host_s

    def event(self, event: Event) -> None:
        """See Sink.event; nothing to do: gaps show in the row numbers."""

    @property
    def arrived_s(self) -> float:
        """Host time at which the newest sample in the rings arrived."""
        return self._arrived_s

    @property
    def next_row(self) -> int:
        """Number of the next row of tension: changes exactly when there is news."""
        return self._tension.next_row

    def tension(self, span_s: float) -> tuple[IntArray, FloatArray, BoolArray]:
        """Copy the rows of the last `span_s`.

        Returns
        -------
        rows
            Row numbers, consecutive, shape (k,); a row lasts `row_s`, row 0 is the first.
        tension_uv
            Shape (k, n_channels), NaN where there is no value.
        trusted
            Shape (k, n_channels); False where the signal was no muscle's.
        """
        n = round(span_s / self.row_s)
        with self._lock:
            rows, tension_uv = self._tension.last(n)
            _, trusted = self._trusted.last(n)
        return rows, tension_uv, trusted != 0.0

    def raw(self, span_s: float) -> tuple[IntArray, FloatArray]:
        """Copy bucket numbers (k,) and lowest and highest unfiltered uV (k, 2, n_channels)."""
        with self._lock:
            return self._raw.last(round(span_s / self.bucket_s))
