"""What events.csv says of the time: steps of a program, tags, notes, pauses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unclench.review.results import Marks, Phase, Remark, Span, TagSpan
from unclench.store.session.reader import Event
from unclench.training.steps.catalogue import kind_of

_STEP = re.compile(r"(\d+) ([a-z-]+): (.*)")
_STOPPED = ("paused", "waits for the sensor")
_REMARKS = ("note", "marker", "answer", "alert")


def read_marks(events: Sequence[Event], fs_hz: float, duration_s: float) -> Marks:
    """Make sense of a session's events.

    Parameters
    ----------
    events
        In the order of their samples.
    fs_hz
        Of the session's samples: they are the truth, not the times beside them.
    duration_s
        Of the session: what is still open lasts until then.
    """
    phases: list[Phase] = []
    tags: list[TagSpan] = []
    remarks: list[Remark] = []
    pauses: list[Span] = []
    step: tuple[int, str, str, float] | None = None
    paused_s: float | None = None
    open_tags: dict[str, float] = {}

    def end_step(at_s: float) -> None:
        if step is not None:
            number, kind, title, start_s = step
            role = kind_of(kind).role
            phases.append(Phase(start_s, max(start_s, at_s), number, kind, title, role))

    last = round(duration_s * fs_hz)
    for event in events:
        at_s = min(max(0, event.sample), last) / fs_hz  # a spoilt file may say anything
        if event.kind == "step" and (found := _STEP.fullmatch(event.text)):
            end_step(at_s)
            step = (int(found[1]) - 1, found[2], found[3], at_s)
        elif event.kind == "session":
            if event.text in ("done", "ended"):
                end_step(at_s)
                step = None
            elif event.text in _STOPPED and paused_s is None:
                paused_s = at_s
            elif event.text.startswith("goes on") and paused_s is not None:
                pauses.append(Span(paused_s, max(paused_s, at_s)))
                paused_s = None
        elif event.kind == "tag":
            open_tags[event.text] = at_s
        elif event.kind == "tag end":
            lasted_s = event.duration_s or 0.0
            lasted_s = lasted_s if 0 <= lasted_s <= at_s else 0.0
            start_s = min(at_s, open_tags.pop(event.text, at_s - lasted_s))
            tags.append(TagSpan(start_s, at_s, event.text))
        elif event.kind in _REMARKS:
            remarks.append(Remark(at_s, event.kind, event.text))
    end_step(duration_s)
    if paused_s is not None:
        pauses.append(Span(paused_s, max(paused_s, duration_s)))
    tags += [TagSpan(s, max(s, duration_s), words) for words, s in open_tags.items()]
    tags.sort(key=lambda tag: (tag.start_s, tag.words))
    return Marks(tuple(phases), tuple(tags), tuple(remarks), tuple(pauses))
