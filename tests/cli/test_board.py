"""`unclench board ...`: install, check, calibrate, and every way they can go wrong."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest
from tests import needs
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import on_terminal, wait_until

from unclench.board.install import Installed, Plan
from unclench.board.prompt import Interpreter
from unclench.link.connection import Connection
from unclench.link.messages import Message, SampleFrame
from unclench.link.timing import SimulatedTime
from unclench.link.transport import PtyTransport, open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput, Units
from unclench.sources import Source
from unclench_wire.messages import Hello

FORGETS = "The virtual board forgets it when this command ends."
COMMANDS = ("install", "check", "calibrate", "set", "blink")


def picos(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str | None]) -> None:
    """Let these Picos be plugged in: pairs of port and serial number."""
    monkeypatch.setattr("unclench.link.discovery.candidate_ports", lambda: list(found))


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Plug in a board: a virtual one that is taken for real, so it outlives a command."""

    def make(*analog: Any) -> str:
        clock = SimulatedTime()
        board = VirtualBoard(SyntheticInput(*analog), clock=clock)
        source = Source("/dev/unclench-a", board.plug_in, clock=clock)
        monkeypatch.setattr("unclench.commands.boardport.open_source", lambda *_, **__: source)
        return source.name

    return make


class TestWhichBoard:
    """How a command finds its board, and what it says where it cannot."""

    @pytest.mark.parametrize("command", COMMANDS)
    @pytest.mark.parametrize("arguments", [(), ("--port", "auto")])
    def test_no_board_is_plugged_in(self, run, monkeypatch, command, arguments):
        picos(monkeypatch)
        said = run("board", command, *arguments).sentence()
        assert said.startswith("unclench: No board found: ")
        assert "2E8A:0005" in said
        assert "--port" in said

    @pytest.mark.parametrize("command", COMMANDS)
    def test_several_boards_are_plugged_in(self, run, monkeypatch, command):
        picos(monkeypatch, ("/dev/unclench-a", "E6614"), ("/dev/unclench-b", None))
        said = run("board", command).sentence()
        assert "2 boards are plugged in: /dev/unclench-a (E6614), /dev/unclench-b (no" in said
        assert "--port" in said

    @pytest.mark.parametrize("command", COMMANDS)
    def test_the_only_board_is_taken(self, run, monkeypatch, command):
        picos(monkeypatch, ("/dev/unclench-a", "E6614"))
        assert "There is no port /dev/unclench-a" in run("board", command).sentence()

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_port_that_is_not_there(self, run, command):
        said = run("board", command, "--port", "/dev/unclench-nope").sentence()
        assert "There is no port /dev/unclench-nope" in said

    @needs.posix
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_busy_port(self, run, command):
        terminal = PtyTransport()
        owner = open_transport(terminal.path)
        assert "is busy" in run("board", command, "--port", terminal.path).sentence()
        owner.close()
        terminal.close()

    @needs.posix
    @pytest.mark.parametrize("command", COMMANDS[1:])
    def test_an_unknown_device_is_not_spoken_to(self, run, command, monkeypatch):
        monkeypatch.setattr(Connection.handshake, "__defaults__", (0.1,))
        terminal = PtyTransport()
        said = run("board", command, "--port", terminal.path).sentence()
        assert "Nothing arrived from" in said
        assert "unclench board install" in said
        assert terminal.read(0.1) == b""
        terminal.close()

    @pytest.mark.parametrize("command", COMMANDS[1:])
    def test_a_recording_is_no_board(self, run, session, command):
        assert "is a recording" in run("board", command, "--port", session).sentence()

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("check", "--seconds", 1), "--seconds"),
            (("check", "--seconds", "nan"), "--seconds"),
            (("calibrate", "--seconds", 0), "--seconds"),
            (("calibrate", "--channel", 4), "--channel"),
            (("check", "--port", "sim:asleep"), "no scenario 'asleep'"),
            (("set", "--gain", "200"), "give K=G, as in 1=200"),
            (("set", "--gain", "1=nan"), "give K=G, as in 1=200"),
            (("set", "--gain", "1=-1"), "-1 is not a valid gain"),
            (("set", "--gain", "4=200"), "channel 4 does not exist: give 1 to 3"),
            (("set", "--channels", 256), "--channels"),
            (("set", "--rate", 2**32), "--rate"),
            (("blink", "--seconds", 0), "--seconds"),
            (("install", "--port", "sim:relaxed"), "is a virtual board, which needs no firmware"),
            (("install", "--port", "sim"), "is a virtual board, which needs no firmware"),
        ],
    )
    def test_mistakes(self, run, arguments, words):
        assert words in run("board", *arguments).sentence()

    def test_without_a_command_it_says_which_there_are(self, run):
        done = run("board")
        assert (done.status, done.err) == (0, "")
        assert done.out == run("board", "--help").out
        assert all(f"  {command} " in done.out for command in COMMANDS)

    def test_help_says_what_to_do_with_the_input(self, run):
        told = " ".join(run("board", "calibrate", "--help").out.split())
        for words in ("keep the muscle relaxed", "potentiometer between 3V3 and GND", "slowly"):
            assert words in told


