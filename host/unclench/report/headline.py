"""What happened, in words: no jargon, nothing claimed that the figures do not bear."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.earlier import Earlier, same_program
from unclench.report.words import (
    LEAST_TOLD_S,
    brief,
    change,
    compared,
    excluded,
    listed,
    percent_of,
    sentence,
    share,
    uv,
    why_words,
)
from unclench.review.results import ChannelContext, Figures, Phase, TagEffect
from unclench.review.session import SessionReview
from unclench.wording import capital, length
from unclench_dsp.uncertainty import Estimate

_FEW_USED = 0.9  # of the time: below it the first thing to say is how little could be used


def channel_words(
    review: SessionReview, context: ChannelContext, figures: Figures, earlier: Earlier
) -> list[str]:
    """Say how a channel went, in a few sentences."""
    if figures.mean is None:
        nothing = f"{context.label}: nothing can be said. {sentence(figures.why_not)}"
        if any(s >= LEAST_TOLD_S for s in figures.excluded_s.values()):
            nothing += f" Of {length(review.duration_s)}, {excluded(figures.excluded_s)}."
        return [nothing]
    earlier_words = _against_earlier(review, figures.mean, earlier)
    said = [f"{_level(context, figures, figures.mean)} {earlier_words}".strip()]
    if figures.rest.share is not None:
        rest = figures.rest.share
        said.append(f"It was at rest {share(rest.value)} of the time{_share_range(rest)}.")
    said += _steps(review.phase_figures(context.index))
    said += _breathing(review, context)
    said += _tags(review.tag_effects(context.index))
    return said


def used_words(context: ChannelContext, figures: Figures, duration_s: float) -> str:
    """Warn where much of the time is left out; "" where it is not, or where nothing is left."""
    if figures.mean is None or figures.used_s >= _FEW_USED * duration_s:
        return ""
    worst = max(figures.excluded_s, key=lambda why: figures.excluded_s[why], default="")
    why = f"; the rest is left out, mostly for {why_words(worst)}" if worst else ""
    return (
        f"{context.label}: only {length(figures.used_s)} of {length(duration_s)} could be used "
        f"({share(figures.used_s / duration_s)}){why}."
    )


def _level(context: ChannelContext, figures: Figures, mean: Estimate) -> str:
    said = f"{context.label}: {uv(mean.value)} µV on average{_probably(mean)}"
    if context.baseline is not None:
        ratio = mean.value / context.baseline.mean_uv
        rest = f"{uv(context.baseline.mean_uv)} µV"
        if context.baseline_from == "quietest":
            whose = f"its quietest moments ({rest}; no rest was measured)"
        else:
            whose = f"its resting baseline ({rest})"
        said += f", {_times(ratio)} {whose}"
    return f"{said}."


def _times(ratio: float) -> str:
    if 0.9 <= ratio <= 1.1:
        return "about as high as"
    if ratio < 0.9:
        return f"{100 * (1 - ratio):.0f} % below"
    return f"{ratio:.1f} times" if ratio >= 1.5 else f"{100 * (ratio - 1):.0f} % above"


def _against_earlier(review: SessionReview, mean: Estimate, earlier: Earlier) -> str:
    last = next((s for s in reversed(earlier.sessions) if s.mean_uv is not None), None)
    if last is None or last.mean_uv is None:
        return ""
    alike = [s for s in earlier.sessions if s.mean_uv is not None and same_program(review, s)]
    said = "last time here"
    if alike:
        last = alike[-1]
        said = "the last such session here" if len(alike) < len(earlier.sessions) else said
    assert last.mean_uv is not None
    when = f"({uv(last.mean_uv)} µV on {last.when.day} {last.when:%B %Y})"
    other = "" if alike else ", which was another kind of session"
    if mean.low is None or mean.high is None:
        return f"{capital(said)} it was {when[1:-1].replace(' µV on', ' µV, on')}{other}."
    if mean.low <= last.mean_uv <= mean.high:
        return f"That is about the same as {said} {when}{other}."
    return f"That is {compared(mean.value / last.mean_uv)} {said} {when}{other}."


def _steps(phases: Sequence[tuple[Phase, Figures]]) -> list[str]:
    known = [(p, f.mean) for p, f in phases if f.mean is not None]
    if len(known) < 2:
        return []
    (low, low_mean), (high, high_mean) = (
        chosen(known, key=lambda item: item[1].value) for chosen in (min, max)
    )
    if high_mean.value < 1.15 * low_mean.value:
        return ["It was much the same in all steps."]
    return [
        f"It was highest in “{high.title}” ({uv(high_mean.value)} µV) and lowest in "
        f"“{low.title}” ({uv(low_mean.value)} µV)."
    ]


def _breathing(review: SessionReview, context: ChannelContext) -> list[str]:
    for breath in review.breathing():
        for effect in breath.effects:
            if effect.channel == context.label and effect.falls and effect.change is not None:
                return [f"Breathing out lowered it by {-100 * effect.change:.0f} %."]
    return []


def _tags(effects: Sequence[TagEffect]) -> list[str]:
    raised = [e for e in effects if e.during and e.during.low is not None and e.during.low > 1]
    lowered = [e for e in effects if e.during and e.during.high is not None and e.during.high < 1]
    return [
        f"It was {words} than in unmarked time while you marked {listed(list(map(_tag, found)))}."
        for words, found in (("higher", raised), ("lower", lowered))
        if found
    ]


def _tag(effect: TagEffect) -> str:
    name = brief(effect.text)
    return f"“{name}” ({change(effect.during.value)})" if effect.during else name


def _share_range(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" (probably {percent_of(estimate.low)} to {share(estimate.high)})"


def _probably(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return " (how sure that is cannot be told)"
    return f" (probably between {uv(estimate.low)} and {uv(estimate.high)})"
