"""Find lost samples by a counter beside the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unclench.translation import tr

_WRAPS = 3  # that many wraparounds show at which number a counter starts again
_MOST = 1 << 53


def places_of(
    counter: NDArray[np.float64],
    name: str,
    time_s: NDArray[np.float64] | None = None,
    fs_hz: float = 0.0,
) -> tuple[NDArray[np.int64], list[str]]:
    """Number rows by a counter that may start again from 0.

    Parameters
    ----------
    counter : ndarray, shape (n_samples,)
    name : str
        Name of the counter, for the notes.
    time_s : ndarray, shape (n_samples,), optional
        Times of arrival, which reveal gaps of whole turns of the counter.
    fs_hz : float
        Sample rate, for `time_s`.

    Returns
    -------
    sample : ndarray of int64
        From 0; it jumps where samples are missing.
    notes : list of str
    """
    n = len(counter)
    rows = np.arange(n, dtype=np.int64)
    unusable = tr(
        "The counter {name!r} does not count single samples, so gaps are not detected.", name=name
    )
    whole = np.isfinite(counter).all() and (np.abs(counter) < _MOST).all()
    if n < 2 or not whole or (counter != np.rint(counter)).any() or counter.min() < 0:
        return rows, [unusable] if n > 1 else []
    count = counter.astype(np.int64)
    notes: list[str] = []
    stuck = _stuck_from(count)
    steps = np.diff(count[:stuck])
    turn = _turn(count, steps)
    if turn:
        steps = steps % turn
    common = int(np.median(steps)) if len(steps) else 1
    if common < 1 or (steps < 1).any() or (steps % common).any():
        return rows, [unusable]
    steps //= common
    if turn and time_s is not None and (steps > 1).any():
        whole_turn = turn // common
        late = np.diff(time_s[:stuck]) * fs_hz - steps
        turns = np.where(steps > 1, np.maximum(np.rint(late / whole_turn), 0), 0)
        steps = steps + turns.astype(np.int64) * whole_turn
    if stuck < n:
        notes.append(
            tr(
                "The counter {name!r} stops at row {row}; later gaps are not detected.",
                name=name,
                row=stuck + 1,
            )
        )
    after = np.ones(n - stuck, np.int64)
    sample = np.concatenate([[0], np.cumsum(np.concatenate([steps, after]))])
    if turn and time_s is None:
        notes.append(
            tr(
                "The counter {name!r} starts again after {n} samples; a gap of exactly "
                "that length is not detected.",
                name=name,
                n=turn // common,
            )
        )
    return sample.astype(np.int64), notes


def no_counter() -> str:
    """Return the note for a format without a counter."""
    return tr("The file has no counter, so gaps are not detected.")


def _stuck_from(count: NDArray[np.int64]) -> int:
    """Return the row after which a counter stays at the highest number that it can hold."""
    top = int(count.max())
    if top & (top + 1) or top < 255 or (count[-2:] != top).any():
        return len(count)
    below = np.flatnonzero(count != top)
    return int(below[-1]) + 2 if len(below) else len(count)


def _turn(count: NDArray[np.int64], steps: NDArray[np.int64]) -> int:
    """Return at which number a counter starts again; 0 if it never does."""
    top, wraps = int(count.max()), int(np.count_nonzero(steps < 0))
    if not wraps:
        return 0
    return top + 1 if wraps >= _WRAPS else 1 << top.bit_length()
