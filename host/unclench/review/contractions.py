"""Contractions of a recording: when, how high, how long, and how long until it was calm again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from unclench.review.contexts import as_trained
from unclench.review.results import ChannelContext, Contraction
from unclench.review.signal import Signal
from unclench.store.model import Recording
from unclench.training.placement.values import STAYS_S, calm_uv
from unclench.training.session.scoring import AGAIN_TIMES, contraction_uv
from unclench_dsp.spectrum import contraction_median_frequency

LASTING_S = 0.3
"""How long tension must be high to be a contraction: more than a click, which fills one window of
0.25 s. A session, which rewards letting go, asks for half a second."""

_ENDED = "the recording ended before it was calm again"
_AGAIN = "tense again before it was calm"
_LOST = "the signal was lost meanwhile"


def find_contractions(signal: Signal, context: ChannelContext) -> tuple[Contraction, ...]:
    """Find each contraction of a channel; none where there is no baseline.

    A contraction is tension (RMS envelope) above three times the baseline for 0.3 s. It begins with
    the first such row and ends with the last one of at least half of its height. Another one begins
    behind it where tension has doubled since: a slow fall is none. Recovery is counted from the end
    until the 1 s RMS stays at or below baseline mean + 2 SD for 3 s; there is no norm for it. A
    session counts by the same figures, but asks for half a second and looks for the doubling in the
    1 s RMS, so quick bursts are one contraction to it.
    """
    trained = as_trained(context)
    calm = calm_uv(trained)
    if calm is None:
        return ()
    high_uv = contraction_uv(trained)
    k, row_hz = context.index, signal.row_hz
    lasting_n, stays_n = round(LASTING_S * row_hz), round(STAYS_S * row_hz)
    found: list[Contraction] = []
    start = stop = -1  # rows of the contraction under way, or let go of
    peak_uv, trough_uv = 0.0, math.inf
    rising = calm_from = -1  # rows since which it is high enough for a new one; and calm

    def close(why: str, recovery_s: float | None = None) -> None:
        nonlocal start, rising, calm_from
        if start >= 0:
            start_s, stop_s = start / row_hz, stop / row_hz
            found.append(Contraction(start_s, stop_s, peak_uv, recovery_s, why, None, ""))
        start = rising = calm_from = -1

    fast = signal.fast_uv[:, k]
    columns = (fast, signal.slow_uv[:, k], signal.used[:, k])
    for row, (fast_uv, slow_uv, used) in enumerate(
        zip(*(c.tolist() for c in columns), strict=True)
    ):
        if not used:
            close(_LOST)
            continue
        needed_uv = high_uv if start < 0 else max(high_uv, AGAIN_TIMES * trough_uv)
        if fast_uv < needed_uv:
            rising = -1
        elif rising < 0:
            rising = row
        if rising >= 0 and row - rising >= lasting_n:
            began = rising
            close(_AGAIN)
            start, stop = began, row
            peak_uv, trough_uv = float(fast[began : row + 1].max()), math.inf
        elif start < 0:
            continue
        elif fast_uv < peak_uv / 2:
            trough_uv = min(trough_uv, fast_uv)
        elif rising < 0:  # of the same contraction still
            stop, peak_uv = row, max(peak_uv, fast_uv)
        if not slow_uv <= calm or fast_uv >= peak_uv / 2:
            calm_from = -1
        elif calm_from < 0:
            calm_from = row
        elif row - calm_from >= stays_n:
            close("", max(0.0, (calm_from - stop) / row_hz))
    close(_ENDED)
    return tuple(found)


def with_median_frequency(
    found: Contraction, recording: Recording, signal: Signal, context: ChannelContext
) -> Contraction:
    """Add the median frequency of a contraction, or why there is none."""
    first, last = (
        int(np.searchsorted(recording.sample, signal.origin + round(t_s * signal.fs_hz)))
        for t_s in (found.start_s, found.stop_s)
    )
    rest_uv = context.baseline.mean_uv if context.baseline else None
    emg_uv = recording.emg_uv[first:last, context.index]
    band = signal.band
    result = contraction_median_frequency(
        emg_uv, signal.fs_hz, band.low_hz, band.high_hz, rest_uv=rest_uv
    )
    return replace(found, median_hz=result.median_hz, median_why=result.why_not)
