"""The board's main loop, its commands and its settings in a real MicroPython on a real terminal."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.errors import SourceError
from unclench.link.connection import Connection
from unclench.link.messages import Message, SampleFrame
from unclench.link.transport import PtyTransport
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("board_on_pty.py")


class Process:
    """The board's program in MicroPython, and our own host's connection to it."""

    def __init__(self, micropython: str, settings: Path, how: str = "well") -> None:
        self.line = PtyTransport()  # the terminal's other end: here the host's
        terminal = Path(self.line.path)
        with terminal.open("rb") as to_board, terminal.open("wb") as from_board:
            self._process = subprocess.Popen(
                [micropython, str(SCRIPT), str(LIB), str(settings), how],
                stdin=to_board,
                stdout=from_board,
            )
        self.host = Connection(self.line, "the board")
        self.hello = self.host.handshake(HANG_LIMIT_S)

    def frames(self, n: int) -> list[SampleFrame]:
        """Read so many frames of samples."""
        found: list[SampleFrame] = []
        deadline = time.monotonic() + HANG_LIMIT_S
        while len(found) < n:
            assert self._process.poll() is None, self.line.read(0.1)
            assert time.monotonic() < deadline
            found += [m for m in self.host.read(0.1) if isinstance(m, SampleFrame)]
        return found

    def heard_hello(self) -> Hello:
        """Return the last of the HELLOs that come next."""
        deadline = time.monotonic() + HANG_LIMIT_S
        while time.monotonic() < deadline:
            if hellos := [m for m in self.host.read(0.1) if isinstance(m, Hello)]:
                return hellos[-1]
        raise AssertionError("no hello")

    def leave(self) -> None:
        """Ask for the prompt, and see that the program ends."""
        self.host.command(ids.CMD_PROMPT)
        assert self._process.wait(HANG_LIMIT_S) == 0

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.line.close()


@pytest.fixture
def start(micropython, tmp_path) -> Iterator:
    started = []

    def make(how: str = "well") -> Process:
        process = Process(micropython, tmp_path / "settings.json", how)
        started.append(process)
        return process

    yield make
    for process in started:
        process.end()


def expected_units(index: int, rows: int, channels: int, over: int) -> np.ndarray:
    """Return what the sums of `board_on_pty.py`'s readings are, rows of one block."""
    block = index // rows
    turn = np.arange(rows * over)
    readings = (block + turn) % 50
    sums = readings.reshape(rows, over).sum(axis=1)
    return sums[:, None] + 100 * over * np.arange(channels)


def test_hello_says_what_the_hardware_does(start):
    board = start()
    h = board.hello
    assert (h.rate_num, h.rate_den, h.oversampling, len(h.channels)) == (2000, 1, 250, 1)
    assert (h.board_id, h.label) == (b"on a pty", "a board on a pseudo-terminal")
    assert (h.zero_unit, h.low_unit, h.high_unit) == (512_000, 0, 1_023_750)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "over", "skew_ns"),
    [
        (1000, 1, 500, 2000),
        (1000, 2, 250, 2000),
        (1000, 3, 160, 2083),
        (2000, 2, 125, 2000),
        (2000, 3, 80, 2083),
        (4000, 1, 125, 2000),
        (4000, 2, 60, 2083),
        (4000, 3, 40, 2083),
    ],
)
def test_the_stream_is_right_at_every_rate_and_number_of_channels(
    start, rate_hz, channels, over, skew_ns
):
    board = start()
    board.host.command(ids.CMD_SET_RATE, struct.pack("<I", rate_hz))
    board.host.command(ids.CMD_SET_CHANNELS, bytes([channels]))
    board.host.command(ids.CMD_HELLO)
    h = board.heard_hello()
    assert (h.rate_num, h.rate_den, h.oversampling) == (rate_hz, 1, over)
    # The parts give the whole: readings a second, from cycles of the converter's clock.
    cycles = 48_000_000 / (rate_hz * over * channels)
    assert cycles in (96.0, 100.0)
    assert [c.skew_ns for c in h.channels] == [round(k * cycles / 0.048) for k in range(channels)]
    assert channels == 1 or h.channels[1].skew_ns == skew_ns
    board.host.start()
    rows = rate_hz // 100
    frames = board.frames(5)
    for frame in frames:
        assert frame.index % rows == 0
        np.testing.assert_array_equal(
            frame.units, expected_units(frame.index, rows, channels, over)
        )
        block = frame.index // rows
        assert frame.device_us == (0xFFFFFF00 + (block + 1) * 10_000) % 2**32


