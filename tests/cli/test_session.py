"""`unclench session`: a program held without a window, kept, and every mistake in a sentence."""

from __future__ import annotations

import json
import os
import signal
from datetime import datetime
from pathlib import Path

import pytest

from unclench.settings import Place
from unclench.store import load_recording, open_session
from unclench.training.calibrations import book_path, load_book, save_book
from unclench.training.values import RestBaseline
from unclench_dsp import WIDE

from .conftest import LONG_S, small_files, until

SHORT = """\
title = "Short"
purpose = "P"
evidence = "E"

[[step]]
kind = "settle"
seconds = 2

[[step]]
kind = "task"
seconds = 4
goal = { kind = "fixed", uv = 12.0 }

[[step]]
kind = "reflect"
question = "How was it?"
"""
HEADLESS = ("--headless", "--speed", "max")
PERSON = ("--source", "sim:person", *HEADLESS)
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


@pytest.fixture
def short(tmp_path):
    """A program of six seconds; other text may be put in its place."""

    def write(old="", new="", name="short.toml"):
        path = tmp_path / name
        path.write_text(SHORT.replace(old, new) if old else SHORT, encoding="utf-8")
        return path

    return write


@pytest.fixture
def calibrated():
    """A left shoulder on channel 1 that rests at 2.2 µV."""
    book, _ = load_book(book_path(virtual=True))
    place = Place(channel=1, site="shoulder", side="left")
    baseline = RestBaseline(2.2, 0.2, 60.0, 0.3)
    book.add(place, WIDE, 0.25, created=datetime.now().astimezone(), baseline=baseline)
    save_book(book, book_path(virtual=True))


def test_help_says_what_it_does(run):
    done = run("session", "--help")
    assert done.status == 0
    for word in ("PROGRAM", "--headless", "--place", "--out", "--json", "--speed"):
        assert word in done.out


def test_a_session_is_held_and_kept(run, short, tmp_path):
    done = run("session", short(), *PERSON, "--out", tmp_path / "s")
    assert done.status == 0, done.err
    assert "Short: done" in done.out
    assert f"Kept in {tmp_path / 's'}" in done.out
    assert (tmp_path / "s" / "program.toml").read_text("utf-8") == SHORT
    events = open_session(tmp_path / "s").events()
    assert events[-1].text == "done"
    assert load_recording(tmp_path / "s").n_samples == 12_000


def test_without_a_baseline_nothing_is_said_of_rest(run, short):
    done = run("session", short(), *PERSON)
    assert "at rest" not in done.out


def test_without_out_it_is_kept_with_the_other_sessions(run, short):
    done = run("session", short(), *PERSON)
    folder = Path(done.out.splitlines()[-1].removeprefix("Kept in "))
    assert open_session(folder).meta.training["state"] == "done"


def test_json_is_one_object(run, short, tmp_path):
    done = run("session", short(), *PERSON, "--json", "--out", tmp_path / "s")
    assert done.status == 0
    outcome = json.loads(done.out, parse_constant=pytest.fail)
    assert outcome["state"] == "done"
    assert outcome["folder"] == str(tmp_path / "s")
    assert outcome["duration_s"] == 6
    assert outcome["score"][0]["channel"] == "Channel 1"
    assert outcome["steps"][0]["title"] == "Go on with what you do"
    assert outcome["answers"] == []  # nobody was there
    meta = json.loads((tmp_path / "s" / "session.json").read_text("utf-8"))
    assert meta["training"]["score"] == outcome["score"]


def test_a_calibration_is_used_and_kept_with_the_session(run, short, calibrated, tmp_path):
    program = short('kind = "fixed", uv = 12.0', 'kind = "baseline", times = 2.0')
    place = ("--place", "1:shoulder:left")
    done = run("session", program, *PERSON, *place, "--out", tmp_path / "s")
    assert done.status == 0, done.err
    meta = open_session(tmp_path / "s").meta
    assert meta.sites == ("Left shoulder",)
    assert meta.training["channels"][0]["baseline"]["mean_uv"] == 2.2
    goal = next(e for e in open_session(tmp_path / "s").events() if e.kind == "goal")
    assert goal.text == "Left shoulder: 4.40 µV"
    # In another band it does not hold.
    other = run("session", program, *PERSON, *place, "--band", "narrow")
    assert "values of different bands do not compare" in other.sentence()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nope", *PERSON), "There is no program nope"),
        (PERSON, "needs a PROGRAM"),
        (("SHORT", "--source", "sim:person", "--json"), "add --headless"),
        (("SHORT", *PERSON, "--place", "shoulder"), "'shoulder' is no place"),
        (("SHORT", *PERSON, "--place", "4:jaw:left"), "with a channel from 1 to 3"),
        (("SHORT", *PERSON, "--place", "1:shoulder"), "needs a side"),
        (("SHORT", *PERSON, "--place", "1:shoulder:up"), "a side (left, right, middle)"),
        (("SHORT", *PERSON, "--place", "1:shoulder:middle"), "shoulder"),
        (("SHORT", *PERSON, "--place", "1:"), "is no place"),
        (("SHORT", *PERSON, "--place", "2:jaw:left"), "the board has 1 channel"),
        (("SHORT", *PERSON, "--place", "1:jaw:left", "--place", "1:neck:left"), "Channel 1"),
        (("SHORT", *PERSON, "--out", ""), "--out needs the name of a folder"),
        (("SHORT", "--source", "sim:nobody", *HEADLESS), "no scenario 'nobody'"),
        (("shoulder-drop", *PERSON, "--place", "1:shoulder:left"), "baseline"),
        (("SHORT", "--source", "sim:person", "--headless", "--speed", "0"), "Speed '0'"),
    ],
)
def test_a_mistake_is_one_sentence(run, short, arguments, words):
    path = short()
    if arguments[0] == "shoulder-drop":  # it measures its baseline itself; this one does not
        path = short('kind = "fixed", uv = 12.0', 'kind = "baseline", times = 1.2')
        arguments = (path, *arguments[1:])
    done = run("session", *(path if a == "SHORT" else a for a in arguments))
    assert words in done.sentence()


