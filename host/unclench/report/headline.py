"""What happened, in words: without jargon, and only what the figures support."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.earlier import Earlier, same_program
from unclench.report.words import (
    BELOW,
    brief,
    change,
    excluded_list,
    figure_words,
    listed,
    percent_of,
    sentence,
    share,
    uv,
    why_words,
)
from unclench.review.metrics import HEADLINES, muscle_uv, too_quiet
from unclench.review.results import ChannelContext, Figures, Phase, TagEffect
from unclench.review.session import SessionReview
from unclench.translation import tr
from unclench.wording import day as day_of
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_FEW_USED = 0.9  # share of the time; if less was usable, that is said first


def channel_words(
    review: SessionReview, context: ChannelContext, figures: Figures, earlier: Earlier
) -> list[str]:
    """Return a few sentences on how a channel went."""
    if figures.p50 is None:
        nothing = tr(
            "{channel}: no usable signal. {reason}",
            channel=context.label,
            reason=sentence(figures.why_not),
        )
        if reasons := excluded_list(figures.excluded_s):
            nothing += " " + tr(
                "Excluded of {whole}: {reasons}.", whole=length(review.duration_s), reasons=reasons
            )
        return [nothing]
    if too_quiet(HEADLINES[0], figures):
        return [
            tr(
                "{channel}: median tension {uv}, which is {below}.",
                channel=context.label,
                uv=figure_words(HEADLINES[0], figures),
                below=BELOW,
            )
        ]
    lead = [_level(context, figures.p50)]
    if context.baseline is not None:
        lead.append(_against_baseline(context, figures.p50.value))
    lead.append(_against_earlier(review, figures.p50, context.noise_uv, earlier))
    points = [_at_rest(context, figures.rest.share)] if figures.rest.share is not None else []
    points += _steps(review.phase_figures(context.index))
    points += _breathing(review, context)
    points += _tags(review.tag_effects(context.index))
    return [" ".join(filter(None, lead)), *points]


def few_used_words(context: ChannelContext, figures: Figures, duration_s: float) -> str:
    """Return a warning if much of the time is excluded, but not all of it; else ""."""
    if figures.p50 is None or figures.used_s >= _FEW_USED * duration_s:
        return ""
    worst = max(figures.excluded_s, key=lambda why: figures.excluded_s[why], default="")
    warning = tr(
        "{channel}: only {used} of {whole} could be used ({share}).",
        channel=context.label,
        used=length(figures.used_s),
        whole=length(duration_s),
        share=share(figures.used_s / duration_s),
    )
    if not worst:
        return warning
    reason = tr("Main reason for excluded time: {reason}.", reason=why_words(worst))
    return f"{warning} {reason}"


def _level(context: ChannelContext, median: Estimate) -> str:
    if median.low is None or median.high is None:
        return tr(
            "{channel}: median tension {uv} µV (too little data for a confidence interval).",
            channel=context.label,
            uv=uv(median.value),
        )
    return tr(
        "{channel}: median tension {uv} µV (range {low} to {high}).",
        channel=context.label,
        uv=uv(median.value),
        low=uv(median.low),
        high=uv(median.high),
    )


def _against_baseline(context: ChannelContext, median_uv: float) -> str:
    assert context.baseline is not None
    ratio = _ratio(median_uv, context.noise_uv, context.baseline.mean_uv, context.noise_uv)
    level = uv(context.baseline.mean_uv)
    if context.baseline_from == "quietest":
        other = tr("its quietest moments ({uv} µV; rest was not measured)", uv=level)
    else:
        other = tr("its resting baseline ({uv} µV)", uv=level)
    return _comparison(1.0 if 0.9 <= ratio <= 1.1 else ratio, other)


def _against_earlier(
    review: SessionReview, median: Estimate, noise_uv: float | None, earlier: Earlier
) -> str:
    known = [s for s in earlier.sessions if s.median_uv is not None]
    if not known:
        return ""
    alike = [s for s in known if same_program(review, s)]
    last = (alike or known)[-1]
    assert last.median_uv is not None
    level, day = uv(last.median_uv), day_of(last.when)
    if not alike:
        other = tr("last time here ({uv} µV on {day}, another kind of session)", uv=level, day=day)
    elif len(alike) < len(earlier.sessions):
        other = tr("the last such session here ({uv} µV on {day})", uv=level, day=day)
    else:
        other = tr("last time here ({uv} µV on {day})", uv=level, day=day)
    if median.low is None or median.high is None:
        return tr("There is too little data for a comparison with {other}.", other=other)
    alike_level = median.low <= last.median_uv <= median.high
    ratio = _ratio(median.value, noise_uv, last.median_uv, last.noise_uv)
    return _comparison(1.0 if alike_level else ratio, other)


def _ratio(
    here_uv: float, noise_uv: float | None, other_uv: float, other_noise_uv: float | None
) -> float:
    """Return the ratio of two tensions, above the noise floor if that is known of both."""
    if noise_uv is None or other_noise_uv is None:
        return here_uv / other_uv
    other = muscle_uv(other_uv, other_noise_uv)
    return muscle_uv(here_uv, noise_uv) / other if other else here_uv / other_uv


def _comparison(ratio: float, other: str) -> str:
    """Return a ratio to something else as a sentence; 1 is about the same."""
    percent = 100 * (ratio - 1)
    if abs(percent) < 0.5:
        return tr("That is about the same as {other}.", other=other)
    if ratio >= 2:
        return tr("That is {ratio:.1f} times as high as {other}.", ratio=ratio, other=other)
    if percent > 0:
        return tr("That is {percent:.0f} % higher than {other}.", percent=percent, other=other)
    return tr("That is {percent:.0f} % lower than {other}.", percent=-percent, other=other)


def _at_rest(context: ChannelContext, rest: Estimate) -> str:
    if rest.low is None or rest.high is None:
        said = tr("At rest {share} of the time.", share=share(rest.value))
    else:
        said = tr(
            "At rest {share} of the time (range {low} to {high}).",
            share=share(rest.value),
            low=percent_of(rest.low),
            high=share(rest.high),
        )
    if context.named is None:
        return said
    source = tr("Rest: {source}", source=context.baseline_why)
    return f"{said} {sentence(source)}"


def _steps(phases: Sequence[tuple[Phase, Figures]]) -> list[str]:
    known = [(p, f.p50) for p, f in phases if f.p50 is not None]
    if len(known) < 2:
        return []
    (low, low_level), (high, high_level) = (
        chosen(known, key=lambda item: item[1].value) for chosen in (min, max)
    )
    if high_level.value < 1.15 * low_level.value:
        return [tr("Tension was similar in all steps.")]
    return [
        tr(
            "Highest in “{high}” ({high_uv} µV), lowest in “{low}” ({low_uv} µV).",
            high=high.title,
            high_uv=uv(high_level.value),
            low=low.title,
            low_uv=uv(low_level.value),
        )
    ]


def _breathing(review: SessionReview, context: ChannelContext) -> list[str]:
    for breath in review.breathing():
        for effect in breath.effects:
            if effect.channel == context.label and effect.falls and effect.change is not None:
                return [
                    tr(
                        "Breathing out lowered tension by {percent:.0f} %.",
                        percent=-100 * effect.change,
                    )
                ]
    return []


def _tags(effects: Sequence[TagEffect]) -> list[str]:
    raised = [e for e in effects if e.during and e.during.low is not None and e.during.low > 1]
    lowered = [e for e in effects if e.during and e.during.high is not None and e.during.high < 1]
    points = []
    if raised:
        tags = listed([_tag(effect) for effect in raised])
        points.append(tr("Higher than in untagged time during {tags}.", tags=tags))
    if lowered:
        tags = listed([_tag(effect) for effect in lowered])
        points.append(tr("Lower than in untagged time during {tags}.", tags=tags))
    return points


def _tag(effect: TagEffect) -> str:
    name = brief(effect.text)
    if effect.during is None:
        return f"“{name}”"
    return tr("“{tag}” ({change})", tag=name, change=change(effect.during.value))
