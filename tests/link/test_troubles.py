"""A board that reports trouble, takes its time, speaks another level, or stays away."""

from __future__ import annotations

import queue
import struct
import threading
from collections.abc import Callable

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.errors import SourceError, Trouble
from unclench.link import reader as reader_module
from unclench.link.clock import ClockFit
from unclench.link.connection import Connection
from unclench.link.messages import Arrived, Connected, Disconnected
from unclench.link.reader import LinkReader
from unclench.link.timing import SimulatedTime
from unclench.link.transport import TransportClosed, socket_pair
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench_wire import ids
from unclench_wire.framing import FrameDecoder, encode_frame
from unclench_wire.messages import pack_error, pack_hello, pack_reply


def frame_of(text: str) -> bytes:
    return encode_frame(pack_error(0, 0, ids.ERR_HARDWARE, text))


HELLO = encode_frame(pack_hello(SyntheticInput("relaxed").hello()))


class ScriptedBoard:
    """A board that answers commands as it is told; `heard` is what it was sent."""

    def __init__(self, first: bytes, answers: dict[int, bytes]) -> None:
        self._ours, self.host = socket_pair()
        self._ours.write(first)
        self._answers = answers
        self.heard: list[int] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        decoder = FrameDecoder()
        try:
            while True:
                for payload in decoder.feed(self._ours.read(0.5)):
                    self.heard.append(payload[0])
                    if payload[0] in self._answers:
                        self._ours.write(self._answers[payload[0]])
        except TransportClosed:
            pass

    def end(self) -> list[int]:
        self.host.close()
        self._thread.join(HANG_LIMIT_S)
        self._ours.close()
        return self.heard


class TestTroubleUnasked:
    """A board that reports trouble of its own."""

    def test_a_handshake_without_a_hello_is_an_error(self):
        board = ScriptedBoard(b"\0" + frame_of("OSError: 5;\n in line 3."), {})
        with pytest.raises(SourceError) as error:
            Connection(board.host, "COM9").handshake(0.3)
        assert str(error.value).startswith("The board on COM9 reports: OSError: 5; in line 3. It")
        assert "install its firmware again" in str(error.value)
        assert "\n" not in str(error.value)
        assert board.end() == []

    def test_an_error_before_the_hello_is_forgotten(self):
        board = ScriptedBoard(b"\0" + frame_of("tired") + HELLO, {})
        assert Connection(board.host, "COM9").handshake().label == "virtual board: relaxed"
        board.end()

    def test_an_error_instead_of_an_answer_is_reported(self):
        board = ScriptedBoard(b"\0" + HELLO, {ids.CMD_COUNTERS: frame_of("tired.")})
        connection = Connection(board.host, "COM9")
        connection.handshake()
        with pytest.raises(SourceError, match=r"^The board on COM9 reports: tired\.$"):
            connection.command(ids.CMD_COUNTERS, wait_s=0.3)
        with pytest.raises(SourceError, match=r"did not answer a command within 0\.2 s"):
            connection.command(ids.CMD_ECHO, bytes(4), wait_s=0.2)  # that was then
        board.end()

    def test_a_stream_reports_the_boards_error_and_can_continue(self, doors, frames_from):
        board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
        host = doors.inside(board)()
        ends = [host]
        said: list[bytes] = []

        class Interjecting:
            """Puts the board's word in among its samples."""

            def read(self, timeout_s):
                data = host.read(timeout_s)
                return data + said.pop() if said else data

            def __getattr__(self, name):
                return getattr(host, name)

        reader = LinkReader(
            lambda: Interjecting() if ends and ends.pop() else board.plug_in(), "board"
        )
        reader.start()
        frames_from(reader, 100)
        said.append(frame_of("MemoryError"))
        told: list[Disconnected | Connected] = []
        while not told or not isinstance(told[-1], Connected):
            event = reader.events.get(timeout=HANG_LIMIT_S)
            if not isinstance(event, Arrived):
                told.append(event)
        reader.stop()
        assert [getattr(event, "reason", "") for event in told] == [
            "the board reports: MemoryError",
            "",
        ]

    def test_an_error_without_words_is_reported(self):
        board = ScriptedBoard(b"\0" + frame_of(""), {})
        with pytest.raises(SourceError, match="reports: an error without a description\\."):
            Connection(board.host, "COM9").handshake(0.3)
        board.end()


