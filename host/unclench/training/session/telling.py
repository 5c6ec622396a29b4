"""What a session tells as it goes: events in order, what is asked of a person, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.store.events.event import (
    S_DECIMALS,
    Alerted,
    Event,
    GoalRefused,
    NotMeasured,
    Payload,
)
from unclench.store.events.words import said
from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.step import Action
from unclench.training.steps.underway import News


@dataclass(frozen=True)
class Asked:
    """What is asked of a person from a moment on; for one who is virtual."""

    sample: int
    action: Action | Literal["nothing"]  # nothing: paused, or over
    step_s: float  # into the step at that moment
    session_s: float
    pacer: Pacer | None
    goal_uv: float | None  # the lowest of the channels'


class Telling:
    """Collects it until it is fetched. All is told of `now`: nothing happens before it any more."""

    def __init__(self, begin: int) -> None:
        self.now = begin  # the newest sample heard of
        self.failures: tuple[str, ...] = ()  # of the latest measurement
        self._notes: list[str] = []
        self._alert: tuple[str, ...] = ()
        self._events: list[Event] = []
        self._asked: list[Asked] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know, in sentences."""
        return (*self._notes, *self.failures, *self._alert)

    def tell(self, payload: Payload, duration_s: float | None = None) -> None:
        """Tell an event."""
        rounded = None if duration_s is None else round(duration_s, S_DECIMALS)
        self._events.append(Event(self.now, payload, rounded))

    def note(self, refusal: GoalRefused | NotMeasured) -> None:
        """Tell of something that is left out, and keep it as a note."""
        if refusal.sentence not in self._notes:
            self._notes.append(refusal.sentence)
        self.tell(refusal)

    def news(self, news: News) -> None:
        """Tell what rows have shown; the latest alert is a note, all are events."""
        if isinstance(news.payload, Alerted):
            self._alert = (said(news.payload),)
        self.tell(news.payload, news.duration_s)

    def ask(self, asked: Asked) -> None:
        """Ask something of a person."""
        self._asked.append(asked)

    def events(self) -> list[Event]:
        """What was told since the last call."""
        events, self._events = self._events, []
        return events

    def asked(self) -> list[Asked]:
        """What was asked since the last call."""
        asked, self._asked = self._asked, []
        return asked
