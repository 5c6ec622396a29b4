"""Reduce an hour of tension to the columns of a plot: every peak stays, no gap is bridged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.review.results import Span

Floats = NDArray[np.float64]
_SLOW_S = 1.0  # what the slow values are the RMS of


@dataclass(frozen=True)
class Columns:
    """Lowest, middle and highest value of each column, (n_columns,); NaN if nothing was used."""

    edges_s: Floats  # (n_columns + 1,)
    low_uv: Floats
    middle_uv: Floats
    high_uv: Floats

    def runs(self) -> list[slice]:
        """Return runs of columns without a gap."""
        present = np.isfinite(self.middle_uv)
        steps = np.flatnonzero(np.diff(np.concatenate(([False], present, [False]))))
        return [slice(int(a), int(b)) for a, b in zip(steps[::2], steps[1::2], strict=True)]


def to_columns(
    time_s: Floats, fast_uv: Floats, slow_uv: Floats, used: NDArray[np.bool_], edges_s: Floats
) -> Columns:
    """Reduce rows to columns.

    Parameters
    ----------
    time_s, fast_uv, slow_uv, used : ndarray, shape (n_rows,)
        Rows in order. `low` and `high` are of the fast values, the middle is the median of the
        slow ones. If the second of a slow value has unused time, the fast value replaces it.
    edges_s : ndarray, shape (n_columns + 1,)
    """
    n = len(edges_s) - 1
    low, middle, high = (np.full(n, np.nan) for _ in range(3))
    good = used & np.isfinite(fast_uv)
    slow_uv = np.where(_settled(time_s, used) & np.isfinite(slow_uv), slow_uv, fast_uv)
    time_s, fast_uv, slow_uv = time_s[good], fast_uv[good], slow_uv[good]
    bounds = np.searchsorted(time_s, edges_s)
    filled = np.flatnonzero(np.diff(bounds))
    if len(filled):
        starts, last = bounds[filled], bounds[-1]
        low[filled] = np.minimum.reduceat(fast_uv[:last], starts)
        high[filled] = np.maximum.reduceat(fast_uv[:last], starts)
        for column in filled:
            middle[column] = np.median(slow_uv[bounds[column] : bounds[column + 1]])
    return Columns(edges_s, low, middle, high)


def _settled(time_s: Floats, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for which rows the whole second before them was used."""
    so_far = np.concatenate(([0], np.cumsum(~used)))
    first = np.searchsorted(time_s, time_s - _SLOW_S)
    return np.asarray(so_far[1:] == so_far[first])


def column_edges(duration_s: float, row_hz: float, width_px: float) -> Floats:
    """Return the edges of one column for each pixel, or fewer if there are fewer rows."""
    n = max(1, min(int(width_px), int(duration_s * row_hz / 2)))
    return np.linspace(0.0, max(duration_s, 1e-6), n + 1)


def joined(spans: Iterable[Span], apart_s: float) -> Sequence[Span]:
    """Return spans in order; those closer than `apart_s` are joined, as in the plot."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start_s, s.stop_s)):
        if found and span.start_s - found[-1].stop_s < apart_s:
            last = found.pop()
            found.append(Span(last.start_s, max(last.stop_s, span.stop_s)))
        else:
            found.append(Span(span.start_s, span.stop_s))
    return found
