"""Sections to see first: what happened in short, and the whole session at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.earlier import Earlier
from unclench.report.headline import channel_words, used_words
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
    baseline_name,
    excluded,
    percent_of,
    rest_moments,
    uv,
)
from unclench.review.metrics import metric
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_PROBABLY = (
    "“Probably” gives the range in which a figure lies with 95 % certainty, as far as the ups and "
    "downs of this session tell."
)


def in_short(
    review: SessionReview, figures: Sequence[Figures], earlier: Sequence[Earlier]
) -> Section:
    """The headline, and the figures to see first."""
    parts: list[Part] = []
    for context, own, before in zip(review.contexts, figures, earlier, strict=True):
        if warning := used_words(context, own, review.duration_s):
            parts.append(Words(warning, "mind"))
        said = channel_words(review, context, own, before)
        parts.append(Words(said[0], "lead"))
        if said[1:]:
            parts.append(Points(tuple(said[1:])))
        if own.mean is not None:
            parts.append(_tiles(review, own, own.mean))
    if any(own.mean is not None for own in figures):
        parts.append(Words(_PROBABLY, "quiet"))
    return section("short", "In short", parts)


def trace_section(review: SessionReview, figures: Sequence[Figures]) -> Section:
    """The whole session at a glance."""
    caption = _trace_words(review, figures)
    summary = "Tension over time, one panel a channel; the figures are in the tables below."
    wide = draw_trace("trace", review, summary, WIDE_PX)
    narrow = draw_trace("tracen", review, summary, NARROW_PX)
    return section("trace", "The whole session", [Plot(caption, wide, narrow)])


def _tiles(review: SessionReview, own: Figures, mean: Estimate) -> Tiles:
    reference = review.contexts[own.channel].reference
    details = []
    if mean.low is not None and mean.high is not None:
        details.append(f"probably {uv(mean.low)} to {uv(mean.high)}")
    if reference is not None:
        percent = 100 * mean.value / reference.uv
        details.append(f"{percent:.1f} % of a {reference.strength} contraction")
    tiles = [Tile(metric("mean_uv").label, uv(mean.value), "µV", ", ".join(details))]
    rest = own.rest
    if rest.share is not None:
        at_rest = percent_of(rest.share.value)
        tiles.append(Tile(metric("rest_share").label, at_rest, "%", rest_moments(rest)))
    recovery_s = metric("recovery_s").value(own)
    if own.contractions:
        detail = "not seen letting go"
        if recovery_s is not None:
            detail = f"{metric('recovery_s').label.lower()} {length(recovery_s)} (median)"
        tiles.append(Tile(metric("contractions").label, str(len(own.contractions)), "", detail))
    used = own.used_s / review.duration_s if review.duration_s else 0.0
    tiles.append(Tile("Time used", percent_of(used), "%", excluded(own.excluded_s)))
    return Tiles(own.label, tuple(tiles))


def _trace_words(review: SessionReview, figures: Sequence[Figures]) -> str:
    said = []
    for own in figures:
        if own.p10 is not None and own.p90 is not None and own.max_uv is not None:
            said.append(
                f"{own.label}: mostly between {uv(own.p10.value)} and {uv(own.p90.value)} µV, "
                f"at most {uv(own.max_uv)} µV."
            )
        else:
            said.append(f"{own.label}: no time that could be used.")
    if all(own.mean is None for own in figures):
        return " ".join([*said, "Hatched: left out."])
    said.append(
        "The line is tension over a second, the pale band holds every peak and dip of the quarter "
        "second. Each step of the scale upwards is the same factor, so that rest and contraction "
        "can both be read."
    )
    dashed = dict.fromkeys(baseline_name(c) for c in review.contexts if c.baseline is not None)
    if dashed:
        said.append(f"Dashed: {' or '.join(dashed)}.")
    if review.excluded:
        said.append("Hatched: left out.")
    kinds = len({tag.words for tag in review.marks.tags})
    if kinds:
        more = f" ({LANES} of {kinds} kinds)" if kinds > LANES else ""
        said.append(f"Below: what was marked{more}.")
    return " ".join(said)
