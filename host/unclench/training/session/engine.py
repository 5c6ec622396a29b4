"""The session engine: rows of tension and a person's choices in, events and snapshots out.

It has no clock: time is the sample count of the rows. So a session gives the same events whatever
speed it runs at and however its rows were split. Steps follow the newest row; scores are made from
confirmed rows, which come `NOTICED_AFTER_S` later, so nothing is rewarded while contact is lost.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from unclench.settings import Sustained
from unclench.store.events.event import (
    S_DECIMALS,
    UV_DECIMALS,
    Alerted,
    Answered,
    Event,
    GoalRefused,
    GoalSet,
    NotMeasured,
    PartBegun,
    Payload,
    SessionChanged,
    StepChange,
    StepChanged,
)
from unclench.store.events.words import said
from unclench.training.placement.values import TrainedChannel, rest_level
from unclench.training.programs.program import Program
from unclench.training.rows import Confirm, Row, Rows, Stream, each_row
from unclench.training.session.doors import Asked
from unclench.training.session.goals import GoalError, GoalTracker, check_goals
from unclench.training.session.ledger import Context, Ledger
from unclench.training.session.outcome import Outcome
from unclench.training.session.snapshot import Phase, Snapshot
from unclench.training.session.timeline import Timeline
from unclench.training.steps.goal import Goal
from unclench.training.steps.step import Cue
from unclench.training.steps.underway import Measured, News, UnderWay

_ATTEMPTS = 3  # at a measurement that fails


class Engine:
    """One session.

    Parameters
    ----------
    program, name
        What is done, and what it is called.
    channels
        Those that are trained.
    stream
        What the rows are.
    begin
        Sample at which the session begins.
    attended
        Whether there is somebody to answer questions; otherwise they are passed over.
    limits
        When to speak up in a task; the usual ones unless given.

    Raises
    ------
    InputError
        A goal that cannot be set, in one sentence.
    """

    def __init__(
        self,
        program: Program,
        name: str,
        channels: Sequence[TrainedChannel],
        stream: Stream,
        begin: int = 0,
        attended: bool = True,
        limits: Sustained | None = None,
    ) -> None:
        check_goals(program, channels)
        self.program = program
        self.channels = list(channels)
        self._name = name
        self._stream = stream
        self._attended = attended
        self._steps = program.flat()
        self._timeline = Timeline(self._steps, stream.fs_hz, begin)
        self._phase: Phase = "running"
        self._lost = False  # the board is away
        self._confirm = Confirm(stream.confirm_n)
        self._contexts: deque[Context] = deque()
        self._out: list[Event] = []
        self._now = begin  # the newest sample heard of; nothing happens before it any more
        self._asked: list[Asked] = []
        self._notes: list[str] = []
        self._failures: list[str] = []  # of the latest measurement
        self._alert: list[str] = []
        self._newest: Row | None = None
        self._ledger = Ledger(
            self.channels,
            self._steps,
            stream,
            begin,
            limits or Sustained(),
        )
        self._part = 0
        self._goals: list[GoalTracker | None] = []
        self._trackers: dict[tuple[int, Goal], GoalTracker] = {}
        self._doing = UnderWay()
        self._answers: list[tuple[str, str]] = []
        self._attempt = 0
        longest_s = program.longest_s()
        self._tell(SessionChanged("begun", name, program.title), longest_s)
        self._begin_step()

    # In

    def take(self, rows: Rows) -> list[Event]:
        """Take the newest rows; return what has happened since the last call."""
        for row in each_row(rows):
            if self.over:
                break
            self._take(row)
        return self.events()

    def events(self) -> list[Event]:
        """What has happened since the last call."""
        out, self._out = self._out, []
        return out

    def asked(self) -> list[Asked]:
        """What was asked since the last call."""
        asked, self._asked = self._asked, []
        return asked

    def pause(self, sample: int) -> None:
        """A person's wish: the clock stops, nothing is scored."""
        self._advance(sample)
        if self._phase in ("running", "lost"):
            self._timeline.pause(self._now)
            self._phase = "paused"
            self._tell(SessionChanged("paused"))
            self._ask()

    def resume(self, sample: int) -> None:
        """Go on after `pause`; while the board is away the session goes on when it is back."""
        self._advance(sample)
        if self._phase == "paused":
            self._phase = "lost" if self._lost else "running"
            if not self._lost:
                self._timeline.resume(self._now)
            self._tell(SessionChanged("resumed"))
            self._ask()

    def lost(self, sample: int) -> None:
        """The board went away: the session waits."""
        self._advance(sample)
        self._lost = True
        if self._phase == "running":
            self._timeline.pause(self._now)
            self._phase = "lost"
            self._tell(SessionChanged("board lost"))
            self._ask()

    def found(self, sample: int) -> None:
        """It is back."""
        self._advance(sample)
        self._lost = False
        if self._phase == "lost":
            self._timeline.resume(self._now)
            self._phase = "running"
            self._tell(SessionChanged("board back"))
            self._ask()

    def skip(self, sample: int) -> None:
        """End this step here, unless it is over by then."""
        number = self._timeline.number
        self._advance(sample)
        if not self.over and self._timeline.number == number:
            self._tell(self._step_changed("skipped"))
            self._next_step()

    def end(self, sample: int) -> None:
        """End the session early, unless it is done by then."""
        self._advance(sample)
        if not self.over:
            self._end("ended")

    def answer(self, sample: int, text: str) -> None:
        """Answer the question that is being asked."""
        self._advance(sample)
        question = self._timeline.step.asks()
        if question is not None and not self.over:
            self._answers.append((question.text, text))
            self._tell(Answered(question.text, text))
            self._next_step()

    # Out

    @property
    def over(self) -> bool:
        """Whether it is done, or was ended."""
        return self._phase in ("done", "ended")

    @property
    def paused(self) -> bool:
        """Whether a person has paused it."""
        return self._phase == "paused"

    @property
    def ended_at(self) -> int | None:
        """Sample at which it was over."""
        return self._now if self.over else None

    def snapshot(self) -> Snapshot:
        """How it stands; for the thread that calls `take`."""
        line, sample = self._timeline, self._now
        step_s = line.step_s(sample)
        goals = self._goals_uv()
        tension = [self._tension_uv(k) for k in range(len(self.channels))]
        why_not = self._why_not(tension)
        levels = [rest_level(channel) for channel in self.channels]
        return Snapshot(
            sample=sample,
            phase=self._phase,
            step_number=min(line.number, len(self._steps) - 1),
            n_steps=len(self._steps),
            step=line.step,
            part=line.step.part(step_s),
            step_s=step_s,
            step_left_s=line.step_left_s(sample),
            session_s=line.session_s(sample),
            session_left_s=line.left_s(sample),
            cue=self._cue(step_s),
            pacer=line.step.pacer(),
            goal_uv=goals,
            tension_uv=tuple(tension),
            below=_all_below(tension, goals),
            scoring=not why_not and line.step.scored,
            why_not=why_not,
            rest_level_uv=tuple(uv for uv, _ in levels),
            rest_level_why=levels[0][1] if levels else "",
            score=self._ledger.scores(),
            step_score=self._ledger.step_scores(),
            breath=self._ledger.breath(),
            progress=self._doing.words(),
            recovering_s=self._recovering_s(),
            notes=(*self._notes, *self._failures, *self._alert),
        )

    def outcome(self) -> Outcome:
        """What the session amounts to, so far."""
        return Outcome(
            program=self._name,
            title=self.program.title,
            state=self._phase,
            channels=tuple(self.channels),
            score=self._ledger.scores(),
            steps=self._ledger.outcomes(),
            answers=tuple(self._answers),
            notes=(*self._notes, *self._failures, *self._alert),
        )

    # Rows

    def _take(self, row: Row) -> None:
        line = self._timeline
        self._advance(row.sample)
        if self.over:
            return
        self._newest = row
        step_s = line.step_s(row.sample)
        part = line.step.part(step_s)
        if part != self._part and self._phase == "running":
            self._part = part
            self._tell(PartBegun(part, line.step.cue(step_s).headline))
            self._ask()
        scored = line.number if self._phase == "running" and line.step.scored else -1
        self._contexts.append(Context(scored, self._attempt, step_s, self._goals_uv()))
        for late in self._confirm.take(row):
            self._confirmed(late, self._contexts.popleft())

    def _confirmed(self, row: Row, context: Context) -> None:
        usable = [self._usable(row, k) for k in range(len(self.channels))]
        for news in self._ledger.add(row, context, usable):
            self._tell_news(news)
        if context.step != self._timeline.number or self._phase != "running":
            return
        for k, goal in enumerate(self._goals):
            slow_uv = row.slow_uv[self.channels[k].index]
            if goal is not None and usable[k] and not math.isnan(slow_uv) and goal.follow(slow_uv):
                self._tell_goal(k, goal)
        if context.attempt == self._attempt:
            step = self._timeline.step
            part = step.part(context.step_s)
            if done := self._doing.add(row, part, usable, self._goals_uv()):
                self._tell(done, self._timeline.step_s(self._now))
                self._next_step()

    def _usable(self, row: Row, k: int) -> bool:
        index = self.channels[k].index
        return row.trusted[index] and row.fast_uv[index] == row.fast_uv[index]

    # Steps

    def _advance(self, sample: int) -> None:
        """Let time pass until a sample; what comes late is heard now, as nothing goes back."""
        while not self.over and (end := self._timeline.due(sample)) is not None:
            self._now = end
            self._step_over()
        if not self.over:
            self._now = max(self._now, sample)

    def _begin_step(self) -> None:
        line = self._timeline
        self._part = 0
        self._goals = [None for _ in self.channels]
        self._doing = UnderWay()
        if line.over:
            self._end("done")
            return
        step = line.step
        self._tell(self._step_changed("begun"))
        if why_not := step.why_not(self.channels):
            self._note(NotMeasured(why_not))
            self._next_step()
            return
        self._doing = step.begin(self.channels, self._stream)
        question = step.asks()
        if question is not None and not self._attended:
            self._tell(Answered(question.text, None))
            self._next_step()
            return
        if step.goal is not None and not step.measures:
            for k, channel in enumerate(self.channels):
                self._set_goal(k, channel)
        self._ask()

    def _set_goal(self, k: int, channel: TrainedChannel) -> None:
        goal = self._timeline.step.goal
        assert goal is not None
        try:
            # The same goal goes on where it was: one that has fallen does not rise again.
            tracker = self._trackers.get((k, goal)) or GoalTracker(
                goal, channel, 1 / self._stream.row_s
            )
        except GoalError as refused:
            self._note(GoalRefused(channel.label, str(refused)))
            return
        self._goals[k] = self._trackers[k, goal] = tracker
        self._tell_goal(k, tracker)

    def _step_over(self) -> None:
        """The step has run out of time."""
        measured = self._doing.measured()
        if measured is not None and not self._measured(measured):
            self._attempt += 1
            if self._attempt < _ATTEMPTS:
                self._timeline.again(self._now)
                self._begin_step()
                return
        self._next_step()

    def _measured(self, measured: Measured) -> bool:
        self.channels, self._failures = list(measured.channels), list(measured.failures)
        self._ledger.know(self.channels)
        for found in measured.payloads:
            self._tell(found)
        for failure in self._failures:
            self._tell(NotMeasured(failure))
        return not self._failures

    def _next_step(self) -> None:
        self._attempt = 0
        self._timeline.next(self._now)
        self._begin_step()

    def _end(self, phase: Literal["done", "ended"]) -> None:
        for news in self._ledger.close():
            self._tell_news(news)
        self._phase = phase
        self._tell(SessionChanged(phase), self._timeline.session_s(self._now))
        self._ask()

    # Small things

    def _goals_uv(self) -> tuple[float | None, ...]:
        return tuple(None if goal is None else goal.uv for goal in self._goals)

    def _tension_uv(self, k: int) -> float | None:
        if self._newest is None or self._lost or not self._usable(self._newest, k):
            return None
        return self._newest.fast_uv[self.channels[k].index]

    def _cue(self, step_s: float) -> Cue:
        cue = self._timeline.step.cue(step_s)
        return replace(cue, headline=f"Once more: {cue.headline}") if self._attempt else cue

    def _why_not(self, tension: Sequence[float | None]) -> str:
        if self._phase == "paused":
            return "paused"
        if self._phase == "lost":
            return "the sensor is away"
        untold = [c.label for c, uv in zip(self.channels, tension, strict=True) if uv is None]
        return f"no usable signal on {', '.join(untold)}" if untold else ""

    def _recovering_s(self) -> float | None:
        released = self._ledger.released()
        return None if released is None else max(0.0, (self._now - released) / self._stream.fs_hz)

    def _ask(self) -> None:
        line, sample = self._timeline, self._now
        step_s = line.step_s(sample)
        running = self._phase == "running"
        self._asked.append(
            Asked(
                sample,
                line.step.cue(step_s).action if running else "nothing",
                step_s,
                line.session_s(sample),
                line.step.pacer() if running else None,
                min((uv for uv in self._goals_uv() if uv is not None), default=None),
            )
        )

    def _note(self, refusal: GoalRefused | NotMeasured) -> None:
        if refusal.sentence not in self._notes:
            self._notes.append(refusal.sentence)
        self._tell(refusal)

    def _tell_news(self, news: News) -> None:
        if isinstance(news.payload, Alerted):
            self._alert = [said(news.payload)]  # the latest; all are in the events
        self._tell(news.payload, news.duration_s)

    def _tell_goal(self, k: int, goal: GoalTracker) -> None:
        self._tell(GoalSet(self.channels[k].label, round(goal.uv, UV_DECIMALS)))

    def _step_changed(self, change: StepChange) -> StepChanged:
        step = self._timeline.step
        return StepChanged(change, self._timeline.number, step.kind, step.name)

    def _tell(self, payload: Payload, duration_s: float | None = None) -> None:
        rounded = None if duration_s is None else round(duration_s, S_DECIMALS)
        self._out.append(Event(self._now, payload, rounded))


def _all_below(tension: Sequence[float | None], goals: Sequence[float | None]) -> bool | None:
    pairs = [(uv, goal) for uv, goal in zip(tension, goals, strict=True)]
    if any(uv is None or goal is None for uv, goal in pairs):
        return None
    return all(uv < goal for uv, goal in pairs if uv is not None and goal is not None)
