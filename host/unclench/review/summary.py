"""A session's summary, calculated once and kept in its folder: see `store.session.summary`."""

from __future__ import annotations

import contextlib
from pathlib import Path

from unclench.errors import StoreError, UnclenchError
from unclench.review.metrics import METRICS, recoveries_s
from unclench.review.results import TagEffect
from unclench.review.session import SessionReview, open_review
from unclench.store.session.summary import (
    ChannelSummary,
    SessionSummary,
    TagSummary,
    read_summary,
    sizes_of,
    write_summary,
)
from unclench_dsp.version import CHAIN_VERSION


def ensure_summary(folder: Path) -> SessionSummary:
    """Read a session's summary, or calculate it and save it if possible.

    Raises InputError or StoreError for a session that cannot be reviewed.
    """
    kept = read_summary(folder)
    if kept is not None:
        return kept
    made = summarise(open_review(folder))
    with contextlib.suppress(StoreError):  # read-only: it is calculated again next time
        write_summary(folder, made)
    return made


def keep_summary(folder: Path) -> SessionReview | None:
    """Sum up a session that was just recorded, so that lists show its figures.

    Returns
    -------
    SessionReview or None
        None if it cannot be reviewed: opening it says why.
    """
    try:
        review = open_review(folder)
    except UnclenchError:
        return None
    store_summary(folder, review)
    return review


def store_summary(folder: Path, review: SessionReview) -> None:
    """Keep the summary of a review in its session's folder, if that can be written."""
    with contextlib.suppress(StoreError):  # read-only: it is calculated again when needed
        write_summary(folder, summarise(review))


def summarise(review: SessionReview) -> SessionSummary:
    """Sum up a session in its own band."""
    return SessionSummary(
        chain=CHAIN_VERSION,
        made_of=sizes_of(review.folder) if review.folder is not None else {},
        duration_s=review.duration_s,
        channels=tuple(_channel(review, k) for k in range(len(review.contexts))),
    )


def _channel(review: SessionReview, k: int) -> ChannelSummary:
    context, figures = review.contexts[k], review.figures(k)
    levels = (figures.mean, figures.p10, figures.p50, figures.p90)
    mean_uv, p10_uv, p50_uv, p90_uv = (level.value if level else None for level in levels)
    return ChannelSummary(
        channel=review.signal.info.channels[k],
        site=context.site,
        used_s=figures.used_s,
        excluded_s=dict(figures.excluded_s),
        mean_uv=mean_uv,
        p10_uv=p10_uv,
        p50_uv=p50_uv,
        p90_uv=p90_uv,
        baseline_uv=context.baseline.mean_uv if context.baseline else None,
        baseline_chain=context.baseline.chain if context.baseline else CHAIN_VERSION,
        noise_uv=context.noise_uv,
        baseline_from=context.baseline_from,
        reference_uv=context.reference.uv if context.reference else None,
        reference_strength=context.reference.strength if context.reference else None,
        rest_level_uv=context.rest_level_uv,
        rest_share=figures.rest.share.value if figures.rest.share else None,
        contractions=len(figures.contractions),
        recovery_s=recoveries_s(figures),
        more={
            each.key: each.plain(figures)
            for each in METRICS
            if each.key not in ChannelSummary.model_fields
        },
        tags=tuple(_tag(effect) for effect in review.tag_effects(k)),
    )


def _tag(effect: TagEffect) -> TagSummary:
    return TagSummary(
        words=effect.words,
        times=effect.times,
        during_s=effect.during_s,
        untagged_s=effect.untagged_s,
        log_ratio=effect.log_during,
        log_ratio_se=effect.log_se,
        after_log_ratio=effect.log_after,
        after_log_ratio_se=effect.after_log_se,
    )
