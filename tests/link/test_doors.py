"""The virtual board through every door: the same samples, the same sentences."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from tests import needs
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import wait_until

from unclench.errors import SourceError
from unclench.link import connection as connection_module
from unclench.link import reader as reader_module
from unclench.link.connection import Connection
from unclench.link.discovery import ask
from unclench.link.messages import Arrived, Connected, Disconnected, SampleFrame
from unclench.link.reader import LinkReader
from unclench.link.transport import (
    PtyTransport,
    SerialTransport,
    SocketTransport,
    TransportClosed,
    open_transport,
    socket_pair,
)
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, recording_hello
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import pack_hello

DOORS = [
    "inside",
    "tcp",
    pytest.param("pty", marks=needs.posix),
]


class CountingInput(SyntheticInput):
    """Knows how much has been asked of it."""

    rows = 0

    def read(self, n):
        self.rows += n
        return super().read(n)


@pytest.mark.parametrize("door", DOORS)
def test_a_host_that_leaves_a_full_line_behind_does_not_hold_the_board(doors, door):
    analog = CountingInput("clenching", 3, seed=5)
    board = VirtualBoard(analog, MAX_SPEED)
    line = getattr(doors, door)(board)()
    line.write(encode_frame(bytes([ids.CMD_START, ids.LEVEL, 1])))

    def line_is_full():
        rows = analog.rows
        time.sleep(0.05)
        return analog.rows == rows > 0

    wait_until(line_is_full)  # nobody reads: the board waits for room
    board.close()
    line.close()  # the fixture sees that its thread ends


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("door", DOORS)
def test_samples_come_through_exactly(doors, frames_from, read_input, door, channels):
    board = VirtualBoard(SyntheticInput("clenching", channels, seed=5), MAX_SPEED)
    reader = LinkReader(getattr(doors, door)(board), "board", lossless=True)
    hello = reader.start()
    try:
        frames = frames_from(reader, 6000)
    finally:
        reader.stop()
    assert len(hello.channels) == channels
    assert [f.index for f in frames] == list(range(0, 20 * len(frames), 20))
    assert [f.seq for f in frames] == list(range(len(frames)))
    units = np.concatenate([f.units for f in frames])
    direct = read_input(SyntheticInput("clenching", channels, seed=5), len(units), 20)
    np.testing.assert_array_equal(units, direct)


@pytest.mark.parametrize("door", DOORS)
def test_a_board_left_streaming_is_taken_over(doors, frames_from, door):
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    open_it = getattr(doors, door)(board)
    first = Connection(open_it(), "board")
    first.handshake()
    first.start()
    while not first.read(0.5):
        pass
    first.transport.close()  # a process that is killed says no STOP
    reader = LinkReader(open_it, "board")
    reader.start()
    try:
        assert frames_from(reader, 100)[0].index == 0
    finally:
        reader.stop()


def test_a_second_host_can_take_over_an_open_line(frames_from):
    """The board never learns that its first host has gone: its samples are what comes first."""
    ours, host = socket_pair()
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    thread = threading.Thread(target=board.serve, args=(ours,))
    thread.start()
    first = Connection(host, "board")
    first.handshake()
    first.start()
    while not first.read(0.5):
        pass
    reader = LinkReader(lambda: host, "board")
    hello = reader.start()
    try:
        assert hello.label == "virtual board: relaxed"
        assert frames_from(reader, 100)[0].index == 0
    finally:
        reader.stop()
        board.close()
        thread.join()


def test_stale_bytes_and_half_a_frame_before_the_first_hello(frames_from):
    ours, host = socket_pair()
    stale = os.urandom(100) + encode_frame(b"\x02" + bytes(range(1, 200)))[:90]
    ours.write(stale)
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    thread = threading.Thread(target=board.serve, args=(ours,))
    thread.start()
    reader = LinkReader(lambda: host, "board")
    reader.start()
    try:
        assert frames_from(reader, 100)[0].index == 0
    finally:
        reader.stop()
        board.close()
        thread.join()


@needs.posix
class TestUnknownDevices:
    """Ports behind which there is no board of ours."""

    @pytest.mark.parametrize(
        ("says", "words"),
        [
            (b"", "Nothing arrived from /dev/"),
            (b"login: \r\nWelcome\r\n", "is not an unclench board: it sent"),
            (bytes(range(256)) * 4, "is not an unclench board: it sent"),
        ],
        ids=["silent", "text", "binary"],
    )
    def test_nothing_is_sent_to_an_unknown_device(self, unknown_device, monkeypatch, says, words):
        if not says:  # nothing to wait for
            monkeypatch.setattr(Connection.handshake, "__defaults__", (0.1,))
        device = unknown_device(says)
        reader = LinkReader(lambda: open_transport(device.path), device.path)
        with pytest.raises(SourceError) as error:
            reader.start()
        reader.stop()
        assert device.end() == b""
        assert words in str(error.value)
        assert str(error.value).endswith(".")
        assert "\n" not in str(error.value)

    def test_looking_for_boards_sends_nothing_to_it(self, unknown_device):
        device = unknown_device(b"AT\r\n")
        found = ask(device.path)
        assert device.end() == b""
        assert found.hello is None
        assert found.trouble is not None
        assert "is not an unclench board" in found.trouble

    def test_opening_a_busy_port_sends_nothing_to_it(self, unknown_device):
        device = unknown_device(b"")
        first = open_transport(device.path)
        with pytest.raises(SourceError, match=r"is busy: another program has it open"):
            open_transport(device.path)
        first.close()
        open_transport(device.path).close()
        assert device.end() == b""

    def test_opening_a_busy_port_takes_nothing_from_its_owner(self):
        terminal = PtyTransport()
        owner = open_transport(terminal.path)
        assert isinstance(owner, SerialTransport)
        terminal.write(b"for the owner")
        assert select.select([owner._port], [], [], HANG_LIMIT_S)[0]  # it has arrived
        with pytest.raises(SourceError, match="busy"):
            open_transport(terminal.path)
        assert owner.read(HANG_LIMIT_S) == b"for the owner"
        owner.close()
        terminal.close()


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (ids.LEVEL + 1, f"(firmware 9.8.7) speaks protocol level {ids.LEVEL + 1}, newer than"),
        (ids.LEVEL - 1, "older than level 1 of this program. Update the board's firmware (`"),
    ],
)
def test_boards_of_another_level_are_named(level, words):
    ours, host = socket_pair()
    hello = SyntheticInput("relaxed").hello()
    hello.level, hello.firmware = level, (9, 8, 7)
    ours.write(b"\0" + encode_frame(pack_hello(hello)))
    with pytest.raises(SourceError) as error:
        LinkReader(lambda: host, "COM9").start()
    assert words in str(error.value)
    assert "COM9" in str(error.value)
    with pytest.raises(TransportClosed):  # not one byte came, then the host hung up
        ours.read(HANG_LIMIT_S)
    ours.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/dev/unclench-nope", ["There is no port /dev/unclench-nope."]),
        ("/dev/null", ["/dev/null is not a serial port", "unclench devices"]),
        ("/dev/", ["/dev/ is not a serial port"]),
        ("nothing://here", ["'nothing://here'", "protocol 'nothing' not known"]),
        ("socket://127.0.0.1", ["not a valid address", "socket://HOST:PORT"]),
        ("socket://:80", ["not a valid address"]),
        ("socket://h:99999", ["not a valid address"]),
        ("socket://127.0.0.1:1", ["Nothing answers at socket://127.0.0.1:1", "unclench simulate"]),
        ("socket://[::1]:1", ["Nothing answers at socket://[::1]:1"]),
        ("hwgrep://no-such-thing", ["hwgrep://no-such-thing cannot be opened"]),
        ("rfc2217://127.0.0.1:1", ["rfc2217://127.0.0.1:1 cannot be opened", "refused"]),
    ],
)
@needs.posix
def test_ports_that_cannot_be_opened(url, words):
    with pytest.raises(SourceError) as error:
        open_transport(url)
    for word in words:
        assert word in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


@needs.posix
@pytest.mark.parametrize("after_s", [0.0, 0.15])
def test_a_port_that_vanishes_during_the_handshake(after_s):
    terminal = PtyTransport()
    path = terminal.path
    port = open_transport(path)
    timer = threading.Timer(after_s, terminal.close)
    timer.start()
    with pytest.raises(SourceError, match=r"closed before a board answered: the port disappeared"):
        LinkReader(lambda: port, path).start()
    timer.join()
    with pytest.raises(SourceError, match="There is no port"):
        open_transport(path)


def test_a_line_that_closes_between_hello_and_start_is_reported():
    ours, host = socket_pair()
    ours.write(b"\0" + encode_frame(pack_hello(SyntheticInput("relaxed").hello())))

    def hang_up():
        ours.read(HANG_LIMIT_S)  # START
        ours.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    with pytest.raises(SourceError, match="COM9 was closed during the handshake"):
        LinkReader(lambda: host, "COM9").start()
    thread.join()


def test_a_board_that_says_hello_but_never_answers():
    ours, host = socket_pair()
    ours.write(b"\0" + encode_frame(pack_hello(SyntheticInput("relaxed").hello())))
    with pytest.raises(SourceError, match=r"did not answer a command within 1 s. Unplug it"):
        LinkReader(lambda: host, "COM9").start()
    ours.close()


@pytest.mark.parametrize("moment", ["hello", "start"])
def test_ctrl_c_during_the_handshake_leaves_no_port_open(monkeypatch, moment):
    class Interrupted(SocketTransport):
        reads = 0

        def read(self, timeout_s):
            self.reads += 1
            if self.reads > (0 if moment == "hello" else 1):
                raise KeyboardInterrupt
            return super().read(timeout_s)

    ours, host = socket_pair()
    ours.write(b"\0" + encode_frame(pack_hello(SyntheticInput("relaxed").hello())))
    host.__class__ = Interrupted
    with pytest.raises(KeyboardInterrupt):
        LinkReader(lambda: host, "COM9").start()
    sent = b""
    with contextlib.suppress(TransportClosed):
        while part := ours.read(HANG_LIMIT_S):
            sent += part
        pytest.fail("the host has not hung up")
    assert bool(sent) == (moment == "start")  # then START has gone out, and STOP behind it
    ours.close()


@pytest.mark.parametrize(
    ("command", "args", "words"),
    [
        (ids.CMD_SET_RATE, struct.pack("<I", 1234), "a rate of 1234 Hz is not available"),
        (ids.CMD_SET_CHANNELS, b"\x04", "4 channels are not available; choose 1 to 3"),
        (
            ids.CMD_SET_GAIN,
            struct.pack("<BI", 0, 5),
            "a gain of 0.005 is out of range; choose 1 to 100000",
        ),
        (
            ids.CMD_SET_STEP,
            struct.pack("<h", -1),
            "a step of -0.001 LSB is out of range; choose 0 to 4",
        ),
        (0x7F, b"", "no command 0x7f on this board"),
        (ids.CMD_SET_RATE, b"", "takes 4 bytes, got 0"),
    ],
)
def test_refusals_reach_the_person_in_words(doors, command, args, words):
    connection = Connection(doors.inside(VirtualBoard(SyntheticInput("relaxed")))(), "COM9")
    connection.handshake()
    with pytest.raises(SourceError) as error:
        connection.command(command, args)
    assert str(error.value).startswith("The board on COM9 refused: ")
    assert words in str(error.value)
    connection.close()


def test_settings_are_refused_while_streaming_and_taken_after(doors):
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    connection = Connection(doors.inside(board)(), "COM9")
    connection.handshake()
    connection.start()
    with pytest.raises(SourceError, match="not while streaming; stop first"):
        connection.command(ids.CMD_SET_CHANNELS, b"\x03")
    connection.command(ids.CMD_STOP)
    connection.command(ids.CMD_SET_CHANNELS, b"\x03")
    connection.command(ids.CMD_SET_RATE, struct.pack("<I", 4000))
    connection.start()
    while not (messages := [m for m in connection.read(0.5) if hasattr(m, "units")]):
        pass
    assert messages[0].units.shape == (40, 3)
    connection.close()


@pytest.mark.parametrize("setting", ["rate", "channels", "gain", "step"])
def test_a_recording_refuses_every_setting(setting):
    hello, units = recording_hello(np.ones((5, 1)), (1000, 1), "x", [None])
    analog = RecordedInput(hello, np.arange(5), units)
    with pytest.raises(ValueError, match="recording's"):
        getattr(analog, f"set_{setting}")(*([0, 1000] if setting == "gain" else [1]))


def test_full_speed_waits_for_a_slow_reader(monkeypatch, doors, frames_from):
    monkeypatch.setattr(reader_module, "_QUEUE_FRAMES", 3)
    board = VirtualBoard(SyntheticInput("shorted"), MAX_SPEED)
    reader = LinkReader(doors.inside(board), "board", lossless=True)
    reader.start()
    rows = 0
    try:
        while rows < 20_000:
            for frame in frames_from(reader, 1000):
                assert frame.index == rows
                rows += len(frame.units)
            time.sleep(0.01)
    finally:
        reader.stop()


def test_a_stuck_consumer_does_not_stop_the_reader_and_the_loss_shows(monkeypatch, doors):
    monkeypatch.setattr(reader_module, "_QUEUE_FRAMES", 3)
    analog = CountingInput("shorted")
    reader = LinkReader(doors.inside(VirtualBoard(analog, speed=20)), "board")
    reader.start()
    wait_until(lambda: analog.rows > 20_000)  # ten times what the socket would hold
    frames: list[SampleFrame] = []
    while len(frames) < 100:
        event = reader.events.get(timeout=HANG_LIMIT_S)
        if isinstance(event, Arrived):
            frames += event.frames
    reader.stop()
    holes = [b.index - a.index - len(a.units) for a, b in pairwise(frames)]
    assert max(holes) > 10_000
    assert min(holes) == 0


@pytest.mark.parametrize("lossless", [True, False])
def test_stopping_with_a_full_queue_does_not_hang(monkeypatch, doors, lossless):
    monkeypatch.setattr(reader_module, "_QUEUE_FRAMES", 2)
    speed = MAX_SPEED if lossless else 20
    board = VirtualBoard(SyntheticInput("shorted"), speed)
    reader = LinkReader(doors.inside(board), "board", lossless=lossless)
    reader.start()
    wait_until(reader.events.full)
    stopper = threading.Thread(target=reader.stop, daemon=True)
    stopper.start()
    stopper.join(HANG_LIMIT_S)
    assert not stopper.is_alive()
    assert not reader.running


@pytest.mark.parametrize("says_hello", [False, True], ids=["hello", "reply"])
def test_stopping_does_not_wait_for_a_board_that_is_silent(monkeypatch, doors, says_hello):
    monkeypatch.setattr(Connection.handshake, "__defaults__", (1e6,))
    monkeypatch.setattr(connection_module, "_REPLY_WAIT_S", 1e6)
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    ours, silent = socket_pair()
    if says_hello:
        ours.write(b"\0" + encode_frame(pack_hello(SyntheticInput("relaxed").hello())))
    reached = threading.Event()
    ends = [doors.inside(board)(), silent]

    def open_next():
        if len(ends) == 1:
            reached.set()
        return ends.pop(0)

    reader = LinkReader(open_next, "board")
    reader.start()
    board.close()
    assert reached.wait(HANG_LIMIT_S)
    stopper = threading.Thread(target=reader.stop, daemon=True)
    stopper.start()
    stopper.join(HANG_LIMIT_S)
    assert not stopper.is_alive()
    ours.close()


@pytest.mark.parametrize("door", DOORS)
def test_the_last_samples_of_a_recording_arrive_over_every_transport(doors, frames_from, door):
    n = 3000
    hello, units = recording_hello(
        np.random.default_rng(0).normal(0, 9, (n, 1)).round(3), (1000, 1), "x", [None]
    )
    board = VirtualBoard(RecordedInput(hello, np.arange(n), units), MAX_SPEED)
    open_it = getattr(doors, door)(board)
    reader = LinkReader(open_it, door, lossless=True, ended=lambda: board.finished)
    reader.start()
    frames = frames_from(reader, n)
    np.testing.assert_array_equal(np.concatenate([f.units for f in frames]), units)
    last = reader.events.get(timeout=HANG_LIMIT_S)
    assert isinstance(last, Disconnected)
    assert last.final
    reader.stop()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("rate_hz", [100, 20_000])
def test_recordings_of_any_rate_fit_into_frames(doors, frames_from, rate_hz, channels):
    uv = np.random.default_rng(0).normal(0, 9, (2000, channels)).round(3)
    hello, units = recording_hello(uv, (rate_hz, 1), "x", [None] * channels)
    board = VirtualBoard(RecordedInput(hello, np.arange(2000), units), MAX_SPEED)
    reader = LinkReader(doors.inside(board), "x", lossless=True, ended=lambda: board.finished)
    reader.start()
    frames = frames_from(reader, 2000)
    reader.stop()
    np.testing.assert_array_equal(np.concatenate([f.units for f in frames]), units)


def test_closing_twice_is_harmless(doors):
    transport = doors.inside(VirtualBoard(SyntheticInput("relaxed")))()
    assert isinstance(transport, SocketTransport)
    transport.close()
    transport.close()
    with pytest.raises(TransportClosed):
        transport.read(0.01)
    with pytest.raises(TransportClosed):
        transport.write(b"x")


def test_a_closed_connection_is_reported_in_a_sentence():
    board, host = socket_pair()
    board.close()
    for act in (lambda: host.write(b"x"), lambda: host.read(0.1)):
        with pytest.raises(TransportClosed, match=r"^the other end closed the connection$"):
            act()
    host.close()


def test_any_pyserial_url_opens():
    transport = open_transport("loop://")
    assert isinstance(transport, SerialTransport)
    transport.write(b"abc")
    assert transport.read(1.0) == b"abc"
    assert transport.read(0.01) == b""
    transport.close()


def test_the_events_of_a_reader_in_their_order(doors):
    board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    reader = LinkReader(doors.inside(board), "board")
    reader.start()
    first = reader.events.get(timeout=HANG_LIMIT_S)
    second = reader.events.get(timeout=HANG_LIMIT_S)
    reader.stop()
    assert isinstance(first, Connected)
    assert isinstance(second, Arrived)
    assert second.host_s >= first.host_s
    events = []
    while not reader.events.empty():
        events.append(reader.events.get())
    assert isinstance(events[-1], Disconnected)
    assert (events[-1].reason, events[-1].final) == ("stopped", True)
