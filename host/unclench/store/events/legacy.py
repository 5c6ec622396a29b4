"""Reads facts from words: in files without the column `data`, and in our own annotations.

This is the only place that reads a text. Files up to version 0.2 have only words, as have EDF and
BDF.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from unclench.store.events.event import (
    GROUPS,
    AnyGroup,
    BaselineMeasured,
    Gap,
    Kind,
    Marked,
    Noted,
    Payload,
    SessionChange,
    SessionChanged,
    StepChanged,
    TagBegun,
    TagEnded,
    Unread,
)

_BEGINS = re.compile(r"begins(?:: (.*?) \((.*)\))?", re.DOTALL)
_CHANGES: dict[str, SessionChange] = {
    "paused": "paused",
    "continues": "resumed",
    "goes on": "resumed",
    "waits for the sensor": "board lost",
    "continues: the sensor is reconnected": "board back",
    "goes on: the sensor is back": "board back",
    "done": "done",
    "ended early": "ended",
    "ended": "ended",
}
_STEP = re.compile(r"(\d{1,9}) ([a-z-]+): (.*)")
_BASELINE = re.compile(
    r"(.*): (\d+\.\d+) ± (\d+\.\d+) µV at rest(?:; (\d+\.\d+) µV stays the baseline)?"
    r"(?:; the calibration says (\d+\.\d+) µV)?"
)


def payload_of(kind: str, text: str) -> Payload:
    """Return what an event's words say; `Unread` if unclear, or if nothing needs them."""
    reader = _READERS.get(kind)
    return (reader(text) if reader else None) or Unread(kind, text)


def split_tag(words: str) -> tuple[AnyGroup, str]:
    """Return group and text of a tag as a person types it; "" if the group is not known."""
    head, _, text = words.partition(": ")
    group = next((group for group in GROUPS if group == head), None)
    return (group, text) if group and text.strip() else ("", words)


def _session(text: str) -> Payload | None:
    if begins := _BEGINS.fullmatch(text):
        return SessionChanged("begun", begins[1] or "", begins[2] or "")
    change = _CHANGES.get(text)
    return SessionChanged(change) if change else None


def _step(text: str) -> Payload | None:
    found = _STEP.fullmatch(text)
    return StepChanged("begun", int(found[1]) - 1, found[2], found[3]) if found else None


def _baseline(text: str) -> Payload | None:
    found = _BASELINE.fullmatch(text)
    if not found:
        return None
    mean_uv, sd_uv, *others = (float(number) if number else None for number in found.groups()[1:])
    return BaselineMeasured(found[1], mean_uv or 0.0, sd_uv or 0.0, *others)


_READERS: dict[str, Callable[[str], Payload | None]] = {
    Kind.SESSION: _session,
    Kind.STEP: _step,
    Kind.BASELINE: _baseline,
    Kind.TAG: lambda text: TagBegun(*split_tag(text)),
    Kind.TAG_END: lambda text: TagEnded(*split_tag(text)),
    Kind.NOTE: Noted,
    Kind.MARKER: Marked,
    Kind.GAP: lambda text: Gap(),
}
