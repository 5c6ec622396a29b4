"""Adds, changes and removes tags and notes of events.csv after the session.

Every function returns new events and leaves all others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unclench.errors import InputError
from unclench.review.marks import read_marks
from unclench.review.results import Remark, Span, TagSpan
from unclench.store.events.event import Event, Kind, Marked, Noted, TagBegun, TagEnded
from unclench.store.events.legacy import split_tag
from unclench.store.events.words import text_of
from unclench.translation import tr
from unclench.wording import printable

Events = tuple[Event, ...]
LONGEST_WORDS = 52  # of a tag: its group, and 40 characters as in the person's own list
LONGEST_NOTE = 400
_SAME_S = 0.02  # times may be rounded to six decimals, or to a row at 50 a second


@dataclass(frozen=True)
class Clock:
    """Converts between samples and seconds of a session: events carry both."""

    fs_hz: float
    duration_s: float

    def sample(self, time_s: float) -> int:
        """Return the sample at a time of the session."""
        return round(min(max(0.0, time_s), self.duration_s) * self.fs_hz)

    def time_s(self, event: Event) -> float:
        """Return the time of an event in the session."""
        return event.sample / self.fs_hz


def add_tag(events: Sequence[Event], clock: Clock, words: str, span: Span) -> Events:
    """Mark a span with a tag."""
    words = tidy(words, LONGEST_WORDS)
    for other in read_marks(events, clock.fs_hz, clock.duration_s).tags:
        if other.words == words and other.start_s < span.stop_s and span.start_s < other.stop_s:
            raise InputError(
                tr(
                    "The tag “{words}” already covers {start_s:.1f} to {stop_s:.1f} s. Tags with "
                    "the same words must not overlap: change that tag instead.",
                    words=words,
                    start_s=other.start_s,
                    stop_s=other.stop_s,
                )
            )
    start, stop = clock.sample(span.start_s), clock.sample(span.stop_s)
    begin = Event(start, TagBegun(*split_tag(words)))
    end = Event(stop, TagEnded(*split_tag(words)), round((stop - start) / clock.fs_hz, 6))
    return _in_order((*events, begin, end))


def remove_tag(events: Sequence[Event], clock: Clock, tag: TagSpan) -> Events:
    """Remove a tag: its begin and its end."""
    kept = list(events)
    begin = _find(kept, clock, Kind.TAG, tag.words, tag.start_s)
    kept.remove(begin)
    end = _perhaps(kept, clock, Kind.TAG_END, tag.words, tag.stop_s)
    if end is not None:
        kept.remove(end)
    return tuple(kept)


def change_tag(
    events: Sequence[Event], clock: Clock, tag: TagSpan, words: str, span: Span
) -> Events:
    """Change the words or the ends of a tag."""
    return add_tag(remove_tag(events, clock, tag), clock, words, span)


def add_note(events: Sequence[Event], clock: Clock, words: str, time_s: float) -> Events:
    """Add a note at a moment."""
    words = tidy(words, LONGEST_NOTE)
    return _in_order((*events, Event(clock.sample(time_s), Noted(words))))


def remove_note(events: Sequence[Event], clock: Clock, note: Remark) -> Events:
    """Remove a note or a marker."""
    kept = list(events)
    kept.remove(_find(kept, clock, note.kind, note.text, note.time_s))
    return tuple(kept)


def change_note(events: Sequence[Event], clock: Clock, note: Remark, words: str) -> Events:
    """Change the words of a note or a marker; its time stays."""
    words = tidy(words, LONGEST_NOTE)
    old = _find(events, clock, note.kind, note.text, note.time_s)
    payload = Marked(words) if note.kind == Kind.MARKER else Noted(words)
    new = replace(old, payload=payload, cells=None)
    return tuple(new if event is old else event for event in events)


def tidy(words: str, longest: int) -> str:
    """Return a text on one line. Raises InputError if it is empty or too long."""
    tidied = printable(" ".join(words.split()), "")
    if not tidied:
        raise InputError(tr("The text is empty. Type some, or choose from the list."))
    if len(tidied) > longest:
        raise InputError(
            tr(
                "The text is too long: it has {n} characters, and {longest} are allowed. "
                "Shorten it.",
                n=len(tidied),
                longest=longest,
            )
        )
    return tidied


def _in_order(events: Sequence[Event]) -> Events:
    return tuple(sorted(events, key=lambda event: event.sample))


def _find(events: Sequence[Event], clock: Clock, kind: str, text: str, time_s: float) -> Event:
    found = _perhaps(events, clock, kind, text, time_s)
    if found is None:
        raise InputError(
            tr("“{text}” is no longer in the session. Choose another tag or note.", text=text)
        )
    return found


def _perhaps(
    events: Sequence[Event], clock: Clock, kind: str, text: str, time_s: float
) -> Event | None:
    """Find the event with this kind and text nearest to a moment; None if none is near."""
    same = [e for e in events if e.kind == kind and text_of(e) == text]
    nearest = min(same, key=lambda e: abs(clock.time_s(e) - time_s), default=None)
    near = nearest is not None and abs(clock.time_s(nearest) - time_s) <= _SAME_S
    return nearest if near else None
