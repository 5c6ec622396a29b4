"""The words at the end of a guided session: figures of its review, and its score.

The figures are those of the review of the recording, so the report says the same. Only the session
knows its goals: time below the goal is a share of the scored steps, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unclench.report.words import figure_words, listed, sentence, share, used_words, uv
from unclench.review.metrics import LEVELS, METRICS, Metric, metric
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import Outcome, breath_words
from unclench.training.session.snapshot import Score
from unclench.training.steps.catalogue import kind_of
from unclench.training.steps.step import Tension
from unclench.training.steps.underway import BreathEffect
from unclench.translation import tr, trn
from unclench.wording import length

_SHOWN = tuple(each for each in METRICS if each not in LEVELS or each.key == "p50_uv")
_NOT_CALM: tuple[Tension, ...] = ("asked", "provoked")
_LATEST = 8  # recovery times named


@dataclass(frozen=True)
class StepClosing:
    """One scored step of one channel.

    Attributes
    ----------
    title, kind : str
        Of the step.
    tension_uv, rest_share : float or None
        The review's figures of the step: median, and share from 0 to 1. Of a session that was not
        kept, the mean counted live.
    below_goal : float or None
        Share of the scored time with a goal that was spent below it.
    """

    title: str
    kind: str
    tension_uv: float | None
    rest_share: float | None
    below_goal: float | None


@dataclass(frozen=True)
class ChannelClosing:
    """One trained channel.

    Attributes
    ----------
    channel : TrainedChannel
    whole : Figures or None
        Of the whole session; None if it was not kept.
    duration_s : float
        Of the whole session, or of its scored time if it was not kept.
    steps : tuple of StepClosing
        The scored steps.
    below_goal : float or None
        As in a step, of all scored steps.
    rested : bool
        True if its rest was measured; otherwise nothing is compared with rest.
    breath : tuple of (str, BreathEffect)
        Title and effect of each breathing step.
    """

    channel: TrainedChannel
    whole: Figures | None
    duration_s: float
    steps: tuple[StepClosing, ...]
    below_goal: float | None
    rested: bool
    breath: tuple[tuple[str, BreathEffect], ...]

    @property
    def calm(self) -> list[tuple[float, str]]:
        """Tension in uV and title of the measured steps that do not ask for tension."""
        steps = (step for step in self.steps if kind_of(step.kind).tension not in _NOT_CALM)
        return [(step.tension_uv, step.title) for step in steps if step.tension_uv is not None]

    @property
    def fell(self) -> bool:
        """True if tension ended lower than it began, or breathing out lowered it."""
        levels = self.calm
        lower = len(levels) > 1 and levels[-1][0] < levels[0][0]
        return lower or any(effect.falls for _, effect in self.breath)


def closing_of(outcome: Outcome, review: SessionReview | None) -> tuple[ChannelClosing, ...]:
    """Combine the review's figures with the session's score, for each trained channel.

    Without a review, because the session could not be kept, the figures are those counted live.
    """
    made = []
    for k, (channel, score) in enumerate(zip(outcome.channels, outcome.score, strict=True)):
        if review is None:
            made.append(_counted_live(outcome, channel, k))
            continue
        steps = {s.number: s.score[k] for s in outcome.steps if k < len(s.score)}
        rested = review.contexts[channel.index].rest_measured
        breath = [
            (found.phase.title, effect)
            for found in review.breathing()
            for effect in found.effects
            if effect.channel == channel.label
        ]
        made.append(
            ChannelClosing(
                channel,
                review.figures(channel.index),
                review.duration_s,
                tuple(_steps(review, channel.index, steps, rested)),
                score.below_goal,
                rested,
                tuple(breath),
            )
        )
    return tuple(made)


def closing_words(
    outcome: Outcome, channels: tuple[ChannelClosing, ...], unshown: str = ""
) -> list[str]:
    """Return a session in a few lines; `unshown` replaces its tension if that is hidden."""
    done = outcome.state == "done"
    words = [
        tr("{title}: done", title=outcome.title)
        if done
        else tr("{title}: ended early", title=outcome.title)
    ]
    if unshown:
        return [*words, unshown]
    for closing in channels:
        label = closing.channel.label
        words.append(f"{label}, {whole_words(closing)}")
        if closing.below_goal is not None:
            words.append(
                tr(
                    "{channel}, scored steps: below the goal {share}.",
                    channel=label,
                    share=share(closing.below_goal),
                )
            )
        words += [f"{label}, {title}: {breath_words(effect)}" for title, effect in closing.breath]
    return [*words, *outcome.notes]


def whole_words(closing: ChannelClosing) -> str:
    """Return the figures of the whole session, and how much of it was used."""
    figures = closing.whole
    if figures is None:
        return tr(
            "not kept: {length} in scored steps, counted live. There are no figures of the whole "
            "session.",
            length=length(closing.duration_s),
        )
    if figures.why_not:
        return tr("whole session: no usable signal. {reason}", reason=sentence(figures.why_not))
    shown = (each for each in _SHOWN if closing.rested or not each.needs_rest)
    known = [(each, each.value(figures)) for each in shown]
    return tr(
        "whole session: {figures}. {used}",
        figures=", ".join(
            _metric(each, value, figures) for each, value in known if value is not None
        ),
        used=used_words(figures.used_s, closing.duration_s, figures.excluded_s),
    )


def _metric(shown: Metric, value: float, figures: Figures) -> str:
    if shown.key == "contractions":
        return trn("{n} contraction", "{n} contractions", round(value))
    return f"{shown.label[:1].lower()}{shown.label[1:]} {figure_words(shown, figures)}"


def helped_words(closing: ChannelClosing) -> list[str]:
    """Return where tension began, ended and was lowest, and the recovery times, if known."""
    sentences = []
    levels = closing.calm
    if len(levels) > 1:
        (first, _), (last, _), (lowest, title) = levels[0], levels[-1], min(levels)
        sentences.append(_from_to(uv(first), uv(last), closing.whole is not None))
        sentences.append(tr("It was lowest in “{title}”: {uv} µV.", title=title, uv=uv(lowest)))
    found = closing.whole.contractions if closing.whole is not None and closing.rested else ()
    known = [length(c.recovery_s) for c in found if c.recovery_s is not None]
    if len(known) > _LATEST:
        sentences.append(
            tr(
                "Recovery time after the last {latest} of {n} contractions: {times}.",
                latest=_LATEST,
                n=len(known),
                times=listed(known[-_LATEST:]),
            )
        )
    elif known:
        sentences.append(
            trn(
                "Recovery time after a contraction: {times}.",
                "Recovery time after {n} contractions: {times}.",
                len(known),
                times=listed(known),
            )
        )
    if asked := closing.whole.releases if closing.whole and closing.rested else ():
        times = [length(release.recovery_s) for release in asked[-_LATEST:]]
        sentences.append(tr("At rest {times} after a step asked to let go.", times=listed(times)))
    return sentences


def _from_to(first: str, last: str, reviewed: bool) -> str:
    if not reviewed:
        return tr(
            "Mean tension was {first} µV in the first step and {last} µV in the last.",
            first=first,
            last=last,
        )
    return tr(
        "Median tension was {first} µV in the first step and {last} µV in the last.",
        first=first,
        last=last,
    )


def _counted_live(outcome: Outcome, channel: TrainedChannel, k: int) -> ChannelClosing:
    score = outcome.score[k]
    steps = tuple(
        StepClosing(s.title, s.kind, here.mean_uv, here.rest_share, here.below_goal)
        for s in outcome.steps
        for here in s.score[k : k + 1]
    )
    breath = tuple((s.title, effect) for s in outcome.steps for effect in s.breath[k : k + 1])
    return ChannelClosing(channel, None, score.scored_s, steps, score.below_goal, True, breath)


def _steps(
    review: SessionReview, channel: int, scores: dict[int, Score], rested: bool
) -> Iterator[StepClosing]:
    for phase, figures in review.phase_figures(channel):
        if phase.number in scores:
            yield StepClosing(
                phase.title,
                phase.kind,
                metric("p50_uv").value(figures),
                metric("rest_share").value(figures) if rested else None,
                scores[phase.number].below_goal,
            )