class TestCheck:
    """`unclench board check`."""

    def test_a_check_in_words(self, run):
        done = run("board", "check", "--port", "sim:shorted?channels=2", "--seconds", 3)
        assert (done.status, done.err) == (0, "")
        for words in ("virtual board: shorted", "firmware 0.1.0", "7669727475616c01", "level 1"):
            assert words in " ".join(done.out.split())
        rows = [line.split()[:2] for line in done.out.splitlines()]
        for name in ("rate", "losses", "counters", "answers", "step"):
            assert any(row[:1] == [name] for row in rows)
        assert ["noise", "2"] in rows
        assert done.out.splitlines()[-1].startswith("This board is ")

    def test_the_last_line_names_what_is_not_good(self, run):
        done = run("board", "check", "--port", "sim:mains-hum", "--seconds", 5)
        assert "mains hum of 50 Hz" in " ".join(done.out.split())
        assert "noise 1" in done.out.splitlines()[-1]

    def test_figures_as_json(self, run):
        done = run("board", "check", "--port", "sim:shorted", "--seconds", 3, "--json")
        assert (done.status, done.err) == (0, "")
        data = json.loads(done.out)
        assert data["board_id"] == "7669727475616c01"
        assert data["channels"][0]["noise_uv"] == pytest.approx(0.17, rel=0.1)
        assert data["verdict"] in ("good", "usable", "not usable")

    def test_a_record_to_send_in(self, run):
        done = run("board", "check", "--port", "sim:shorted", "--seconds", 3, "--share")
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("| item | found | verdict |\n| --- | --- | --- |\n| board | ")
        assert "7669727475616c01" not in done.out

    def test_noise_is_stored_only_with_permission(self, run, plug_in):
        port = plug_in("shorted")
        arguments = ("board", "check", "--port", port, "--seconds", 3, "--json", "--store-noise")
        refused = run(*arguments)
        assert refused.status == 2
        assert "The noise was not stored. Add --yes" in refused.err
        before = json.loads(refused.out)["channels"][0]
        stored = run(*arguments, "--yes")
        assert stored.status == 0
        measured = json.loads(stored.out)["channels"][0]
        assert measured["stored_noise_uv"] == before["stored_noise_uv"]  # nothing was, before
        assert stored.err == (f"Stored as the board's own noise: {measured['noise_uv']:.2f} uV.\n")
        after = json.loads(run(*arguments[:-1]).out)["channels"][0]["stored_noise_uv"]
        assert after == pytest.approx(measured["noise_uv"], abs=0.0006)

    def test_a_virtual_board_forgets(self, run):
        arguments = ("--seconds", 3, "--store-noise", "--yes")
        done = run("board", "check", "--port", "sim:shorted", *arguments)
        assert done.out.splitlines()[-1].endswith(" uV. " + FORGETS)

    @pytest.mark.parametrize("seconds", [3, 20])
    def test_a_muscle_is_not_stored_as_noise(self, run, seconds):
        arguments = ("--seconds", seconds, "--store-noise", "--yes", "--json")
        done = run("board", "check", "--port", "sim:desk-work", *arguments)
        assert done.status == 2
        assert "was not stored" in done.err

    def test_a_virtual_board_need_not_be_waited_for(self, run):
        done = run("board", "check", "--port", "sim:shorted", "--seconds", 60, "--json")
        data = json.loads(done.out)
        assert (data["seconds"], data["lost_samples"], data["verdict"]) == (60.0, 0, "good")
        assert data["rate_ppm"] == pytest.approx(0.0, abs=0.01)

    @needs.posix
    def test_ctrl_c_in_a_process_of_its_own_leaves_the_board_usable(self, spawn):
        analog = NotingInput("desk-work")
        with on_terminal(VirtualBoard(analog)) as path:
            check = spawn("board", "check", "--port", path, "--seconds", 600)
            wait_until(lambda: analog.rows > 0)
            check.send_signal(signal.SIGINT)
            assert check.wait(HANG_LIMIT_S) == 130
            assert check.stderr.read().strip() == ""
            connection = Connection(open_transport(path), path)
            heard: list[Message] = []
            while not any(isinstance(message, Hello) for message in heard):
                heard += connection.read(0.1)
                assert not any(isinstance(m, SampleFrame) for m in heard)  # it was told to stop
            assert connection.handshake().label == "virtual board: desk-work"
            connection.close()