class Line:
    """A transport by a clock, on which nobody says anything."""

    def __init__(self, clock: SimulatedTime) -> None:
        self._clock = clock

    def read(self, timeout_s: float) -> bytes:
        self._clock.sleep(timeout_s)
        return b""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        return len(data)

    def drain(self) -> None:
        pass

    def close(self) -> None:
        pass


class TestTime:
    """How long the host waits."""

    def test_waiting_uses_the_given_clock(self):
        """An emulated board's second lasts as long as it lasts."""
        clock = SimulatedTime()

        with pytest.raises(SourceError, match=r"Nothing arrived from COM9 within 1\.6 s"):
            Connection(Line(clock), "COM9", clock=clock).handshake(1.6)
        assert clock.now_s() == pytest.approx(1.6)

    def test_a_slow_command_gets_a_longer_timeout(self):
        clock = SimulatedTime()

        class SlowLine(Line):
            """Answers a command after 1.3 s, later than a usual one."""

            def write(self, data: bytes | bytearray | memoryview) -> int:
                (payload,) = FrameDecoder().feed(bytes(data))
                self.answer = encode_frame(pack_reply(payload[0], payload[2], bytes(8)))
                self.due_s = clock.now_s() + 1.3
                return len(data)

            def read(self, timeout_s: float) -> bytes:
                clock.sleep(timeout_s)
                return self.answer if clock.now_s() >= self.due_s else b""

        connection = Connection(SlowLine(clock), "COM9", clock=clock)
        assert connection.command(ids.CMD_NOISE, b"\0", wait_s=5.0) == bytes(8)
        assert clock.now_s() == pytest.approx(1.3, abs=0.11)
        with pytest.raises(SourceError, match="did not answer a command within 1 s"):
            connection.command(ids.CMD_ECHO, bytes(4))

    def test_a_setting_without_a_hello_after_it_is_an_error(self, monkeypatch):
        monkeypatch.setattr("unclench.link.connection._REPLY_WAIT_S", 0.2)
        board = ScriptedBoard(b"\0" + HELLO, {})
        connection = Connection(board.host, "COM9")
        connection.handshake()
        tag = (connection._tag + 1) & 0xFF
        board._ours.write(encode_frame(pack_reply(ids.CMD_SET_STEP, tag)))
        with pytest.raises(SourceError, match="did not report its new settings"):
            connection.setting(ids.CMD_SET_STEP, struct.pack("<h", 5))
        board.end()


class TestAnotherLevel:
    """Boards that speak another level of the protocol."""

    # what level 9 may make of SAMPLES: nothing that this level can read
    STRANGE = encode_frame(bytes([ids.SAMPLES, 200, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]))

    def hello(self) -> bytes:
        hello = SyntheticInput("relaxed").hello()
        hello.level, hello.firmware = 9, (7, 7, 7)
        return encode_frame(pack_hello(hello))

    def test_a_streaming_board_of_another_level_is_named(self):
        board = ScriptedBoard(self.STRANGE * 5, {ids.CMD_HELLO: self.hello()})
        with pytest.raises(SourceError, match="speaks protocol level 9, newer than level 1"):
            Connection(board.host, "COM9").handshake(0.3)
        assert board.end() == [ids.CMD_STOP, ids.CMD_HELLO]

    def test_a_streaming_board_of_another_level_that_does_not_answer(self):
        board = ScriptedBoard(self.STRANGE * 5, {})
        with pytest.raises(SourceError) as error:
            Connection(board.host, "COM9").handshake(0.3)
        assert "sends samples that this program does not understand" in str(error.value)
        assert "not an unclench board" not in str(error.value)
        board.end()

    def test_one_or_two_accidental_frames_do_not_make_the_host_send(self):
        board = ScriptedBoard(self.STRANGE * 2, {ids.CMD_HELLO: self.hello()})
        with pytest.raises(SourceError, match="is not an unclench board"):
            Connection(board.host, "COM9").handshake(0.3)
        assert board.end() == []

    def test_intact_frames_of_another_kind_do_not_make_the_host_send(self):
        other = encode_frame(b"\x33" + bytes(range(20)))
        board = ScriptedBoard(other * 9, {ids.CMD_HELLO: self.hello()})
        with pytest.raises(SourceError, match="is not an unclench board"):
            Connection(board.host, "COM9").handshake(0.3)
        assert board.end() == []


