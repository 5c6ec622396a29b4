"""A stored session of every way in which version 1 was ever written; each keeps opening for good.

They were written by the programs of their time: `first` without anything on training, `guided` with
a session's outcome, `titled` with title, labels, feedback, origin and a key of a later version,
`profiled` with the profile of its board and of one of two sensors, `facts` with the column `data`
of events.csv, `unclosed` by a program that was killed in the middle of a row. Never write one anew.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from unclench.cli import cli
from unclench.review.analyze import analyze
from unclench.store import SCHEMA_VERSION, Recording, load_recording, open_session
from unclench.store.events.event import (
    Event,
    Gap,
    Marked,
    Noted,
    SessionChanged,
    TagBegun,
    TagEnded,
)
from unclench.store.events.rows import EVENTS_HEADER
from unclench.store.events.words import text_of
from unclench.store.library.library import Library
from unclench.store.session.edit import edit_events
from unclench_dsp import WIDE

EXAMPLES = Path(__file__).parent / "examples"
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())

pytestmark = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def recording_of(folder: Path) -> Recording:
    return open_session(folder).load()


def test_an_old_session_opens(folder):
    session = open_session(folder)
    assert session.meta.schema_version <= SCHEMA_VERSION
    assert session.meta.created.isoformat() == "2026-11-23T09:30:00+01:00"
    assert (session.meta.sites, session.meta.note) == (("Left shoulder", None), "löse")
    recording = session.load()
    assert (recording.n_samples, recording.lost_samples, recording.duration_s) == (920, 80, 1.0)
    assert recording.constants is not None  # whole units of the board
    assert np.std(recording.emg_uv) == pytest.approx(8, rel=0.1)


def test_events_of_an_old_session_are_read(folder):
    events = open_session(folder).events()
    assert [(e.sample, e.kind, text_of(e)) for e in events] == [
        (0, "session", "begins"),
        (480, "gap", "80 samples lost"),
        (600, "tag", "posture: slouching"),
        (640, "note", '=1+1, she said "löse"'),
        (800, "tag end", "posture: slouching"),
    ]
    assert (events[1].duration_s, events[1].lost_samples) == (0.08, 80)
    assert events[4].duration_s == 0.2


def test_its_events_are_facts_and_an_edit_leaves_their_rows_alone(folder, tmp_path):
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    events = open_session(copy).events()
    assert [event.payload for event in events] == [
        SessionChanged("begun"),
        Gap(),
        TagBegun("posture", "slouching"),
        Noted('=1+1, she said "löse"'),
        TagEnded("posture", "slouching"),
    ]
    if folder.name == "unclosed":  # for a minute it may still be recorded
        return
    edit_events(copy, [*events, Event(900, Marked("added"))])
    with (copy / "events.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with (folder / "events.csv").open(newline="", encoding="utf-8") as file:
        before = list(csv.reader(file))[1:]
    assert rows[0] == list(EVENTS_HEADER)
    assert [row[: len(old)] for row, old in zip(rows[1:], before, strict=False)] == before
    assert rows[-1] == ["900", "0.9", "marker", "added", "", "", '{"text":"added"}']


def test_tension_of_an_old_session_is_read(folder):
    tension = open_session(folder).tension()
    assert tension.state == ("settling", "good", "settling", "good")
    np.testing.assert_array_equal(tension.tension_uv[[1, 3]], [[5.5, 6.25], [7.1234, 8.0]])


def test_an_old_session_is_listed(folder, tmp_path):
    shutil.copytree(folder, tmp_path / folder.name)
    (entry,) = Library(tmp_path).entries()
    assert (entry.name, entry.trouble, entry.duration_s) == (folder.name, "", 1.0)
    assert entry.program == ("quiet-five" if folder.name == "guided" else "")
    assert entry.called == ("Evening" if folder.name == "titled" else folder.name)
    assert entry.ended == ("running" if folder.name == "unclosed" else "closed")


def test_an_old_session_can_be_analysed(folder):
    recording = load_recording(folder)
    result = analyze(recording, WIDE, "off", 0.25)
    assert len(result.channels) == 2


def test_an_old_session_replays_sample_by_sample(folder, tmp_path):
    out = tmp_path / "replayed"
    arguments = ["record", "--source", str(folder), "--speed", "max", "--out", str(out)]
    CliRunner().invoke(cli, arguments, catch_exceptions=False)
    was, now = recording_of(folder), recording_of(out)
    np.testing.assert_array_equal(now.sample, was.sample)
    np.testing.assert_array_equal(now.emg_uv, was.emg_uv)
    assert (now.rate, now.lost_samples) == (was.rate, was.lost_samples)
