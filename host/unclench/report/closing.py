"""What is said at the end of a guided session: the review's figures, and what only it counted.

The figures are those of the review of what was kept, so the report says the same. Goals are known
to the session alone: their share is of the steps that were scored, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unclench.report.words import counted, excluded, listed, metric_words, sentence, share, uv
from unclench.review.metrics import LEVELS, METRICS, Metric, metric
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import Outcome, breath_words
from unclench.training.session.snapshot import Score
from unclench.training.steps.catalogue import kind_of
from unclench.training.steps.step import Tension
from unclench.training.steps.underway import BreathEffect
from unclench.wording import length

_SHOWN = tuple(each for each in METRICS if each not in LEVELS or each.key == "mean_uv")
_NOT_CALM: tuple[Tension, ...] = ("asked", "provoked")
_LATEST = 8  # recovery times named


@dataclass(frozen=True)
class StepClosing:
    """One scored step of one channel.

    Attributes
    ----------
    title, kind : str
        Of the step.
    mean_uv, rest_share : float or None
        The review's figures of the step; shares are 0 to 1.
    below_goal : float or None
        Share of the scored time with a goal that was spent below it.
    """

    title: str
    kind: str
    mean_uv: float | None
    rest_share: float | None
    below_goal: float | None


@dataclass(frozen=True)
class ChannelClosing:
    """One trained channel.

    Attributes
    ----------
    channel : TrainedChannel
    whole : Figures or None
        Of the whole session; None where it was not kept.
    duration_s : float
        Of the whole session; of its scored time where it was not kept.
    steps : tuple of StepClosing
        Those that were scored.
    below_goal : float or None
        As in a step, of all scored steps.
    rested : bool
        Whether its rest was measured; nothing is compared with rest otherwise.
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
        """Mean in uV and title of the steps that ask for no tension, as far as measured."""
        steps = (step for step in self.steps if kind_of(step.kind).tension not in _NOT_CALM)
        return [(step.mean_uv, step.title) for step in steps if step.mean_uv is not None]

    @property
    def fell(self) -> bool:
        """Whether it ended lower than it began, or its exhale let go."""
        means = self.calm
        lower = len(means) > 1 and means[-1][0] < means[0][0]
        return lower or any(effect.falls for _, effect in self.breath)


def closing_of(outcome: Outcome, review: SessionReview | None) -> tuple[ChannelClosing, ...]:
    """Put the review's figures beside what the session counted, for each channel trained.

    Without a review, as the session could not be kept, all is as it was counted live.
    """
    made = []
    for k, (channel, score) in enumerate(zip(outcome.channels, outcome.score, strict=True)):
        if review is None:
            made.append(_counted_live(outcome, channel, k))
            continue
        steps = {s.number: s.score[k] for s in outcome.steps if k < len(s.score)}
        rested = review.contexts[channel.index].baseline_from in ("calibration", "session")
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
    """A session in a few lines; `unshown` is said in place of its tension where that is hidden."""
    words = [f"{outcome.title}: {'done' if outcome.state == 'done' else 'ended early'}"]
    if unshown:
        return [*words, unshown]
    for closing in channels:
        label = closing.channel.label
        words.append(f"{label}, {whole_words(closing)}")
        if closing.below_goal is not None:
            words.append(f"{label}, scored steps: below the goal {share(closing.below_goal)}.")
        words += [f"{label}, {title}: {breath_words(effect)}" for title, effect in closing.breath]
    return [*words, *outcome.notes]


def whole_words(closing: ChannelClosing) -> str:
    """Say the figures of the whole session, and how much of it they are of."""
    figures = closing.whole
    if figures is None:
        return (
            f"not kept: {length(closing.duration_s)} in scored steps, counted while it ran; there "
            "are no figures of the whole session."
        )
    if figures.why_not:
        return f"whole session: no usable signal. {sentence(figures.why_not)}"
    shown = (each for each in _SHOWN if closing.rested or not each.needs_rest)
    known = [(each, each.value(figures)) for each in shown]
    told = [_told(each, value) for each, value in known if value is not None]
    used = f"{length(figures.used_s)} of {length(closing.duration_s)} used"
    return f"whole session: {', '.join(told)}. {used}; {excluded(figures.excluded_s)}."


def _told(shown: Metric, value: float) -> str:
    if shown.form == "count":
        return counted(round(value), shown.label.lower().removesuffix("s"))
    return f"{shown.label.lower()} {metric_words(shown, value)}"


def helped_words(closing: ChannelClosing) -> list[str]:
    """Say where tension began, ended and was lowest, and how a channel let go; what is known."""
    said = []
    means = closing.calm
    if len(means) > 1:
        (first, _), (last, _), (lowest, title) = means[0], means[-1], min(means)
        said.append(
            f"Mean tension was {uv(first)} µV in the first step and {uv(last)} µV in the last."
        )
        said.append(f"It was lowest in “{title}”: {uv(lowest)} µV.")
    found = closing.whole.contractions if closing.whole is not None and closing.rested else ()
    known = [c.recovery_s for c in found if c.recovery_s is not None]
    if known:
        times = listed([length(seconds) for seconds in known[-_LATEST:]])
        which = "a contraction" if len(known) == 1 else f"{len(known)} contractions"
        last_ones = f", the last {_LATEST}" if len(known) > _LATEST else ""
        said.append(f"Recovery time after {which}{last_ones}: {times}.")
    return said


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
                metric("mean_uv").value(figures),
                metric("rest_share").value(figures) if rested else None,
                scores[phase.number].below_goal,
            )
