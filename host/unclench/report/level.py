"""The section on how high tension was, for how long, and which time is excluded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.report.parts import (
    Part,
    Plot,
    Plots,
    Points,
    Section,
    Table,
    Words,
    section,
)
from unclench.report.plots.small import Frame, draw_distribution
from unclench.report.words import (
    LEAST_TOLD_S,
    NOTHING,
    above_label,
    above_words,
    baseline_name,
    change_words,
    ended,
    interval_words,
    metric_range,
    rest_moments,
    share,
    times,
    treated_words,
    uv,
    why_words,
)
from unclench.review.metrics import HEADLINES, METRICS, Metric, of_reference
from unclench.review.results import Figures, LimitCheck, Span
from unclench.review.session import SessionReview
from unclench.translation import tr, trn
from unclench.wording import clock, length

_VERDICTS = {
    "within": tr("within both limits"),
    "above should": tr("above the lower limit"),
    "above must": tr("above the upper limit"),
}
_MOST_SPANS = 10


def level_section(review: SessionReview, figures: Sequence[Figures]) -> Section:
    """Return the levels of tension, sustained tension, and the excluded time."""
    parts: list[Part] = []
    plots = _distributions(review, figures)
    if plots:
        parts.append(Plots(tuple(plots)))
    if any(own.mean is not None for own in figures):
        parts.append(_figures_table(figures))
    parts.append(_excluded_table(review, figures))
    parts += _treated(review, figures)
    parts += _limits(figures)
    parts += _sustained(figures)
    return section("level", tr("Levels of tension"), parts)


def _distributions(review: SessionReview, figures: Sequence[Figures]) -> list[Plot]:
    signal = review.signal
    values = {f.channel: signal.fast_uv[signal.used[:, f.channel], f.channel] for f in figures}
    values = {k: v[np.isfinite(v)] for k, v in values.items()}
    known = [f for f in figures if len(values[f.channel]) > 1 and f.p50 is not None]
    if not known:
        return []
    ends = np.array([np.percentile(values[f.channel], (0.5, 99.8)) for f in known])
    span_uv = (float(ends[:, 0].min()), float(ends[:, 1].max()))
    plots = []
    for f in known:
        context = review.contexts[f.channel]
        baseline = context.baseline
        levels = [(n, e.value) for n, e in (("P10", f.p10), ("P50", f.p50), ("P90", f.p90)) if e]
        title = tr(
            "{channel}: share of the time that tension was below each level", channel=f.label
        )
        summary = tr("A curve from 0 to 100 %.")
        frame = Frame(f"apdf{f.channel}", title, summary, f.channel, f.label)
        half = f.p50.value if f.p50 is not None else 0.0
        drawing = draw_distribution(
            frame, values[f.channel], levels, baseline.mean_uv if baseline else None, span_uv
        )
        caption = tr(
            "{title}. Half of the time it was below {uv} µV (P50). It was below P10 for the "
            "calmest 10 % of the time, and above P90 for the tensest 10 %.",
            title=title,
            uv=uv(half),
        )
        if baseline:
            caption += " " + tr("Dashed: {levels}.", levels=baseline_name(context))
        plots.append(Plot(caption, drawing))
    return plots


def _figures_table(figures: Sequence[Figures]) -> Table:
    rows = [(each.label, *(_cell(each, f) for f in figures), each.meaning) for each in METRICS]
    rows += [
        (
            above_label(each),
            *(above_words(each, f) for f in figures),
            tr("The muscle's own part: the instrument's noise is subtracted."),
        )
        for each in HEADLINES
    ]
    rows += [
        (
            tr("Moments of rest"),
            *(NOTHING if f.rest.share is None else rest_moments(f.rest) for f in figures),
            tr("How often tension (RMS over 0.1 s) was below the rest level for 0.2 s or longer."),
        ),
        (
            tr("Change over the session"),
            *(_slope(f) for f in figures),
            tr("The slope of a straight line through the tension."),
        ),
    ]
    head = (tr("Figure"), *(f.label for f in figures), tr("What it is"))
    caption = tr("Tension in the time used, with 95 % confidence intervals in parentheses")
    return Table(caption, head, tuple(rows))


def _cell(metric: Metric, f: Figures) -> str:
    if metric.key == "rest_share" and f.rest.share is None:
        return f.rest.why_not
    percent, level = of_reference(metric, f), metric_range(metric, f)
    if percent is None:
        return level
    return tr("{uv}; {percent:.1f} % of the reference contraction", uv=level, percent=percent)


def _slope(f: Figures) -> str:
    if f.slope is None:
        return NOTHING
    change = tr("{uv} µV a minute", uv=change_words(f.slope.value, 2))
    if f.slope.low is None or f.slope.high is None:
        return change
    interval = interval_words(change_words(f.slope.low, 2), change_words(f.slope.high, 2))
    if f.slope.low <= 0 <= f.slope.high:
        return tr("{change} {interval}; could be chance", change=change, interval=interval)
    return f"{change} {interval}"


def _excluded_table(review: SessionReview, figures: Sequence[Figures]) -> Table:
    reasons = sorted({why for f in figures for why, s in f.excluded_s.items() if s >= LEAST_TOLD_S})
    whole = review.duration_s or 1.0
    rows = [(tr("Used"), *(_part(f.used_s, whole) for f in figures))]
    rows += [
        (
            tr("Excluded: {reason}", reason=why_words(why)),
            *(_part(f.excluded_s.get(why, 0.0), whole) for f in figures),
        )
        for why in reasons
    ]
    head = (tr("Time"), *(f.label for f in figures))
    caption = tr("Used and excluded time of {whole}", whole=length(review.duration_s))
    return Table(caption, head, tuple(rows))


def _treated(review: SessionReview, figures: Sequence[Figures]) -> list[Part]:
    """Say what was removed from each channel, and what was left in it."""
    said = [
        (f.label, treated_words(review.removed(f.channel), review.left(f.channel))) for f in figures
    ]
    points = tuple(
        tr("{channel}: {sentences}", channel=label, sentences=words)
        for label, words in said
        if words
    )
    return [Words(tr("Removed from the signal:")), Points(points)] if points else []


def _part(seconds: float, whole_s: float) -> str:
    if seconds < LEAST_TOLD_S:
        return NOTHING
    return f"{length(seconds)} ({share(min(1.0, seconds / whole_s))})"


def _limits(figures: Sequence[Figures]) -> list[Part]:
    parts: list[Part] = []
    missing: dict[str, list[str]] = {}
    for f in figures:
        if f.limits:
            rows = tuple(
                (c.level, f"{c.percent:.1f} %", f"{c.should:g} % / {c.must:g} %", _verdict(c))
                for c in f.limits
            )
            head = (
                tr("Level"),
                tr("Measured"),
                tr("Should stay under / must stay under"),
                tr("Result"),
            )
            caption = tr(
                "{channel}: compared with Jonsson's limits for work, in % of the reference "
                "contraction",
                channel=f.label,
            )
            parts.append(Table(caption, head, rows))
        if f.limits_why:
            missing.setdefault(f.limits_why, []).append(f.label)
    return [
        *parts,
        *(Words(f"{', '.join(who)}: {ended(why)}", "quiet") for why, who in missing.items()),
    ]


def _verdict(check: LimitCheck) -> str:
    return _VERDICTS[check.verdict]


def _sustained(figures: Sequence[Figures]) -> list[Part]:
    points = tuple(filter(None, map(_sustained_words, figures)))
    return [Words(tr("Sustained tension:")), Points(points)] if points else []


def _sustained_words(f: Figures) -> str:
    s, minutes = f.sustained, f"{f.sustained.minutes:g}"
    if f.used_s < 60 * s.minutes and not s.spans:
        if f.mean is None:
            return tr("{channel}: no usable signal.", channel=f.label)
        return tr(
            "{channel}: {used} of usable signal is too short to see tension that lasts for more "
            "than {minutes} min.",
            channel=f.label,
            used=length(f.used_s),
            minutes=minutes,
        )
    if s.limit_uv is None:
        return f"{f.label}: {ended(s.limit_why)}" if s.limit_why else ""
    if not s.spans:
        words = tr(
            "{channel}: never above {uv} µV (1 s RMS) for more than {minutes} min without a pause.",
            channel=f.label,
            uv=uv(s.limit_uv),
            minutes=minutes,
        )
    else:
        words = tr(
            "{channel}: above {uv} µV (1 s RMS) for more than {minutes} min {times}, {total} in "
            "total: {spans}.",
            channel=f.label,
            uv=uv(s.limit_uv),
            minutes=minutes,
            times=times(len(s.spans)),
            total=length(s.total_s),
            spans=_span_list(s.spans),
        )
    if s.limit_why:
        words += " " + tr("The limit: {reason}", reason=ended(s.limit_why))
    return words


def _span_list(spans: Sequence[Span]) -> str:
    shown = ", ".join(
        tr("{start} to {stop}", start=clock(span.start_s), stop=clock(span.stop_s))
        for span in spans[:_MOST_SPANS]
    )
    more = len(spans) - _MOST_SPANS
    return (
        trn("{shown} and 1 more", "{shown} and {n} more", more, shown=shown) if more > 0 else shown
    )
