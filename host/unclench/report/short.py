"""The first sections: a summary, and the whole session at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.earlier import Earlier
from unclench.report.headline import channel_words, few_used_words
from unclench.report.parts import (
    Part,
    Plot,
    Points,
    Section,
    Tile,
    Tiles,
    Words,
    section,
)
from unclench.report.plots.trace import LANES, NARROW_PX, WIDE_PX, draw_trace
from unclench.report.words import (
    BELOW,
    baseline_name,
    excluded,
    figure_words,
    listed,
    percent_of,
    ranged,
    rest_moments,
    uv,
)
from unclench.review.metrics import metric, too_quiet
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.translation import tr
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate


def in_short(
    review: SessionReview, figures: Sequence[Figures], earlier: Sequence[Earlier]
) -> Section:
    """Return the headline and the most important figures."""
    parts: list[Part] = []
    for context, own, before in zip(review.contexts, figures, earlier, strict=True):
        if warning := few_used_words(context, own, review.duration_s):
            parts.append(Words(warning, "mind"))
        lead, *more = channel_words(review, context, own, before)
        parts.append(Words(lead, "lead"))
        if more:
            parts.append(Points(tuple(more)))
        if own.p50 is not None:
            parts.append(_tiles(review, own, own.p50))
    if any(ranged(own.p50) or ranged(own.rest.share) for own in figures):
        parts.append(
            Words(tr("Ranges are 95 % confidence intervals based on this session."), "quiet")
        )
    return section("short", tr("In short"), parts)


def trace_section(review: SessionReview, figures: Sequence[Figures]) -> Section:
    """Return the whole session at a glance."""
    caption = _trace_words(review, figures)
    summary = tr(
        "Tension over time, one panel for each channel. The tables below have the figures."
    )
    wide = draw_trace("trace", review, summary, WIDE_PX)
    narrow = draw_trace("tracen", review, summary, NARROW_PX)
    return section("trace", tr("The whole session"), [Plot(caption, wide, narrow)])


def _tiles(review: SessionReview, own: Figures, median: Estimate) -> Tiles:
    reference = review.contexts[own.channel].reference
    details = []
    hidden = too_quiet(metric("p50_uv"), own)  # the figure would be that of the louder rest
    if hidden:
        details.append(BELOW)
    elif median.low is not None and median.high is not None:
        details.append(tr("range {low} to {high}", low=uv(median.low), high=uv(median.high)))
    if own.mean is not None:
        details.append(tr("mean {tension}", tension=figure_words(metric("mean_uv"), own)))
    if reference is not None and not hidden:
        details.append(
            tr(
                "{percent:.1f} % of your reference contraction",
                percent=100 * median.value / reference.uv,
            )
        )
    shown = figure_words(metric("p50_uv"), own) if hidden else uv(median.value)
    tiles = [Tile(metric("p50_uv").label, shown, "" if hidden else "µV", ", ".join(details))]
    rest = own.rest
    if rest.share is not None:
        at_rest = percent_of(rest.share.value)
        tiles.append(Tile(metric("rest_share").label, at_rest, "%", rest_moments(rest)))
    recovery_s = metric("recovery_s").value(own)
    if own.contractions:
        detail = tr("recovery not measured")
        if recovery_s is not None:
            detail = tr("recovery time {length} (median)", length=length(recovery_s))
        tiles.append(Tile(metric("contractions").label, str(len(own.contractions)), "", detail))
    used = own.used_s / review.duration_s if review.duration_s else 0.0
    tiles.append(Tile(tr("Time used"), percent_of(used), "%", excluded(own.excluded_s)))
    return Tiles(own.label, tuple(tiles))


def _trace_words(review: SessionReview, figures: Sequence[Figures]) -> str:
    sentences = [_span_words(own) for own in figures]
    hatched = tr("Hatched: excluded time.")
    if all(own.mean is None for own in figures):
        return " ".join([*sentences, hatched])
    sentences.append(
        tr(
            "The line is tension averaged over a second; the pale band shows every peak and dip "
            "of the quarter-second values. Logarithmic scale: rest and contractions are both "
            "visible."
        )
    )
    dashed = dict.fromkeys(baseline_name(c) for c in review.contexts if c.baseline is not None)
    if dashed:
        sentences.append(tr("Dashed: {levels}.", levels=listed(list(dashed))))
    if review.excluded:
        sentences.append(hatched)
    kinds = len({tag.words for tag in review.marks.tags})
    if kinds > LANES:
        sentences.append(
            tr("Below: your tags, {shown} of {kinds} kinds.", shown=LANES, kinds=kinds)
        )
    elif kinds:
        sentences.append(tr("Below: your tags."))
    return " ".join(sentences)


def _span_words(own: Figures) -> str:
    if own.p10 is None or own.p90 is None or own.max_uv is None:
        return tr("{channel}: no usable signal.", channel=own.label)
    return tr(
        "{channel}: mostly {low} to {high} µV, at most {most} µV.",
        channel=own.label,
        low=uv(own.p10.value),
        high=uv(own.p90.value),
        most=uv(own.max_uv),
    )
