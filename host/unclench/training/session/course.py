"""The course of a session: its steps in order, with their goals and measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Literal

from unclench.settings import Sustained
from unclench.store.events.event import (
    UV_DECIMALS,
    Answered,
    BaselineMeasured,
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
from unclench.training.session.choice import MOVED, Choice
from unclench.training.session.goals import GoalError, GoalTracker
from unclench.training.session.ledger import Context, Ledger
from unclench.training.session.outbox import Asked, Outbox
from unclench.training.session.snapshot import Phase
from unclench.training.session.timeline import Timeline
from unclench.training.steps.goal import Goal
from unclench.training.steps.step import Cue, Question
from unclench.training.steps.underway import Measured, Setting, UnderWay
from unclench.translation import tr


class Course:
    """Leads through the steps by sample count; the engine handles rows, the ledger scores.

    Parameters
    ----------
    timeline, channels, stream, limits, attended
        See `Engine`.
    ledger, outbox
        Receive what happens.
    """

    def __init__(
        self,
        timeline: Timeline,
        channels: Sequence[TrainedChannel],
        stream: Stream,
        limits: Sustained,
        attended: bool,
        ledger: Ledger,
        outbox: Outbox,
    ) -> None:
        self.timeline = timeline
        self.channels = tuple(channels)
        self.phase: Phase = "running"
        self.attempt = 0  # at the step
        self.under_way = UnderWay()
        self.answers: list[tuple[str, str]] = []
        self.lost = False  # the board is disconnected
        self.moved: list[int] = []  # channels whose sensor was moved since the calibration
        self._choices: list[Choice] = []  # to be made before it continues
        self._failed = False  # the latest measurement
        self._part = 0
        self._goals: list[GoalTracker | None] = []
        self._trackers: dict[tuple[int, Goal], GoalTracker] = {}
        self._stream = stream
        self._limits = limits
        self._attended = attended
        self._ledger = ledger
        self._outbox = outbox

    @property
    def over(self) -> bool:
        """Whether the session is done or was ended."""
        return self.phase in ("done", "ended")

    @property
    def now(self) -> int:
        """The newest sample so far."""
        return self._outbox.now

    @property
    def goal_uv(self) -> tuple[float | None, ...]:
        """The goal of each channel."""
        return tuple(None if goal is None else goal.uv for goal in self._goals)

    @property
    def question(self) -> Question | None:
        """What the session waits for, if anything."""
        return self._choices[0].question if self._choices else self.timeline.step.asks()

    def cue(self, step_s: float) -> Cue:
        """What to do at this time of the step."""
        cue = self.timeline.step.cue(step_s)
        if not self.attempt:
            return cue
        return replace(cue, headline=tr("Once more: {headline}", headline=cue.headline))

    # Clock

    def advance(self, sample: int) -> None:
        """Let time pass until a sample. Late calls count as now: time never goes back."""
        while not self.over and (end := self.timeline.due(sample)) is not None:
            self._outbox.now = end
            self._time_over()
        if not self.over:
            self._outbox.now = max(self.now, sample)

    def enter(self, phase: Phase, change: SessionChange) -> None:
        """Change the phase: stop the clock, or start it again."""
        self.phase = phase
        if phase == "running":
            self.timeline.resume(self.now)
        else:
            self.timeline.pause(self.now)
        self._outbox.emit(SessionChanged(change))
        self._ask()

    def update_part(self, step_s: float) -> None:
        """Emit an event if a new part of the step has begun."""
        step = self.timeline.step
        part = step.part(step_s)
        if part != self._part and self.phase == "running":
            self._part = part
            self._outbox.emit(PartBegun(part, step.cue(step_s).headline))
            self._ask()

    # Steps

    def begin(self) -> None:
        """Begin the current step; without one the session is done."""
        line = self.timeline
        self._part = 0
        self._goals = [None for _ in self.channels]
        self.under_way = UnderWay()
        if line.over:
            self.end("done")
            return
        step = line.step
        self._emit_step("begun")
        if obstacle := step.obstacle(self.channels):
            self._outbox.note(NotMeasured(obstacle))
            self.next()
            return
        self.under_way = step.begin(Setting(self.channels, self._stream, self._limits))
        question = step.asks()
        if question is not None and not self._attended:
            self._outbox.emit(Answered(question.text, None))
            self.next()
            return
        if step.goal is not None and not step.measures:
            for k, channel in enumerate(self.channels):
                self._set_goal(k, channel, step.goal)
        self._ask()

    def next(self) -> None:
        """End the step now and begin the next."""
        self.attempt = 0
        self.timeline.next(self.now)
        self.begin()

    def skip(self) -> None:
        """End the step now, as the person asked; a choice is left to the program."""
        if self._choices:
            self.answer("")
            return
        self._emit_step("skipped")
        self.next()

    def answer(self, text: str) -> None:
        """Take the answer to the current question, if there is one."""
        if (question := self.question) is None:
            return
        said = question.choices.get(text, "") if question.choices else text
        if said or not question.choices:
            self.answers.append((question.text, said))
            self._outbox.emit(Answered(question.text, said))
        if not self._choices:
            self.next()
            return
        self._choose(text)
        if self._choices:
            self._ask()
            return
        self.enter("lost" if self.lost else "running", "resumed")
        self._after_measuring()

    def end(self, phase: Literal["done", "ended"]) -> None:
        """End the session."""
        while self._choices:
            self._choose("")
        for news in self._ledger.close():
            self._outbox.news(news)
        self.phase = phase
        self._outbox.emit(SessionChanged(phase), self.timeline.session_s(self.now))
        self._ask()

    # Confirmed rows

    def confirmed(self, row: Row, context: Context, usable: Sequence[bool]) -> None:
        """Take a confirmed row, if it belongs to the current step."""
        line = self.timeline
        if context.step != line.number or self.phase != "running":
            return
        for k, (goal, channel) in enumerate(zip(self._goals, self.channels, strict=True)):
            slow_uv = row.slow_uv[channel.index]
            if goal is not None and usable[k] and not isnan(slow_uv) and goal.follow(slow_uv):
                self._emit_goal(channel, goal)
        if context.attempt != self.attempt:
            return
        part = line.step.part(context.step_s)
        if done := self.under_way.add(row, part, usable, self.goal_uv):
            self._outbox.emit(done, line.step_s(self.now))
            self.next()

    def _time_over(self) -> None:
        measured = self.under_way.measured()
        if measured is None:
            self.next()
            return
        self._take_measured(measured)
        if self._choices:
            self.enter("asked", "paused")
        else:
            self._after_measuring()

    def _take_measured(self, measured: Measured) -> None:
        before, self._failed = self.channels, bool(measured.failures)
        self.channels, self._outbox.failures = measured.channels, measured.failures
        self._ledger.update_channels(self.channels, self.now)
        for k, payload in enumerate(measured.payloads):
            if payload is None:
                continue
            rest = payload if isinstance(payload, BaselineMeasured) else None
            if rest is not None and rest.before_uv is not None and self._attended:
                self._choices.append(Choice(k, before[k], self.channels[k], rest))
                continue
            if rest is not None and rest.before_uv is not None:
                self._outbox.remark(
                    tr(
                        "{label} rested at {now_uv:.1f} µV, but its calibration says "
                        "{before_uv:.1f} µV. The session used what it measured. If the sensor was "
                        "moved, calibrate again.",
                        label=rest.channel,
                        now_uv=rest.mean_uv,
                        before_uv=rest.before_uv,
                    )
                )
            self._outbox.emit(payload)
        for failure in measured.failures:
            self._outbox.emit(NotMeasured(failure))

    def _choose(self, answer: str) -> None:
        choice = self._choices.pop(0)
        channel, payload = choice.decided(answer)
        if answer == MOVED:
            self.moved.append(channel.index)
        channels = list(self.channels)
        channels[choice.number] = channel
        self.channels = tuple(channels)
        self._ledger.update_channels(self.channels, self.now)
        self._outbox.emit(payload)

    def _after_measuring(self) -> None:
        """Measure again if that failed, as often as the step allows; else continue."""
        if self._failed:
            self.attempt += 1
            if self.attempt < self.timeline.step.attempts:
                self.timeline.restart_step(self.now)
                self.begin()
                return
        self.next()

    def _set_goal(self, k: int, channel: TrainedChannel, goal: Goal) -> None:
        row_hz = 1 / self._stream.row_s
        try:
            # The same goal continues where it was: a goal that has fallen does not rise again.
            tracker = self._trackers.get((k, goal)) or GoalTracker(goal, channel, row_hz)
        except GoalError as refused:
            self._outbox.note(GoalRefused(channel.label, str(refused)))
            return
        self._goals[k] = self._trackers[k, goal] = tracker
        self._emit_goal(channel, tracker)

    # Events

    def _emit_goal(self, channel: TrainedChannel, goal: GoalTracker) -> None:
        self._outbox.emit(GoalSet(channel.label, round(goal.uv, UV_DECIMALS)))

    def _emit_step(self, change: StepChange) -> None:
        line = self.timeline
        told = StepChanged(change, line.number, line.step.kind, line.step.name)
        self._outbox.emit(told)

    def _ask(self) -> None:
        line, sample = self.timeline, self.now
        step_s = line.step_s(sample)
        running = self.phase == "running"
        self._outbox.ask(
            Asked(
                sample,
                line.step.cue(step_s).action if running else "nothing",
                step_s,
                line.session_s(sample),
                line.step.pacer() if running else None,
                min((uv for uv in self.goal_uv if uv is not None), default=None),
            )
        )
