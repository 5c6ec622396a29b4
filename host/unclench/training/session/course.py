"""The course of a session: one step after the other, each with its goals and what it measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Literal

from unclench.settings import Sustained
from unclench.store.events.event import (
    UV_DECIMALS,
    Answered,
    GoalRefused,
    GoalSet,
    NotMeasured,
    PartBegun,
    SessionChange,
    SessionChanged,
    StepChange,
    StepChanged,
)
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row, Stream
from unclench.training.session.goals import GoalError, GoalTracker
from unclench.training.session.ledger import Context, Ledger
from unclench.training.session.snapshot import Phase
from unclench.training.session.telling import Asked, Telling
from unclench.training.session.timeline import Timeline
from unclench.training.steps.goal import Goal
from unclench.training.steps.step import Cue
from unclench.training.steps.underway import Measured, Setting, UnderWay

_ATTEMPTS = 3  # at a measurement that fails


class Course:
    """Leads through the steps, by samples alone: rows are the engine's, scores the ledger's.

    Parameters
    ----------
    timeline, channels, stream, limits, attended
        See `Engine`.
    ledger, telling
        Which are told what happens.
    """

    def __init__(
        self,
        timeline: Timeline,
        channels: Sequence[TrainedChannel],
        stream: Stream,
        limits: Sustained,
        attended: bool,
        ledger: Ledger,
        telling: Telling,
    ) -> None:
        self.timeline = timeline
        self.channels = tuple(channels)
        self.phase: Phase = "running"
        self.attempt = 0  # at the step
        self.under_way = UnderWay()
        self.answers: list[tuple[str, str]] = []
        self._part = 0
        self._goals: list[GoalTracker | None] = []
        self._trackers: dict[tuple[int, Goal], GoalTracker] = {}
        self._stream = stream
        self._limits = limits
        self._attended = attended
        self._ledger = ledger
        self._telling = telling

    @property
    def over(self) -> bool:
        """Whether it is done, or was ended."""
        return self.phase in ("done", "ended")

    @property
    def now(self) -> int:
        """The newest sample heard of."""
        return self._telling.now

    @property
    def goal_uv(self) -> tuple[float | None, ...]:
        """What to stay below, for each channel."""
        return tuple(None if goal is None else goal.uv for goal in self._goals)

    def cue(self, step_s: float) -> Cue:
        """What to do at a moment of the step."""
        cue = self.timeline.step.cue(step_s)
        return replace(cue, headline=f"Once more: {cue.headline}") if self.attempt else cue

    # Clock

    def advance(self, sample: int) -> None:
        """Let time pass until a sample; what comes late is heard now, as nothing goes back."""
        while not self.over and (end := self.timeline.due(sample)) is not None:
            self._telling.now = end
            self._time_over()
        if not self.over:
            self._telling.now = max(self.now, sample)

    def enter(self, phase: Phase, change: SessionChange) -> None:
        """Stop the clock, or let it run on."""
        self.phase = phase
        if phase == "running":
            self.timeline.resume(self.now)
        else:
            self.timeline.pause(self.now)
        self._telling.tell(SessionChanged(change))
        self._ask()

    def part_at(self, step_s: float) -> None:
        """Tell of the part of the step that has begun, if one has."""
        step = self.timeline.step
        part = step.part(step_s)
        if part != self._part and self.phase == "running":
            self._part = part
            self._telling.tell(PartBegun(part, step.cue(step_s).headline))
            self._ask()

    # Steps

    def begin(self) -> None:
        """Begin the step whose turn it is; the session is done where there is none."""
        line = self.timeline
        self._part = 0
        self._goals = [None for _ in self.channels]
        self.under_way = UnderWay()
        if line.over:
            self.end("done")
            return
        step = line.step
        self._tell_step("begun")
        if obstacle := step.obstacle(self.channels):
            self._telling.note(NotMeasured(obstacle))
            self.next()
            return
        self.under_way = step.begin(Setting(self.channels, self._stream, self._limits))
        question = step.asks()
        if question is not None and not self._attended:
            self._telling.tell(Answered(question.text, None))
            self.next()
            return
        if step.goal is not None and not step.measures:
            for k, channel in enumerate(self.channels):
                self._set_goal(k, channel, step.goal)
        self._ask()

    def next(self) -> None:
        """End the step here and begin the next."""
        self.attempt = 0
        self.timeline.next(self.now)
        self.begin()

    def skip(self) -> None:
        """End the step here, as a person wishes."""
        self._tell_step("skipped")
        self.next()

    def answer(self, text: str) -> None:
        """Take an answer to the step's question, if it asks one."""
        if (question := self.timeline.step.asks()) is not None:
            self.answers.append((question.text, text))
            self._telling.tell(Answered(question.text, text))
            self.next()

    def end(self, phase: Literal["done", "ended"]) -> None:
        """End the session."""
        for news in self._ledger.close():
            self._telling.news(news)
        self.phase = phase
        self._telling.tell(SessionChanged(phase), self.timeline.session_s(self.now))
        self._ask()

    # Confirmed rows

    def confirmed(self, row: Row, context: Context, usable: Sequence[bool]) -> None:
        """Take a confirmed row, if it is of the step under way."""
        line = self.timeline
        if context.step != line.number or self.phase != "running":
            return
        for k, (goal, channel) in enumerate(zip(self._goals, self.channels, strict=True)):
            slow_uv = row.slow_uv[channel.index]
            if goal is not None and usable[k] and not isnan(slow_uv) and goal.follow(slow_uv):
                self._tell_goal(channel, goal)
        if context.attempt != self.attempt:
            return
        part = line.step.part(context.step_s)
        if done := self.under_way.add(row, part, usable, self.goal_uv):
            self._telling.tell(done, line.step_s(self.now))
            self.next()

    def _time_over(self) -> None:
        measured = self.under_way.measured()
        if measured is not None and not self._measured(measured):
            self.attempt += 1
            if self.attempt < _ATTEMPTS:
                self.timeline.again(self.now)
                self.begin()
                return
        self.next()

    def _measured(self, measured: Measured) -> bool:
        self.channels, self._telling.failures = measured.channels, measured.failures
        self._ledger.know(self.channels)
        for payload in (*measured.payloads, *map(NotMeasured, measured.failures)):
            self._telling.tell(payload)
        return not measured.failures

    def _set_goal(self, k: int, channel: TrainedChannel, goal: Goal) -> None:
        row_hz = 1 / self._stream.row_s
        try:
            # The same goal goes on where it was: one that has fallen does not rise again.
            tracker = self._trackers.get((k, goal)) or GoalTracker(goal, channel, row_hz)
        except GoalError as refused:
            self._telling.note(GoalRefused(channel.label, str(refused)))
            return
        self._goals[k] = self._trackers[k, goal] = tracker
        self._tell_goal(channel, tracker)

    # Telling

    def _tell_goal(self, channel: TrainedChannel, goal: GoalTracker) -> None:
        self._telling.tell(GoalSet(channel.label, round(goal.uv, UV_DECIMALS)))

    def _tell_step(self, change: StepChange) -> None:
        line = self.timeline
        told = StepChanged(change, line.number, line.step.kind, line.step.name)
        self._telling.tell(told)

    def _ask(self) -> None:
        line, sample = self.timeline, self.now
        step_s = line.step_s(sample)
        running = self.phase == "running"
        self._telling.ask(
            Asked(
                sample,
                line.step.cue(step_s).action if running else "nothing",
                step_s,
                line.session_s(sample),
                line.step.pacer() if running else None,
                min((uv for uv in self.goal_uv if uv is not None), default=None),
            )
        )
