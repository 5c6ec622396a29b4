"""Calculates the figures of one channel over one span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from unclench.errors import InputError
from unclench.review.contexts import as_trained
from unclench.review.results import (
    ChannelContext,
    Contraction,
    Excluded,
    Figures,
    LimitCheck,
    RestFigures,
    Span,
    SustainedFigures,
)
from unclench.review.signal import Signal, runs
from unclench.settings import Sustained
from unclench.training.limit import limit_of
from unclench.training.placement.values import STAYS_S
from unclench.training.rest import rest_rows
from unclench.training.sustained import FORGIVEN_S
from unclench.translation import tr
from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.uncertainty import BlockBootstrap

LEAST_S = 1.0  # of used time; with less, steps are not compared
WORK_S = 3600.0  # Jonsson's limits are for work of more than an hour
_LEAST_RATE_S = 10.0  # of used time; with less, rests per minute mean nothing


def make_figures(
    signal: Signal,
    context: ChannelContext,
    excluded: Sequence[Excluded],
    contractions: Sequence[Contraction],
    span: Span,
    limits: Sustained,
) -> Figures:
    """Calculate the figures of a span.

    Mean and percentiles are those of the RMS envelope, 50 rows a second, over the used time. P10,
    P50 and P90 are the static, median and peak level of the amplitude probability distribution
    (APDF: Jonsson, J. Human Ergol. 11 (1982) 73-88). The slope is that of block means over time.
    All intervals are at 95 %, bootstrapped over blocks of time.
    """
    k = context.index
    first, last = rows_of(signal, span)
    used = signal.used[first:last, k]
    fast_uv = np.where(used, signal.fast_uv[first:last, k], np.nan)
    used_s = float(np.count_nonzero(used) / signal.row_hz)
    excluded_s = _excluded(excluded, k, span)
    inside = tuple(c for c in contractions if span.start_s <= c.start_s < span.stop_s)
    sustained = _sustained(signal, context, span, limits)
    if not used.any():
        why = signal.why_none or tr("no usable signal in this time")
        return Figures(
            channel=k,
            label=context.label,
            span=span,
            used_s=used_s,
            excluded_s=excluded_s,
            mean=None,
            p10=None,
            p50=None,
            p90=None,
            max_uv=None,
            percent=None,
            limits=(),
            limits_why=why,
            slope=None,
            rest=RestFigures(None, 0, None, 0.0, why),
            sustained=sustained,
            contractions=inside,
            why_not=why,
            noise=context.noise,
            tension_uv=fast_uv,
            row_hz=signal.row_hz,
        )
    boot = BlockBootstrap(fast_uv, signal.row_hz)
    p10, p50, p90 = boot.quantiles((10.0, 50.0, 90.0))
    percent = None
    if context.reference is not None:
        per_uv = 100 / context.reference.uv
        percent = (p10.value * per_uv, p50.value * per_uv, p90.value * per_uv)
    checks, checks_why = _jonsson(context, percent, used_s)
    return Figures(
        channel=k,
        label=context.label,
        span=span,
        used_s=used_s,
        excluded_s=excluded_s,
        mean=boot.mean(),
        p10=p10,
        p50=p50,
        p90=p90,
        max_uv=float(np.nanmax(fast_uv)),
        percent=percent,
        limits=checks,
        limits_why=checks_why,
        slope=boot.slope() if boot.n_blocks > 1 else None,
        rest=_rest(signal.quick_uv[first:last, k], used, context, boot, signal.row_hz),
        sustained=sustained,
        contractions=inside,
        why_not="",
        noise=context.noise,
        tension_uv=fast_uv,
        row_hz=signal.row_hz,
    )


def rows_of(signal: Signal, span: Span) -> tuple[int, int]:
    """Return the rows [first, last) of a span."""
    first, last = (
        int(np.ceil(round(t_s * signal.row_hz, 6))) for t_s in (span.start_s, span.stop_s)
    )
    n = len(signal.sample)
    return min(max(0, first), n), min(max(0, last), n)


def _excluded(excluded: Sequence[Excluded], k: int, span: Span) -> dict[str, float]:
    excluded_s: dict[str, float] = {}
    for out in excluded:
        inside_s = min(out.stop_s, span.stop_s) - max(out.start_s, span.start_s)
        if out.channel == k and inside_s > 0:
            excluded_s[out.why] = excluded_s.get(out.why, 0.0) + inside_s
    return excluded_s


def _rest(
    quick_uv: FloatArray,
    used: BoolArray,
    context: ChannelContext,
    boot: BlockBootstrap,
    row_hz: float,
) -> RestFigures:
    """Calculate time at rest: rows in EMG gaps, in which the RMS over 0.1 s is low for 0.2 s.

    By convention a gap is below 0.5 % of the maximum; Veiersted (2013) prefers the share of time
    at rest. The level stays above the noise floor: see `training.placement.values.rest_level`. The
    rule is `training.rest`'s, as in a session's scores and in the alerts.
    """
    level_uv = context.rest_level_uv
    if level_uv is None:
        why = (
            tr("rest was not measured: a baseline step or a calibration does that")
            if context.baseline_from == "quietest"
            else tr(
                "no rest level: {level_why}; {baseline_why}",
                level_why=context.rest_level_why,
                baseline_why=context.baseline_why,
            )
        )
        return RestFigures(None, 0, None, 0.0, why)
    at_rest, lengths_n = rest_rows(quick_uv, used, level_uv, 1 / row_hz)
    counts = used & np.isfinite(quick_uv)
    counts_s = np.count_nonzero(counts) / row_hz
    per_min = 60 * len(lengths_n) / counts_s if counts_s >= _LEAST_RATE_S else None
    longest_s = max(lengths_n, default=0) / row_hz
    share = boot.share(at_rest, counts) if counts_s else None
    why = "" if counts_s else tr("the heartbeat covers all of the time")
    return RestFigures(share, len(lengths_n), per_min, longest_s, why)


def _sustained(
    signal: Signal, context: ChannelContext, span: Span, limits: Sustained
) -> SustainedFigures:
    """Find stretches with the 1 s RMS above the limit for the person's minutes or longer.

    The default, 4 minutes above 0.5 % of the maximum, is Hanvold's (2013). As in the alerts, a dip
    of less than 3 s and a gap or lost contact of up to 10 s do not end a stretch.
    """
    minutes = limits.minutes
    try:
        trained = as_trained(context)
        if context.baseline_from == "quietest":
            trained = replace(trained, baseline=None)
        limit = limit_of(trained, limits.percent)
    except InputError:
        why = tr("there is neither a resting baseline nor a reference contraction")
        return SustainedFigures(None, why, minutes, (), 0.0)
    k, row_hz = context.index, signal.row_hz
    first, last = rows_of(signal, span)
    slow_uv, used = signal.slow_uv[first:last, k], signal.used[first:last, k]
    known = used & np.isfinite(slow_uv)
    above, below = known & (slow_uv > limit.uv), known & (slow_uv <= limit.uv)
    spans: list[Span] = []
    begin = end = -1

    def finish() -> None:
        if begin >= 0 and (end - begin) / row_hz >= 60 * minutes:
            spans.append(Span((first + begin) / row_hz, (first + end) / row_hz))

    for start, stop in runs(above):
        if begin >= 0:
            calm_n = int(np.count_nonzero(below[end:start]))
            missing_n = start - end - calm_n
            if calm_n / row_hz >= STAYS_S or missing_n / row_hz > FORGIVEN_S:
                finish()
                begin = -1
        begin = start if begin < 0 else begin
        end = stop
    finish()
    total_s = sum((long.length_s for long in spans), 0.0)
    return SustainedFigures(limit.uv, limit.words, minutes, tuple(spans), total_s)


def _jonsson(
    context: ChannelContext, percent: tuple[float, float, float] | None, used_s: float
) -> tuple[tuple[LimitCheck, ...], str]:
    """Check Jonsson's limits (1982): % of the maximum contraction, for work of over an hour."""
    if percent is None or context.reference is None:
        return (), tr("no maximum contraction was measured")
    if context.reference.strength != "maximum":
        return (), tr("the limits are % of the maximum, and the reference was a light contraction")
    if used_s < WORK_S:
        return (), tr(
            "the limits are for work of more than an hour, and this is {minutes:.0f} min",
            minutes=used_s / 60,
        )
    static, median, peak = percent
    return (
        LimitCheck("static (P10)", static, 2.0, 5.0),
        LimitCheck("median (P50)", median, 10.0, 14.0),
        LimitCheck("peak (P90)", peak, 50.0, 70.0),
    ), "Jonsson 1982"
