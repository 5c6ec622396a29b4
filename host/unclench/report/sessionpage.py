"""The report of one session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from unclench import __version__
from unclench.report.earlier import Earlier, earlier_section
from unclench.report.level import level_section
from unclench.report.method import method_section
from unclench.report.moments import (
    breathing_section,
    remarks_section,
    sides_section,
    tags_section,
)
from unclench.report.parts import Page
from unclench.report.short import in_short, trace_section
from unclench.report.steps import contractions_section, steps_section
from unclench.report.words import local, source_words
from unclench.review.session import SessionReview
from unclench.translation import tr
from unclench.wording import day, length


def session_page(review: SessionReview, earlier: Sequence[Earlier], made: datetime) -> Page:
    """Return the report of a session.

    Parameters
    ----------
    review : SessionReview
    earlier : sequence of Earlier
        For each channel, see `find_earlier`.
    made : datetime
        Now.
    """
    figures = tuple(review.figures(context.index) for context in review.contexts)
    sections = (
        in_short(review, figures, earlier),
        trace_section(review, figures),
        level_section(review, figures),
        steps_section(review),
        tags_section(review),
        contractions_section(review, figures),
        breathing_section(review),
        sides_section(review),
        earlier_section(review, figures, earlier),
        remarks_section(review),
        method_section(review),
    )
    meta = review.meta
    name = (meta.title if meta is not None else "") or review.name
    return Page(
        title=tr("Muscle tension: {name}", name=name),
        facts=_facts(review),
        sections=tuple(found for found in sections if found is not None),
        made=made_words(made),
    )


def made_words(made: datetime) -> str:
    """Return when and by what a page was made."""
    return tr(
        "Made by unclench {version} on {day} at {time}.",
        version=__version__,
        day=day(made),
        time=f"{made:%H:%M}",
    )


def _facts(review: SessionReview) -> tuple[tuple[str, str], ...]:
    band = review.signal.band
    facts = [(tr("Length"), length(review.duration_s))]
    meta = review.meta
    if meta is not None:
        at = local(meta.created)
        when = tr("{day} at {time}", day=day(at), time=f"{at:%H:%M}")
        facts.insert(0, (tr("Recorded"), when))
        if meta.training:
            facts.append((tr("Program"), str(meta.training.get("title", ""))))
        if source := source_words(meta):
            facts.append((tr("Source"), source))
        if not meta.feedback:
            facts.append((tr("Feedback"), tr("off: tension was not shown")))
        if meta.labels:
            facts.append((tr("Labels"), ", ".join(meta.labels)))
        if meta.note:
            facts.append((tr("Note"), meta.note))
    facts.insert(2, (tr("Channels"), ", ".join(context.label for context in review.contexts)))
    facts.append((tr("Band"), f"{band.name}, {band.low_hz:g}-{band.high_hz:g} Hz"))
    return tuple(facts)
