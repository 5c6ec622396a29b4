"""Editing a session after the fact."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processes import python

from unclench.errors import InputError, StoreError
from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter, open_session
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of
from unclench.store.library.backup import write_backup
from unclench.store.library.restore import restore_backup
from unclench.store.session.edit import ChangedMeanwhileError, edit_events, edit_meta
from unclench.store.session.folder import LOCK
from unclench.store.session.lock import locked
from unclench_wire.messages import Channel, Hello

META = SessionMeta(
    source="sim",
    constants=BoardConstants.from_hello(Hello([Channel(200_000)])),
    band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
    window_s=0.25,
    tension_rate_hz=50,
)
EVENTS = [
    event_of(100, "tag", "posture: slouching", None, None),
    event_of(100, "note", "=1+1", None, None),
    event_of(400, "tag end", "posture: slouching", 0.15, None),
    event_of(500, "gap", "20 samples lost", 0.01, 20),
]
# Blanks at its start are lost by the reader, so a person's words begin with something else.
typed = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))).filter(
    lambda text: text == text.lstrip()
)


def write(folder: Path, events=EVENTS) -> Path:
    with SessionWriter(folder, META) as writer:
        writer.write_samples(0, np.full((1000, 1), 512_000, np.int32))
        for e in events:
            writer.write_event(e)
    return folder


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "walk")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != LOCK}


def raw(folder: Path) -> dict:
    return json.loads((folder / "session.json").read_text(encoding="utf-8"))


def test_title_and_labels_change_and_nothing_else(folder):
    path = folder / "session.json"
    path.write_text(json.dumps({**raw(folder), "mood": {"calm": [1]}}))
    before = raw(folder)
    meta = edit_meta(folder, title="  Löse \n Schultern ", labels=["desk", "late", "desk"])
    assert (meta.title, meta.labels) == ("Löse Schultern", ("desk", "late"))
    after = raw(folder)
    changed = {"title": "Löse Schultern", "labels": ["desk", "late"]}
    assert after == {**before, **changed}
    assert open_session(folder).meta == meta
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "x" * 121}, "has 121 characters; at most 120"),
        ({"labels": ["x" * 41]}, "has 41 characters"),
        ({"labels": ["desk", " "]}, "label is empty"),
        ({"sites": ["a", "b"]}, "sites has 2 entries"),
        ({"window_s": -1}, "window_s cannot be '-1'"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_written(folder, changes, words):
    before = files(folder)
    with pytest.raises(InputError, match=words):
        edit_meta(folder, **changes)
    assert files(folder) == before


def test_editing_an_unknown_key_is_a_program_error(folder):
    with pytest.raises(TypeError, match="tilte"):
        edit_meta(folder, tilte="x")


@pytest.mark.parametrize("edit", [lambda f: edit_meta(f, title="x"), lambda f: edit_events(f, [])])
class TestRefusals:
    """What cannot be edited stays as it is."""

    def refused(self, edit, folder, words):
        before = files(folder)
        with pytest.raises(StoreError, match=words):
            edit(folder)
        assert files(folder) == before

    def test_a_session_being_recorded_is_not_edited(self, edit, tmp_path):
        with SessionWriter(tmp_path / "now", META):
            self.refused(edit, tmp_path / "now", "still being recorded")

    def test_a_session_of_a_newer_version_is_not_edited(self, edit, folder):
        text = json.dumps({**raw(folder), "schema_version": 9})
        (folder / "session.json").write_text(text)
        self.refused(edit, folder, "version 9")

    def test_values_that_json_cannot_store_are_refused(self, edit, folder):
        if edit(folder) is None:
            return  # edit_events does not write session.json
        (folder / "session.json").write_text(
            json.dumps({**raw(folder), "drift_ppm": float("nan"), "duration_s": float("inf")})
        )
        self.refused(edit, folder, "cannot be written again")

    def test_a_folder_without_a_session_is_not_edited(self, edit, tmp_path):
        self.refused(edit, tmp_path, "not a session folder")


def test_a_session_left_by_a_crash_can_be_edited_after_a_while(tmp_path):
    writer = SessionWriter(tmp_path / "crash", META)
    writer._opened.close()
    for path in (tmp_path / "crash").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert edit_meta(tmp_path / "crash", title="x").title == "x"


def test_events_are_written_byte_for_byte_as_the_recorder_does(folder, tmp_path):
    more = [*EVENTS, event_of(300, "note", 'she said "löse", =1', None, None)]
    edit_events(folder, more)
    expected = write(tmp_path / "other", sorted(more, key=lambda e: e.sample))
    assert (folder / "events.csv").read_bytes() == (expected / "events.csv").read_bytes()
    assert not list(folder.glob("*.part"))


def test_unchanged_events_leave_the_file_as_it_was(folder):
    before = (folder / "events.csv").read_bytes()
    edit_events(folder, open_session(folder).events())
    assert (folder / "events.csv").read_bytes() == before


def test_only_the_first_edit_keeps_the_original(folder):
    before = (folder / "events.csv").read_bytes()
    edit_events(folder, EVENTS[:2])
    edit_events(folder, EVENTS[:1])
    assert (folder / "events.original.csv").read_bytes() == before
    assert open_session(folder).events() == EVENTS[:1]


def test_editing_never_changes_samples_and_renews_the_figures(folder):
    (folder / "summary.json").write_text("{}")
    before = files(folder)
    edit_events(folder, [])
    after = files(folder)
    assert "summary.json" not in after
    assert {k: after[k] for k in ("emg.csv", "tension.csv", "session.json")} == {
        k: before[k] for k in ("emg.csv", "tension.csv", "session.json")
    }


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (event_of(-1, "tag", "x", None, None), "at sample -1"),
        (event_of(1, "tag", "x", -0.5, None), "lasts -0.5 s"),
        (event_of(1, "tag", "x", float("nan"), None), "lasts nan s"),
        (event_of(1, "tag", "\ud800", None, None), "cannot be saved"),
    ],
)
def test_an_impossible_event_is_refused_and_nothing_written(folder, event, words):
    before = files(folder)
    with pytest.raises(InputError, match=words):
        edit_events(folder, [event])
    assert files(folder) == before


@given(st.lists(st.tuples(st.integers(0, 10**9), typed, st.none() | st.floats(0, 1e6))))
def test_texts_survive_a_round_trip(tmp_path_factory, rows):
    folder = write(tmp_path_factory.mktemp("e") / "s", [])
    events = [event_of(s, "note", text, d, None) for s, text, d in rows]
    edit_events(folder, events)
    assert open_session(folder).events() == sorted(events, key=lambda e: e.sample)


def test_changes_by_another_program_are_not_overwritten(folder):
    held = open_session(folder).events()
    theirs = [*held, event_of(700, "note", "theirs", None, None)]
    edit_events(folder, theirs, before=held)
    before = files(folder)
    mine = [*held, event_of(800, "note", "mine", None, None)]
    with pytest.raises(ChangedMeanwhileError, match="changed by another window"):
        edit_events(folder, mine, before=held)
    assert files(folder) == before
    edit_events(folder, mine, before=theirs)  # what was written counts as read
    assert [text_of(e) for e in open_session(folder).events() if e.kind == "note"] == [
        "=1+1",
        "mine",
    ]


@given(
    st.lists(
        st.builds(
            event_of,
            sample=st.integers(0, 10**9),
            kind=st.sampled_from(["tag", "note", "gap"]),
            text=typed,
            duration_s=st.none() | st.floats(0, 1e5),
            lost_samples=st.none() | st.integers(0, 10**6),
        ),
        max_size=5,
    )
)
def test_unchanged_events_are_recognized(tmp_path_factory, events):
    folder = write(tmp_path_factory.mktemp("known") / "walk")
    edit_events(folder, events)
    edit_events(folder, EVENTS, before=events)


TAG = """
import sys
from pathlib import Path
from unclench.store.session.edit import edit_meta
folder, own = Path(sys.argv[1]), sys.argv[2]
sys.stdin.read(1)  # all at once
for n in range(8):
    edit_meta(folder, lambda meta: {"labels": [*meta.labels, f"{own}{n}"]})
