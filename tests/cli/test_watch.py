"""`unclench watch`: from the first minute to the summary."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests import needs
from tests.limits import HANG_LIMIT_S

from unclench.link.virtual.inputs import SyntheticInput
from unclench.settings import Place, Settings, Sustained, save_settings
from unclench.training.placement.calibrations import Book, book_path, save_book
from unclench.training.placement.values import ReferenceContraction, RestBaseline
from unclench_dsp import WIDE

from .conftest import UnpluggedInput, small_files, until

FAST = ("--terminal", "--speed", "max")


@pytest.fixture
def calibrated_shoulder() -> None:
    """See `calibrate_shoulder`."""
    calibrate_shoulder()


def calibrate_shoulder() -> None:
    """Store a left shoulder on channel 1 with a resting baseline of 2 µV, and short limits."""
    place = Place(channel=1, site="shoulder", side="left")
    limits = Sustained(minutes=0.1, rests=3, rests_minutes=1)
    save_settings(Settings(places=(place,), sustained=limits))
    book = Book()
    book.add(
        place,
        WIDE,
        0.25,
        created=datetime.now(timezone.utc),
        baseline=RestBaseline(2.0, 0.2, 60.0, 0.3),
        reference=ReferenceContraction(600.0, "maximum"),
    )
    save_book(book, book_path(virtual=True))


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_folder(out: Path) -> Path:
    (folder,) = out.iterdir()
    return folder


def test_baseline_is_measured_first_when_unknown(run, tmp_path):
    done = run("watch", "--source", "sim:person", "--seconds", 130, "--out", tmp_path / "d", *FAST)
    assert done.status == 0
    told = done.err.splitlines()
    assert told[0] == ("Your resting baseline is measured first: sit back and let go for 60 s.")
    assert "Baseline for this watch only: Channel 1: " in told[1]
    assert len(told) == 2
    lines = done.out.splitlines()
    assert lines[0].startswith("Watched 1 min, from ")
    assert lines[1].startswith("Channel 1: at rest ")
    assert "because there is no reference contraction" in lines[2]
    assert lines[-2] == "No alerts."
    folder = day_folder(tmp_path / "d")
    assert lines[-1] == f"Saved in {folder}"
    assert sorted(path.name for path in folder.iterdir()) == [
        "day.csv",
        "events.csv",
        "summary.json",
    ]
    minutes = read_rows(folder / "day.csv")
    assert [row["minute"] for row in minutes] == ["1", "2"]
    assert all(7 < float(row["ch1_median_uv"]) < 12 for row in minutes)
    kinds = [row["kind"] for row in read_rows(folder / "events.csv")]
    assert [kind for kind in kinds if kind != "mains"] == ["signal", "rest measured", "limit"]


def test_ending_during_the_baseline_watches_nothing(run, tmp_path):
    done = run("watch", "--source", "sim", "--seconds", 5, "--out", tmp_path / "d", *FAST)
    assert done.status == 0
    assert done.out.splitlines()[0] == "Ended before rest was measured: nothing was watched."


@pytest.mark.usefixtures("calibrated_shoulder")
def test_sustained_tension_alerts_and_is_stored(run, tmp_path):
    done = run(
        *("watch", "--source", "sim:desk-work?channels=2", "--seconds", 130, *FAST),
        *("--no-baseline", "--out", tmp_path / "d"),
    )
    assert (done.status, done.err) == (0, "")
    folder = day_folder(tmp_path / "d")
    alerts = [row["text"] for row in read_rows(folder / "events.csv") if row["kind"] == "alert"]
    assert len(alerts) > 5
    assert alerts[0] == (
        "Left shoulder has been above 3.0 µV for 6 s without a pause. "
        "Let it sink as you breathe out."
    )
    lines = done.out.splitlines()
    assert [line[6:] for line in lines[: len(alerts)]] == alerts
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    told = summary["sustained_alerts"] + summary["few_rests_alerts"]
    assert told == len(alerts)
    assert [channel["channel"] for channel in summary["channels"]] == ["Left shoulder"]


@pytest.mark.usefixtures("calibrated_shoulder")
def test_json_prints_the_summary(run, tmp_path):
    arguments = ("--source", "sim:desk-work", "--seconds", 20, "--out", tmp_path / "d")
    done = run("watch", *arguments, *FAST, "--json")
    assert done.status == 0
    summary = json.loads(done.out)
    folder = day_folder(tmp_path / "d")
    assert summary.pop("folder") == str(folder)
    assert summary == json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert "without a pause" in done.err


@pytest.mark.parametrize("known", [True, False], ids=["calibrated", "newcomer"])
def test_results_do_not_depend_on_block_sizes(run, tmp_path, monkeypatch, known):
    if known:
        calibrate_shoulder()

    def figures(name, gather_s):
        monkeypatch.setattr("unclench.commands.watch._GATHER_S", gather_s)
        source = "sim:desk-work" if known else "sim:person"
        arguments = ("--source", source, "--seconds", 125, "--out", tmp_path / name)
        assert run("watch", *arguments, *FAST).status == 0
        folder = day_folder(tmp_path / name)
        # An alert comes when its rows are confirmed: after later changes of the signal.
        events = sorted(read_rows(folder / "events.csv"), key=lambda row: int(row["sample"]))
        rows = read_rows(folder / "day.csv") + events
        return [{k: v for k, v in row.items() if k != "time"} for row in rows]

    one = figures("one", 0.25)
    assert len(one) >= 5
    assert one == figures("two", 0.0)


def test_no_baseline_option_refuses_without_a_calibration(run, tmp_path):
    done = run("watch", "--source", "sim", "--out", tmp_path / "d", *FAST, "--no-baseline")
    assert "no limit for Channel 1" in done.sentence()
    assert not (tmp_path / "d").exists()


def test_place_option_assigns_channels_to_sites(run, tmp_path, calibrated_shoulder):
    def watched(source, *more):
        done = run("watch", "--source", source, *more, "--out", tmp_path / "d", *FAST)
        return done

    places = ("--place", "2:neck:right", "--place", "1:shoulder:left")
    source = "sim:person?channels=2"
    done = watched(source, *places, "--seconds", 70, "--json")
    channels = json.loads(done.out)["channels"]
    assert [channel["channel"] for channel in channels] == ["Left shoulder", "Right neck"]
    # What is measured replaces the calibration for this watch.
    assert "Left shoulder: " in done.err
    assert "the calibration says 2.00 µV" in done.err
    assert channels[0]["limit_uv"] > 3.0
    said = watched("sim", "--place", "2:neck:right").sentence()
    assert "Right neck is on channel 2, but the board has 1 channel" in said


def test_unusable_output_folder_is_refused(run, tmp_path):
    (tmp_path / "d").write_text("")
    done = run("watch", "--source", "sim", "--out", tmp_path / "d", *FAST)
    assert "A folder for the day cannot be created" in done.sentence()


@needs.linux
def test_tray_without_a_screen_is_refused(run, tmp_path, monkeypatch, no_screen):
    for name in os.environ.keys() - no_screen.keys():
        monkeypatch.delenv(name)
    done = run("watch", "--source", "sim", "--out", tmp_path / "d", "--tray")
    assert "There is no screen for the system tray" in done.sentence()


@needs.posix
@pytest.mark.usefixtures("calibrated_shoulder")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_the_watch_with_a_summary(run, tmp_path, number):
    out = tmp_path / "d"
    done = run(
        *("watch", "--source", "sim:desk-work", "--speed", 40, "--out", out, "--terminal"),
        signal_when=lambda: "alert" in event_kinds_on_disk(out),
        number=number,
    )
    assert_ended_with_summary(done.status, done.out, done.err, out)


@needs.linux
@pytest.mark.usefixtures("calibrated_shoulder")
def test_without_a_screen_a_process_stays_in_the_terminal_until_ctrl_c(spawn, tmp_path, no_screen):
    """It does not even import Qt."""
    out = tmp_path / "d"
    what = ("watch", "--source", "sim:desk-work", "--speed", 40, "--out", out)
    process = spawn(*what, env={**no_screen, "PYTHONPROFILEIMPORTTIME": "1"})
    # Read on meanwhile: what is imported fills a pipe.
    with ThreadPoolExecutor() as reading:
        ended = reading.submit(process.communicate, timeout=HANG_LIMIT_S)
        until(lambda: "alert" in event_kinds_on_disk(out))
        process.send_signal(signal.SIGINT)
        shown, err = ended.result()
    lines = err.splitlines(keepends=True)
    imported = {line.split("|")[-1].strip() for line in lines if line.startswith("import time:")}
    assert "unclench.training.day.watching" in imported
    assert not {"PyQt5", "pyqtgraph"} & imported
    said = "".join(line for line in lines if not line.startswith("import time:"))
    assert_ended_with_summary(process.returncode, shown, said, out)


def event_kinds_on_disk(out: Path) -> list[str]:
    """Kinds of the events that are on disk while a watch goes on."""
    return [row["kind"] for path in out.glob("*/events.csv") for row in read_rows(path)]


def assert_ended_with_summary(status: int, shown: str, err: str, out: Path) -> None:
    assert (status, err) == (0, "")
    assert re.search(r"^Watched ", shown, re.MULTILINE)
    folder = day_folder(out)
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["watched_s"] > 1
    assert len(read_rows(folder / "day.csv")) >= 1


@needs.posix
@pytest.mark.usefixtures("calibrated_shoulder")
def test_kill_9_leaves_whole_rows(spawn, tmp_path):
    process = spawn("watch", "--source", "sim:desk-work", "--out", tmp_path / "d", *FAST)
    until(lambda: list(tmp_path.glob("d/*/day.csv")))
    day = day_folder(tmp_path / "d") / "day.csv"
    until(lambda: day.read_text(encoding="utf-8").count("\n") > 3)
    process.kill()
    process.wait(HANG_LIMIT_S)
    assert day.read_text(encoding="utf-8").endswith("\n")
    assert [row["minute"] for row in read_rows(day)][:3] == ["0", "1", "2"]
    assert "limit" in [row["kind"] for row in read_rows(day.parent / "events.csv")]


@pytest.mark.usefixtures("calibrated_shoulder")
def test_watching_continues_when_the_board_reconnects(run, plug_in, tmp_path, monkeypatch):
    port = plug_in(UnpluggedInput(after_s=6), SyntheticInput("relaxed"), speed=20)
    # Samples that are handed on together have one arrival time: at this speed, of five seconds.
    monkeypatch.setattr("unclench.commands.watch._GATHER_S", 0.0)
    what = ("watch", "--source", port, "--seconds", 30, "--out", tmp_path / "d")
    done = run(*what, "--terminal")
    assert done.status == 0
    events = read_rows(day_folder(tmp_path / "d") / "events.csv")
    kinds = [event["kind"] for event in events]
    assert kinds.count("disconnected") >= 1 <= kinds.count("reconnected")
    assert "watching continues once it is reconnected." in done.err
    assert "; watching continues." in done.err
    minutes = read_rows(day_folder(tmp_path / "d") / "day.csv")
    assert sum(float(minute["lost_s"]) for minute in minutes) > 1
    assert sum(float(minute["ch1_trusted_s"] or 0) for minute in minutes) > 1


@needs.posix
@pytest.mark.usefixtures("calibrated_shoulder")
def test_full_disk_is_reported_and_watching_continues(run, tmp_path):
    with small_files(800):
        what = ("watch", "--source", "sim:desk-work", "--seconds", 130, *FAST)
        done = run(*what, "--out", tmp_path / "d")
    assert done.status == 2
    assert "Traceback" not in done.err
    told = [line for line in done.err.splitlines() if "cannot be written" in line]
    assert told[0].endswith("Watching continues.")
    assert told[-1].startswith("unclench: ")
    assert len(told) == 2
    events = day_folder(tmp_path / "d") / "events.csv"
    on_disk = [row for row in read_rows(events) if row["kind"] == "alert"]
    on_screen = [line for line in done.out.splitlines() if "µV for" in line]
    assert 0 < len(on_disk) < len(on_screen)
    assert events.read_text(encoding="utf-8").endswith("\n")
    assert "Watched 2 min" in done.out


@pytest.mark.usefixtures("calibrated_shoulder")
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.5, "Left shoulder: no usable signal"),
        (6, ", above the limit for 3 s"),
        (9, "without a pause. Let it sink"),
        (9, "Watched 8 s, from "),
    ],
)
def test_terminal_shows_the_current_state(run_on_terminal, monkeypatch, tmp_path, seconds, words):
    monkeypatch.setenv("COLUMNS", "110")
    what = ("watch", "--source", "sim:desk-work", "--seconds", seconds, *FAST)
    done = run_on_terminal(*what, "--out", tmp_path / "d")
    assert done.status == 0
    assert words in done.out
