"""Tension as a review gives it, and as band-pass and RMS alone give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from benchmarks.rooms import muscle
from benchmarks.rooms.muscle import FS_HZ, band
from unclench.review.results import Why
from unclench.review.signal import Signal, make_signal
from unclench.store.model import Recording
from unclench_dsp import WIDE, RmsEnvelope
from unclench_dsp.arrays import FloatArray

Disturb = Callable[[np.random.Generator, int], FloatArray]
Figures = tuple[float, float]
"""Median and mean, in uV; or by how much they are off, in %."""

_ROW_N, _WINDOW_N = FS_HZ // 50, FS_HZ // 4
_NAMED: tuple[Why, ...] = ("mains hum", "tone")


@dataclass(frozen=True)
class Off:
    """One seed of one disturbance.

    Attributes
    ----------
    ours, plain, highpass : Figures
        Of a review, of band-pass and RMS, and of the same with a band from 30 Hz; %.
    used : float
        Share of the time in use, against without the disturbance.
    said : frozenset of str
        What was said to be removed or left out.
    excluded : bool
        Nothing is counted, and hum or a tone is named as the reason.
    """

    seed: int
    ours: Figures
    plain: Figures
    highpass: Figures
    used: float
    said: frozenset[str]
    excluded: bool


def measured(disturb: Disturb | None, seed: int, seconds: int, make: Disturb = muscle.rest) -> Off:
    """Measure a muscle with a disturbance against the same muscle without it.

    Without a disturbance, a review is measured against band-pass and RMS, over the time in use.
    """
    rng = np.random.default_rng(seed)
    alone_uv = make(rng, seconds * FS_HZ)
    both_uv = alone_uv if disturb is None else alone_uv + disturb(rng, seconds * FS_HZ)
    after = reviewed(both_uv)
    if disturb is None:
        before = after
        rows = plain_rows(both_uv)[: len(before.used)][before.used[:, 0]]
        truth = _middle(rows)
    else:
        before = reviewed(alone_uv)
        truth = figures(before)
    kinds: set[str] = {line.kind for change in after.line_changes for line in change.lines}
    kinds.update(one.kind for one in after.disturbances)
    why = {span.why for span in after.excluded}
    return Off(
        seed,
        off(figures(after), truth),
        off(plain(both_uv), plain(alone_uv)),
        off(plain(both_uv, 30.0), plain(alone_uv, 30.0)),
        float(after.used.mean() / before.used.mean()),
        frozenset(kinds),
        not after.used.any() and bool(why & {*_NAMED}),
    )


def reviewed(x_uv: FloatArray) -> Signal:
    """Review a signal of one channel, or of several."""
    x_uv = x_uv.reshape(len(x_uv), -1)
    names = tuple(f"ch{k + 1}" for k in range(x_uv.shape[1]))
    sample = np.arange(len(x_uv), dtype=np.int64)
    return make_signal(Recording("room", Fraction(FS_HZ), names, sample, x_uv), WIDE)


def figures(made: Signal) -> Figures:
    """Median and mean of the time in use; NaN if there is none."""
    return _middle(made.fast_uv[made.used[:, 0], 0])


def plain(x_uv: FloatArray, low_hz: float = WIDE.low_hz) -> Figures:
    """Median and mean of band-pass and RMS alone, without the first second."""
    return _middle(plain_rows(x_uv, low_hz)[50:])


def plain_rows(x_uv: FloatArray, low_hz: float = WIDE.low_hz, fs_hz: int = FS_HZ) -> FloatArray:
    """Band-pass and RMS alone, 50 rows a second."""
    band_uv = band(x_uv, low_hz, fs_hz)[:, np.newaxis]
    return RmsEnvelope(fs_hz // 4, 1).process(band_uv)[:: fs_hz // 50, 0]


def off(found: Figures, truth: Figures) -> Figures:
    """By how much figures are off, in %."""
    median, mean = (100 * (a / b - 1) for a, b in zip(found, truth, strict=True))
    return median, mean


def _middle(rows: FloatArray) -> Figures:
    return (float(np.median(rows)), float(rows.mean())) if len(rows) else (np.nan, np.nan)
