"""The section on how high tension was, for how long, and what is left out."""

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
    baseline_name,
    change_words,
    ended,
    metric_range,
    rest_moments,
    share,
    times,
    uv,
    why_words,
)
from unclench.review.metrics import METRICS, Metric, of_reference
from unclench.review.results import Figures, LimitCheck
from unclench.review.session import SessionReview
from unclench.wording import clock, length

_VERDICTS = {
    "within": "within both limits",
    "above should": "above the lower limit",
    "above must": "above the upper limit",
}
_MOST_SPANS = 10


def level_section(review: SessionReview, figures: Sequence[Figures]) -> Section:
    """How high it was, how much of the time, and what is left out."""
    parts: list[Part] = []
    plots = _distributions(review, figures)
    if plots:
        parts.append(Plots(tuple(plots)))
    if any(own.mean is not None for own in figures):
        parts.append(_figures_table(figures))
    parts.append(_excluded_table(review, figures))
    parts += _limits(figures)
    parts += _sustained(figures)
    return section("level", "How high, and for how long", parts)


def _distributions(review: SessionReview, figures: Sequence[Figures]) -> list[Plot]:
    signal = review.signal
    values = {f.channel: signal.fast_uv[signal.used[:, f.channel], f.channel] for f in figures}
    values = {k: v[np.isfinite(v)] for k, v in values.items()}
    told = [f for f in figures if len(values[f.channel]) > 1 and f.p50 is not None]
    if not told:
        return []
    ends = np.array([np.percentile(values[f.channel], (0.5, 99.8)) for f in told])
    span_uv = (float(ends[:, 0].min()), float(ends[:, 1].max()))
    plots = []
    for f in told:
        context = review.contexts[f.channel]
        baseline = context.baseline
        levels = [(n, e.value) for n, e in (("P10", f.p10), ("P50", f.p50), ("P90", f.p90)) if e]
        title = f"{f.label}: how much of the time tension was below a level"
        frame = Frame(f"apdf{f.channel}", title, "A curve from 0 to 100 %.", f.channel, f.label)
        half = f.p50.value if f.p50 is not None else 0.0
        drawing = draw_distribution(
            frame, values[f.channel], levels, baseline.mean_uv if baseline else None, span_uv
        )
        dashed = f" Dashed: {baseline_name(context)}." if baseline else ""
        plots.append(
            Plot(
                f"{title}. Half of the time it was below {uv(half)} µV; P10 and P90 mark the "
                f"calmest and the tensest tenth.{dashed}",
                drawing,
            )
        )
    return plots


def _figures_table(figures: Sequence[Figures]) -> Table:
    rows = [(each.label, *(_cell(each, f) for f in figures), each.meaning) for each in METRICS]
    rows += [
        (
            "Moments of rest",
            *(NOTHING if f.rest.share is None else rest_moments(f.rest) for f in figures),
            "How often tension was below the rest level for 0.2 s or longer.",
        ),
        (
            "Change over the session",
            *(_slope(f) for f in figures),
            "The slope of a straight line through the tension.",
        ),
    ]
    head = ("Figure", *(f.label for f in figures), "What it is")
    return Table("Tension of the time used, with probable ranges", head, tuple(rows))


def _cell(metric: Metric, f: Figures) -> str:
    if metric.key == "rest_share" and f.rest.share is None:
        return f.rest.why_not
    percent = of_reference(metric, f)
    share_of = "" if percent is None else f"; {percent:.1f} % of the reference contraction"
    return f"{metric_range(metric, f)}{share_of}"


def _slope(f: Figures) -> str:
    if f.slope is None:
        return NOTHING
    said = f"{change_words(f.slope.value, 2)} µV a minute"
    if f.slope.low is None or f.slope.high is None:
        return said
    chance = "; could be chance" if f.slope.low <= 0 <= f.slope.high else ""
    return f"{said} ({change_words(f.slope.low, 2)} to {change_words(f.slope.high, 2)}{chance})"


def _excluded_table(review: SessionReview, figures: Sequence[Figures]) -> Table:
    whys = sorted({why for f in figures for why, s in f.excluded_s.items() if s >= LEAST_TOLD_S})
    whole = review.duration_s or 1.0
    rows = [("Used", *(_part(f.used_s, whole) for f in figures))]
    rows += [
        (
            f"Left out: {why_words(why)}",
            *(_part(f.excluded_s.get(why, 0.0), whole) for f in figures),
        )
        for why in whys
    ]
    head = ("Time", *(f.label for f in figures))
    return Table(f"What the figures rest on: {length(review.duration_s)} in all", head, tuple(rows))


def _part(seconds: float, whole_s: float) -> str:
    return (
        f"{length(seconds)} ({share(min(1.0, seconds / whole_s))})" if seconds >= 0.05 else NOTHING
    )


def _limits(figures: Sequence[Figures]) -> list[Part]:
    parts: list[Part] = []
    why: dict[str, list[str]] = {}
    for f in figures:
        if f.limits:
            rows = tuple(
                (c.level, f"{c.percent:.1f} %", f"{c.should:g} % / {c.must:g} %", _verdict(c))
                for c in f.limits
            )
            head = ("Level", "Measured", "Should stay under / must stay under", "How it stands")
            caption = f"{f.label}: against Jonsson's limits for work, in % of the reference"
            parts.append(Table(caption, head, rows))
        if f.limits_why:
            why.setdefault(f.limits_why, []).append(f.label)
    return [
        *parts,
        *(Words(f"{', '.join(who)}: {ended(said)}", "quiet") for said, who in why.items()),
    ]


def _verdict(check: LimitCheck) -> str:
    return _VERDICTS[check.verdict]


def _sustained(figures: Sequence[Figures]) -> list[Part]:
    said = []
    for f in figures:
        s = f.sustained
        if f.used_s < 60 * s.minutes and not s.spans:
            used = f"only {length(f.used_s)}" if f.mean is not None else "no time"
            said.append(
                f"{f.label}: nothing can be said, for {used} could be used and it is about "
                f"stretches of more than {s.minutes:g} min."
            )
            continue
        if s.limit_uv is None:
            if s.limit_why:
                said.append(f"{f.label}: {ended(s.limit_why)}")
            continue
        limit, long = f"{uv(s.limit_uv)} µV (of the 1 s RMS)", f"for more than {s.minutes:g} min"
        why = f" The limit: {ended(s.limit_why)}" if s.limit_why else ""
        if not s.spans:
            said.append(f"{f.label}: never above {limit} {long} without a pause.{why}")
            continue
        told = s.spans[:_MOST_SPANS]
        spans = [f"{clock(p.start_s)} to {clock(p.stop_s)}" for p in told]
        more = f" and {len(s.spans) - _MOST_SPANS} more" if len(s.spans) > _MOST_SPANS else ""
        said.append(
            f"{f.label}: {times(len(s.spans))} above {limit} {long}, {length(s.total_s)} in all "
            f"({', '.join(spans)}{more}).{why}"
        )
    return [Words("Tension that lasts:"), Points(tuple(said))] if said else []