def test_settings_survive_a_power_cycle(start):
    board = start()
    board.host.command(ids.CMD_SET_RATE, struct.pack("<I", 4000))
    board.host.command(ids.CMD_SET_CHANNELS, b"\x02")
    board.host.command(ids.CMD_SET_GAIN, struct.pack("<BI", 1, 201_000))
    board.host.command(ids.CMD_SET_NOISE, struct.pack("<BI", 0, 210))
    board.host.command(ids.CMD_SET_STEP, struct.pack("<h", 1013))
    board.end()
    h = start().hello
    assert (h.rate_num, h.oversampling, h.step_mlsb) == (4000, 60, 1013)
    assert [c.gain_milli for c in h.channels] == [200_000, 201_000]
    assert [c.noise_nv for c in h.channels] == [210, 0]
    assert h.high_unit == 4095 * 60 - round(60 * 1.013)


def test_defaults_can_be_restored(start):
    board = start()
    board.host.command(ids.CMD_SET_RATE, struct.pack("<I", 4000))
    board.host.command(ids.CMD_SET_DEFAULTS)
    board.end()
    assert start().hello.rate_num == 2000


@pytest.mark.parametrize(
    ("command", "args", "words"),
    [
        (ids.CMD_SET_RATE, struct.pack("<I", 3000), "a rate of 3000 Hz is not available"),
        (ids.CMD_SET_CHANNELS, b"\0", "0 channels are not available; choose 1 to 3"),
        (ids.CMD_SET_CHANNELS, b"\4", "4 channels are not available; choose 1 to 3"),
        (ids.CMD_SET_GAIN, struct.pack("<BI", 3, 200_000), "no channel 3"),
        (
            ids.CMD_SET_GAIN,
            struct.pack("<BI", 0, 999),
            "a gain of 0.999 is out of range; choose 1 to 100000",
        ),
        (
            ids.CMD_SET_STEP,
            struct.pack("<h", -1),
            "a step of -0.001 LSB is out of range; choose 0 to 4",
        ),
        (ids.CMD_SET_STEP, struct.pack("<h", 4001), "choose 0 to 4"),
        (ids.CMD_SET_NOISE, struct.pack("<BI", 9, 1), "no channel 9"),
        (ids.CMD_NOISE, b"\1", "channel 1 is off"),
        (ids.CMD_NOISE, b"\3", "no channel 3"),
        (ids.CMD_HISTOGRAM, struct.pack("<BHI", 3, 0, 1), "no channel 3"),
        (ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 4096, 1), "no code 4096; choose 0 to 4095"),
        (
            ids.CMD_HISTOGRAM,
            struct.pack("<BHI", 0, 0, 0),
            "0 readings are not possible; choose 1 to 500000",
        ),
        (ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 0, 500_001), "500001 readings"),
    ],
)
def test_invalid_commands_are_refused_with_a_sentence(start, command, args, words):
    board = start()
    before = board.host.command(ids.CMD_ECHO, b"\0\0\0\0")
    with pytest.raises(SourceError, match=words):
        board.host.command(command, args)
    assert board.host.command(ids.CMD_ECHO, b"\0\0\0\0") == before


def test_a_histogram_counts_the_codes_of_one_channel(start):
    board = start()
    body = board.host.command(ids.CMD_HISTOGRAM, struct.pack("<BHI", 2, 10, 7500))
    counts = np.array(struct.unpack("<130I", body))
    # One input: block b of 5000 readings is (b + k) % 50, so every code from 0 to 49 as often.
    assert counts.sum() == 7500
    np.testing.assert_array_equal(counts[:40], 150)
    np.testing.assert_array_equal(counts[40:128], 0)
    assert counts[128:].tolist() == [1500, 0]


def test_the_board_reports_level_and_noise(start):
    board = start()
    board.host.command(ids.CMD_SET_CHANNELS, b"\2")
    body = board.host.command(ids.CMD_NOISE, b"\1", wait_s=HANG_LIMIT_S)
    level_mcode, _ = struct.unpack("<II", body)
    assert level_mcode == pytest.approx(124_500, abs=100)  # 100 + the mean of 0 to 49


def test_a_converter_that_does_not_answer_is_reported(start):
    board = start("broken")
    with pytest.raises(SourceError, match="the converter does not answer"):
        board.host.start()
    assert board.host.command(ids.CMD_ECHO, b"\1\2\3\4")[:4] == b"\1\2\3\4"