class TestWhatKeepsABoardAway:
    """What is told while a board is not to be had."""

    def told(
        self, reader: LinkReader, stop: Callable[[list[Disconnected | Connected]], bool]
    ) -> list[Disconnected | Connected]:
        """What a reader tells besides samples, until `stop(told)`."""
        told: list[Disconnected | Connected] = []
        while not stop(told):
            try:
                event = reader.events.get(timeout=0.05)
            except queue.Empty:
                continue
            if not isinstance(event, Arrived):
                told.append(event)
        return told

    def test_each_kind_of_problem_is_reported_once_after_two_seconds(self, doors, monkeypatch):
        clock = SimulatedTime()
        tries: list[int] = []  # one every half second
        monkeypatch.setattr(reader_module, "_RETRY_S", 0.001)
        board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
        end = doors.inside(board)()

        def open_again():
            n = len(tries)
            tries.append(n)
            clock.sleep(0.5)
            if n == 0:
                return end
            if n < 20:
                raise SourceError(f"COM9 is busy: number {n} has it open.", Trouble.BUSY)
            raise SourceError("There is no port COM9.", Trouble.NO_PORT)

        reader = LinkReader(open_again, "board", clock=clock)
        reader.start()
        board.close()
        _, *told = self.told(reader, lambda _: len(tries) > 40)
        reader.stop()
        ends = [event for event in told if isinstance(event, Disconnected)]
        assert len(ends) == len(told)
        assert [event.final for event in ends] == [False] * 3
        first, busy, gone = (event.reason for event in ends)
        assert "busy" not in first
        assert busy.startswith("COM9 is busy: number ")
        assert int(busy.split()[4]) == 5  # after more than two seconds
        assert gone == "There is no port COM9"

    def test_a_board_that_reconnects_quickly_is_not_reported(self, doors):
        board = VirtualBoard(SyntheticInput("relaxed"), speed=5)
        tries = iter(range(1000))

        def open_again():
            if next(tries) in (1, 2):
                raise SourceError("COM9 is busy.")
            return board.plug_in()

        reader = LinkReader(open_again, "board")
        reader.start()
        reader.restart_stream()
        _, away, back = self.told(reader, lambda told: len(told) == 3)
        reader.stop()
        board.close()
        assert isinstance(away, Disconnected)
        assert away.reason == "the board's sample count jumped"
        assert isinstance(back, Connected)


class TestSlope:
    """The clock fit's slope and its error."""

    def test_there_is_no_slope_before_the_first_fit(self):
        fit = ClockFit()
        fit.add(0.0, 5.0)
        assert fit.slope is None

    @pytest.mark.parametrize("ppm", [-300.0, 0.0, 80.0])
    def test_the_fitted_slope_is_within_its_error(self, ppm):
        off = []
        for seed in range(40):
            rng, fit = np.random.default_rng(seed), ClockFit()
            for device_s in np.arange(0.01, 10.0, 0.01):
                late_s = 1e-4 * rng.standard_exponential()
                fit.add(device_s, 100.0 + device_s * (1 + ppm * 1e-6) + late_s)
            assert fit.slope is not None
            slope, error = fit.slope
            assert 0 < error < 1e-5
            off.append(((slope - 1) * 1e6 - ppm) / (error * 1e6))
        assert 0.6 < np.sqrt(np.mean(np.square(off))) < 1.5
