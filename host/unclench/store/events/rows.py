"""The machine-readable cells of an event: the column `data` of events.csv.

`data` is a JSON object of the payload's fields, in the order in which they are declared. An event
of which only words are known has none.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from unclench.store.events.event import Cells, Event, Payload, Unread
from unclench.store.events.legacy import payload_of
from unclench.store.events.words import text_of
from unclench.store.text import safe_cell

CELLS = ("kind", "text", "duration_s", "lost_samples", "data")
"""Columns of an event, behind those that say when it happened."""

EVENTS_HEADER = ("sample", "time_s", *CELLS)
"""Of events.csv. Files up to version 0.2 have no `data`."""

_TIME_DECIMALS = 6

_PAYLOADS = {str(payload.kind): payload for payload in get_args(Payload) if payload is not Unread}


def data_of(event: Event) -> str:
    """Return the cell `data`; "" for an event of which only words are known."""
    if event.cells is not None:
        return event.cells.data
    if isinstance(event.payload, Unread):
        return ""
    return json.dumps(asdict(event.payload), separators=(",", ":"))


def cells_of(event: Event) -> tuple[str, str, float | None, int | None, str]:
    """Return the cells of `CELLS`, safe for a spreadsheet."""
    texts = safe_cell(event.kind), safe_cell(text_of(event))
    return *texts, event.duration_s, event.lost_samples, data_of(event)


def event_row(event: Event, fs_hz: float) -> tuple[object, ...]:
    """Return the row of events.csv."""
    return event.sample, round(event.sample / fs_hz, _TIME_DECIMALS), *cells_of(event)


def event_of(
    sample: int,
    kind: str,
    text: str,
    duration_s: float | None = None,
    lost_samples: int | None = None,
    data: str = "",
) -> Event:
    """Make an event of its cells.

    What `data` of a newer version says in a way that is not known here is taken from the words.

    Raises
    ------
    ValueError
        `data` is neither empty nor a JSON object.
    """
    payload = _decoded(kind, data) if data else None
    if payload is None:
        payload = payload_of(kind, text)
    return Event(sample, payload, duration_s, lost_samples, Cells(text, data))


def _decoded(kind: str, data: str) -> Payload | None:
    try:
        plain = json.loads(data)
    except RecursionError as error:
        raise ValueError("data is nested too deeply") from error
    if not isinstance(plain, dict):
        raise ValueError("data is not a JSON object")
    if kind not in _PAYLOADS:
        return None
    try:
        payload: Payload = _adapter(kind).validate_python(plain)
    except ValidationError:
        return None
    return payload


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(_PAYLOADS[kind])
