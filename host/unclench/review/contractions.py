"""Contractions of a recording: when, how high, how long, and the recovery time after each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from unclench.review.contexts import as_trained
from unclench.review.results import ChannelContext, Contraction, Phase, Release
from unclench.review.signal import Signal
from unclench.store.events.event import BaselineMeasured, Event
from unclench.store.model import Recording
from unclench.training.contractions import ContractionWatch, Ending, Found
from unclench.training.steps.catalogue import kind_of
from unclench.translation import tr
from unclench_dsp.spectrum import (
    LEAST_HOLD_S,
    LEAST_SNR_DB,
    HoldFrequency,
    NoFrequency,
    contraction_median_frequency,
)

_ENDED = tr("the recording ended before it was at rest again")
_AGAIN = tr("tense again before it was at rest")
_LOST = tr("the signal was lost in between")
_NEVER = tr("rest was not measured")
_WHY: dict[Ending, str] = {"recovered": "", "again": _AGAIN, "lost": _LOST, "end": _ENDED}


def find_contractions(
    signal: Signal,
    context: ChannelContext,
    events: Sequence[Event] = (),
    phases: Sequence[Phase] = (),
) -> tuple[tuple[Contraction, ...], tuple[Release, ...]]:
    """Find the contractions of a channel, and recoveries that steps asked for.

    The rule is `training.contractions`', as in a session; none without a baseline. Where that is
    the quietest time of the recording, there are contractions, but no recovery. A baseline that
    the session measured itself holds from then on. A step that asks to let go times recovery from
    its begin, unless recovery from a contraction is being timed.
    """
    trained = as_trained(context)
    if trained.baseline is None:
        return (), ()
    k, fs_hz = context.index, signal.fs_hz
    measured = context.baseline_from != "quietest"  # else there is no rest to come back to
    watch = ContractionWatch(trained, fs_hz, _known_since(context, events))
    asked = [round(each.start_s * fs_hz) for each in phases if kind_of(each.kind).starts_recovery]
    asked.reverse()
    found: list[Found | None] = []
    columns = (signal.sample, signal.fast_uv[:, k], signal.slow_uv[:, k], signal.used[:, k])
    for sample, fast_uv, slow_uv, used in zip(*(c.tolist() for c in columns), strict=True):
        if asked and sample >= asked[-1]:
            asked.pop()
            watch.start_recovery(sample)
        found.append(watch.add(sample, fast_uv, slow_uv) if used else watch.lose())
    found.append(watch.finish())
    over = [each for each in found if each is not None]
    contractions = tuple(
        Contraction(
            each.start / fs_hz,
            each.stop / fs_hz,
            each.peak_uv,
            each.recovery_s if measured else None,
            _WHY[each.ending] if measured else _NEVER,
            None,
            "",
        )
        for each in over
        if each.start is not None
    )
    releases = tuple(
        Release(each.stop / fs_hz, each.recovery_s)
        for each in over
        if measured and each.start is None and each.recovery_s is not None
    )
    return contractions, releases


def _known_since(context: ChannelContext, events: Sequence[Event]) -> int:
    """Return the sample from which the channel's baseline was known."""
    if context.baseline_from != "session":
        return 0
    measured = [
        (event.sample, event.payload.channel)
        for event in events
        if isinstance(event.payload, BaselineMeasured) and event.payload.kept_uv is None
    ]
    # A channel without a site has another name in events; all are measured at once.
    own = [each for each in measured if each[1] == context.label] or measured
    return max((sample for sample, _ in own), default=0)


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
