"""Commands, and what is none, to an emulated Pico that streams: no hang, no wrong sample."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import pytest
from tests.pico.host import Host, holes

from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

Board = Callable[..., Host]
LEVELS = [1000, 2222, 3333]
ANSWER_MS = 50

# Every command with arguments that fit, and the error that a stream makes of it
WHILE_STREAMING = {
    "HELLO": (ids.CMD_HELLO, b"", None),
    "SET_RATE": (ids.CMD_SET_RATE, struct.pack("<I", 1000), ids.ERR_BUSY),
    "SET_CHANNELS": (ids.CMD_SET_CHANNELS, b"\x01", ids.ERR_BUSY),
    "SET_GAIN": (ids.CMD_SET_GAIN, struct.pack("<BI", 0, 201_000), ids.ERR_BUSY),
    "SET_STEP": (ids.CMD_SET_STEP, struct.pack("<h", 900), ids.ERR_BUSY),
    "COUNTERS": (ids.CMD_COUNTERS, b"", None),
    "ECHO": (ids.CMD_ECHO, struct.pack("<I", 17), None),
    "SET_NOISE": (ids.CMD_SET_NOISE, struct.pack("<BI", 0, 210), ids.ERR_BUSY),
    "SET_DEFAULTS": (ids.CMD_SET_DEFAULTS, b"", ids.ERR_BUSY),
    "HISTOGRAM": (ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 1984, 1000), ids.ERR_BUSY),
    "NOISE": (ids.CMD_NOISE, b"\x00", ids.ERR_BUSY),
    "BLINK": (ids.CMD_BLINK, b"\x01", None),
    "LIGHT": (ids.CMD_LIGHT, b"\x01\x80", None),
    "unknown": (0x7F, b"", ids.ERR_UNKNOWN),
    "too long": (ids.CMD_ECHO, b"12345", ids.ERR_LENGTH),
}


def answer_to(tag: int) -> Callable[[Message], bool]:
    """Whether a message is the reply to this command."""
    return lambda message: isinstance(message, Reply) and message.tag == tag


def streaming(board: Board) -> tuple[Host, Hello, int]:
    host = board()
    host.pico.analog([{"level": level} for level in LEVELS])
    hello = host.set_up(2000, 3)
    since = host.start()
    host.run_ms(200)
    return host, hello, since


def check_stream(host: Host, hello: Hello, since: int, lossless: bool = True) -> dict[str, int]:
    """It still runs, every row was right, and what is missing is counted."""
    ran = len(host.heard)
    host.run_ms(200)
    assert len(host.frames(ran)) >= 18, "the stream has stopped"
    counters = host.counters()
    frames = host.frames(since)
    for _, frame in frames:
        assert (frame.units == [level * hello.oversampling for level in LEVELS]).all()
    missing = holes(frames)
    assert missing == counters["lost_samples"] + 20 * counters["dma_overruns"]
    assert counters["fifo_overflows"] == 0
    if lossless:
        assert missing == 0
    assert host.decoder.bad_frames == 0
    return counters


@pytest.mark.parametrize("name", WHILE_STREAMING)
def test_every_command_while_streaming(board: Board, name: str) -> None:
    command, args, error = WHILE_STREAMING[name]
    host, hello, since = streaming(board)
    for _ in range(5):
        host.run_ms(7.3)  # not always at the same moment of a frame
        answer = host.ask(command, args)
        assert answer.ms < ANSWER_MS
        if error is None:
            assert isinstance(answer.message, Reply), answer.message
        else:
            assert isinstance(answer.message, ErrorReply)
            assert answer.message.code == error
            assert answer.message.text
        if command == ids.CMD_ECHO and error is None:
            number, device_us = struct.unpack("<II", answer.body)
            assert number == 17
            assert 0 <= host.pico.nanos / 1000 - device_us < ANSWER_MS * 1000
    check_stream(host, hello, since)


def test_start_and_stop_while_streaming(board: Board) -> None:
    host, hello, _ = streaming(board)
    answer = host.ask(ids.CMD_START)
    assert answer.ms < ANSWER_MS
    since = next(i for i, heard in enumerate(host.heard) if heard.message is answer.message)
    check_stream(host, hello, since)
    first = host.frames(since)[0][1]
    assert (first.index, first.seq) == (0, 0)
    stopped = host.ask(ids.CMD_STOP)
    assert stopped.ms < ANSWER_MS
    silent = len(host.heard)
    host.run_ms(700)
    assert host.frames(silent) == []
    assert any(isinstance(heard.message, Hello) for heard in host.heard[silent:])


def test_start_again_and_again(board: Board) -> None:
    host, hello, _ = streaming(board)
    chance = random.Random(4)
    for _ in range(50):
        assert host.ask(ids.CMD_START).ms < ANSWER_MS
        since = len(host.heard)
        host.run_ms(45 * chance.random())
    host.run_ms(50)
    assert host.frames(since)[0][1].index == 0
    check_stream(host, hello, since)


def test_garbage(board: Board) -> None:
    host, hello, since = streaming(board)
    chance = random.Random(1)
    for _ in range(20):
        host.pico.send(chance.randbytes(chance.randrange(1, 300)))
        host.run_ms(chance.randrange(1, 40))
    host.run_ms(200)
    host.pico.send(b"\0")
    assert host.ask(ids.CMD_ECHO, bytes(4)).ms < ANSWER_MS
    counters = check_stream(host, hello, since)
    assert counters["bad_frames"] > 0


def test_half_a_command(board: Board) -> None:
    host, hello, since = streaming(board)
    whole = encode_frame(pack_command(ids.CMD_ECHO, 200, bytes(4)))
    for cut in range(1, len(whole)):
        host.pico.send(whole[:cut])
        host.run_ms(30)
        assert host.ask(ids.CMD_ECHO, b"\1\2\3\4").ms < ANSWER_MS
    host.pico.send(whole[:6])
    host.run_ms(500)
    host.pico.send(whole[6:])
    host.wait_for(lambda m: isinstance(m, Reply) and m.tag == 200)
    check_stream(host, hello, since)


@pytest.mark.parametrize("size", [63, 64, 65, 128, 192, 256, 512])
def test_whole_packets(board: Board, size: int) -> None:
    """Old versions of MicroPython kept back what filled USB packets exactly.

    Input is read at some 9 kB/s: no command is longer than 64 bytes, so what stands before these is
    garbage, and takes its time.
    """
    host, hello, since = streaming(board)
    for tag in range(100, 105):
        command = encode_frame(pack_command(ids.CMD_ECHO, tag, bytes(4)))
        sent_ns = host.pico.nanos
        host.pico.send(bytes(size - len(command)) + command)
        heard = host.wait_for(answer_to(tag))
        assert (heard.nanos - sent_ns) / 1e6 < max(ANSWER_MS, size / 8)
    check_stream(host, hello, since)


@pytest.mark.parametrize("kind", ["zeros", "ones", "random", "letters"])
def test_a_flood(board: Board, kind: str) -> None:
    host, hello, since = streaming(board)
    flood = {
        "zeros": bytes(4096),
        "ones": b"\xff" * 4096,
        "random": random.Random(2).randbytes(4096),
        "letters": b"AT+CGMI\r\n" * 455 + b"A",
    }[kind]
    assert len(flood) == 4096
    host.pico.send(flood)
    host.run_ms(1000)
    host.pico.send(b"\0")
    assert host.ask(ids.CMD_ECHO, bytes(4)).ms < ANSWER_MS
    check_stream(host, hello, since)


def test_a_flood_of_commands(board: Board) -> None:
    """Every one is answered, in order, and the stream goes on meanwhile."""
    host, hello, since = streaming(board)
    command = [encode_frame(pack_command(ids.CMD_ECHO, tag, bytes(4))) for tag in range(256)]
    n = 4096 // len(command[0])
    host.pico.send(b"".join(command[k % 256] for k in range(n)))
    host.run_ms(4000)
    tags = [h.message.tag for h in host.heard[since:] if isinstance(h.message, Reply)]
    assert tags == [k % 256 for k in range(n)]
    check_stream(host, hello, since, lossless=False)


def test_a_flood_that_is_answered_with_errors(board: Board) -> None:
    host, hello, since = streaming(board)
    command = encode_frame(pack_command(0x7F, 5))
    n = 4096 // len(command)
    host.pico.send(command * n)
    host.run_ms(5000)
    errors = [h.message for h in host.heard[since:] if isinstance(h.message, ErrorReply)]
    assert [error.code for error in errors] == [ids.ERR_UNKNOWN] * n
    check_stream(host, hello, since, lossless=False)


def test_a_flood_into_a_stalled_port(board: Board) -> None:
    """Neither side reads for a while: a board that waited for its host would wait for ever."""
    host, hello, since = streaming(board)
    command = encode_frame(pack_command(ids.CMD_HELLO, 9))
    host.pico.stall(True)
    host.pico.send(command * (4096 // len(command)))
    host.run_ms(3000)
    host.pico.stall(False)
    host.run_ms(2000)
    assert host.ask(ids.CMD_ECHO, bytes(4)).ms < ANSWER_MS
    ran = len(host.heard)
    host.run_ms(200)
    frames = host.frames(ran)
    assert len(frames) >= 18
    assert holes(frames) == 0
    assert all(
        (frame.units == [level * hello.oversampling for level in LEVELS]).all()
        for _, frame in host.frames(since)
    )


def test_histogram_is_the_converters(board: Board) -> None:
    host = board()
    host.pico.analog([{"ramp": True}])
    answer = host.ask(ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 2000, 40_960), ms=3000)
    counts = struct.unpack("<130I", answer.body)
    assert sum(counts) == 40_960
    assert set(counts[:128]) == {10}
    assert counts[128:] == (20_000, 10 * (4096 - 2128))
    host.pico.analog(noise_lsb=1, step_lsb=1)
    answer = host.ask(ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 1984, 100_000), ms=3000)
    counts = struct.unpack("<130I", answer.body)
    assert counts[2047 - 1984] == 0, "code 2047 is missing, and no correction hides it"
    assert counts[2048 - 1984] > 10_000


@pytest.mark.parametrize("channel", [0, 2])
def test_noise_is_measured_as_it_is(board: Board, channel: int) -> None:
    host = board()
    levels = [2000, 2100, 2048.25]
    host.pico.analog([{"level": level} for level in levels], noise_lsb=1)
    hello = host.set_up(2000, 3)
    begun_ns = host.pico.nanos
    answer = host.ask(ids.CMD_NOISE, bytes([channel]), ms=3500)
    assert host.pico.nanos - begun_ns < 3e9  # 4.11
    level_mcode, noise_nv = struct.unpack("<II", answer.body)
    assert level_mcode == pytest.approx(levels[channel] * 1000, abs=30)
    # White noise of 1 code, averaged: 430 Hz of the 1000 Hz are counted.
    expected_uv = hello.uv_per_unit(channel) * hello.oversampling**0.5 * (430 / 1000) ** 0.5
    assert noise_nv / 1000 == pytest.approx(expected_uv, rel=0.15)


def test_samples_do_not_come_before_start(board: Board) -> None:
    host = board()
    host.run_ms(1200)
    assert not any(isinstance(heard.message, SampleFrame) for heard in host.heard)
    assert sum(isinstance(heard.message, Hello) for heard in host.heard) >= 2