class NotingInput(SyntheticInput):
    """Notes how many rows it was asked for."""

    rows = 0

    def read(self, n: int) -> tuple[int, Units]:
        self.rows += n
        return super().read(n)


class TestCalibrate:
    """`unclench board calibrate`."""

    def test_a_step_is_found_and_kept(self, run, plug_in):
        port = plug_in("relaxed")
        arguments = ("board", "calibrate", "--port", port, "--seconds", 2)
        dry = run(*arguments, "--dry-run")
        assert (dry.status, dry.err) == (0, "")
        first, second = dry.out.splitlines()
        assert first.startswith("The step at code 2047 is ")
        assert float(first.split()[6]) == pytest.approx(1.0, abs=0.05)
        assert second == "Not stored. The board still corrects by 1 code."
        done = run(*arguments)
        stored = done.out.splitlines()[1]
        assert stored.endswith("(before: 1).")
        again = run(*arguments, "--dry-run").out.splitlines()[1]
        assert again.split()[-2] == stored.split()[6]

    def test_in_a_process_of_its_own(self, run_apart):
        done = run_apart("board", "calibrate", "--port", "sim:shorted", "--seconds", 1, "--dry-run")
        assert (done.status, done.err) == (0, "")
        assert "Not stored" in done.out

    def test_a_virtual_board_forgets(self, run):
        done = run("board", "calibrate", "--port", "sim:relaxed", "--seconds", 1)
        assert done.out.splitlines()[-1].endswith("(before: 1). " + FORGETS)

    def test_too_few_readings_for_a_step(self, run):
        said = run("board", "calibrate", "--port", "sim", "--seconds", 0.01).sentence()
        assert "50000 are needed" in said


SHOWN = [
    "channels  2",
    "rate      1000 Hz",
    "gain 1    201.5",
    "gain 2    200",
    "step      corrected by 1 code above code 2047",
    "noise 1   0.24 uV RMS stored",
    "noise 2   0.24 uV RMS stored",
]


class TestSet:
    """`unclench board set`."""

    def test_what_was_set_holds_and_is_shown(self, run, plug_in):
        port = plug_in("shorted")
        new = run("board", "set", "--port", port)
        assert (new.status, new.err) == (0, "")
        who, *settings = new.out.splitlines()
        assert who == f"Board 7669727475616c01 (virtual board: shorted) on {port}, firmware 0.1.0"
        assert settings == [
            *("channels  1", "rate      2000 Hz", "gain 1    200"),
            *("step      corrected by 1 code above code 2047", "noise 1   0.17 uV RMS stored"),
        ]
        arguments = ("--channels", 2, "--rate", 1000, "--gain", "1=201.5", "--gain", "3=100")
        done = run("board", "set", "--port", port, *arguments)
        assert (done.status, done.err) == (0, "")
        assert done.out.splitlines()[1:-2] == SHOWN
        assert done.out.splitlines()[-2:] == [
            "Channel 3 is off. Its gain applies as soon as you turn it on.",
            "The noise was stored with other settings. Measure it again with `unclench board check "
            "--store-noise`.",
        ]
        again = run("board", "set", "--port", port)
        assert again.out.splitlines()[1:] == SHOWN
        third = run("board", "set", "--port", port, "--channels", 3)
        assert "gain 3    100" in third.out.splitlines()
        mixed = run("board", "set", "--port", port, "--channels", 2, "--defaults")
        assert mixed.out.splitlines()[1:5] == [
            *("channels  2", "rate      2000 Hz", "gain 1    200", "gain 2    200")
        ]  # the defaults came first

    def test_a_new_board_without_step_and_noise(self, run, monkeypatch):
        right = SyntheticInput.hello

        def new(self):
            hello = right(self)
            hello.step_mlsb = hello.channels[0].noise_nv = 0
            return hello

        monkeypatch.setattr(SyntheticInput, "hello", new)
        done = run("board", "set", "--port", "sim:relaxed")
        assert done.out.splitlines()[-2:] == ["step      not corrected", "noise 1   not measured"]
        assert done.out.startswith("Board 7669727475616c01 (virtual board: relaxed), firmware 0")

    @pytest.mark.parametrize(
        "arguments", [("--channels", 2), ("--rate", 1000), ("--gain", "1=2"), ("--defaults",)]
    )
    def test_a_virtual_board_forgets(self, run, arguments):
        assert run("board", "set", "--port", "sim", *arguments).out.splitlines()[-1] == FORGETS

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (
                ("--rate", 1500),
                "refused: a rate of 1500 Hz is not available; choose 1000, 2000 or 4000 Hz.",
            ),
            (("--channels", 7), "refused: 7 channels are not available; choose 1 to 3."),
            (("--gain", "2=0.5"), "refused: a gain of 0.5 is out of range; choose 1 to 100000."),
            (
                ("--defaults", "--gain", "1=201", "--gain", "2=0", "--rate", 1000, "--channels", 2),
                "changed before: the defaults, the channels, the rate, gain 1.",
            ),
        ],
    )
    def test_the_board_refuses_in_its_own_words(self, run, arguments, words):
        said = run("board", "set", "--port", "sim:relaxed", *arguments).sentence()
        assert said.endswith(words)


