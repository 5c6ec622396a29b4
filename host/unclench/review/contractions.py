"""Contractions of a recording: when, how high, how long, and the recovery time after each."""

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
from unclench.translation import tr
from unclench_dsp.spectrum import (
    LEAST_HOLD_S,
    LEAST_SNR_DB,
    HoldFrequency,
    NoFrequency,
    contraction_median_frequency,
)

LASTING_S = 0.3
"""How long tension must be high to be a contraction: longer than a click, which fills one window of
0.25 s. A session, which rewards relaxing, asks for half a second."""

_ENDED = tr("the recording ended before it was at rest again")
_AGAIN = tr("tense again before it was at rest")
_LOST = tr("the signal was lost in between")


def find_contractions(signal: Signal, context: ChannelContext) -> tuple[Contraction, ...]:
    """Find the contractions of a channel; none without a baseline.

    A contraction is tension (RMS envelope) above three times the baseline for 0.3 s. It begins with
    the first such row and ends with the last row of at least half its height. The next contraction
    begins where tension has doubled since then; a slow fall does not start one. The recovery time
    runs from the end until the 1 s RMS stays at or below baseline mean + 2 SD for 3 s; there is no
    norm for it. A session uses the same limits, but asks for half a second and looks for the
    doubling in the 1 s RMS, so it counts quick bursts as one contraction.
    """
    trained = as_trained(context)
    calm = calm_uv(trained)
    if calm is None:
        return ()
    high_uv = contraction_uv(trained)
    k, row_hz = context.index, signal.row_hz
    lasting_n, stays_n = round(LASTING_S * row_hz), round(STAYS_S * row_hz)
    found: list[Contraction] = []
    start = stop = -1  # rows of the current contraction, or the last one
    peak_uv, trough_uv = 0.0, math.inf
    rising = calm_from = -1  # rows since which tension is high enough, or low enough

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
        elif rising < 0:  # still the same contraction
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
    """Return a contraction with its median frequency, or the reason why there is none."""
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
    return replace(found, median_hz=result.median_hz, median_why=_frequency_words(result))


def _frequency_words(found: HoldFrequency) -> str:
    """Say why there is no median frequency; "" if there is one."""
    match found.problem:
        case None:
            return ""
        case NoFrequency.TOO_SHORT:
            return tr(
                "held for {held_s:.1f} s; at least {least_s:g} s are needed",
                held_s=found.measured,
                least_s=LEAST_HOLD_S,
            )
        case NoFrequency.NO_REST:
            return tr("no resting baseline to compare the signal with")
        case NoFrequency.NO_SIGNAL:
            return tr("no signal in the band")
        case NoFrequency.TOO_WEAK:
            # Rounded up, it would seem enough.
            return tr(
                "{over_db:.1f} dB above rest; at least {least_db:g} dB are needed",
                over_db=math.floor(10 * found.measured) / 10,
                least_db=LEAST_SNR_DB,
            )
