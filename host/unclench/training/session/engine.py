"""The session engine: rows of tension and a person's choices in, events and snapshots out.

It has no clock: time is the sample count of the rows. So a session gives the same events at any
speed and however its rows were split. Steps follow the newest row; scores use confirmed rows, which
come `NOTICED_AFTER_S` later, so that lost contact is never rewarded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import isnan

from unclench.settings import Sustained
from unclench.store.events.event import Event, SessionChanged
from unclench.training.placement.values import UNSEEN, TrainedChannel, rest_level, too_quiet
from unclench.training.programs.program import Program
from unclench.training.rows import Confirm, Row, Rows, Stream, each_row
from unclench.training.session.course import Course
from unclench.training.session.goals import check_goals
from unclench.training.session.ledger import Context, Ledger
from unclench.training.session.outbox import Asked, Outbox
from unclench.training.session.outcome import Outcome
from unclench.training.session.snapshot import Snapshot
from unclench.training.session.timeline import Timeline
from unclench.translation import tr


class Engine:
    """One session.

    Parameters
    ----------
    program, name
        What to do, and its name.
    channels
        Those to train.
    stream
        Timing of the rows.
    begin
        Sample at which the session begins.
    attended
        Whether somebody is there to answer questions; otherwise they are skipped.
    limits
        When to alert in a task; defaults if not given.

    Raises
    ------
    InputError
        A goal is not possible; one sentence says why.
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
        self._name = name
        self._stream = stream
        self._newest: Row | None = None
        self.troubles: dict[int, str] = {}
        """By channel, what is wrong with its signal now, in words; "" for nothing."""
        self._confirm = Confirm(stream.confirm_n)
        self._contexts: deque[Context] = deque()
        self._steps = program.flat()
        self._outbox = Outbox(begin)
        limits = limits or Sustained()
        self._ledger = Ledger(channels, self._steps, stream, begin, limits)
        timeline = Timeline(self._steps, stream.fs_hz, begin)
        receivers = (self._ledger, self._outbox)
        self._course = Course(timeline, channels, stream, limits, attended, *receivers)
        begun = SessionChanged("begun", name, program.title)
        self._outbox.emit(begun, program.longest_s())
        self._course.begin()

    # In

    def take(self, rows: Rows) -> list[Event]:
        """Take the newest rows; return the events since the last call."""
        for row in each_row(rows):
            if self.over:
                break
            self._take(row)
        return self.events()

    def events(self) -> list[Event]:
        """Return the events since the last call."""
        return self._outbox.events()

    def asked(self) -> list[Asked]:
        """Return what was asked since the last call."""
        return self._outbox.asked()

    def pause(self, sample: int) -> None:
        """Pause, as the person asked: the clock stops, nothing is scored."""
        self._course.advance(sample)
        if self._course.phase in ("running", "lost"):
            self._course.enter("paused", "paused")

    def resume(self, sample: int) -> None:
        """Continue after `pause`; with a disconnected board, once it is reconnected."""
        self._course.advance(sample)
        if self.paused:
            self._course.enter("lost" if self._course.lost else "running", "resumed")

    def disconnected(self, sample: int) -> None:
        """Wait: the board was disconnected."""
        self._course.advance(sample)
        self._course.lost = True
        if self._course.phase == "running":
            self._course.enter("lost", "board lost")

    def reconnected(self, sample: int) -> None:
        """Continue: the board was reconnected."""
        self._course.advance(sample)
        self._course.lost = False
        if self._course.phase == "lost":
            self._course.enter("running", "board back")

    def skip(self, sample: int) -> None:
        """End the current step, unless it is over by then."""
        number = self._course.timeline.number
        self._course.advance(sample)
        if not self.over and self._course.timeline.number == number:
            self._course.skip()

    def end(self, sample: int) -> None:
        """End the session early, unless it is done by then."""
        self._course.advance(sample)
        if not self.over:
            self._course.end("ended")

    def answer(self, sample: int, text: str) -> None:
        """Answer the current question; a choice by its key in `Question.choices`."""
        self._course.advance(sample)
        if not self.over:
            self._course.answer(text)

    # Out

    @property
    def channels(self) -> tuple[TrainedChannel, ...]:
        """The trained channels, with their measurements."""
        return self._course.channels

    @property
    def over(self) -> bool:
        """Whether the session is done or was ended."""
        return self._course.over

    @property
    def paused(self) -> bool:
        """Whether the person has paused it."""
        return self._course.phase == "paused"

    @property
    def ended_at(self) -> int | None:
        """Sample at which the session ended; None while it runs."""
        return self._course.now if self.over else None

    def snapshot(self) -> Snapshot:
        """Return the current state; for the thread that calls `take`."""
        course, line, sample = self._course, self._course.timeline, self._course.now
        step, step_s = line.step, line.step_s(sample)
        tension = [self._tension_uv(channel) for channel in self.channels]
        why_not = self._why_not(tension)
        levels = [rest_level(channel) for channel in self.channels]
        return Snapshot(
            sample=sample,
            phase=course.phase,
            step_number=min(line.number, len(self._steps) - 1),
            n_steps=len(self._steps),
            step=step,
            part=step.part(step_s),
            step_s=step_s,
            step_left_s=line.step_left_s(sample),
            session_s=line.session_s(sample),
            session_left_s=line.left_s(sample),
            cue=course.cue(step_s),
            pacer=step.pacer(),
            question=course.question,
            goal_uv=course.goal_uv,
            tension_uv=tuple(tension),
            below=_all_below(tension, course.goal_uv),
            scoring=not why_not and step.scored,
            why_not=why_not,
            rest_level_uv=tuple(uv for uv, _ in levels),
            rest_level_why=levels[0][1] if levels else "",
            score=self._ledger.scores(),
            step_score=self._ledger.step_scores(),
            breath=self._ledger.breath(),
            progress=course.under_way.words(),
            recovering_s=self._recovering_s(),
            notes=self._outbox.notes,
        )

    def outcome(self) -> Outcome:
        """Return the result of the session so far."""
        return Outcome(
            program=self._name,
            title=self.program.title,
            state=self._course.phase,
            channels=self.channels,
            score=self._ledger.scores(),
            steps=self._ledger.outcomes(),
            answers=tuple(self._course.answers),
            moved=tuple(self._course.moved),
            notes=self._outbox.notes,
        )

    # Rows

    def _take(self, row: Row) -> None:
        course, line = self._course, self._course.timeline
        course.advance(row.sample)
        if self.over:
            return
        self._newest = row
        step_s = line.step_s(row.sample)
        course.update_part(step_s)
        scored = line.number if course.phase == "running" and line.step.scored else -1
        self._contexts.append(Context(scored, course.attempt, step_s, course.goal_uv))
        for late in self._confirm.take(row):
            context = self._contexts.popleft()
            usable = [_usable(late, channel) for channel in self.channels]
            for news in self._ledger.add(late, context, usable):
                self._outbox.news(news)
            course.confirmed(late, context, usable)

    def _tension_uv(self, channel: TrainedChannel) -> float | None:
        if self._newest is None or self._course.lost or not _usable(self._newest, channel):
            return None
        return self._newest.fast_uv[channel.index]

    def _why_not(self, tension: Sequence[float | None]) -> str:
        if self._course.phase in ("paused", "asked"):
            return tr("paused")
        if self._course.phase == "lost":
            return tr("the sensor is disconnected")
        lacking = [
            self._named(c) for c, uv in zip(self.channels, tension, strict=True) if uv is None
        ]
        if not lacking:
            return ""
        return tr("no usable signal on {channels}", channels=", ".join(lacking))

    def _named(self, channel: TrainedChannel) -> str:
        """Name a channel without a usable signal, with the reason where it is known."""
        why = self.troubles.get(channel.index, "")
        if not why and self._newest is not None:
            quiet = too_quiet(channel, self._newest.fast_uv[channel.index])
            why = UNSEEN if quiet else ""
        return tr("{channel} ({why})", channel=channel.label, why=why) if why else channel.label

    def _recovering_s(self) -> float | None:
        if (released := self._ledger.released()) is None:
            return None
        return max(0.0, (self._course.now - released) / self._stream.fs_hz)


def _usable(row: Row, channel: TrainedChannel) -> bool:
    return row.trusted[channel.index] and not isnan(row.fast_uv[channel.index])


def _all_below(tension: Sequence[float | None], goals: Sequence[float | None]) -> bool | None:
    pairs = [(uv, goal) for uv, goal in zip(tension, goals, strict=True)]
    if any(uv is None or goal is None for uv, goal in pairs):
        return None
    return all(uv < goal for uv, goal in pairs if uv is not None and goal is not None)
