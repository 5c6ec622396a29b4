"""Events: typed facts, written with words for people and data for programs, and read back."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.errors import InputError
from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter, open_session
from unclench.store.events.event import (
    BaselineMeasured,
    Event,
    Gap,
    Kind,
    Marked,
    Noted,
    Payload,
    SessionChanged,
    StepChanged,
    TagBegun,
    Unread,
)
from unclench.store.events.legacy import payload_of
from unclench.store.events.rows import data_of, event_of
from unclench.store.events.words import said, text_of
from unclench.store.session.edit import edit_events
from unclench.store.text import plain_text, safe_cell
from unclench_wire.messages import Channel, Hello

PAYLOADS: tuple[Any, ...] = tuple(p for p in get_args(Payload) if p is not Unread)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
META = SessionMeta(
    source="sim",
    constants=BoardConstants.from_hello(Hello([Channel(200_000)], label="blue")),
    band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
    window_s=0.25,
    tension_rate_hz=50,
)


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Anything that a field of a payload may be."""
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: of(hints[f.name]) for f in fields(hint)})
    if get_origin(hint) is tuple:
        return st.lists(of(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*(of(one) for one in get_args(hint)))
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if hint is float:
        return FINITE
    return st.text() if hint is str else st.from_type(hint)


EVENTS = st.builds(
    Event,
    st.integers(0, 10**9),
    st.one_of(*(of(payload) for payload in PAYLOADS)),
    st.none() | st.floats(0, 1e6),
    st.none() | st.integers(0, 10**6),
)


def read_back(event: Event) -> Event:
    """The event as a program reads it that has only its cells."""
    text = plain_text(safe_cell(text_of(event)))
    cells = (event.duration_s, event.lost_samples, data_of(event))
    return event_of(event.sample, event.kind, text, *cells)


def test_every_kind_has_one_payload():
    assert Counter(payload.kind for payload in PAYLOADS) == Counter(Kind)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.__name__)
def test_written_events_are_read_back(payload):
    @given(of(payload), st.none() | st.floats(0, 1e6), st.none() | st.integers(0, 10**6))
    def round_trip(made, duration_s, lost_samples):
        event = Event(7, made, duration_s, lost_samples)
        assert read_back(event) == event
        assert json.loads(data_of(event)).keys() == {f.name for f in fields(made)}
        assert list(json.loads(data_of(event))) == [f.name for f in fields(made)]
        assert data_of(event).isascii()  # no control character, no letter that a program spoils

    round_trip()


@given(st.lists(EVENTS, max_size=6))
def test_a_folder_returns_its_events(tmp_path_factory, events):
    folder = tmp_path_factory.mktemp("e") / "s"
    with SessionWriter(folder, META) as writer:
        for event in events:
            writer.write_event(event)
    in_order = sorted(events, key=lambda event: event.sample)
    assert open_session(folder).events() == in_order
    before = (folder / "events.csv").read_bytes()
    edit_events(folder, open_session(folder).events())
    assert sorted((folder / "events.csv").read_bytes().split(b"\n")) == sorted(before.split(b"\n"))


def test_the_header_has_the_six_columns_of_old_and_data():
    from unclench.store.events.rows import EVENTS_HEADER

    old = ("sample", "time_s", "kind", "text", "duration_s", "lost_samples")
    assert (*old, "data") == EVENTS_HEADER


def test_a_row_has_words_and_data(tmp_path: Path):
    with SessionWriter(tmp_path / "s", META) as writer:
        writer.write_event(Event(2000, BaselineMeasured("Jaw", 2.0, 0.04, 1.5)))
        writer.write_event(Event(4000, Gap(), 0.08, 160))
        writer.write_event(Event(4400, Noted('=1+1, "löse"')))
    assert (tmp_path / "s" / "events.csv").read_text("utf-8").splitlines() == [
        "sample,time_s,kind,text,duration_s,lost_samples,data",
        "2000,1.0,baseline,Jaw: 2.00 ± 0.04 µV at rest; 1.50 µV stays the baseline,,,"
        '"{""channel"":""Jaw"",""mean_uv"":2.0,""sd_uv"":0.04,""kept_uv"":1.5,""before_uv"":null}"',
        "4000,2.0,gap,160 samples lost,0.08,160,{}",
        '4400,2.2,note,"\'=1+1, ""löse""",,,"{""text"":""=1+1, \\""l\\u00f6se\\""""}"',
    ]