def test_two_channels_on_one_site(run, short):
    places = ("--place", "1:jaw:left", "--place", "2:jaw:left")
    done = run("session", short(), "--source", "sim:person?channels=2", *HEADLESS, *places)
    said = done.sentence()
    assert "Left jaw" in said
    assert "1" in said
    assert "2" in said


def test_a_goal_against_a_contraction_that_was_never_measured(run, short, calibrated, tmp_path):
    program = short('kind = "fixed", uv = 12.0', 'kind = "reference", percent = 5')
    place = ("--place", "1:shoulder:left")
    done = run("session", program, *PERSON, *place, "--out", tmp_path / "s")
    assert "has no reference contraction yet: calibrate it first" in done.sentence()
    assert not (tmp_path / "s").exists()


def test_a_goal_below_the_noise_floor(run, short, tmp_path):
    done = run("session", short("12.0", "0.1"), *PERSON, "--out", tmp_path / "s")
    said = done.sentence()
    assert said.startswith(
        "unclench: Step 2 (Go on with what you do): The goal of 0.1 µV cannot be"
    )
    assert "the instrument itself adds 0.17 µV" in said
    assert not (tmp_path / "s").exists()


def test_a_session_is_never_written_over(run, short, tmp_path):
    assert run("session", short(), *PERSON, "--out", tmp_path / "s").status == 0
    before = (tmp_path / "s" / "events.csv").read_bytes()
    again = run("session", short(), *PERSON, "--out", tmp_path / "s")
    assert "already holds a session" in again.sentence()
    assert (tmp_path / "s" / "events.csv").read_bytes() == before


def test_a_mistake_in_the_program_names_file_line_and_key(run, short):
    path = short("seconds = 4", "secnds = 4")
    said = run("session", path, *PERSON).sentence()
    for part in (str(path), "line 11", "secnds"):
        assert part in said


def test_a_recording_that_is_too_short_is_told(run, short, tmp_path):
    source = tmp_path / "two"
    record = ("record", "--source", "sim:relaxed", "--seconds", 3, "--speed", "max")
    assert run(*record, "--out", source).status == 0
    done = run("session", short(), "--source", source, *HEADLESS, "--out", tmp_path / "s")
    assert done.status == 0
    assert "ended after 3 s, before the program was done." in done.err
    assert "Short: ended early" in done.out
    assert open_session(tmp_path / "s").events()[-1].text == "ended early"


def test_a_source_without_one_sample_is_told(run, short, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("time_s,emg\n", encoding="utf-8")
    done = run("session", short(), "--source", empty, "--fs", 1000, *HEADLESS)
    assert done.status == 2
    assert done.sentence()


def test_an_unplugged_board_that_stays_away(run, short, tmp_path, monkeypatch):
    monkeypatch.setattr("unclench.commands.guided._PATIENCE_S", 0.0)
    source = "sim:relaxed?unplug_every_s=0.6&unplug_s=1000"
    out = tmp_path / "s"
    done = run("session", short(), "--source", source, "--headless", "--out", out)
    said = done.sentence()
    assert "went away and did not come back" in said
    assert f"what came until then is in {out}" in said
    texts = [e.text for e in open_session(out).events() if e.kind == "session"]
    assert texts[1:] == ["waits for the sensor", "ended early"]


@posix_only
def test_a_full_disk(run, short, tmp_path):
    program = short("seconds = 4", "seconds = 600")
    with small_files(40_000):
        done = run("session", program, *PERSON, "--out", tmp_path / "s")
    assert "cannot be written: File too large" in done.sentence()
    session = open_session(tmp_path / "s")
    assert session.meta.ended == "error"
    assert 500 < session.load().n_samples < 3000
    assert (tmp_path / "s" / "program.toml").read_bytes() == program.read_bytes()


@posix_only
def test_an_interruption_is_an_early_end(spawn, short, tmp_path):
    out = tmp_path / "s"
    what = ("session", short("seconds = 4", "seconds = 600"), "--source", "sim:person")
    process = spawn(*what, "--headless", "--out", out)
    until(lambda: process.poll() is not None or has_rows(out / "emg.csv"))
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=LONG_S)
    assert "Traceback" not in errors
    assert "Short: ended early" in said
    assert open_session(out).events()[-1].text == "ended early"
    assert open_session(out).meta.training["state"] == "ended"


def has_rows(path):
    return path.exists() and path.stat().st_size > 1000
