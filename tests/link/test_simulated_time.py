"""A virtual board in simulated time: the same as in true time, without waiting for it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from unclench.errors import SourceError
from unclench.link.connection import Connection
from unclench.link.messages import SampleFrame
from unclench.link.timing import TRUE_TIME, SimulatedTime
from unclench.link.transport import TransportClosed
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.faults import Faults
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, Units, recording_hello
from unclench_wire import ids
from unclench_wire.messages import Hello


@pytest.fixture
def clock() -> SimulatedTime:
    """A clock that stands still but for what sleeps."""
    return SimulatedTime()


def rows_of(connection: Connection, n_rows: int) -> tuple[Units, NDArray[np.float64]]:
    """The first rows of a stream, and when each frame of them came."""
    frames: list[SampleFrame] = []
    arrived_s: list[float] = []
    while sum(len(frame.units) for frame in frames) < n_rows:
        for message in connection.read(0.5):
            assert isinstance(message, SampleFrame)
            frames.append(message)
            arrived_s.append(connection.clock.now_s())
    return np.concatenate([frame.units for frame in frames])[:n_rows], np.array(arrived_s)


class TestClocks:
    """The two clocks."""

    def test_simulated_time_passes_only_in_sleep(self, clock):
        assert clock.now_s() == clock.now_s() == 0.0
        clock.sleep(3600.0)
        assert clock.now_s() == 3600.0
        clock.sleep(-1.0)
        assert clock.now_s() == 3600.0

    def test_the_shortest_possible_sleep_ends(self, clock):
        deadline_s = 1e5 + 1e-11  # nearer than a nanosecond: rounded off, it would never come
        clock.sleep(1e5)
        clock.sleep(deadline_s - clock.now_s())
        assert clock.now_s() > deadline_s

    def test_real_time_is_the_monotonic_clock(self):
        before_s = time.monotonic()
        now_s = TRUE_TIME.now_s()
        TRUE_TIME.sleep(0.0)
        assert before_s <= now_s <= time.monotonic()


class TestBoard:
    """A board that lives by a simulated clock."""

    @pytest.mark.parametrize("channels", [1, 3])
    def test_simulated_time_gives_the_same_constants_and_samples_as_real_time(
        self, clock, channels
    ):
        def said_and_sent(clock):
            board = VirtualBoard(SyntheticInput("clenching", channels, seed=5), clock=clock)
            connection = Connection(board.plug_in(), "COM9", clock=clock)
            hello = connection.handshake()
            connection.start()
            rows, _ = rows_of(connection, 1000)
            connection.close()
            board.close()
            return vars(hello) | {"channels": [vars(c) for c in hello.channels]}, rows

        simulated, true = said_and_sent(clock), said_and_sent(TRUE_TIME)
        assert simulated[0] == true[0]
        np.testing.assert_array_equal(simulated[1], true[1])

    @pytest.mark.parametrize(("speed", "frame_s"), [(1.0, 0.01), (4.0, 0.0025), (MAX_SPEED, 0.0)])
    @pytest.mark.parametrize("ppm", [0.0, -20_000.0])
    def test_frames_come_when_they_are_due(self, clock, speed, frame_s, ppm):
        board = VirtualBoard(SyntheticInput("shorted"), speed, Faults(clock_ppm=ppm), clock)
        connection = Connection(board.plug_in(), "COM9", clock=clock)
        connection.handshake()
        clock.sleep(0.123)
        connection.start()
        began_s = clock.now_s()
        _, arrived_s = rows_of(connection, 2000)
        due_s = np.arange(1, 101) * frame_s / (1 + ppm * 1e-6)
        np.testing.assert_allclose(arrived_s - began_s, due_s, atol=1e-6)

    def test_an_idle_board_sends_hello_twice_a_second(self, clock):
        line = VirtualBoard(SyntheticInput("relaxed"), clock=clock).plug_in()
        connection = Connection(line, "COM9", clock=clock)
        heard_s = []
        while clock.now_s() < 3.2:
            heard_s += [clock.now_s() for m in connection.read(0.1) if isinstance(m, Hello)]
        assert heard_s == pytest.approx(np.arange(7) * ids.BEACON_MS / 1000, abs=1e-6)

    def test_a_command_is_answered_at_once_in_the_middle_of_a_stream(self, clock):
        line = VirtualBoard(SyntheticInput("relaxed"), clock=clock).plug_in()
        connection = Connection(line, "COM9", clock=clock)
        connection.handshake()
        connection.start()
        clock.sleep(0.005)
        before_s = clock.now_s()
        assert connection.command(ids.CMD_ECHO, b"1234")[:4] == b"1234"
        assert clock.now_s() == before_s

    def test_a_read_never_waits_longer_than_its_timeout(self, clock):
        line = VirtualBoard(SyntheticInput("relaxed"), clock=clock).plug_in()
        assert line.read(1.0)
        assert line.read(0.2) == b""
        assert clock.now_s() == pytest.approx(0.2)
        assert line.read(1.0)
        assert clock.now_s() == pytest.approx(0.5)

    def test_a_stall_delays_and_loses_nothing(self, clock):
        faults = Faults(stall_every_s=0.3, stall_s=0.2)
        board = VirtualBoard(SyntheticInput("relaxed"), 1.0, faults, clock)
        connection = Connection(board.plug_in(), "COM9", clock=clock)
        connection.handshake()
        connection.start()
        rows, arrived_s = rows_of(connection, 2000)
        np.testing.assert_array_equal(rows, SyntheticInput("relaxed").read(2000)[1])
        assert np.diff(arrived_s).max() == pytest.approx(0.2, abs=0.02)

    def test_an_unplugged_board_can_be_plugged_in_again(self, clock):
        faults = Faults(unplug_every_s=1.0, unplug_s=5.0)
        board = VirtualBoard(SyntheticInput("relaxed"), 1.0, faults, clock)
        line = board.plug_in()
        with pytest.raises(TransportClosed, match="the other end closed the connection"):
            _ = [line.read(0.1) for _ in range(20)]
        assert clock.now_s() == pytest.approx(1.0, abs=0.51)  # it is looked at with each hello
        with pytest.raises(TransportClosed):
            line.write(b"x")
        with pytest.raises(SourceError, match="unplugged"):
            board.plug_in()
        clock.sleep(board.gone_s())
        assert Connection(board.plug_in(), "COM9", clock=clock).handshake()

    def test_a_board_that_is_switched_off_ends_the_line(self, clock):
        board = VirtualBoard(SyntheticInput("relaxed"), clock=clock)
        line = board.plug_in()
        assert line.read(0.1)
        board.close()
        with pytest.raises(TransportClosed):
            line.read(1.0)

    def test_a_line_that_the_host_closes_stays_closed(self, clock):
        line = VirtualBoard(SyntheticInput("relaxed"), clock=clock).plug_in()
        line.close()
        line.close()
        for act in (lambda: line.read(0.1), lambda: line.write(b"x")):
            with pytest.raises(TransportClosed, match="the port disappeared"):
                act()

    def test_the_last_sample_of_a_recording_comes_before_the_end(self, clock):
        uv = np.random.default_rng(0).normal(0, 9, (1010, 1)).round(3)
        hello, units = recording_hello(uv, (1000, 1), "x", [None])
        board = VirtualBoard(RecordedInput(hello, np.arange(1010), units), clock=clock)
        connection = Connection(board.plug_in(), "COM9", clock=clock)
        connection.handshake()
        connection.start()
        np.testing.assert_array_equal(rows_of(connection, 1010)[0], units)
        with pytest.raises(TransportClosed):
            connection.read(1.0)
        assert board.finished
