"""`unclench session`: a program held without a window, kept, and every mistake in a sentence."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests import needs
from tests.known import known
from tests.limits import HANG_LIMIT_S

from unclench.settings import Place
from unclench.store import load_recording, open_session
from unclench.store.events.words import text_of
from unclench.training.placement.calibrations import book_path, load_book, save_book
from unclench.training.placement.values import RestBaseline
from unclench_dsp import WIDE

from .conftest import UnpluggedInput, small_files, until

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
HEADLESS = ("--terminal", "--speed", "max")
PERSON = ("--source", "sim:person", *HEADLESS)


@pytest.fixture
def write_program(tmp_path: Path) -> Callable[..., Path]:
    """Write a program of six seconds, with a part of its text replaced, and return its path."""

    def write(old: str = "", new: str = "", name: str = "short.toml") -> Path:
        path = tmp_path / name
        path.write_text(SHORT.replace(old, new) if old else SHORT, encoding="utf-8")
        return path

    return write


@pytest.fixture
def known_baseline() -> None:
    """A calibrated left shoulder on channel 1: its resting baseline is 2.2 µV, no reference."""
    book = load_book(book_path(virtual=True))
    place = Place(channel=1, site="shoulder", side="left")
    baseline = RestBaseline(2.2, 0.2, 60.0, 0.3)
    book.add(place, WIDE, 0.25, created=datetime.now().astimezone(), baseline=baseline)
    save_book(book, book_path(virtual=True))


def test_help_lists_the_options(run):
    done = run("session", "--help")
    assert done.status == 0
    for word in ("PROGRAM", "--terminal", "--place", "--out", "--json", "--speed"):
        assert word in done.out


def test_session_runs_and_is_stored(run, write_program, tmp_path):
    done = run("session", write_program(), *PERSON, "--out", tmp_path / "s")
    assert done.status == 0, done.err
    assert "Short: done" in done.out
    assert f"Saved in {tmp_path / 's'}" in done.out
    assert (tmp_path / "s" / "program.toml").read_text("utf-8") == SHORT
    events = open_session(tmp_path / "s").events()
    assert text_of(events[-1]) == "done"
    assert load_recording(tmp_path / "s").n_samples == 12_000


def test_without_a_baseline_rest_is_not_reported(run, write_program):
    done = run("session", write_program(), *PERSON)
    assert "at rest" not in done.out


def test_without_out_the_sessions_folder_is_used(run, write_program):
    done = run("session", write_program(), *PERSON)
    folder = Path(done.out.splitlines()[-1].removeprefix("Saved in "))
    assert known(open_session(folder).meta.training)["state"] == "done"


def test_json_is_one_object(run, write_program, tmp_path):
    done = run("session", write_program(), *PERSON, "--json", "--out", tmp_path / "s")
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


def test_calibration_is_used_and_stored_with_the_session(
    run, write_program, known_baseline, tmp_path
):
    program = write_program('kind = "fixed", uv = 12.0', 'kind = "baseline", times = 2.0')
    place = ("--place", "1:shoulder:left")
    done = run("session", program, *PERSON, *place, "--out", tmp_path / "s")
    assert done.status == 0, done.err
    meta = open_session(tmp_path / "s").meta
    assert meta.sites == ("Left shoulder",)
    assert known(meta.training)["channels"][0]["baseline"]["mean_uv"] == 2.2
    goal = next(e for e in open_session(tmp_path / "s").events() if e.kind == "goal")
    assert text_of(goal) == "Left shoulder: 4.39 µV"  # above the noise
    # In another band it does not hold.
    other = run("session", program, *PERSON, *place, "--band", "narrow")
    assert "bands cannot be compared" in other.sentence()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nope", *PERSON), "There is no program nope"),
        (PERSON, "needs a PROGRAM"),
        (("SHORT", "--source", "sim:person", "--json"), "add --terminal"),
        (("SHORT", *PERSON, "--place", "shoulder"), "'shoulder' is not a valid place"),
        (("SHORT", *PERSON, "--place", "0:jaw:left"), "with a channel number"),
        (("SHORT", *PERSON, "--place", "1:shoulder"), "needs a side"),
        (("SHORT", *PERSON, "--place", "1:shoulder:up"), "a side (left, right, middle)"),
        (("SHORT", *PERSON, "--place", "1:shoulder:middle"), "shoulder"),
        (("SHORT", *PERSON, "--place", "1:"), "is not a valid place"),
        (("SHORT", *PERSON, "--place", "2:jaw:left"), "the board has 1 channel"),
        (("SHORT", *PERSON, "--place", "1:jaw:left", "--place", "1:neck:left"), "Channel 1"),
        (("SHORT", *PERSON, "--out", ""), "--out needs the name of a folder"),
        (("SHORT", "--source", "sim:nobody", *HEADLESS), "no scenario 'nobody'"),
        (("shoulder-drop", *PERSON, "--place", "1:shoulder:left"), "baseline"),
        (("SHORT", "--source", "sim:person", "--terminal", "--speed", "0"), "Speed '0'"),
    ],
)
def test_mistakes_are_refused_in_one_sentence(run, write_program, arguments, words):
    path = write_program()
    if arguments[0] == "shoulder-drop":  # it measures its baseline itself; this one does not
        path = write_program('kind = "fixed", uv = 12.0', 'kind = "baseline", times = 1.2')
        arguments = (path, *arguments[1:])
    done = run("session", *(path if a == "SHORT" else a for a in arguments))
    assert words in done.sentence()


def test_two_channels_on_one_site_are_refused(run, write_program):
    places = ("--place", "1:jaw:left", "--place", "2:jaw:left")
    done = run("session", write_program(), "--source", "sim:person?channels=2", *HEADLESS, *places)
    said = done.sentence()
    assert "Left jaw" in said
    assert "1" in said
    assert "2" in said


def test_reference_goal_needs_a_reference_contraction(run, write_program, known_baseline, tmp_path):
    program = write_program('kind = "fixed", uv = 12.0', 'kind = "reference", percent = 5')
    place = ("--place", "1:shoulder:left")
    done = run("session", program, *PERSON, *place, "--out", tmp_path / "s")
    assert "has no reference contraction yet: calibrate it first" in done.sentence()
    assert not (tmp_path / "s").exists()


def test_goal_below_the_noise_floor_is_refused(run, write_program, tmp_path):
    done = run("session", write_program("12.0", "0.1"), *PERSON, "--out", tmp_path / "s")
    said = done.sentence()
    assert said.startswith(
        "unclench: Step 2 (Go on with what you do): The goal of 0.1 µV is too low"
    )
    assert "the noise floor is 0.17 µV" in said
    assert not (tmp_path / "s").exists()


def test_existing_session_is_never_overwritten(run, write_program, tmp_path):
    assert run("session", write_program(), *PERSON, "--out", tmp_path / "s").status == 0
    before = (tmp_path / "s" / "events.csv").read_bytes()
    again = run("session", write_program(), *PERSON, "--out", tmp_path / "s")
    assert "already holds a session" in again.sentence()
    assert (tmp_path / "s" / "events.csv").read_bytes() == before


def test_program_mistake_names_file_line_and_key(run, write_program):
    path = write_program("seconds = 4", "secnds = 4")
    said = run("session", path, *PERSON).sentence()
    for part in (str(path), "line 11", "secnds"):
        assert part in said


def test_too_short_recording_ends_the_session_early(run, write_program, tmp_path):
    source = tmp_path / "two"
    record = ("record", "--source", "sim:relaxed", "--seconds", 3, "--speed", "max")
    assert run(*record, "--out", source).status == 0
    done = run("session", write_program(), "--source", source, *HEADLESS, "--out", tmp_path / "s")
    assert done.status == 0
    assert "ended after 3 s, before the program was finished." in done.err
    assert "Short: ended early" in done.out
    assert text_of(open_session(tmp_path / "s").events()[-1]) == "ended early"


def test_source_without_samples_is_refused(run, write_program, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("time_s,emg\n", encoding="utf-8")
    done = run("session", write_program(), "--source", empty, "--fs", 1000, *HEADLESS)
    assert done.status == 2
    assert done.sentence()


def test_board_that_stays_away_ends_the_session(run, plug_in, write_program, tmp_path, monkeypatch):
    monkeypatch.setattr("unclench.commands.guided._PATIENCE_S", 0.0)
    port, out = plug_in(UnpluggedInput(after_s=0.5), speed=1), tmp_path / "s"
    done = run("session", write_program(), "--source", port, "--terminal", "--out", out)
    assert (done.status, done.out) == (2, "")
    said = done.err.splitlines()[-1]  # after the cues
    assert "was disconnected and did not reconnect" in said
    assert f"Everything before that is saved in {out}" in said
    texts = [text_of(e) for e in open_session(out).events() if e.kind == "session"]
    assert texts[1:] == ["waits for the sensor", "ended early"]


@needs.posix
def test_full_disk_ends_the_session_with_an_error(run, write_program, tmp_path):
    program = write_program("seconds = 4", "seconds = 600")
    with small_files(40_000):
        done = run("session", program, *PERSON, "--out", tmp_path / "s")
    assert "cannot be written: File too large" in done.sentence()
    session = open_session(tmp_path / "s")
    assert session.meta.ended == "error"
    assert 500 < session.load().n_samples < 3000
    assert (tmp_path / "s" / "program.toml").read_bytes() == program.read_bytes()


@needs.posix
def test_ctrl_c_ends_the_session_early(spawn, write_program, tmp_path):
    out = tmp_path / "s"
    what = ("session", write_program("seconds = 4", "seconds = 600"), "--source", "sim:person")
    process = spawn(*what, "--terminal", "--out", out)
    until(lambda: process.poll() is not None or has_rows(out / "emg.csv"))
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=HANG_LIMIT_S)
    assert "Traceback" not in errors
    assert "Short: ended early" in said
    assert text_of(open_session(out).events()[-1]) == "ended early"
    assert known(open_session(out).meta.training)["state"] == "ended"


def has_rows(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 1000
