"""`unclench record`: every source, where it records to, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests import needs
from tests.known import known
from tests.limits import HANG_LIMIT_S

from unclench.link.transport import PtyTransport, TransportClosed, open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.link.virtual.scenarios import SCENARIOS
from unclench.review.session import open_review
from unclench.review.summary import ensure_summary
from unclench.store import load_recording, open_session
from unclench_wire.messages import Hello

from .conftest import Terminal, UnpluggedInput, small_files, until

FAST = ("--speed", "max")


@pytest.mark.parametrize("name", ["sim", *(f"sim:{name}" for name in SCENARIOS)])
def test_every_scenario_can_be_recorded(run, tmp_path, name):
    done = run("record", "--source", name, "--seconds", 1, "--out", tmp_path / "s", *FAST, "--json")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == {
        "duration_s": 1.0,
        "n_samples": 2000,
        "lost_samples": 0,
        "fs_hz": 2000.0,
        "channels": ["channel 1"],
        "folder": str(tmp_path / "s"),
    }
    assert load_recording(tmp_path / "s").n_samples == 2000


def test_says_what_was_saved_and_where_through_a_pipe_too(run, tmp_path):
    done = run("record", "--source", "sim", "--seconds", 1, "--out", tmp_path / "s", *FAST)
    saved = f"1.0 s, 2000 samples, 0 lost: {tmp_path / 's'}\n"
    assert (done.status, done.out, done.err) == (0, saved, "")


def test_progress_on_a_terminal(run_on_terminal, tmp_path):
    what = ("record", "--source", "sim", "--seconds", 3, "--out", tmp_path / "s", *FAST)
    done = run_on_terminal(*what)
    assert done.status == 0
    *_, last = re.findall(r"recording .*? lost", done.out)
    assert re.search(r" 0:00:\d\d +3 s +\d+\.\d uV +0 lost", last)
    assert done.out.splitlines()[-1].endswith(f"3.0 s, 6000 samples, 0 lost: {tmp_path / 's'}")


class BoardOnSkin(SyntheticInput):
    """A board that says it is real: its electrodes may be on skin."""

    def hello(self) -> Hello:
        hello = super().hello()
        hello.flags = 0
        return hello


@pytest.fixture
def skin_port() -> Iterator[str]:
    """A serial port with a board that may be on skin."""

    def serve() -> None:
        with contextlib.suppress(TransportClosed):
            board.serve(terminal)

    terminal, board = PtyTransport(), VirtualBoard(BoardOnSkin("relaxed"))
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield terminal.path
    board.close()
    thread.join(HANG_LIMIT_S)


@needs.posix
class TestSafety:
    """With electrodes on skin, whoever has not accepted the safety rules sees them first."""

    def test_rules_are_shown_when_unattended(self, run, skin_port, tmp_path):
        done = run("record", "--source", skin_port, "--seconds", 0.5, "--out", tmp_path / "s")
        assert done.status == 0
        assert done.err.startswith("Before you begin:")
        assert load_recording(tmp_path / "s").n_samples == 1000

    @pytest.mark.parametrize("answer", ["y", "n"])
    def test_rules_must_be_accepted_on_a_terminal(
        self, run_on_terminal, skin_port, tmp_path, answer
    ):
        what = ("record", "--source", skin_port, "--seconds", 0.5, "--out", tmp_path / "s")
        done = run_on_terminal(*what, typed=f"{answer}\n")
        assert "Before you begin:" in done.out
        assert (done.status == 0) == (tmp_path / "s").exists() == (answer == "y")
        assert ("you have agreed to" in done.out) == (answer == "n")


def test_sim_takes_channels_rate_and_seed(run, tmp_path):
    source = "sim:clenching?channels=3&rate=4000&seed=9"
    done = run(
        "record", "--source", source, "--seconds", 1, "--out", tmp_path / "s", *FAST, "--json"
    )
    summary = json.loads(done.out)
    assert (summary["fs_hz"], len(summary["channels"])) == (4000.0, 3)
    direct = SyntheticInput("clenching", 3, 4000, 9)
    units = np.concatenate([known(direct.read(40))[1] for _ in range(100)])
    np.testing.assert_array_equal(load_recording(tmp_path / "s").units(), units)


@pytest.mark.parametrize("speed", ["20", "0.9", "1000", "max"])
def test_every_speed_records_the_same_length(run, tmp_path, speed):
    arguments = ("--source", "sim", "--seconds", 0.3, "--out", tmp_path / "s", "--speed", speed)
    done = run("record", *arguments, "--json")
    assert done.status == 0
    assert json.loads(done.out)["duration_s"] == 0.3


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast", "", "1e9", "MAX"])
def test_invalid_speeds_are_refused(run, tmp_path, speed):
    arguments = ("--source", "sim", "--seconds", 1, "--out", tmp_path / "s", "--speed", speed)
    assert f"Speed '{speed}'" in run("record", *arguments).sentence()
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sim:sleeping", "no scenario 'sleeping'. Choose one of relaxed, desk-work"),
        ("sim:relaxed?volume=3", "'volume' is not a setting of sim. Choose from channels, rate"),
        ("sim:relaxed?seed=x", "seed of sim must be a whole number, not 'x'"),
        ("sim:relaxed?channels=1.5", "channels of sim must be a whole number, not '1.5'"),
        ("sim:relaxed?channels=4", "4 channels are not available; choose 1 to 3"),
        ("sim:relaxed?channels=inf", "must be a whole number"),
        ("sim:relaxed?rate=1234", "a rate of 1234 Hz is not available; choose 1000, 2000 or 4000"),
        ("sim:relaxed?seed=-1", "a seed of -1 is out of range; choose 0 or more"),
        ("sim:relaxed?drop=", "drop of sim must be a number, not ''"),
        ("sim:relaxed?drop=2", "drop 2 is not a share; choose 0 to 1"),
        ("sim:relaxed?drop=nan", "drop nan"),
        ("sim:relaxed?stall_every_s=1&stall_s=2", "a stall must be shorter than stall_every_s"),
        ("nonsense", "no source 'nonsense'. Use auto, sim, sim:NAME (relaxed,"),
        ("", "There is no source ''"),
        ("x" * 300, "There is no source"),
        ("~no-such-user/x.csv", "There is no source '~no-such-user/x.csv'"),
        ("/dev/unclench-nope", "There is no port /dev/unclench-nope. "),
        ("/dev/null", "/dev/null is not a serial port"),
        ("socket://127.0.0.1:1", "Nothing answers at socket://127.0.0.1:1"),
        ("nothing://here", "protocol 'nothing' not known"),
    ],
)
@needs.posix
def test_invalid_sources_are_refused(run, tmp_path, source, words):
    done = run("record", "--source", source, "--seconds", 1, "--out", tmp_path / "s")
    assert words in done.sentence()
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "long"])
@pytest.mark.parametrize("command", ["record", "live"])
def test_invalid_seconds_are_refused(run, tmp_path, command, seconds):
    out = ("--out", tmp_path / "s") if command == "record" else ()
    assert "--seconds" in run(command, "--source", "sim", "--seconds", seconds, *out).sentence()


def test_speed_is_refused_for_a_port(run, tmp_path):
    arguments = ("--source", "socket://127.0.0.1:1", "--speed", 2, "--out", tmp_path / "s")
    assert "is a board and runs in real time" in run("record", *arguments).sentence()


def test_auto_without_a_board_announces_the_virtual_one(run, tmp_path, monkeypatch):
    monkeypatch.setattr("unclench.link.discovery.candidate_ports", list)
    done = run("record", "--seconds", 1, "--out", tmp_path / "s", *FAST)
    assert done.status == 0
    assert done.err == (
        "No board is plugged in. Showing the virtual board (sim:desk-work) instead.\n"
    )


class TestOut:
    """Where a recording goes."""

    @staticmethod
    def record(run, out):
        return run("record", "--source", "sim", "--seconds", 0.5, "--out", out, *FAST, "--json")

    def test_missing_parent_folders_are_created(self, run, tmp_path):
        done = self.record(run, tmp_path / "a" / "b")
        assert json.loads(done.out)["folder"] == str(tmp_path / "a" / "b")

    def test_empty_folder_is_used(self, run, tmp_path):
        (tmp_path / "empty").mkdir()
        done = self.record(run, tmp_path / "empty")
        assert json.loads(done.out)["folder"] == str(tmp_path / "empty")

    def test_folder_with_other_files_gets_a_dated_session(self, run, tmp_path):
        (tmp_path / "note.txt").write_text("mine")
        folders = {json.loads(self.record(run, tmp_path).out)["folder"] for _ in range(2)}
        assert len(folders) == 2
        assert {Path(folder).parent for folder in folders} == {tmp_path}
        assert all(load_recording(folder).n_samples == 1000 for folder in folders)
        assert (tmp_path / "note.txt").read_text() == "mine"

    def test_existing_session_is_never_overwritten(self, run, session):
        before = (session / "emg.csv").read_bytes()
        said = self.record(run, session).sentence()
        assert f"{session} already holds a session" in said
        assert (session / "emg.csv").read_bytes() == before

    @pytest.mark.parametrize("name", ["file", "file/below"])
    def test_file_in_the_way_is_left_alone(self, run, tmp_path, name):
        (tmp_path / "file").write_text("mine")
        assert str(tmp_path / name) in self.record(run, tmp_path / name).sentence()
        assert (tmp_path / "file").read_text() == "mine"

    @needs.posix
    def test_unwritable_folder_is_named_in_the_error(self, run):
        assert "/proc/unclench" in self.record(run, "/proc/unclench").sentence()

    def test_out_is_required(self, run):
        assert "--out" in run("record", "--source", "sim").err


def test_replay_records_the_same_bytes(run, tmp_path):
    source = "sim:desk-work?channels=3&drop=2e-5&seed=4"
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    done = run("record", "--source", source, "--seconds", 15, "--out", one, *FAST, "--json")
    assert json.loads(done.out)["lost_samples"] > 0
    for before, after in ((one, two), (two, three)):
        done = run("record", "--source", before, "--out", after, *FAST, "--json")
        assert (done.status, done.err) == (0, "")
        for name in ("emg.csv", "tension.csv"):
            assert (after / name).read_bytes() == (before / name).read_bytes(), name
    gaps = [[e for e in open_session(x).events() if e.kind == "gap"] for x in (one, two, three)]
    assert gaps[0] == gaps[1] == gaps[2]
    assert open_session(one).meta.lost_samples == open_session(three).meta.lost_samples


@pytest.mark.parametrize("scenario", ["mains-hum", "poor-contact"])
def test_replay_reproduces_states_and_notches(run, tmp_path, scenario):
    one, two = tmp_path / "one", tmp_path / "two"
    arguments = ("--seconds", 20, "--band", "narrow", *FAST)
    assert run("record", "--source", f"sim:{scenario}", "--out", one, *arguments).status == 0
    assert (
        run("record", "--source", one, "--out", two, "--speed", 40, "--band", "narrow").status == 0
    )
    for name in ("emg.csv", "tension.csv", "events.csv"):
        assert (two / name).read_bytes() == (one / name).read_bytes(), name
    words = open_session(one).tension().state
    assert len(set(words)) >= 2


def test_real_recording_replays_to_the_same_bytes(run, tmp_path):
    csv = needs.recording("plux_rest_contraction/plux_rest_contraction.csv")
    one, two = tmp_path / "one", tmp_path / "two"
    assert run("record", "--source", csv, "--out", one, *FAST).status == 0
    assert run("record", "--source", one, "--out", two, *FAST).status == 0
    for name in ("emg.csv", "tension.csv"):
        assert (two / name).read_bytes() == (one / name).read_bytes(), name
    original, kept = load_recording(csv), load_recording(one)
    np.testing.assert_allclose(kept.emg_uv, original.emg_uv, rtol=0, atol=0.5e-4)
    assert kept.fs_hz == original.fs_hz


def write_csv(tmp_path: Path, head: str, rows: Iterable[str], name: str = "x.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([head, *rows, ""]))
    return path


class TestCsvOptions:
    """Options that say what a CSV file holds."""

    def test_rate_column_unit_and_mains_apply(self, run, tmp_path):
        emg = np.random.default_rng(0).normal(0, 0.05, (3000, 2)).round(6)
        path = write_csv(tmp_path, "left;right", [f"{a};{b}" for a, b in emg])
        done = run(
            *("record", "--source", path, "--out", tmp_path / "s", *FAST, "--json"),
            *("--fs", 1500, "--column", "right", "--unit", "mV", "--mains", "off"),
        )
        summary = json.loads(done.out)
        assert (summary["fs_hz"], summary["channels"]) == (1500.0, ["right"])
        kept = load_recording(tmp_path / "s")
        np.testing.assert_allclose(kept.emg_uv[:, 0], emg[:, 1] * 1000, atol=1e-9)
        assert open_session(tmp_path / "s").meta.mains == "off"

    @pytest.mark.parametrize("fs_hz", [1000.123456, 1234.56789, 997.0, 3333.333333, 25_000])
    def test_any_sampling_rate_is_kept(self, run, tmp_path, fs_hz):
        emg = np.random.default_rng(0).normal(0, 5, 4000).round(3)
        path = write_csv(tmp_path, "emg_uv", [str(value) for value in emg])
        arguments = ("--source", path, "--fs", fs_hz, "--out", tmp_path / "s", *FAST, "--json")
        done = run("record", *arguments)
        assert (done.status, done.err) == (0, "")
        assert json.loads(done.out)["fs_hz"] == pytest.approx(fs_hz, rel=1e-7)
        assert load_recording(tmp_path / "s").emg_uv[:, 0].tolist() == pytest.approx(emg.tolist())

    def test_more_than_three_channels_are_refused(self, run, tmp_path):
        path = write_csv(tmp_path, "a,b,c,d", ["1,2,3,4"] * 100)
        arguments = ("--source", path, "--fs", 1000, "--out", tmp_path / "s")
        said = run("record", *arguments).sentence()
        assert "4 channels (a, b, c, d), but at most 3 can be replayed" in said


@needs.posix
class TestHowItEnds:
    """What a recording keeps, however it ends."""

    @staticmethod
    def rows_on_disk(folder: Path) -> int:
        emg = folder / "emg.csv"
        return emg.read_bytes().count(b"\n") - 1 if emg.exists() else 0

    def test_ctrl_c_closes_the_session(self, run, tmp_path):
        folder = tmp_path / "s"
        what = ("record", "--source", "sim", "--out", folder, "--json")
        done = run(*what, signal_when=lambda: self.rows_on_disk(folder) > 100)
        assert (done.status, done.err) == (0, "")
        session = open_session(folder)
        assert session.meta.ended == "closed"
        assert json.loads(done.out)["n_samples"] == session.load().n_samples > 100

    def test_ctrl_c_typed_on_a_terminal_closes_the_session(self, spawn, tmp_path):
        """The terminal sends the signal, to a process that it controls."""

        def take_terminal() -> None:
            import fcntl
            import termios

            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        with Terminal() as terminal:
            screen = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.theirs)
            what = ("record", "--source", "sim", "--out", tmp_path / "s")
            process = spawn(*what, **screen, preexec_fn=take_terminal)
            terminal.let_go()
            until(lambda: re.search(r"recording .* uV ", terminal.shown))
            terminal.type("\x03")
            assert process.wait(HANG_LIMIT_S) == 0
        session = open_session(tmp_path / "s")
        assert session.meta.ended == "closed"
        assert f" s, {session.meta.n_samples} samples, 0 lost: " in terminal.shown
        assert "Traceback" not in terminal.shown

    def test_ctrl_c_while_connecting_leaves_nothing(self, run, tmp_path, monkeypatch):
        terminal, opened = PtyTransport(), threading.Event()

        def open_port(url):
            port = open_transport(url)
            opened.set()
            return port

        monkeypatch.setattr("unclench.sources.open_transport", open_port)
        what = ("record", "--source", terminal.path, "--out", tmp_path / "s")
        done = run(*what, signal_when=opened.is_set)
        assert (done.status, done.out, done.err.strip()) == (130, "", "")
        assert terminal.read(0.0) == b""  # not a byte to what may be no board of ours
        terminal.close()
        assert not (tmp_path / "s").exists()

    def test_kill_9_keeps_what_was_on_disk(self, spawn, tmp_path):
        """All rows seen on disk before the kill are read back; none is invented."""
        folder = tmp_path / "s"
        process = spawn("record", "--source", "sim:relaxed", "--speed", 4, "--out", folder)
        until(lambda: self.rows_on_disk(folder) > 6000)
        seen = self.rows_on_disk(folder)
        process.kill()
        process.wait(HANG_LIMIT_S)
        session = open_session(folder)
        recording = session.load()
        assert recording.n_samples >= seen
        np.testing.assert_array_equal(recording.sample, np.arange(recording.n_samples))
        direct = known(SyntheticInput("relaxed").read(recording.n_samples))[1]
        np.testing.assert_array_equal(recording.units(), direct)
        assert session.meta.ended == "running"

    def test_full_disk_ends_the_recording_with_an_error(self, run, tmp_path):
        folder = tmp_path / "s"
        with small_files(40_000):
            done = run("record", "--source", "sim", "--seconds", 60, "--out", folder, *FAST)
        assert "cannot be written: File too large" in done.sentence()
        session = open_session(folder)
        assert session.meta.ended == "error"
        assert 500 < session.load().n_samples < 3000

    def test_board_that_stays_away_ends_the_recording(self, run, plug_in, tmp_path, monkeypatch):
        monkeypatch.setattr("unclench.commands.ending._PATIENCE_S", 0.0)
        port = plug_in(UnpluggedInput(after_s=0.2), speed=1)
        done = run("record", "--source", port, "--seconds", 0.5, "--out", tmp_path / "s")
        said = done.sentence()
        assert "was disconnected and did not reconnect" in said
        assert f"Everything before that is saved in {tmp_path / 's'}" in said
        assert load_recording(tmp_path / "s").n_samples > 200
        assert open_session(tmp_path / "s").meta.ended == "closed"

    def test_board_that_returns_with_other_settings_ends_the_recording(
        self, run, plug_in, tmp_path
    ):
        other = SyntheticInput("relaxed", rate_hz=4000)
        port = plug_in(UnpluggedInput(after_s=0.2), other, speed=1)
        done = run("record", "--source", port, "--seconds", 600, "--out", tmp_path / "s")
        assert "other settings" in done.sentence()
        assert load_recording(tmp_path / "s").n_samples > 100


def test_csv_options_are_refused_for_boards(run, tmp_path):
    out = ("--out", tmp_path / "s", "--fs", "1000", "--seconds", "1")
    assert "are for files" in run("record", "--source", "sim:relaxed", *out).sentence()
    missing = run("record", "--source", tmp_path / "gone.csv", *out).sentence()
    assert "There is no source" in missing
    assert "gone.csv" in missing


@pytest.mark.usefixtures("calibrated")
def test_place_and_its_calibration_are_stored(run, tmp_path):
    what = ("--source", "sim:person", *FAST, "--place", "1:shoulder:left", "--seconds", 5)
    done = run("record", *what, "--out", tmp_path / "s")
    assert (done.status, done.err) == (0, "")
    context = open_review(tmp_path / "s").contexts[0]
    assert context.label == "Left shoulder"
    assert context.baseline_from == "calibration"
    assert context.reference is not None
    summary = ensure_summary(tmp_path / "s").channels[0]
    assert summary.site == "Left shoulder"
    assert summary.baseline_uv == known(context.baseline).mean_uv


def test_invalid_place_leaves_no_session(run, tmp_path):
    source = ("--source", "sim:relaxed", "--speed", "max", "--seconds", 2)
    for place in ("4:shoulder:left", "2:shoulder:left", "1:shoulder:middle", "x"):
        done = run("record", *source, "--place", place, "--out", tmp_path / "s")
        assert done.status == 2
        assert done.err.count("\n") == 1
        assert not (tmp_path / "s").exists()
