"""`unclench simulate` and `unclench devices`: a board on a port that any program opens."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import serial
from tests import needs
from tests.commandline import Ran
from tests.known import known
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import on_socket, on_terminal, wait_until

from unclench.link.connection import Connection
from unclench.link.discovery import FoundBoard
from unclench.link.messages import Arrived, Connected, Disconnected
from unclench.link.reader import LinkReader
from unclench.link.transport import PtyTransport, SocketTransport, open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput, Units
from unclench.store import load_recording


class Simulate:
    """Runs `unclench simulate ...` while a host talks to it, and keeps the ports that it told."""

    def __init__(self, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
        self._run, self._monkeypatch = run, monkeypatch
        self.ports: list[str] = []

    def __call__(
        self, host: Callable[[str], object], *arguments: object, ctrl_c: bool = True
    ) -> Ran:
        """Run it while `host(port)` talks to it in a thread; then press Ctrl-C.

        Without `ctrl_c` the command must end by itself.
        """
        told: queue.Queue[str] = queue.Queue()
        ended, errors = threading.Event(), list[BaseException]()

        def tell(port: str) -> None:
            self.ports.append(port)
            told.put(port)

        def talk() -> None:
            try:
                host(told.get(timeout=HANG_LIMIT_S))
            except BaseException as error:  # noqa: BLE001 - raised again below
                errors.append(error)
            if (ctrl_c or errors) and not ended.is_set():
                signal.pthread_kill(known(threading.main_thread().ident), signal.SIGINT)

        echo = SimpleNamespace(echo=tell)
        self._monkeypatch.setattr("unclench.commands.simulate.click", echo)
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored here
        try:
            done = self._run("simulate", *arguments)
        finally:
            signal.signal(signal.SIGINT, before)
        ended.set()
        thread.join(HANG_LIMIT_S)
        if errors:
            raise errors[0]
        return done


@pytest.fixture
def simulate(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Simulate:
    """See `Simulate`."""
    return Simulate(run, monkeypatch)


def stream_from(port: str | Path, n_rows: int) -> tuple[Units, list[type]]:
    """Follow a board until so many rows have come; their units, and the events between them."""
    reader = LinkReader(lambda: open_transport(str(port)), str(port))
    reader.start()
    units: list[Units] = []
    others: list[type] = []
    try:
        while sum(len(block) for block in units) < n_rows:
            event = reader.events.get(timeout=HANG_LIMIT_S)
            if isinstance(event, Arrived):
                units += [frame.units for frame in event.frames]
            else:
                others.append(type(event))
    finally:
        reader.stop()
    return np.concatenate(units)[:n_rows], others


@needs.posix
def test_another_process_records_from_its_terminal(spawn, run, tmp_path):
    link = tmp_path / "board"
    signal_of = ("--source", "sim:clenching?channels=2")
    board = spawn("simulate", "--pty", "--link", link, *signal_of, "--speed", 20)
    path = board.stdout.readline().strip()
    assert Path(path).is_char_device()
    assert str(link.readlink()) == path
    for name, source in (("one", path), ("two", link)):  # one host after the other
        done = run("record", "--source", source, "--seconds", 1, "--out", tmp_path / name, "--json")
        assert (done.status, done.err) == (0, "")
        summary = json.loads(done.out)
        assert (summary["n_samples"] + summary["lost_samples"], summary["fs_hz"]) == (2000, 2000)
        assert len(summary["channels"]) == 2
    recording = load_recording(tmp_path / "one")
    direct = known(SyntheticInput("clenching", 2).read(2000))[1]
    np.testing.assert_array_equal(recording.units(), direct[recording.sample])
    board.send_signal(signal.SIGINT)
    assert board.wait(HANG_LIMIT_S) == 130
    assert not link.is_symlink()


@needs.posix
def test_any_program_opens_it(simulate):
    def program(path):
        with serial.Serial(path, timeout=HANG_LIMIT_S) as port:
            assert port.read(1) == b"\0"
            assert b"virtual board" in port.read(100)

    done = simulate(program)  # a terminal is the default where there are any
    assert Path(simulate.ports[0]).parts[1] == "dev"
    assert done.status == 130


@needs.posix
def test_on_a_socket(simulate):
    def two_hosts(url):
        assert url.startswith("socket://127.0.0.1:")
        for _ in range(2):
            units, _ = stream_from(url, 1000)
            assert units.shape == (1000, 1)

    assert simulate(two_hosts, "--tcp", 0, "--speed", 20).status == 130


@needs.posix
def test_ctrl_c_while_it_hangs_up_leaves_no_socket_open(simulate, monkeypatch):
    hung_up = []

    def interrupted(transport: SocketTransport) -> None:
        hung_up.append(transport._socket)
        raise KeyboardInterrupt

    def leave_at_once(url: str) -> None:
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))).close()

    monkeypatch.setattr(SocketTransport, "close", interrupted)
    assert simulate(leave_at_once, "--tcp", 0, ctrl_c=False).status == 130
    assert [client.fileno() for client in hung_up] == [-1]


def test_a_socket_that_is_taken(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = run("simulate", "--tcp", server.getsockname()[1]).sentence()
    assert "cannot be used" in said


@needs.posix
def test_a_recording_to_its_last_sample_then_it_ends(simulate, session):
    recording = load_recording(session)

    def host(url):
        units, _ = stream_from(url, 4000)
        np.testing.assert_array_equal(units, recording.units())

    arguments = ("--tcp", 0, "--source", session, "--speed", "max")
    assert simulate(host, *arguments, ctrl_c=False).status == 0


@needs.posix
@pytest.mark.parametrize("door", ["--tcp", "--pty"])
def test_unplugged_and_back(simulate, tmp_path, door):
    """On a socket its port stays; a terminal comes back as another one, and the link follows."""
    link = tmp_path / "board"

    def points_to_the_newest() -> bool:
        with contextlib.suppress(FileNotFoundError):  # unplugged just now
            return str(link.readlink()) == simulate.ports[-1]
        return False

    def host(port):
        _, others = stream_from(port if door == "--tcp" else link, 12_000)
        assert others[0] == others[-1] == Connected
        assert Disconnected in others
        if door == "--pty":
            wait_until(points_to_the_newest)

    where = ("--tcp", 0) if door == "--tcp" else ("--pty", "--link", link)
    faulty = "sim:relaxed?unplug_every_s=1&unplug_s=0.2"  # after 5 s of signal at most, of 6 s
    assert simulate(host, *where, "--source", faulty, "--speed", 5).status == 130
    if door == "--tcp":
        assert len(simulate.ports) == 1
    else:
        assert len(simulate.ports) >= 2
        assert not link.is_symlink()


@needs.posix
def test_a_file_in_the_place_of_the_link_is_kept(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    said = run("simulate", "--pty", "--link", tmp_path / "file").sentence()
    assert "exists and is not a link" in said
    assert (tmp_path / "file").read_text() == "mine"
    said = run("simulate", "--pty", "--link", tmp_path / "no" / "link").sentence()
    assert "cannot be created" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pty", "--tcp", 0), "exclude each other"),
        (("--tcp", 70_000), "--tcp"),
        (("--source", "socket://127.0.0.1:1"), "is a real port"),
        (("--source", "sim:sleeping"), "no scenario 'sleeping'"),
        (("--source", "nowhere.csv"), "no source 'nowhere.csv'"),
        (("--speed", "nan"), "Speed 'nan'"),
    ],
)
@needs.posix
def test_simulate_mistakes(run, arguments, words):
    assert words in run("simulate", *arguments).sentence()


class TestDevices:
    """`unclench devices`, and how `auto` chooses a board."""

    def test_no_board(self, run, monkeypatch):
        monkeypatch.setattr("unclench.link.discovery.candidate_ports", list)
        done = run("devices")
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("No board found: ")
        assert "2E8A:0005" in done.out
        assert json.loads(run("devices", "--json").out) == []

    def test_a_simulated_board_by_its_port(self, run):
        with on_socket(VirtualBoard(SyntheticInput("relaxed", 3))) as url:
            done = run("devices", "--port", url)
            assert done.status == 0
            for word in (url, "no serial number", "firmware 0.1.0", "3 channels at 2000 Hz"):
                assert word in done.out
            (found,) = json.loads(run("devices", "--port", url, "--json").out)
        assert (found["port"], found["firmware"], found["trouble"]) == (url, "0.1.0", None)
        assert (found["board_id"], found["channels"]) == ("7669727475616c01", 3)

    @needs.posix
    def test_ports_without_a_board(self, run, monkeypatch):
        monkeypatch.setattr(Connection.handshake, "__defaults__", (0.1,))
        terminal = PtyTransport()
        done = run("devices", "--port", terminal.path, "--port", "/dev/unclench-nope")
        assert terminal.read(0.05) == b""
        terminal.close()
        assert done.status == 0
        silent, missing = done.out.splitlines()
        assert "Nothing arrived" in silent
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

    @needs.posix
    def test_auto_takes_the_board_that_answers(self, run, tmp_path, monkeypatch):
        with on_terminal(VirtualBoard(SyntheticInput("desk-work"), speed=20)) as path:
            monkeypatch.setattr(
                "unclench.link.discovery.candidate_ports",
                lambda: [("/dev/unclench-nope", None), (path, "E6614")],
            )
            done = run("record", "--seconds", 0.5, "--out", tmp_path / "s", "--json")
        assert (done.status, done.err) == (0, "")
        meta = json.loads((tmp_path / "s" / "session.json").read_text())
        assert meta["source"] == path

    @needs.posix
    def test_auto_says_why_a_pico_was_not_taken(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(
            "unclench.link.discovery.candidate_ports", lambda: [("/dev/unclench-nope", None)]
        )
        arguments = ("--seconds", 0.5, "--speed", "max", "--out", tmp_path / "s")
        done = run("record", *arguments)
        assert done.status == 0
        assert "There is no port /dev/unclench-nope" in done.err
        assert "Showing the virtual board (sim:desk-work) instead." in done.err

    @needs.posix
    def test_a_board_that_comes_back_under_another_name(self, monkeypatch):
        from unclench.sources import _port_source

        terminal = PtyTransport()
        monkeypatch.setattr(
            "unclench.link.discovery.candidate_ports", lambda: [(terminal.path, "E6614")]
        )
        port = _port_source("/dev/unclench-was-here", "E6614").open()
        terminal.write(b"x")
        assert port.read(HANG_LIMIT_S) == b"x"
        port.close()
        terminal.close()