def test_every_command_is_answered_or_refused_while_streaming(start):
    board = start()
    board.host.start()
    board.frames(3)
    took_s = []
    for command, args in [
        (ids.CMD_HELLO, b""),
        (ids.CMD_ECHO, b"\1\2\3\4"),
        (ids.CMD_COUNTERS, b""),
        (ids.CMD_BLINK, b"\1"),
        (ids.CMD_LIGHT, b"\1\x80"),
        (ids.CMD_LIGHT, b"\0\0"),
    ]:
        began_s = time.monotonic()
        board.host.command(command, args)
        took_s.append(time.monotonic() - began_s)
    for command, args in [
        (ids.CMD_SET_RATE, struct.pack("<I", 1000)),
        (ids.CMD_SET_CHANNELS, b"\3"),
        (ids.CMD_SET_GAIN, bytes(5)),
        (ids.CMD_SET_STEP, bytes(2)),
        (ids.CMD_SET_NOISE, bytes(5)),
        (ids.CMD_SET_DEFAULTS, b""),
        (ids.CMD_HISTOGRAM, bytes(7)),
        (ids.CMD_NOISE, b"\0"),
    ]:
        with pytest.raises(SourceError, match="not while streaming; stop first"):
            board.host.command(command, args)
    print("answered within", max(took_s), "s")
    assert [f.units.shape for f in board.frames(3)] == [(20, 1)] * 3


def test_floods_and_garbage_harm_no_sample(start):
    board = start()
    board.host.command(ids.CMD_SET_CHANNELS, b"\3")
    board.host.start()
    rng = random.Random(1)
    echo = encode_frame(pack_command(ids.CMD_ECHO, 200, b"\0\xff\0\x03"))
    for data in [
        rng.randbytes(4096),
        bytes(4096),
        b"\xff" * 4096,
        b"\x03" * 64,
        echo[: len(echo) // 2],
        echo * 30,
        echo + bytes(64 - len(echo)),
        echo + bytes(128 - len(echo)),
        b"AT\r\n" * 16,
    ]:
        at = 0
        while at < len(data):
            at += board.line.write(data[at:])
            for frame in board.frames(1):
                over, rows = 80, 20
                np.testing.assert_array_equal(
                    frame.units, expected_units(frame.index, rows, 3, over)
                )
    assert board.host.command(ids.CMD_ECHO, b"\1\2\3\4")[:4] == b"\1\2\3\4"
    assert board.host.decoder.bad_frames == 0


def test_a_host_that_does_not_read_loses_exactly_what_is_counted(start, tmp_path):
    board = start()
    board.host.command(ids.CMD_SET_CHANNELS, b"\3")
    board.host.start()
    frames = board.frames(3)
    # A terminal holds some 64 kB: filled by the answers to questions, they come faster.
    questions = encode_frame(pack_command(ids.CMD_ECHO, 200, b"\1\2\3\4")) * 100
    for _ in range(60):
        board.line.write(questions)
    time.sleep(1)
    board.line.write(b"\0")  # ends what the last write may have cut
    after = board.frames(60)
    index = [f.index for f in frames + after]
    holes = sum(b - a - 20 for a, b in pairwise(index))
    assert holes > 0
    assert index[-1] - index[-21] == 400  # it has recovered
    counters = struct.unpack("<5I", board.host.command(ids.CMD_COUNTERS))
    _, overruns, _, lost, _ = counters
    # A frame of which a part went out before the port was full is damaged, counted lost once.
    assert holes == lost + 20 * overruns
    board.leave()
    _, lamp = json.loads((tmp_path / "settings.json.heap").read_text())
    flashes = [b for a, b in pairwise(lamp) if {a, b} == {0, 255}]
    assert len(flashes) > 5  # and it was shown that something was lost


def test_a_stream_allocates_nothing_and_the_prompt_is_reached_from_it(start, tmp_path):
    board = start()
    board.host.start()
    board.frames(100)
    board.leave()
    (looks, sizes), lamp = json.loads((tmp_path / "settings.json.heap").read_text())
    assert looks > 150
    print("bytes on the heap while it streams:", sizes)
    assert 40 in lamp  # it was shown that it streams
    assert len(sizes) == 1


def test_a_board_sends_hello_before_and_after_a_stream_but_not_during_it(start):
    began_s = time.monotonic()
    board = start()  # which hears one

    def hear_hellos(n):
        while n > 0:
            n -= sum(isinstance(m, Hello) for m in board.host.read(0.1))

    hear_hellos(2)
    assert time.monotonic() - began_s > 0.95  # twice a second, not more often
    board.host.start()
    messages: list[Message] = []
    while sum(isinstance(m, SampleFrame) for m in messages) < 30:
        messages += board.host.read(0.1)
    assert not any(isinstance(m, Hello) for m in messages)
    began_s = time.monotonic()
    board.host.command(ids.CMD_STOP)
    hear_hellos(3)
    assert time.monotonic() - began_s > 0.95
