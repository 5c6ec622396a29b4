"""Rest that a person named in review: a marked stretch, measured here, or a calibration."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from unclench.review.results import NamedRest, Span
from unclench.review.signal import Signal
from unclench.store.events.event import RestChosen
from unclench.training.placement.resting import (
    LEAST_S,
    MOST_S,
    MeasurementError,
    measured_rest,
)
from unclench.training.placement.values import RestBaseline
from unclench.translation import tr
from unclench.wording import clock, day, exactly

_SLOW_S = 1.0  # a row's slow RMS reaches back so far
_SLACK_S = 0.05  # ends are at samples, spans at pixels


def rest_of(signal: Signal, k: int, label: str, named: NamedRest) -> RestBaseline:
    """Return the resting baseline that a person named for channel `k`.

    Raises
    ------
    MeasurementError
        A sentence: the time was not rest, or the calibration does not fit.
    """
    if named.calibration is not None:
        return _of_calibration(signal, label, named.calibration)
    return rest_in(signal, k, label, named)


def rest_in(signal: Signal, k: int, label: str, span: Span) -> RestBaseline:
    """Measure rest in a stretch of time by the rule of a baseline step: see `rest_of`."""
    if not LEAST_S - _SLACK_S <= span.length_s <= MOST_S + _SLACK_S:
        raise MeasurementError(
            tr(
                "{span} is {length}; rest takes {least} to {most}. Select a stretch of that length "
                "in which {label} was at rest.",
                span=span_words(span),
                length=exactly(span.length_s),
                least=exactly(LEAST_S),
                most=exactly(MOST_S),
                label=label,
            )
        )
    inside = slice(
        *np.searchsorted(signal.time_s, (span.start_s + _SLOW_S, span.stop_s), "left").tolist()
    )
    used = signal.used[inside, k]
    fast_uv, slow_uv = (
        np.where(used, uv[inside, k], np.nan) for uv in (signal.fast_uv, signal.slow_uv)
    )
    return measured_rest(label, fast_uv, slow_uv, signal.row_hz, signal.window_s)


def _of_calibration(signal: Signal, label: str, chosen: RestChosen) -> RestBaseline:
    figures = chosen.mean_uv, chosen.sd_uv, chosen.used_s, chosen.fast_sd_uv
    band = signal.band
    if (chosen.low_hz, chosen.high_hz) != (band.low_hz, band.high_hz):
        raise MeasurementError(
            tr(
                "The calibration of {label} holds for {low_hz:g}-{high_hz:g} Hz, and this review "
                "is of another band.",
                label=label,
                low_hz=chosen.low_hz,
                high_hz=chosen.high_hz,
            )
        )
    if not (all(map(math.isfinite, figures)) and min(figures) >= 0 and chosen.mean_uv > 0):
        raise MeasurementError(
            tr("The calibration of {label} has figures that are not valid.", label=label)
        )
    return RestBaseline(*figures, chosen.chain)


def source_words(named: NamedRest, mean_uv: float) -> str:
    """Say where named rest comes from: "marked from 0:40 to 1:20, 2.10 µV"."""
    chosen = named.calibration
    if chosen is None:
        return tr("marked from {span}, {uv:.2f} µV", span=span_words(named), uv=mean_uv)
    when = day_words(chosen.measured)
    if chosen.moved:
        return tr(
            "calibration of {day} (the sensor was moved in between), {uv:.2f} µV",
            day=when,
            uv=mean_uv,
        )
    return tr("calibration of {day}, {uv:.2f} µV", day=when, uv=mean_uv)


def span_words(span: Span) -> str:
    """Return a stretch of time: "0:40 to 1:20"."""
    return tr("{start} to {stop}", start=clock(span.start_s), stop=clock(span.stop_s))


def day_words(iso: str) -> str:
    """Return a day in words; the text unchanged if it is not a day."""
    try:
        return day(date.fromisoformat(iso))
    except ValueError:
        return iso
