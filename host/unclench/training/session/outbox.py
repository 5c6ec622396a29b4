"""What a session gives out as it runs: events in order, requests to the person, and notes."""

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
    """What is asked of the person from a moment on; a virtual person reacts to it."""

    sample: int
    action: Action | Literal["nothing"]  # nothing: paused, or over
    step_s: float  # into the step at that moment
    session_s: float
    pacer: Pacer | None
    goal_uv: float | None  # the lowest of the channels'


class Outbox:
    """Collects output until it is fetched. Everything happens at `now`, which never goes back."""

    def __init__(self, begin: int) -> None:
        self.now = begin  # the newest sample so far
        self.failures: tuple[str, ...] = ()  # of the latest measurement
        self._notes: list[str] = []
        self._alert: tuple[str, ...] = ()
        self._events: list[Event] = []
        self._asked: list[Asked] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person."""
        return (*self._notes, *self.failures, *self._alert)

    def emit(self, payload: Payload, duration_s: float | None = None) -> None:
        """Add an event."""
        rounded = None if duration_s is None else round(duration_s, S_DECIMALS)
        self._events.append(Event(self.now, payload, rounded))

    def note(self, refusal: GoalRefused | NotMeasured) -> None:
        """Add an event for something that was refused or skipped, and keep it as a note."""
        if refusal.sentence not in self._notes:
            self._notes.append(refusal.sentence)
        self.emit(refusal)

    def remark(self, sentence: str) -> None:
        """Keep a sentence for the person, of what has an event of its own."""
        if sentence not in self._notes:
            self._notes.append(sentence)

    def news(self, news: News) -> None:
        """Add an event found in the rows; the latest alert is also a note."""
        if isinstance(news.payload, Alerted):
            self._alert = (said(news.payload),)
        self.emit(news.payload, news.duration_s)

    def ask(self, asked: Asked) -> None:
        """Add a request to the person."""
        self._asked.append(asked)

    def events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def asked(self) -> list[Asked]:
        """Return the requests since the last call."""
        asked, self._asked = self._asked, []
        return asked
