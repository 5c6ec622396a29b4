"""A trace of tension made of characters, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.live.blocks import BoolArray, FloatArray, IntArray

_ENDS_UV = tuple(float(f"{digit}e{power}") for power in range(-2, 6) for digit in (1, 3))
_REST_UV = 1.0  # bottom of the scale as long as nothing is known
_LEAST_SPAN = 10.0  # from bottom to top, or noise would fill the trace
_STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SPAN_S = 60.0
_CELL = " ▁▂▃▄▅▆▇█"
_DOUBTED = "░"


def step_s(n_columns: int) -> float:
    """Seconds that a column stands for, so that all of them show the last minute or a bit more."""
    return next((step for step in _STEPS_S if n_columns * step >= _SPAN_S), _STEPS_S[-1])


def columns(
    rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, rows_each: int, n_columns: int
) -> tuple[FloatArray, BoolArray]:
    """Mean of each column, the newest last, shape (n_columns,), and whether all of it is trusted.

    Columns stand on a grid fixed to the row numbers (k,), so that a trace moves without trembling.
    NaN: nothing was measured.
    """
    size = n_columns * rows_each
    values, doubts = np.full(size, np.nan), np.zeros(size, np.bool_)
    if len(rows):
        first = (int(rows[-1]) // rows_each + 1) * rows_each - size
        here = rows >= first
        values[rows[here] - first] = tension_uv[here]
        doubts[rows[here] - first] = ~trusted[here]
    known = ~np.isnan(values)
    shape = (n_columns, rows_each)
    count = known.reshape(shape).sum(axis=1)
    total = np.where(known, values, 0.0).reshape(shape).sum(axis=1)
    doubted = (doubts & known).reshape(shape).any(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), ~doubted


def scale(means_uv: FloatArray, noise_uv: float | None) -> tuple[float, float]:
    """Bottom and top of the scale, each one of 1, 3, 10, 30, ... uV, so that columns lie between.

    The bottom is never below the noise floor, as nothing there can be seen.
    """
    known = means_uv[~np.isnan(means_uv)]
    least_uv, most_uv = (known.min(), known.max()) if len(known) else (_REST_UV, _REST_UV)
    below = [end_uv for end_uv in _ENDS_UV if end_uv <= least_uv] or _ENDS_UV[:1]
    low_uv = max(below[-1], noise_uv or 0.0)
    needed_uv = float(max(low_uv * _LEAST_SPAN, most_uv))
    return low_uv, next((end_uv for end_uv in _ENDS_UV if end_uv >= needed_uv), needed_uv)


def bars(
    means_uv: FloatArray, trusted: BoolArray, low_uv: float, top_uv: float, height: int
) -> list[str]:
    """Draw columns as `height` lines, the topmost first; what is not trusted is shaded."""
    full = len(_CELL) - 1
    share = np.log(np.maximum(means_uv, low_uv) / low_uv) / np.log(top_uv / low_uv)
    # What was measured shows, however little it is; a blank column means that nothing was.
    levels = np.where(np.isnan(share), 0.0, np.clip(np.rint(share * height * full), 1, None))
    drawn = []
    for above in range(height - 1, -1, -1):
        cells = np.clip(levels - above * full, 0, full).astype(int)
        of_each = zip(cells.tolist(), trusted.tolist(), strict=True)
        drawn.append("".join(_CELL[c] if sure or not c else _DOUBTED for c, sure in of_each))
    return drawn


def labels(low_uv: float, top_uv: float, height: int) -> Sequence[str]:
    """What stands beside each of `height` lines of the scale, the topmost first; '' for nothing."""
    named = {0: f"{low_uv:.2g}", height - 1: f"{top_uv:g}"}
    for value_uv in _ENDS_UV:
        if low_uv < value_uv < top_uv:
            at = int(np.log(value_uv / low_uv) / np.log(top_uv / low_uv) * height)
            if not {at - 1, at, at + 1} & named.keys():
                named[at] = f"{value_uv:g}"
    return [named.get(above, "") for above in range(height - 1, -1, -1)]
