"""What a calibration measures: tension at rest, and the best stable second of a contraction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.blocks import correlation_time_s

_OUTLIER = 4.0  # standard deviations above the line
_CHANCE = 0.024  # of a second of steady noise in 430 Hz: 1 / (2 sqrt(430 Hz x 1 s)); never less
_STEADY = 0.25  # SD of the quick RMS over its mean, within a second
_QUICK_S = 0.25


@dataclass(frozen=True)
class Baseline:
    """Tension at rest: mean and standard deviation of the RMS.

    ``sd_uv`` is the deviation from a line through the used rows: it holds no steady rise or fall.
    ``used`` is the share of the rows that were used, 0 to 1; ``n`` is their number. ``drift`` is
    the median of the last third of the time over that of the first: 0.7 after a fall of 30 %;
    ``chance`` the standard error of its logarithm by what varies about the line.
    """

    mean_uv: float
    sd_uv: float
    used: float
    n: int
    drift: float
    chance: float


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
    """Return mean and spread of tension at rest, without coughs and swallows.

    A line is fitted to the logarithm of the tension (Theil-Sen: the median of the slopes between
    pairs), so that a muscle that is still letting go is no outlier. Rows far above the line,
    compared with the median deviation from it, are left out, with a quarter of a window on both
    sides. This is repeated until there are no more of them. Only high rows are left out:
    contractions and movements never lower the RMS.

    Parameters
    ----------
    rms_uv : ndarray, shape (n,)
        Moving RMS of one channel, in uV. Rows that are NaN or not above 0 are not used.
    step_n : int
        Rows in a window: 50 for the RMS of a second at 50 rows a second.

    Returns
    -------
    Baseline

    Raises
    ------
    ValueError
        If less than half of the rows, or less than two whole windows, remain.
    """
    kept = rms_uv > 0
    log_uv = np.log(np.where(kept, rms_uv, 1.0))
    while kept.any():
        excess = log_uv - _line(log_uv, kept, step_n)
        scale = max(1.4826 * np.median(np.abs(excess[kept])), _CHANCE)
        outlying = kept & (excess > _OUTLIER * scale)
        if not outlying.any():
            break
        kept &= ~_widened(outlying, step_n // 4)  # with its rise and fall
    n = int(np.count_nonzero(kept))
    if n < len(rms_uv) / 2 or not n:
        raise ValueError(
            f"Only {100 * n / max(1, len(rms_uv)):.0f} % of the time could be used, and half of it "
            "is needed. The rest was no muscle signal, movement or tension: check the sensor, "
            "sit still and measure again."
        )
    if n < 2 * step_n:
        raise ValueError(
            f"The rest is too short: it has {n} values where at least {2 * step_n} (two whole "
            "windows) are needed. Measure for longer."
        )
    # Only n / step_n of n overlapping windows are independent, so n - 1 becomes n - step_n.
    used_uv = rms_uv[kept]
    fitted_uv = np.poly1d(np.polyfit(np.flatnonzero(kept), used_uv, 1))(np.flatnonzero(kept))
    sd_uv, mean_uv = float(np.std(used_uv - fitted_uv, ddof=step_n)), float(np.mean(used_uv))
    third_n = n // 3
    drift = float(np.median(used_uv[-third_n:]) / np.median(used_uv[:third_n]))
    alike_n = step_n * correlation_time_s(used_uv - fitted_uv, step_n)
    alike = min(1.0, alike_n / third_n)
    return Baseline(
        mean_uv, sd_uv, n / len(rms_uv), n, drift, sd_uv / mean_uv * float(np.sqrt(2 * alike))
    )


def best_stable_second(fast_uv: FloatArray, slow_uv: FloatArray, row_hz: float) -> StableSecond:
    """Return the best stable second of a contraction.

    It is the highest 1 s RMS during which the quick RMS is steady: its standard deviation
    is at most a quarter of its mean. A knocked electrode is high, but not steady. If no
    second is that steady, the steadiest one is returned. Seconds below half the median are
    ignored, because the steadiest second could otherwise be one of rest.

    Parameters
    ----------
    fast_uv, slow_uv : ndarray, shape (n,)
        RMS of one contraction over the 0.25 s and over the 1 s before each row, in uV; NaN where
        it must not be used.
    row_hz : float
        Rows a second.

    Returns
    -------
    StableSecond

    Raises
    ------
    ValueError
        If there is no whole second of usable signal.
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
            f"{row_hz:g} a second. Hold it longer, and check the sensor."
        )
    high = slow_uv[ends] >= np.median(slow_uv[ends]) / 2
    ends, quick_uv = ends[high], quick_uv[high]
    variation = quick_uv.std(axis=1) / quick_uv.mean(axis=1)
    steady = np.flatnonzero(variation <= _STEADY)
    best = steady[np.argmax(slow_uv[ends[steady]])] if len(steady) else np.argmin(variation)
    end_row = int(ends[best])
    return StableSecond(float(slow_uv[end_row]), float(variation[best]), end_row)


def _line(y: FloatArray, kept: BoolArray, step_n: int) -> FloatArray:
    """Return the Theil-Sen line of the kept rows, at all positions."""
    position = np.flatnonzero(kept)
    thinned = position[::step_n]
    first, second = np.triu_indices(len(thinned), 1)
    slopes = (y[thinned[second]] - y[thinned[first]]) / (thinned[second] - thinned[first])
    slope = float(np.median(slopes)) if len(slopes) else 0.0
    flat = y - slope * np.arange(len(y))
    level = float(np.median(flat[position]))
    return np.asarray(y - flat + level)


def _widened(mask: BoolArray, margin_n: int) -> BoolArray:
    """Also mark the neighbours, up to `margin_n` rows away on both sides."""
    marked = np.concatenate([[0], np.cumsum(mask)])
    position = np.arange(len(mask))
    begin = np.maximum(position - margin_n, 0)
    end = np.minimum(position + margin_n + 1, len(mask))
    return np.asarray(marked[end] > marked[begin])
