"""The ledger of a session: confirmed rows in; scores of session and steps, and news, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.settings import Sustained
from unclench.store.events.event import S_DECIMALS, UV_DECIMALS, Recovered, StepScored
from unclench.training.contractions import ContractionWatch
from unclench.training.placement.values import TrainedChannel, rest_level
from unclench.training.rows import Row, Stream
from unclench.training.session.outcome import StepOutcome
from unclench.training.session.scoring import Tally
from unclench.training.session.snapshot import Score
from unclench.training.steps.step import Step
from unclench.training.steps.underway import BreathEffect, Counts, News, Setting


@dataclass(frozen=True)
class Context:
    """What was in force when a row was taken; its score uses that once it is confirmed."""

    step: int  # -1: nothing was scored
    attempt: int  # at the step, from 0
    step_s: float  # into the step
    goal_uv: tuple[float | None, ...]  # for each trained channel


class Ledger:
    """Scores confirmed rows.

    Parameters
    ----------
    channels
        Those to train.
    steps
        Of the program.
    stream
        Timing of the rows.
    begin
        Sample at which the session begins.
    limits
        When to alert in a task: the person's own.
    """

    def __init__(
        self,
        channels: Sequence[TrainedChannel],
        steps: Sequence[Step],
        stream: Stream,
        begin: int,
        limits: Sustained,
    ) -> None:
        self._steps = steps
        self._limits = limits
        self._stream = stream
        self._sample = begin  # of the newest confirmed row
        self._step = -1  # the step whose rows are being confirmed
        self._watches: list[ContractionWatch | None] = [None for _ in channels]
        self.update_channels(channels, begin)
        self._tallies = self._new_tallies()
        self._step_tallies = self._new_tallies()
        self._counts = Counts()
        self._outcomes: dict[int, StepOutcome] = {}

    def update_channels(self, channels: Sequence[TrainedChannel], since: int) -> None:
        """Take the channels after a measurement: from a sample on, a baseline may be new."""
        self._channels = channels
        self._rest_uv = [rest_level(channel)[0] for channel in channels]
        for k, channel in enumerate(channels):
            watch = self._watches[k]
            if channel.baseline and (watch is None or watch.baseline != channel.baseline):
                self._watches[k] = ContractionWatch(channel, self._stream.fs_hz, since)

    def add(self, row: Row, context: Context, usable: Sequence[bool]) -> list[News]:
        """Count the next confirmed row."""
        news: list[News] = []
        missing = row.sample - self._sample > self._stream.row_n
        self._sample = row.sample
        if context.step >= 0 and context.step != self._step:
            news += self.close()
            self._open(context.step)
        for k in range(len(self._channels)):
            if missing or not usable[k] or context.step < 0:
                self._tallies[k].miss()
                self._step_tallies[k].miss()
            if usable[k] and context.step >= 0:
                news += self._count(k, row, context)
            if (watch := self._watches[k]) is not None:
                if missing or not usable[k]:
                    watch.lose()
                if usable[k]:
                    news += self._contraction(k, watch, row, context)
        if context.step >= 0:
            self._counts.row(context.step_s, row, usable)
        return news

    def close(self) -> list[News]:
        """Sum up the step once all its rows are confirmed."""
        if self._step < 0:
            return []
        self._counts.close()
        number, step, scores = self._step, self._steps[self._step], self.step_scores()
        self._outcomes[number] = StepOutcome(number, step.kind, step.name, scores, self.breath())
        self._step = -1
        return [
            News(_scored(number, score, score.mean_uv), score.scored_s)
            for score in scores
            if score.mean_uv is not None
        ]

    def scores(self) -> tuple[Score, ...]:
        """Scores of the session, for each channel."""
        return tuple(tally.score() for tally in self._tallies)

    def step_scores(self) -> tuple[Score, ...]:
        """Scores of the current step, for each channel."""
        return tuple(tally.score() for tally in self._step_tallies)

    def breath(self) -> tuple[BreathEffect, ...]:
        """Tension over the breath in the current step, if it has a pacer."""
        return self._counts.breath()

    def outcomes(self) -> tuple[StepOutcome, ...]:
        """Results of the steps scored so far."""
        return tuple(outcome for _, outcome in sorted(self._outcomes.items()))

    def released(self) -> int | None:
        """Sample of the earliest release without recovery yet."""
        released = [watch.released for watch in self._watches if watch]
        return min((sample for sample in released if sample is not None), default=None)

    def _open(self, number: int) -> None:
        step = self._steps[number]
        self._step = number
        self._step_tallies = self._new_tallies()
        self._counts = step.counts(Setting(tuple(self._channels), self._stream, self._limits))
        if step.starts_recovery:
            for watch in self._watches:
                if watch is not None:
                    watch.start_recovery(self._sample)

    def _count(self, k: int, row: Row, context: Context) -> list[News]:
        channel, step = self._channels[k], self._steps[context.step]
        fast_uv, slow_uv = row.fast_uv[channel.index], row.slow_uv[channel.index]
        tension = fast_uv, slow_uv, row.quick_uv[channel.index]
        whole, here = self._tallies[k], self._step_tallies[k]
        if step.tenses(context.step_s):
            whole.miss()
            here.miss()
        else:
            levels = context.goal_uv[k], self._rest_uv[k]
            earned = here.add(*tension, *levels, self._counts.moment_s)
            whole.add(*tension, *levels, None)
            here.credits += earned
            whole.credits += earned
        return self._counts.channel(k, row)

    def _contraction(
        self, k: int, watch: ContractionWatch, row: Row, context: Context
    ) -> list[News]:
        """Follow contractions in all steps and pauses, as a review does; scores have their own."""
        channel = self._channels[k]
        fast_uv, slow_uv = row.fast_uv[channel.index], row.slow_uv[channel.index]
        found = watch.add(row.sample, fast_uv, slow_uv)
        recovery_s = None if found is None else found.recovery_s
        scored = (self._tallies[k], self._step_tallies[k]) if context.step >= 0 else ()
        for tally in scored:
            tally.contractions += watch.began
            if recovery_s is not None:
                tally.recovery_s.append(recovery_s)
        return [] if recovery_s is None else [News(Recovered(channel.label), recovery_s)]

    def _new_tallies(self) -> list[Tally]:
        return [Tally(channel.label, self._stream.row_s) for channel in self._channels]


def _scored(number: int, score: Score, mean_uv: float) -> StepScored:
    return StepScored(
        number,
        score.channel,
        round(mean_uv, UV_DECIMALS),
        with_goal_s=round(score.with_goal_s, S_DECIMALS),
        below_goal_s=round(score.below_goal_s, S_DECIMALS),
        with_rest_s=round(score.with_rest_s, S_DECIMALS),
        rest_s=round(score.rest_s, S_DECIMALS),
        longest_rest_s=round(score.longest_rest_s, S_DECIMALS),
        credits=score.credits,
    )