class TestBlink:
    """`unclench board blink`."""

    def test_blink_names_the_board(self, run, monkeypatch):
        blinked = []
        monkeypatch.setattr(
            "unclench.link.virtual.board._Hardware.blink", lambda self, s: blinked.append(s)
        )
        done = run("board", "blink", "--port", "sim:relaxed")
        assert (done.status, done.err) == (0, "")
        assert done.out.splitlines() == [
            "Board 7669727475616c01 (virtual board: relaxed) blinks for 5 s.",
            "This board is virtual and has no light.",
        ]
        run("board", "blink", "--port", "sim:relaxed", "--seconds", 255)
        assert blinked == [5, 255]


PLAN = Plan(
    Interpreter("micropython", (1, 28, 0), "rp2", "Raspberry Pi Pico with RP2040"),
    ("/main.py",),
    3,
    ("/lib/unclench_wire/old.py",),
    "/main.py.before-unclench",
    True,
)


class TestInstall:
    """The words; what happens on the board is in tests/board_tools."""

    @pytest.fixture
    def installing(self, monkeypatch):
        monkeypatch.setattr("unclench.link.discovery.candidate_ports", lambda: [("COM9", None)])

        def fake(port, files, *, agree, progress, warn):
            assert (port, "/main.py" in files) == ("COM9", True)
            progress("looking", 0, 0)
            warn("Something to know.")
            return Installed(PLAN, SyntheticInput("relaxed").hello()) if agree(PLAN) else None

        monkeypatch.setattr("unclench.commands.board.install", fake)

    def test_what_an_installation_says(self, run, installing):
        done = run("board", "install", "--yes")
        assert done.status == 0
        assert done.err.splitlines() == [
            "Something to know.",
            "The board has its own /boot.py, which runs before unclench. It is kept.",
        ]
        assert done.out.splitlines() == [
            "MicroPython 1.28.0 on Raspberry Pi Pico with RP2040.",
            "The earlier /main.py is kept as /main.py.before-unclench.",
            "Files copied: 1; unchanged: 3; old ones removed: 1. All files verified.",
            "The board has restarted: "
            "firmware 0.1.0, board 7669727475616c01, 1 channel at 2000 Hz.",
        ]

    def test_a_foreign_main_while_nobody_can_be_asked(self, run, installing):
        done = run("board", "install")
        assert done.status == 2
        assert done.out == ""
        assert "/main.py on the board at COM9 is not unclench's. Add --yes to keep it" in done.err

    @pytest.mark.parametrize("answer", [True, False])
    def test_a_person_is_asked_about_a_foreign_main(self, run, installing, monkeypatch, answer):
        asked: list[str] = []

        def confirm(text: str, **_: object) -> bool:
            asked.append(text)
            return answer

        monkeypatch.setattr("click.confirm", confirm)
        monkeypatch.setattr("unclench.commands.board.has_person", lambda: True)
        done = run("board", "install")
        assert done.status == 0
        assert (done.out == "Nothing was changed.\n") == (not answer)
        assert "Keep it as /main.py.before-unclench" in asked[0]