@pytest.mark.parametrize(
    ("kind", "text", "payload"),
    [
        ("session", "begins", SessionChanged("begun")),
        ("session", "begins: x (X (y))", SessionChanged("begun", "x", "X (y)")),
        ("session", "paused", SessionChanged("paused")),
        ("session", "goes on", SessionChanged("resumed")),
        ("session", "waits for the sensor", SessionChanged("board lost")),
        ("session", "continues: the sensor is reconnected", SessionChanged("board back")),
        ("session", "done", SessionChanged("done")),
        ("session", "ended", SessionChanged("ended")),
        ("session", "ended early", SessionChanged("ended")),
        ("step", "2 rest-credit: Rest: now", StepChanged("begun", 1, "rest-credit", "Rest: now")),
        ("baseline", "A: b: 2.00 ± 0.04 µV at rest", BaselineMeasured("A: b", 2.0, 0.04)),
        (
            "baseline",
            "Jaw: 2.00 ± 0.04 µV at rest; 1.50 µV stays the baseline",
            BaselineMeasured("Jaw", 2.0, 0.04, 1.5),
        ),
        ("tag", "posture: slouching", TagBegun("posture", "slouching")),
        ("tag", "5:30: late", TagBegun("", "5:30: late")),
        ("marker", "", Marked("")),
        ("goal", "Jaw: 3.00 µV", Unread("goal", "Jaw: 3.00 µV")),
        ("step", "what", Unread("step", "what")),
        ("telepathy", "x", Unread("telepathy", "x")),
    ],
)
def test_sentences_of_old_events_become_typed_facts(kind, text, payload):
    assert payload_of(kind, text) == payload
    event = event_of(5, kind, text)
    assert (event.kind, text_of(event), data_of(event)) == (kind, text, "")  # as they were


@pytest.mark.parametrize(
    "payload",
    [
        *(SessionChanged(change) for change in get_args(get_type_hints(SessionChanged)["change"])),
        StepChanged("begun", 0, "task", "Go on"),
        BaselineMeasured("Jaw", 2.0, 0.04, 1.5),
        BaselineMeasured("Jaw", 2.0, 0.04, None, 9.5),
        TagBegun("feeling", "tired"),
    ],
)
def test_sentences_of_this_version_become_the_same_facts(payload):
    """EDF and BDF hold words alone, and the review needs these."""
    assert payload_of(payload.kind, said(payload)) == payload


@pytest.mark.parametrize("data", ['{"change":"soared"}', '{"else":1}', "{}"])
def test_events_of_a_newer_version_are_shown_by_their_words_and_kept(data):
    event = event_of(5, "session", "paused", data=data)
    assert event.payload == SessionChanged("paused")
    assert data_of(event) == data


@pytest.mark.parametrize("data", ["spoilt", "[1]", "3", "{", "[" * 100_000])
def test_damaged_data_is_named(tmp_path, data):
    with SessionWriter(tmp_path / "s", META):
        pass
    with (tmp_path / "s" / "events.csv").open("a") as file:
        file.write(f'5,0.0,note,x,,,"{data}"\n')
    with pytest.raises(InputError, match=r"line 2 .*\. Restore the file"):
        open_session(tmp_path / "s").events()


def test_the_document_names_every_kind_and_its_fields():
    documented = {}
    text = (Path(__file__).parents[2] / "docs" / "sessions.md").read_text("utf-8")
    table = text.split("| kind | what happened |")[1].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        _, kinds, _, names, _ = line.split("|")
        for kind in re.findall(r"`([^`]+)`", kinds):
            documented[kind] = re.findall(r"`([^`]+)`", names)
    assert documented == {str(p.kind): [f.name for f in fields(p)] for p in PAYLOADS}
