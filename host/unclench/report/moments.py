"""Sections on breathing, tags, left and right, and notes."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.frames import frame_of, row_of
from unclench.report.parts import Part, Plot, Plots, Points, Section, Table, Words, section
from unclench.report.plots.intervals import draw_intervals
from unclench.report.plots.small import Frame, draw_breath
from unclench.report.words import (
    NOTHING,
    brief,
    change,
    change_words,
    ended,
    interval_words,
    ranged,
    ratio_estimate,
    signed,
    times,
    uv,
)
from unclench.review.results import (
    SideDifference,
    TagEffect,
)
from unclench.review.session import SessionReview
from unclench.translation import tr, trn
from unclench.wording import capital, clock, length

MOST_REMARKS = 40
GUIDED = tr(
    "In a guided session the program's own steps raise and lower tension too. If a tag coincides "
    "with a step, their effects cannot be separated."
)


def breathing_section(review: SessionReview) -> Section | None:
    """Return tension over the breath, in steps with a pacer."""
    parts: list[Part] = []
    plots: list[Plot] = []
    slots = {context.label: context.index for context in review.contexts}
    for number, breath in enumerate(review.breathing()):
        for effect in breath.effects:
            slot = slots.get(effect.channel, 0)
            name = tr(
                "{channel}, step {number} “{title}”",
                channel=effect.channel,
                number=breath.phase.number + 1,
                title=breath.phase.title,
            )
            if not effect.mean_uv:
                parts.append(Words(tr("{step}: too few breaths.", step=name), "quiet"))
                continue
            title = tr("{step}: tension over the breath", step=name)
            summary = tr("One curve over a breath.")
            frame = Frame(f"breath{number}c{slot}", title, summary, slot, effect.channel)
            caption = trn(
                "{title}, from 1 breath of the pacer. {result} Pale: the spread between breaths.",
                "{title}, mean of {n} breaths of the pacer. {result} Pale: the spread between "
                "breaths.",
                effect.breaths,
                title=title,
                result=_breath_words(
                    effect.change, effect.change_low, effect.change_high, effect.falls
                ),
            )
            plots.append(Plot(caption, draw_breath(frame, breath, effect)))
    if plots:
        parts.insert(0, Plots(tuple(plots)))
    return section("breathing", tr("Breathing"), parts) if parts else None


def tags_section(review: SessionReview) -> Section | None:
    """Return which moments raise tension."""
    if not review.marks.tags:
        return None
    parts: list[Part] = [
        Words(
            tr(
                "Each tag is compared with the untagged time of this session. Two things that "
                "happen together need not be cause and effect."
            )
        )
    ]
    if review.marks.phases:
        parts.append(Words(GUIDED))
    plots: list[Plot] = []
    tables: list[Part] = []
    for context in review.contexts:
        effects = sorted(review.tag_effects(context.index), key=_strongest_first)
        rows = [
            row_of(brief(e.words), e.during, f"{signed(e.during.value)} %")
            for e in effects
            if e.during is not None and ranged(e.during)
        ]
        if rows:
            title = tr(
                "{channel}: tension during tags, compared with untagged time",
                channel=context.label,
            )
            frame = frame_of("tags", title, tr("One dot for each tag."), context)
            plots.append(
                Plot(
                    tr(
                        "{title}. Bars: 95 % confidence intervals. Dashed: untagged time; an "
                        "effect whose bar crosses it could be chance.",
                        title=title,
                    ),
                    draw_intervals(frame, rows, tr("times the untagged tension"), 1.0),
                )
            )
        tables.append(_tags_table(context.label, effects))
    if plots:
        parts.append(Plots(tuple(plots)))
    return section("moments", tr("Which moments raise tension"), [*parts, *tables])


def sides_section(review: SessionReview) -> Section | None:
    """Return how left and right compare."""
    sides = review.sides()
    if not sides:
        return None
    return section("sides", tr("Left and right"), [Points(tuple(map(_side_words, sides)))])


def _side_words(side: SideDifference) -> str:
    site = capital(side.site)
    if side.index is None:
        return f"{site}: {ended(side.why_not)}"
    low, high = side.index.low, side.index.high
    if low is None or high is None:
        return tr("{site}: too short to compare the sides.", site=site)
    ratio = (1 + side.index.value) / max(1 - side.index.value, 1e-9)
    if low <= 0 <= high:
        result = tr("{site}: left and right were about the same.", site=site)
    elif ratio >= 1:
        result = tr("{site}, left compared with right: {change}.", site=site, change=change(ratio))
    else:
        result = tr(
            "{site}, right compared with left: {change}.", site=site, change=change(1 / ratio)
        )
    difference = tr(
        "Left minus right, divided by their sum: {percent} % {interval}, in the time when both "
        "were usable.",
        percent=change_words(100 * side.index.value, 1),
        interval=_percent_range(low, high, 1),
    )
    return f"{result} {difference}"


def remarks_section(review: SessionReview) -> Section | None:
    """Return the notes of the session."""
    remarks = review.marks.remarks
    if not remarks:
        return None
    rows = tuple((clock(r.time_s), r.kind, r.text) for r in remarks[:MOST_REMARKS])
    head = (tr("At"), tr("Kind"), tr("Words"))
    parts: list[Part] = [Table(tr("Notes, questions and messages of the session"), head, rows)]
    if (more := len(remarks) - MOST_REMARKS) > 0:
        said = trn("And 1 more in events.csv.", "And {n} more in events.csv.", more)
        parts.append(Words(said, "quiet"))
    return section("notes", tr("Notes"), parts)


def _breath_words(
    value: float | None, low: float | None, high: float | None, falls: bool | None
) -> str:
    if value is None or falls is None:
        return tr("Too few breaths to see whether breathing out lowers tension.")
    interval = "" if low is None or high is None else f" {_percent_range(low, high)}"
    if falls:
        return tr(
            "Exhale compared with inhale: {change}{interval}.",
            change=change(1 + value),
            interval=interval,
        )
    return tr(
        "Exhale compared with inhale: {percent} %{interval}; could be chance.",
        percent=change_words(100 * value, 0),
        interval=interval,
    )


def _percent_range(low: float, high: float, decimals: int = 0) -> str:
    return interval_words(
        change_words(100 * low, decimals), f"{change_words(100 * high, decimals)} %"
    )


def _tags_table(label: str, effects: Sequence[TagEffect]) -> Table:
    rows = []
    for e in effects:
        marked = times(e.times) + (f", {length(e.during_s)}" if e.during_s else "")
        if e.mean_uv is None or not ranged(e.during):
            why = e.why_not or tr("too little data")
            rows.append((brief(e.words), marked, NOTHING, why, NOTHING))
            continue
        level, during = f"{uv(e.mean_uv)} µV", ratio_estimate(e.during)
        rows.append((brief(e.words), marked, level, during, ratio_estimate(e.after)))
    head = (
        tr("Tag"),
        tr("How often"),
        tr("Tension"),
        tr("Compared with untagged time"),
        tr("In the minute after"),
    )
    return Table(tr("{channel}: tension during tags", channel=label), head, tuple(rows))


def _strongest_first(effect: TagEffect) -> tuple[bool, float]:
    known = ranged(effect.during)
    return not known, -effect.during.value if known and effect.during is not None else 0.0
