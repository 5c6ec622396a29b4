"""`unclench calibrate`: rest and a contraction, kept for the sessions until the sensor moves."""

from __future__ import annotations

import pytest
from tests.known import known

from unclench.store import open_session
from unclench.training.placement.calibrations import book_path, load_book

PERSON = ("--source", "sim:person", "--speed", "max")
SHOULDER = ("--place", "1:shoulder:left")
SHORT = """\
title = "Short"
purpose = "P"
evidence = "E"

[[step]]
kind = "settle"
seconds = 2
"""


def test_help_lists_the_options(run):
    done = run("calibrate", "--help")
    assert done.status == 0
    for word in ("--place", "--reference", "--list", "--moved"):
        assert word in done.out


def test_calibration_is_measured_and_stored(run):
    assert run("calibrate", "--list").out == "No sensor is calibrated yet.\n"
    done = run("calibrate", *PERSON, *SHOULDER)
    assert done.status == 0, done.err
    assert done.out.startswith("Left shoulder on channel 1, wide band, rest 2.")
    assert "gentle contraction" in done.out
    assert "Just rest" in done.err  # what to do is said as it comes
    (entry,) = load_book(book_path(virtual=True)).calibrations
    assert known(entry.baseline).mean_uv == pytest.approx(2.1, rel=0.15)
    reference = known(entry.reference)
    assert reference.uv == pytest.approx(60, rel=0.25)
    assert reference.strength == "gentle"
    assert entry.noise_uv == pytest.approx(0.169)
    listed = run("calibrate", "--list").out
    assert listed == f"No sensor is calibrated yet.\n{done.out}"  # but on a virtual board


def test_session_uses_the_stored_calibration(run, calibrated, tmp_path):
    program = tmp_path / "short.toml"
    program.write_text(SHORT, encoding="utf-8")
    out = ("--out", tmp_path / "s")
    session = run("session", program, *PERSON, *SHOULDER, "--terminal", *out)
    assert session.status == 0, session.err
    channel = known(open_session(tmp_path / "s").meta.training)["channels"][0]
    assert channel["baseline"]["mean_uv"] == round(calibrated.baseline.mean_uv, 4)
    assert channel["reference"]["uv"] == round(calibrated.reference.uv, 4)


@pytest.mark.usefixtures("calibrated")
def test_moving_the_sensor_ends_a_calibration(run):
    moved = run("calibrate", "--moved", *SHOULDER)
    assert moved.out == "Left shoulder: calibrate it again before you train.\n"
    assert run("calibrate", "--list").out == "No sensor is calibrated yet.\n"
    assert run("calibrate", "--moved", *SHOULDER).out == "Left shoulder: it had no calibration.\n"
    (once,) = load_book(book_path(virtual=True)).calibrations  # what held is still known
    assert once.moved is not None


def test_calibrating_again_ignores_the_earlier_baseline(run, calibrated):
    """A calibration does not keep to the one before it: that is what it is for."""
    source = ("--source", "sim:person?seed=3", "--speed", "max")
    assert run("calibrate", *source, *SHOULDER, "--reference", "none").status == 0
    first, second = load_book(book_path(virtual=True)).calibrations
    assert first.baseline == calibrated.baseline != second.baseline
    assert second.reference == calibrated.reference  # which was not measured again


def test_reference_maximum_asks_for_a_maximum_contraction(run):
    done = run("calibrate", *PERSON, *SHOULDER, "--reference", "maximum")
    assert done.status == 0, done.err
    assert "maximum contraction" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (PERSON, "give it with --place"),
        ((*PERSON, "--place", "1:nose bridge:up"), "is not a valid place"),
        ((*PERSON, "--place", "3:jaw:left"), "the board has 1 channel"),
        ((*PERSON, *SHOULDER, "--speed", "fast"), "Speed 'fast'"),
        (("--source", "sim:nobody", *SHOULDER), "no scenario 'nobody'"),
        (("--moved",), "give it with --place"),
    ],
)
def test_mistakes_are_refused_in_one_sentence(run, arguments, words):
    assert words in run("calibrate", *arguments).sentence()


def test_failed_calibration_leaves_the_earlier_one(run, calibrated):
    """An electrode that is off most of the time: three attempts, then the reason; status 2.

    What was measured there before still holds.
    """
    before = run("calibrate", "--list").out
    source = ("--source", "sim:poor-contact", "--speed", "max")
    done = run("calibrate", *source, *SHOULDER, "--reference", "none")
    assert done.status == 2
    assert "Traceback" not in done.err
    assert "Resting baseline of Left shoulder" in done.err.splitlines()[-1]
    assert done.err.splitlines()[-1].count("Only") == 1  # once, not for each attempt
    assert load_book(book_path(virtual=True)).calibrations == [calibrated]
    assert run("calibrate", "--list").out == before


def test_baseline_is_stored_when_the_contraction_fails(run):
    source = ("--source", "sim:relaxed", "--speed", "max")
    done = run("calibrate", *source, *SHOULDER)
    assert done.status == 2  # not all that was asked for
    assert "No clear contraction on Left shoulder" in done.err
    (entry,) = load_book(book_path(virtual=True)).calibrations
    assert entry.reference is None
    assert entry.baseline is not None


def test_too_short_recording_stores_nothing(run, session):
    done = run("calibrate", "--source", session, "--speed", "max", *SHOULDER)
    assert done.status == 2
    assert done.err.splitlines()[-1].endswith("Nothing was calibrated.")
    assert load_book(book_path(virtual=True)).calibrations == []


def test_board_noise_is_not_accepted_as_a_baseline(run):
    done = run("calibrate", "--source", "sim:shorted", "--speed", "max", *SHOULDER)
    assert done.status == 2
    assert "Only 0 % of the time could be used" in done.err
    assert load_book(book_path(virtual=True)).calibrations == []


def test_virtual_board_does_not_replace_a_missing_board(run):
    assert "No board is plugged in" in run("calibrate", *SHOULDER).sentence()


@pytest.mark.usefixtures("calibrated")
def test_calibrations_of_the_virtual_board_are_stored_apart():
    assert load_book(book_path(virtual=True)).calibrations != []
    assert load_book().calibrations == []
