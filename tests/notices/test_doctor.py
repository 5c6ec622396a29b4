"""`unclench doctor`: a report that helps whoever reads it, and says nothing about the person."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import serial.tools.list_ports
from tests.commandline import run_command
from tests.processes import python

from unclench import __version__
from unclench.link.transport import open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.settings import Place, Settings, own_dir, save_settings


class Port:
    """What pyserial tells of a port."""

    def __init__(self, device: str, vid: int | None, pid: int | None) -> None:
        self.device, self.vid, self.pid, self.serial_number = device, vid, pid, "E66058388353"


@pytest.fixture(autouse=True)
def ports(monkeypatch):
    """No port of this computer; tests may add some."""
    found: list[Port] = []
    monkeypatch.setattr(serial.tools.list_ports, "comports", lambda: found)
    return found


@pytest.fixture(autouse=True)
def _qt_starts(monkeypatch):
    """Qt is tried in a process of its own, which takes a second: once is enough."""
    monkeypatch.setattr("unclench.desktop.display.check_display", lambda into_file: None)


def report():
    ran = run_command("doctor", "--json")
    return ran.status, json.loads(ran.out)


def test_a_sound_computer_has_versions_paths_and_files_and_nothing_broken():
    save_settings(Settings())
    status, told = report()
    assert (status, told["broken"]) == (0, [])
    assert told["versions"]["unclench"] == __version__
    assert {"Python", "numpy", "scipy", "system"} <= told["versions"].keys()
    assert told["window"]["Qt"].startswith("PyQt")
    assert told["files"]["settings.json"] == "fine"
    assert told["files"]["calibrations.json"] == "none"
    assert told["paths"]["free space"].endswith(" MB")
    assert told["last errors"] == {"errors": "none in the log"}


def test_people_read_lines_that_say_the_same():
    ran = run_command("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.split()[:3] == ["versions", "unclench", __version__]
    assert ran.out.endswith("\nNo problems found.\n")


def test_what_is_broken_is_summed_up_and_ends_with_status_1():
    own_dir().mkdir(parents=True)
    (own_dir() / "settings.json").write_text('{"theme": "mauve"}')
    (own_dir() / "tags.toml").write_text("tag = 3")
    status, told = report()
    assert status == 1
    assert [line.partition(":")[0] for line in told["broken"]] == ["settings.json", "tags.toml"]
    assert told["files"]["settings.json"].startswith("broken (theme: ")


def test_boards_are_asked_and_other_ports_only_counted(ports, monkeypatch):
    board = VirtualBoard(SyntheticInput("relaxed"))
    monkeypatch.setattr("unclench.link.discovery.open_transport", lambda _: board.plug_in())
    ports += [Port("/dev/ttyACM0", 0x2E8A, 5), Port("/dev/cu.AnnasHeadphones", None, None)]
    status, told = report()
    board.close()
    assert status == 0
    assert told["ports"]["/dev/ttyACM0"].startswith("2E8A:0005, firmware ")
    assert told["ports"]["other ports"] == "1"


def test_a_board_that_does_not_answer_is_broken(ports, monkeypatch):
    monkeypatch.setattr(
        "unclench.link.discovery.open_transport", lambda _: open_transport("COM_none")
    )
    ports.append(Port("/dev/ttyACM0", 0x2E8A, 5))
    status, told = report()
    assert status == 1
    assert told["broken"][0].startswith("/dev/ttyACM0: 2E8A:0005, ")


def test_the_last_errors_are_told(monkeypatch):
    def failing():
        raise ValueError("no row for 'Anna'")

    monkeypatch.setattr("unclench.link.discovery.find_boards", failing)
    run_command("devices")
    _, told = report()
    assert (
        "ERROR unclench: internal error\n  ValueError: no row for '…'" in told["last errors"]["1"]
    )


def test_a_probe_that_fails_stops_no_other(monkeypatch):
    def failing():
        raise RuntimeError("the sound system hangs up")

    monkeypatch.setattr("unclench.audio.count_devices", failing)
    status, told = report()
    assert status == 1
    assert told["sound"] == {"failed": "RuntimeError: the sound system hangs up"}
    assert "free space" in told["paths"]


def test_nothing_tells_of_the_person(ports, monkeypatch):
    home = Path.home()
    sessions = home / "documents" / "Annas neck"
    sessions.mkdir(parents=True)
    save_settings(
        Settings(sessions_dir=sessions, places=(Place(channel=1, site="Annas jaw", side="left"),))
    )
    (own_dir() / "programs").mkdir()
    (own_dir() / "programs" / "after-annas-divorce.toml").write_text("title = 'Anna")
    (own_dir() / "tags.toml").write_text('[[tag]]\nkey = "Anna"\n')
    ports.append(Port("/dev/cu.AnnasHeadphones", None, None))
    run_command("record", "--source", "sim", "--out", home / "Annas neck" / "x", "--seconds", 1)
    run_command("analyze", home / "annas-secret.csv")
    ran = run_command("doctor")
    said = ran.out + ran.err
    for private in ("anna", "divorce", "secret", "Headphones", str(home)):
        assert private.casefold() not in said.casefold()


def test_what_a_probe_needs_is_imported_when_it_runs():
    program = (
        "import sys\nfrom unclench.commands import doctor\n"
        "print(sorted({'scipy', 'pyqtgraph', 'PyQt5', 'serial', 'miniaudio'} & set(sys.modules)))"
    )
    done = subprocess.run(python(program), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
