"""What events.csv says about a session's time: steps of a program, tags, notes, pauses."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.review.results import Marks, NamedRest, Phase, Remark, Span, TagSpan
from unclench.store.events.event import (
    AnyGroup,
    Event,
    Kind,
    RestChosen,
    RestMarked,
    SessionChanged,
    StepChanged,
    TagBegun,
    TagEnded,
)
from unclench.store.events.words import text_of
from unclench.training.steps.catalogue import kind_of

_REMARKS = (Kind.NOTE, Kind.MARKER, Kind.ANSWER, Kind.ALERT)


def read_marks(events: Sequence[Event], fs_hz: float, duration_s: float) -> Marks:
    """Turn a session's events into stretches and moments.

    Parameters
    ----------
    events
        Ordered by sample.
    fs_hz
        Sampling rate of the session; samples decide, not the times beside them.
    duration_s
        Length of the session: what has no end lasts until then.
    """
    phases: list[Phase] = []
    tags: list[TagSpan] = []
    remarks: list[Remark] = []
    pauses: list[Span] = []
    step: tuple[int, str, str, float] | None = None
    paused_s: float | None = None
    open_tags: dict[tuple[AnyGroup, str], float] = {}
    rests: dict[str, NamedRest] = {}

    def end_step(at_s: float) -> None:
        if step is not None:
            number, kind, title, start_s = step
            role = kind_of(kind).role
            phases.append(Phase(start_s, max(start_s, at_s), number, kind, title, role))

    last = round(duration_s * fs_hz)
    for event in events:
        at_s = min(max(0, event.sample), last) / fs_hz  # a damaged file may say anything
        match event.payload:
            case StepChanged("begun", number, kind, title):
                end_step(at_s)
                step = (number, kind, title, at_s)
            case SessionChanged("done" | "ended"):
                end_step(at_s)
                step = None
            case SessionChanged("paused" | "board lost") if paused_s is None:
                paused_s = at_s
            case SessionChanged("resumed" | "board back") if paused_s is not None:
                pauses.append(Span(paused_s, max(paused_s, at_s)))
                paused_s = None
            case TagBegun(group, text):
                open_tags[group, text] = at_s
            case TagEnded(group, text):
                lasted_s = event.duration_s or 0.0
                lasted_s = lasted_s if 0 <= lasted_s <= at_s else 0.0
                start_s = min(at_s, open_tags.pop((group, text), at_s - lasted_s))
                tags.append(TagSpan(start_s, at_s, group, text))
            case RestMarked(channel):
                stop_s = min(duration_s, at_s + max(0.0, event.duration_s or 0.0))
                rests[channel] = NamedRest(at_s, max(at_s, stop_s), channel)
            case RestChosen(channel):
                rests[channel] = NamedRest(0.0, duration_s, channel, event.payload)
        if event.kind in _REMARKS:
            remarks.append(Remark(at_s, event.kind, text_of(event)))
    end_step(duration_s)
    if paused_s is not None:
        pauses.append(Span(paused_s, max(paused_s, duration_s)))
    tags += [TagSpan(s, max(s, duration_s), *tag) for tag, s in open_tags.items()]
    tags.sort(key=lambda tag: (tag.start_s, tag.words))
    named = tuple(rests.values())
    return Marks(tuple(phases), tuple(tags), tuple(remarks), tuple(pauses), named)
