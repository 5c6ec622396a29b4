"""Which rows are at rest: one rule for scores, alerts and reviews."""

from __future__ import annotations

import math

import numpy as np

from unclench.live.blocks import BoolArray, FloatArray
from unclench.training.placement.values import REST_S
from unclench.training.rows import QUICK_S

_ENDS_TIMES = 1.2
_MOST_ABOVE_S = 1.0


class RestRun:
    """Follows the rest of one channel, row by row.

    A row below the rest level says that the 0.1 s before it was at rest, as its value is the RMS of
    that time. So a rest begins 0.1 s before its first such row and ends with its last.

    The RMS over 0.1 s scatters by a tenth, so chance alone lifts it above the level often. That
    ends no rest: a rest ends when the RMS is 20 % above the level for longer than 0.1 s, or above
    the level for longer than 1 s. Rest of less than 0.2 s does not count.

    A row without a value (NaN: the heart was cut out of it) neither begins nor ends a rest, and
    its time does not count.

    Parameters
    ----------
    row_s
        Seconds from row to row.
    """

    def __init__(self, row_s: float) -> None:
        self._window_n = round(QUICK_S / row_s)
        self._least_n = round(REST_S / row_s)
        self._most_n = round(_MOST_ABOVE_S / row_s)
        self.reset()

    def reset(self) -> None:
        """Start over: rows were missing or not to be trusted."""
        self._row = 0  # number of the latest row
        self._known = 0  # which of the latest rows had a value: a bit each, as long as the window
        self._end()

    def _end(self) -> None:
        self._run_n = 0  # rows from the begin of the rest to its latest low row
        self._since_n = 0  # rows since then
        self._high_from: int | None = None  # number of the row since which the RMS is high

    @property
    def length_n(self) -> int:
        """Rows of the current rest, 0 if there is none or it is too short to count."""
        return self._run_n if self._run_n >= self._least_n else 0

    def add(self, quick_uv: float, level_uv: float) -> int:
        """Take the next row; return by how many rows the time at rest is now longer."""
        self._row += 1
        known, whole = self._known, (1 << self._window_n) - 1
        has_value = not math.isnan(quick_uv)
        self._known = (known << 1 | has_value) & whole
        if not has_value:
            return 0
        if quick_uv >= level_uv:
            self._rise(quick_uv >= _ENDS_TIMES * level_uv)
            return 0
        counted_n = self.length_n
        self._run_n += (self._since_n if self._run_n else known.bit_count()) + 1
        self._since_n, self._high_from = 0, None
        return self.length_n - counted_n

    def _rise(self, high: bool) -> None:
        """Take a row above the level."""
        self._since_n += 1
        if not high:
            self._high_from = None
        elif self._high_from is None:
            self._high_from = self._row
        lasts = self._high_from is not None and self._row - self._high_from >= self._window_n
        if lasts or self._since_n > self._most_n:
            self._end()


def rest_rows(
    quick_uv: FloatArray, used: BoolArray, level_uv: float, row_s: float
) -> tuple[BoolArray, list[int]]:
    """Return which rows are at rest, by the rule of `RestRun`, and how many rows each rest has.

    Parameters
    ----------
    quick_uv : ndarray, shape (n_rows,)
        RMS over 0.1 s of one channel; NaN where there is none.
    used : ndarray of bool, shape (n_rows,)
        Whether a row is to be trusted.
    level_uv, row_s : float
        The rest level, and seconds from row to row.
    """
    run, hits = RestRun(row_s), list[int]()
    counts = ~used | np.isfinite(quick_uv)  # time that does not count divides no rest
    stop = 0  # rows that count, so far
    columns = (quick_uv.tolist(), used.tolist(), counts.tolist())
    for uv, trusted, count in zip(*columns, strict=True):
        stop += count
        if not trusted:
            run.reset()
        elif new_n := run.add(uv, level_uv):
            hits += range(stop - new_n, stop)
    low = np.zeros(np.count_nonzero(counts), np.bool_)
    low[hits] = True
    at_rest = np.zeros(len(used), np.bool_)
    at_rest[counts] = low
    edges = np.flatnonzero(np.diff(low, prepend=False, append=False))
    return at_rest, np.diff(edges)[::2].tolist()
