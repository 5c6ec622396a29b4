"""Which moments raise tension: during and after each tag, compared with untagged time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.review.figures import rows_of
from unclench.review.results import Marks, Span, TagEffect
from unclench.review.signal import Signal
from unclench.training.steps.catalogue import kind_of
from unclench.training.steps.step import Tension
from unclench.translation import tr, trn
from unclench_dsp.arrays import BoolArray
from unclench_dsp.uncertainty import BlockBootstrap, Estimate, LogRatio

AFTER_S = 60.0
LEAST_TIMES = 3
LEAST_DURING_S = 15.0
LEAST_UNTAGGED_S = 60.0
_LEAST_EPISODE_S = 5.0  # for a session to count among others
_NOT_OWN: tuple[Tension, ...] = ("asked", "settling")


def tag_effects(signal: Signal, marks: Marks, k: int) -> tuple[TagEffect, ...]:
    """Compare each tag's time with the session's untagged time, for one channel.

    Untagged time is outside of all tags and of the minute after each. Steps of a program that ask
    for tension count on neither side. Effects are ratios of mean tension above the noise floor;
    their intervals treat each tagged stretch as one observation.
    """
    words = sorted({tag.words for tag in marks.tags})
    if not words:
        return ()
    usable = signal.used[:, k].copy()
    for phase in marks.phases:
        if kind_of(phase.kind).tension in _NOT_OWN:
            usable[slice(*rows_of(signal, phase))] = False
    tagged = _under(signal, marks.tags)
    after_all = _under(signal, [_after(tag) for tag in marks.tags])
    untagged = usable & ~tagged & ~after_all
    muscle_uv = np.where(usable, signal.muscle_uv(k), np.nan)
    boot = BlockBootstrap(muscle_uv, signal.row_hz) if usable.any() else None
    return tuple(_effect(signal, marks, k, each, usable, untagged, tagged, boot) for each in words)


def _effect(
    signal: Signal,
    marks: Marks,
    k: int,
    words: str,
    usable: BoolArray,
    untagged: BoolArray,
    tagged: BoolArray,
    boot: BlockBootstrap | None,
) -> TagEffect:
    own = [tag for tag in marks.tags if tag.words == words]
    during = _under(signal, own) & usable
    after = _under(signal, [_after(tag) for tag in own]) & usable & ~tagged
    during_s, untagged_s, after_s = (
        float(np.count_nonzero(rows) / signal.row_hz) for rows in (during, untagged, after)
    )
    mean_uv = float(signal.fast_uv[during, k].mean()) if during.any() else None
    why = _too_few(len(own), during_s, untagged_s)
    ratio = later = None
    if boot is not None and untagged_s >= LEAST_UNTAGGED_S:
        if during_s >= _LEAST_EPISODE_S:
            ratio = boot.log_ratio(during, untagged)
        if after_s >= _LEAST_EPISODE_S:
            later = boot.log_ratio(after, untagged)
    return TagEffect(
        words=words,
        text=own[0].text,
        channel=k,
        times=len(own),
        during_s=during_s,
        untagged_s=untagged_s,
        mean_uv=mean_uv,
        during=None if why else _as_ratio(ratio),
        after=None if why or after_s < LEAST_DURING_S else _as_ratio(later),
        log_during=ratio.value if ratio else None,
        log_se=ratio.se if ratio else None,
        log_after=later.value if later else None,
        after_log_se=later.se if later else None,
        why_not=why,
    )


def _too_few(times: int, during_s: float, untagged_s: float) -> str:
    if times < LEAST_TIMES:
        return trn(
            "too little data: marked once; at least {least} times are needed",
            "too little data: marked {n} times; at least {least} times are needed",
            times,
            least=LEAST_TIMES,
        )
    if during_s < LEAST_DURING_S:
        return tr(
            "too little data: {seconds:.0f} s in total; at least {least_s:g} s are needed",
            seconds=during_s,
            least_s=LEAST_DURING_S,
        )
    if untagged_s < LEAST_UNTAGGED_S:
        return tr(
            "too little data: {seconds:.0f} s without a tag to compare with; at least "
            "{least_s:g} s are needed",
            seconds=untagged_s,
            least_s=LEAST_UNTAGGED_S,
        )
    return ""


def _as_ratio(ratio: LogRatio | None) -> Estimate | None:
    if ratio is None:
        return None
    low, high = (None if x is None else float(np.exp(x)) for x in (ratio.low, ratio.high))
    return Estimate(float(np.exp(ratio.value)), low, high, ratio.n_blocks)


def _after(tag: Span) -> Span:
    return Span(tag.stop_s, tag.stop_s + AFTER_S)


def _under(signal: Signal, spans: Sequence[Span]) -> BoolArray:
    hit = np.zeros(len(signal.sample), np.bool_)
    for span in spans:
        hit[slice(*rows_of(signal, span))] = True
    return hit
