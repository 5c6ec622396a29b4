"""The books of a session: confirmed rows in; scores of session and steps, and news, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.settings import Sustained
from unclench.training.placement.values import TrainedChannel
from unclench.training.programs.program import Breathe, LeafStep, Recover, RestCredit, Task
from unclench.training.rows import Row
from unclench.training.session.breathing import BreathWatch
from unclench.training.session.cues import title_of
from unclench.training.session.goals import rest_level
from unclench.training.session.outcome import StepOutcome
from unclench.training.session.scoring import RecoveryWatch, Tally
from unclench.training.session.snapshot import BreathEffect, Score
from unclench.training.sustained import SustainedAlert, TooFewRests, limit_of


@dataclass(frozen=True)
class Context:
    """What held when a row was taken; it is scored by that once it is confirmed."""

    step: int  # -1: nothing was scored then
    attempt: int  # at the step, from 0
    part: int
    tense: bool  # a contraction is what was asked for
    goal_uv: tuple[float | None, ...]  # for each channel trained
    breath: tuple[int, float] | None  # number and phase


@dataclass(frozen=True)
class News:
    """Something that the rows have shown."""

    kind: str
    text: str
    duration_s: float | None


class Ledger:
    """Scores confirmed rows.

    Parameters
    ----------
    channels
        Those that are trained.
    steps
        Of the program.
    row_n, fs_hz
        Samples from row to row, and a second.
    begin
        Sample at which the session begins.
    limits
        When to speak up in a task: the person's own.
    """

    def __init__(
        self,
        channels: Sequence[TrainedChannel],
        steps: Sequence[LeafStep],
        row_n: int,
        fs_hz: float,
        begin: int,
        limits: Sustained,
    ) -> None:
        self._steps = steps
        self._limits = limits
        self._alerts: list[tuple[SustainedAlert, TooFewRests] | None] = []
        self._row_n = row_n
        self._fs_hz = fs_hz
        self._sample = begin  # of the newest confirmed row
        self._step = -1  # whose rows are being confirmed
        self._recovery: list[RecoveryWatch | None] = [None for _ in channels]
        self.know(channels)
        self._tallies = self._new_tallies()
        self._step_tallies = self._new_tallies()
        self._breath: BreathWatch | None = None
        self._outcomes: dict[int, StepOutcome] = {}

    def know(self, channels: Sequence[TrainedChannel]) -> None:
        """Take the channels as they are from now on: a baseline may have been measured."""
        self._channels = channels
        self._rest_uv = [rest_level(channel)[0] for channel in channels]
        for k, channel in enumerate(channels):
            if self._recovery[k] is None and channel.baseline is not None:
                self._recovery[k] = RecoveryWatch(channel, self._row_n, self._fs_hz)

    def add(self, row: Row, context: Context, usable: Sequence[bool]) -> list[News]:
        """Count the next confirmed row."""
        news: list[News] = []
        missing = row.sample - self._sample > self._row_n
        self._sample = row.sample
        if context.step >= 0 and context.step != self._step:
            news += self.close()
            self._open(context.step)
        for k in range(len(self._channels)):
            if missing or not usable[k] or context.step < 0:
                self._miss(k)
            if usable[k] and context.step >= 0:
                news += self._count(k, row, context)
        if context.breath is not None and context.step >= 0 and self._breath is not None:
            self._breath.add(*context.breath, row, usable)
        return news

    def close(self) -> list[News]:
        """Sum up the step whose rows have all been confirmed."""
        if self._step < 0:
            return []
        if self._breath is not None:
            self._breath.finish()
        number, step, scores = self._step, self._steps[self._step], self.step_scores()
        self._outcomes[number] = StepOutcome(
            number, step.kind, title_of(step), scores, self.breath()
        )
        self._step = -1
        return [
            News("score", f"{number + 1} {score.channel}: {_words(score)}", score.scored_s)
            for score in scores
            if score.mean_uv is not None
        ]

    def scores(self) -> tuple[Score, ...]:
        """Of the session, for each channel."""
        return tuple(tally.score() for tally in self._tallies)

    def step_scores(self) -> tuple[Score, ...]:
        """Of the step under way, for each channel."""
        return tuple(tally.score() for tally in self._step_tallies)

    def breath(self) -> tuple[BreathEffect, ...]:
        """Tension over the breath in the step under way, if it is one of breathing."""
        return self._breath.effects() if self._breath is not None else ()

    def outcomes(self) -> tuple[StepOutcome, ...]:
        """Of the steps that were scored so far."""
        return tuple(outcome for _, outcome in sorted(self._outcomes.items()))

    def released(self) -> int | None:
        """Sample of the earliest release that is being recovered from."""
        watches = [watch.released for watch in self._recovery if watch and watch.letting_go]
        return min((sample for sample in watches if sample is not None), default=None)

    def _open(self, number: int) -> None:
        step = self._steps[number]
        self._step = number
        self._step_tallies = self._new_tallies()
        self._breath = BreathWatch(step, self._channels) if isinstance(step, Breathe) else None
        self._alerts = [
            self._alerts_of(channel) if isinstance(step, Task) else None
            for channel in self._channels
        ]
        if isinstance(step, Recover):
            for watch in self._recovery:
                if watch is not None:
                    watch.let_go(self._sample)

    def _miss(self, k: int) -> None:
        for tally in (self._tallies[k], self._step_tallies[k]):
            tally.miss()
        if (watch := self._recovery[k]) is not None:
            watch.reset()

    def _count(self, k: int, row: Row, context: Context) -> list[News]:
        channel, step = self._channels[k], self._steps[context.step]
        fast_uv, slow_uv = row.fast_uv[channel.index], row.slow_uv[channel.index]
        moment_s = step.moment_s if isinstance(step, RestCredit) else None
        whole, here = tallies = self._tallies[k], self._step_tallies[k]
        if context.tense:
            whole.miss()
            here.miss()
        else:
            levels = context.goal_uv[k], self._rest_uv[k]
            earned = here.add(fast_uv, slow_uv, *levels, moment_s)
            whole.add(fast_uv, slow_uv, *levels, None)
            here.credits += earned
            whole.credits += earned
        news: list[News] = []
        for alert in self._alerts[k] or ():
            uv = slow_uv if isinstance(alert, SustainedAlert) else fast_uv
            if (word := alert.row(row.sample, uv, True)) is not None:
                news.append(News("alert", word.sentence, None))
        if (watch := self._recovery[k]) is None:
            return news
        recovered = watch.add(row.sample, fast_uv, slow_uv)
        for tally in tallies:
            tally.contractions += watch.began
            if recovered is not None:
                tally.recovery_s.append(recovered.recovery_s)
        if recovered is not None:
            text = f"{channel.label}: {recovered.recovery_s:.1f} s to let go"
            news.append(News("recovered", text, recovered.recovery_s))
        return news

    def _alerts_of(self, channel: TrainedChannel) -> tuple[SustainedAlert, TooFewRests] | None:
        rest_uv, _ = rest_level(channel)
        if rest_uv is None:
            return None
        own, label, stream = self._limits, channel.label, (self._row_n, self._fs_hz)
        limit_uv = limit_of(channel, own.percent).uv
        return (
            SustainedAlert(label, limit_uv, own.minutes, *stream),
            TooFewRests(label, rest_uv, own.rests, own.rests_minutes, *stream),
        )

    def _new_tallies(self) -> list[Tally]:
        return [Tally(channel.label, self._row_n / self._fs_hz) for channel in self._channels]


def _words(score: Score) -> str:
    words = [f"mean {score.mean_uv:.2f} µV"]
    if score.below_goal is not None:
        words.append(f"below goal {score.below_goal_s:.1f} of {score.with_goal_s:.1f} s")
    if score.rest_share is not None:
        words.append(f"at rest {score.rest_s:.1f} of {score.with_rest_s:.1f} s")
        words.append(f"longest rest {score.longest_rest_s:.1f} s")
    if score.credits:
        words.append(f"{score.credits} credits")
    return ", ".join(words)