edit_meta(folder, title="named") if own == "a" else edit_meta(folder, note=own)
"""


def test_changes_by_several_programs_at_once_are_all_kept(folder):
    programs = [
        subprocess.Popen(
            [*python(TAG), str(folder), own], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for own in "abc"
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"!")
        program.stdin.flush()
    said = [program.communicate(timeout=60)[1].decode() for program in programs]
    assert said == [""] * 3
    meta = open_session(folder).meta
    assert sorted(meta.labels) == sorted(f"{own}{n}" for own in "abc" for n in range(8))
    assert (meta.title, meta.note in "bc") == ("named", True)
    assert not list(folder.glob("*.part"))


def test_changes_to_one_session_wait_for_each_other(folder):
    with ThreadPoolExecutor(1) as pool:
        with locked(folder):
            waiting = pool.submit(edit_meta, folder, title="late")
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            assert open_session(folder).meta.title == ""
        assert waiting.result().title == "late"


def test_the_lock_is_no_part_of_a_session(folder, tmp_path):
    edit_events(folder, EVENTS[:2])
    assert (folder / LOCK).exists()
    backup = tmp_path / "b.zip"
    write_backup(backup, tmp_path, [folder])
    with zipfile.ZipFile(backup) as archive:
        assert not [name for name in archive.namelist() if LOCK in name]
    report = restore_backup(backup, tmp_path, own=tmp_path / "own")
    assert report.there == ["walk"]
