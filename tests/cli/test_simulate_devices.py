"""`unclench simulate` and `unclench devices`: a board on a port that any program opens."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import serial

from unclench.link.discovery import FoundBoard
from unclench.link.transport import PtyTransport
from unclench.link.virtual.inputs import SyntheticInput
from unclench.store import load_recording

LONG_S = 120.0  # only against hanging
posix_only = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")


def first_line(process):
    line = process.stdout.readline().strip()
    assert line, process.stderr.read()
    return line


@posix_only
def test_another_process_records_from_its_terminal(spawn, run, tmp_path):
    board = spawn("simulate", "--pty", "--signal", "sim:clenching?channels=2", "--speed", 20)
    path = first_line(board)
    assert Path(path).is_char_device()
    for name in ("one", "two"):  # one host after the other
        done = run("record", "--source", path, "--seconds", 1, "--out", tmp_path / name, "--json")
        assert (done.status, done.err) == (0, "")
        summary = json.loads(done.out)
        assert (summary["n_samples"] + summary["lost_samples"], summary["fs_hz"]) == (2000, 2000)
        assert len(summary["channels"]) == 2
    recording = load_recording(tmp_path / "one")
    direct = SyntheticInput("clenching", 2).read(2000)[1]
    np.testing.assert_array_equal(recording.units(), direct[recording.sample])


@posix_only
def test_any_program_opens_it(spawn):
    path = first_line(spawn("simulate"))  # a terminal is the default where there are any
    with serial.Serial(path, timeout=LONG_S) as port:
        assert port.read(1) == b"\0"
        assert b"virtual board" in port.read(100)


def test_on_a_socket(spawn, run, tmp_path):
    url = first_line(spawn("simulate", "--tcp", 0, "--speed", 20))
    assert url.startswith("socket://127.0.0.1:")
    for name in ("one", "two"):
        done = run("record", "--source", url, "--seconds", 1, "--out", tmp_path / name, "--json")
        assert (done.status, json.loads(done.out)["n_samples"]) == (0, 2000)
    taken = run("simulate", "--tcp", url.rpartition(":")[2])
    assert "cannot be used" in taken.sentence()


def test_a_recording_to_its_last_sample_then_it_ends(spawn, run, session, tmp_path):
    board = spawn("simulate", "--tcp", 0, "--signal", session, "--speed", "max")
    done = run(
        *("record", "--source", first_line(board), "--seconds", 2),
        *("--out", tmp_path / "again", "--json"),
    )
    summary = json.loads(done.out)
    assert summary["n_samples"] + summary["lost_samples"] == 4000
    assert board.wait(LONG_S) == 0


def test_unplugged_and_back_on_a_socket(spawn, run, tmp_path):
    faulty = "sim:relaxed?unplug_every_s=1.2&unplug_s=0.3"
    url = first_line(spawn("simulate", "--tcp", 0, "--signal", faulty))
    arguments = ("--source", url, "--seconds", 2.4, "--out", tmp_path / "s", "--json")
    done = run("record", *arguments)
    summary = json.loads(done.out)
    assert summary["lost_samples"] > 500
    assert load_recording(tmp_path / "s").sample[-1] > 2400


@posix_only
def test_a_link_points_to_the_terminal_as_it_comes_and_goes(spawn, run, tmp_path):
    link = tmp_path / "board"
    faulty = "sim:relaxed?unplug_every_s=1.2&unplug_s=0.3"
    board = spawn("simulate", "--pty", "--link", link, "--signal", faulty)
    path = first_line(board)
    assert str(link.readlink()) == path
    arguments = ("--source", link, "--seconds", 2.4, "--out", tmp_path / "s", "--json")
    assert json.loads(run("record", *arguments).out)["lost_samples"] > 500
    board.send_signal(signal.SIGINT)
    assert board.wait(LONG_S) == 130
    assert not link.is_symlink()


@posix_only
def test_what_stands_at_the_link_is_not_lost(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    said = run("simulate", "--pty", "--link", tmp_path / "file").sentence()
    assert "exists and is not a link" in said
    assert (tmp_path / "file").read_text() == "mine"
    said = run("simulate", "--pty", "--link", tmp_path / "no" / "link").sentence()
    assert "cannot be made" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pty", "--tcp", 0), "exclude each other"),
        (("--tcp", 70_000), "--tcp"),
        (("--signal", "socket://127.0.0.1:1"), "is a real port"),
        (("--signal", "sim:sleeping"), "no scenario 'sleeping'"),
        (("--signal", "nowhere.csv"), "no source 'nowhere.csv'"),
        (("--speed", "nan"), "Speed 'nan'"),
    ],
)
@posix_only
def test_mistakes_at_simulating(run, arguments, words):
    assert words in run("simulate", *arguments).sentence()


class TestDevices:
    def test_no_board(self, run, monkeypatch):
        monkeypatch.setattr("unclench.link.discovery.candidate_ports", list)
        done = run("devices")
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("No board found: ")
        assert "2E8A:0005" in done.out
        assert json.loads(run("devices", "--json").out) == []

    def test_a_simulated_board_by_its_port(self, run, spawn):
        url = first_line(spawn("simulate", "--tcp", 0, "--signal", "sim:relaxed?channels=3"))
        done = run("devices", "--port", url)
        assert done.status == 0
        for word in (url, "no serial number", "firmware 0.1.0", "3 channel(s) at 2000 Hz"):
            assert word in done.out
        (found,) = json.loads(run("devices", "--port", url, "--json").out)
        assert (found["port"], found["firmware"], found["trouble"]) == (url, "0.1.0", None)
        assert (found["board_id"], found["channels"]) == ("7669727475616c01", 3)

    @posix_only
    def test_ports_without_a_board(self, run):
        terminal = PtyTransport()
        done = run("devices", "--port", terminal.path, "--port", "/dev/unclench-nope")
        assert terminal.read(0.05) == b""
        terminal.close()
        assert done.status == 0
        silent, missing = done.out.splitlines()
        assert "Nothing was heard" in silent
        assert "There is no port /dev/unclench-nope" in missing

    def test_boards_by_their_identity(self, run, monkeypatch):
        """As the system lists USB devices: by VID:PID, whatever they are called."""

        class Port:
            def __init__(self, device, vid, pid, number) -> None:
                self.device, self.vid, self.pid, self.serial_number = device, vid, pid, number
                self.product = self.description = None

        ports = [
            Port("/dev/unclench-a", 0x2E8A, 0x0005, "E6614"),
            Port("/dev/unclench-b", 0x2E8A, 0x000A, "C-SDK"),
            Port("/dev/unclench-c", None, None, None),
        ]
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
        monkeypatch.setattr(
            "unclench.link.discovery.ask",
            lambda port, number: FoundBoard(port, number, SyntheticInput("relaxed").hello()),
        )
        done = run("devices")
        assert "/dev/unclench-a  E6614  firmware 0.1.0" in done.out
        assert "unclench-b" not in done.out
        assert "unclench-c" not in done.out

    @posix_only
    def test_auto_takes_the_board_that_answers(self, run, spawn, tmp_path, monkeypatch):
        path = first_line(spawn("simulate", "--pty", "--speed", 20))
        monkeypatch.setattr(
            "unclench.link.discovery.candidate_ports",
            lambda: [("/dev/unclench-nope", None), (path, "E6614")],
        )
        done = run("record", "--seconds", 0.5, "--out", tmp_path / "s", "--json")
        assert (done.status, done.err) == (0, "")
        meta = json.loads((tmp_path / "s" / "session.json").read_text())
        assert meta["source"] == path

    @posix_only
    def test_auto_says_why_a_pico_was_not_taken(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(
            "unclench.link.discovery.candidate_ports", lambda: [("/dev/unclench-nope", None)]
        )
        arguments = ("--seconds", 0.5, "--speed", "max", "--out", tmp_path / "s")
        done = run("record", *arguments)
        assert done.status == 0
        assert "There is no port /dev/unclench-nope" in done.err
        assert "Showing the virtual board (sim:desk-work) instead." in done.err

    @posix_only
    def test_a_board_that_comes_back_under_another_name(self, monkeypatch):
        from unclench.sources import _port_source

        terminal = PtyTransport()
        monkeypatch.setattr(
            "unclench.link.discovery.candidate_ports", lambda: [(terminal.path, "E6614")]
        )
        port = _port_source("/dev/unclench-was-here", "E6614").open()
        time.sleep(0.01)
        terminal.write(b"x")
        assert port.read(LONG_S) == b"x"
        port.close()
        terminal.close()
