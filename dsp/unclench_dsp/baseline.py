"""What a calibration keeps: tension at rest, and the best stable second of a contraction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray

_OUTLIER = 4.0  # deviations above the usual
_CHANCE = 0.024  # of a second of steady noise in 430 Hz: 1 / (2 sqrt(430 Hz x 1 s)); never less
_STEADY = 0.25  # SD of the quick RMS over its mean, within a second
_QUICK_S = 0.25


@dataclass(frozen=True)
class Baseline:
    """Tension at rest: mean and standard deviation of the 1 s RMS.

    ``used`` is the share of the rows that went into it, 0 to 1; ``n`` is their number.
    """

    mean_uv: float
    sd_uv: float
    used: float
    n: int


@dataclass(frozen=True)
class StableSecond:
    """The best stable second of a contraction.

    ``uv`` is its RMS; ``variation`` the standard deviation of the quick RMS within it over its
    mean; ``end_row`` the row at which it ends.
    """

    uv: float
    variation: float
    end_row: int


def resting_baseline(rms_uv: FloatArray, step_n: int) -> Baseline:
    """Mean and spread of tension at rest, whatever coughs and swallows came between.

    A line is laid through the logarithm of the tension (the median of all slopes between pairs,
    Theil-Sen), so that a muscle that is still letting go does not look like an outlier. Rows that
    stand out above it, by the median of the deviations from it, are left out with a quarter of a
    window on both sides; then anew, until no more stand out. Only what is too high is left out:
    contractions and movements never lower the RMS.

    Parameters
    ----------
    rms_uv : ndarray, shape (n,)
        Moving RMS of one channel, NaN where it is not to be used; nor is anything not above 0.
    step_n : int
        Rows after which a window shares no sample with the one before: 50 for the RMS of a second
        at 50 rows a second.

    Returns
    -------
    Baseline

    Raises
    ------
    ValueError
        If less than half of the rows remain, or not two whole windows.
    """
    kept = rms_uv > 0
    log_uv = np.log(np.where(kept, rms_uv, 1.0))
    while kept.any():
        excess = log_uv - _line(log_uv, kept, step_n)
        scale = max(1.4826 * np.median(np.abs(excess[kept])), _CHANCE)
        outlying = kept & (excess > _OUTLIER * scale)
        if not outlying.any():
            break
        kept &= ~_widened(outlying, step_n // 4)  # its rise and fall, not yet outlying
    n = int(np.count_nonzero(kept))
    if n < len(rms_uv) / 2 or not n:
        raise ValueError(
            f"Only {100 * n / max(1, len(rms_uv)):.0f} % of the time could be used, and half of it "
            "is needed: all else was no muscle's, or was movement or tension; check the sensor, "
            "sit still and measure again."
        )
    if n < 2 * step_n:
        raise ValueError(
            f"The rest is too short: {n} values where at least {2 * step_n} are needed, two whole "
            "windows; measure for longer."
        )
    # Of n overlapping windows n / step_n are independent: the usual n - 1 becomes n - step_n.
    sd_uv = float(np.std(rms_uv[kept], ddof=step_n))
    return Baseline(float(np.mean(rms_uv[kept])), sd_uv, n / len(rms_uv), n)


def best_stable_second(fast_uv: FloatArray, slow_uv: FloatArray, row_hz: float) -> StableSecond:
    """Find the best stable second of a contraction.

    That is the highest 1 s RMS in whose second the quick RMS stays steady: its standard deviation
    is at most a quarter of its mean. The knock of an electrode is high, but not steady. If no
    second is that steady, it is the steadiest one. Seconds under half the median of all are not
    looked at, so that the steadiest is not one of rest.

    Parameters
    ----------
    fast_uv, slow_uv : ndarray, shape (n,)
        RMS over 0.25 s and over 1 s, ending at each row, of one contraction; NaN where it is not
        to be used.
    row_hz : float
        Rows a second.

    Returns
    -------
    StableSecond

    Raises
    ------
    ValueError
        If there is no whole usable second.
    """
    second_n = round(row_hz)
    inside_n = round((1 - _QUICK_S) * row_hz) + 1  # quick windows that lie within the second
    ends = np.arange(second_n - 1, len(slow_uv))
    quick_uv = fast_uv[np.add.outer(ends, np.arange(1 - inside_n, 1))]
    usable = np.isfinite(slow_uv[ends]) & np.isfinite(quick_uv).all(axis=1)
    ends, quick_uv = ends[usable], quick_uv[usable]
    if not len(ends):
        raise ValueError(
            f"The contraction has no whole second of usable signal in its {len(slow_uv)} rows at "
            f"{row_hz:g} a second: hold it longer, and check the sensor."
        )
    high = slow_uv[ends] >= np.median(slow_uv[ends]) / 2
    ends, quick_uv = ends[high], quick_uv[high]
    variation = quick_uv.std(axis=1) / quick_uv.mean(axis=1)
    steady = np.flatnonzero(variation <= _STEADY)
    best = steady[np.argmax(slow_uv[ends[steady]])] if len(steady) else np.argmin(variation)
    end_row = int(ends[best])
    return StableSecond(float(slow_uv[end_row]), float(variation[best]), end_row)


def _line(y: FloatArray, kept: BoolArray, step_n: int) -> FloatArray:
    """Theil-Sen's line through what is kept, at all positions."""
    position = np.flatnonzero(kept)
    thinned = position[::step_n]
    first, second = np.triu_indices(len(thinned), 1)
    slopes = (y[thinned[second]] - y[thinned[first]]) / (thinned[second] - thinned[first])
    slope = float(np.median(slopes)) if len(slopes) else 0.0
    flat = y - slope * np.arange(len(y))
    level = float(np.median(flat[position]))
    return np.asarray(y - flat + level)


def _widened(mask: BoolArray, margin_n: int) -> BoolArray:
    """Mark the neighbours too, up to `margin_n` away on both sides."""
    marked = np.concatenate([[0], np.cumsum(mask)])
    position = np.arange(len(mask))
    begin = np.maximum(position - margin_n, 0)
    end = np.minimum(position + margin_n + 1, len(mask))
    return np.asarray(marked[end] > marked[begin])
