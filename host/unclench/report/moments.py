"""Sections on what happened when: breathing, tags, left and right, notes."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.frames import frame_of, row_of
from unclench.report.parts import Part, Plot, Plots, Points, Section, Table, Words, section
from unclench.report.plots.intervals import draw_intervals
from unclench.report.plots.small import Frame, draw_breath
from unclench.report.words import (
    NOTHING,
    brief,
    change_words,
    compared,
    ended,
    ranged,
    ratio_estimate,
    signed,
    times,
    uv,
)
from unclench.review.results import (
    TagEffect,
)
from unclench.review.session import SessionReview
from unclench.wording import capital, clock, length

MOST_REMARKS = 40
GUIDED = (
    "In a guided session the program's own steps raise and lower tension too: marks that fall "
    "together with steps cannot be told apart from them."
)


def breathing_section(review: SessionReview) -> Section | None:
    """Tension over the breath, in steps that paced it."""
    parts: list[Part] = []
    plots: list[Plot] = []
    slots = {context.label: context.index for context in review.contexts}
    for number, breath in enumerate(review.breathing()):
        for effect in breath.effects:
            slot = slots.get(effect.channel, 0)
            name = f"{effect.channel}, step {breath.phase.number + 1} “{breath.phase.title}”"
            said = _breath_words(effect.change, effect.change_low, effect.change_high, effect.falls)
            if not effect.mean_uv:
                parts.append(Words(f"{name}: too few breaths to say.", "quiet"))
                continue
            title = f"{name}: tension over the breath"
            frame = Frame(
                f"breath{number}c{slot}", title, "One curve over a breath.", slot, effect.channel
            )
            plots.append(
                Plot(
                    f"{title}, mean of {effect.breaths} breaths of the pacer. {said} Pale: how "
                    "much breaths differ.",
                    draw_breath(frame, breath, effect),
                )
            )
    if plots:
        parts.insert(0, Plots(tuple(plots)))
    return section("breathing", "Breathing", parts) if parts else None


def tags_section(review: SessionReview) -> Section | None:
    """Which moments raise it: what brings people here."""
    if not review.marks.tags:
        return None
    parts: list[Part] = [
        Words(
            "Each mark is compared with the unmarked time of this session. That two things go "
            "together does not say which brought the other."
        )
    ]
    if review.marks.phases:
        parts.append(Words(GUIDED))
    plots: list[Plot] = []
    tables: list[Part] = []
    for context in review.contexts:
        effects = sorted(review.tag_effects(context.index), key=_strongest_first)
        told = [e for e in effects if ranged(e.during)]
        rows = [
            row_of(brief(e.words), e.during, f"{signed(e.during.value)} %")
            for e in told
            if e.during is not None
        ]
        if rows:
            title = f"{context.label}: tension while marked, against unmarked time"
            frame = frame_of("tags", title, "One dot a mark, with its range.", context)
            plots.append(
                Plot(
                    f"{title}. Dashed: unmarked time; a bar that crosses it could be chance.",
                    draw_intervals(frame, rows, "times the unmarked tension", 1.0),
                )
            )
        tables.append(_tags_table(context.label, effects))
    if plots:
        parts.append(Plots(tuple(plots)))
    return section("moments", "Which moments raise it", [*parts, *tables])


def sides_section(review: SessionReview) -> Section | None:
    """Left against right."""
    sides = review.sides()
    if not sides:
        return None
    said = []
    for side in sides:
        name = capital(side.site)
        if side.index is None:
            said.append(f"{name}: {ended(side.why_not)}")
            continue
        low, high = side.index.low, side.index.high
        if low is None or high is None:
            said.append(f"{name}: too short to say which side was higher.")
            continue
        ratio = (1 + side.index.value) / max(1 - side.index.value, 1e-9)
        if low <= 0 <= high:
            verdict = "left and right were about the same; the difference could be chance"
        elif ratio >= 1:
            verdict = f"the left was {compared(ratio)} the right"
        else:
            verdict = f"the right was {compared(1 / ratio)} the left"
        bounds = _percent_range(", probably {} to {} %", low, high, 1)
        said.append(
            f"{name}: {verdict}, while both could be used (left less right, as a share of both: "
            f"{change_words(100 * side.index.value, 1)} %{bounds})."
        )
    return section("sides", "Left and right", [Points(tuple(said))])


def remarks_section(review: SessionReview) -> Section | None:
    """What was noted on the way."""
    remarks = review.marks.remarks
    if not remarks:
        return None
    rows = tuple((clock(r.time_s), r.kind, r.text) for r in remarks[:MOST_REMARKS])
    parts: list[Part] = [
        Table("What was noted, asked and told during the session", ("At", "What", "Words"), rows)
    ]
    if len(remarks) > MOST_REMARKS:
        parts.append(Words(f"And {len(remarks) - MOST_REMARKS} more in events.csv.", "quiet"))
    return section("notes", "Notes on the way", parts)


def _breath_words(
    value: float | None, low: float | None, high: float | None, falls: bool | None
) -> str:
    if value is None or falls is None:
        return "Too few breaths to say whether breathing out lowers it."
    bounds = _percent_range(" (probably {} to {} %)", low, high)
    if falls:
        return f"On the exhale it is {compared(1 + value)} on the inhale{bounds}."
    return f"No fall on the exhale beyond chance: {change_words(100 * value, 0)} %{bounds}."


def _percent_range(form: str, low: float | None, high: float | None, decimals: int = 0) -> str:
    if low is None or high is None:
        return ""
    return form.format(*(change_words(100 * end, decimals) for end in (low, high)))


def _tags_table(label: str, effects: Sequence[TagEffect]) -> Table:
    rows = []
    for e in effects:
        marked = times(e.times) + (f", {length(e.during_s)}" if e.during_s else "")
        if e.mean_uv is None or not ranged(e.during):
            why = e.why_not or "too few to say"
            rows.append((brief(e.words), marked, NOTHING, why, NOTHING))
            continue
        level, during = f"{uv(e.mean_uv)} µV", ratio_estimate(e.during)
        rows.append((brief(e.words), marked, level, during, ratio_estimate(e.after)))
    head = (
        "Mark",
        "How often",
        "Tension",
        "Against unmarked time",
        "In the minute after",
    )
    return Table(f"{label}: tension while something was marked", head, tuple(rows))


def _strongest_first(effect: TagEffect) -> tuple[bool, float]:
    told = ranged(effect.during)
    return not told, -effect.during.value if told and effect.during is not None else 0.0
