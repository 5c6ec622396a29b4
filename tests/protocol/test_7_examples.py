"""PROTOCOL.md, clause 7: the byte dumps of the document, built and read by the code."""

import struct
from pathlib import Path

import numpy as np
import pytest

from unclench.link.decoder import parse
from unclench.link.messages import ErrorReply, Reply, SampleFrame
from unclench_wire import ids, messages
from unclench_wire.framing import FrameDecoder, encode_frame
from unclench_wire.messages import (
    Channel,
    Hello,
    Stamp,
    pack_command,
    pack_error,
    pack_hello,
    pack_reply,
    pack_samples_head,
)

PINE = Hello(
    [Channel(200_000, 0, 210), Channel(200_000, 2000, 0)],
    rate_num=2000,
    rate_den=1,
    oversampling=125,
    full_scale_uv=3_300_000,
    codes=4096,
    zero_unit=2048 * 125,
    low_unit=0,
    high_unit=4095 * 125,
    step_mlsb=1000,
    firmware=(0, 1, 0),
    board_id=bytes.fromhex("e6616408432c1f2a"),
    label="Kiefer µ",
)
COMMANDS = [
    (ids.CMD_HELLO, b""),
    (ids.CMD_START, b""),
    (ids.CMD_STOP, b""),
    (ids.CMD_SET_RATE, struct.pack("<I", 2000)),
    (ids.CMD_SET_CHANNELS, b"\x03"),
    (ids.CMD_SET_GAIN, struct.pack("<BI", 1, 201_000)),
    (ids.CMD_SET_STEP, struct.pack("<h", 900)),
    (ids.CMD_COUNTERS, b""),
    (ids.CMD_ECHO, struct.pack("<I", 17)),
]
LATER_COMMANDS = [
    (ids.CMD_SET_NOISE, struct.pack("<BI", 1, 210)),
    (ids.CMD_SET_DEFAULTS, b""),
    (ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 1984, 500_000)),
    (ids.CMD_NOISE, b"\x02"),
    (ids.CMD_BLINK, b"\x05"),
    (ids.CMD_LIGHT, b"\x01\x80"),
    (ids.CMD_PROMPT, b""),
]


@pytest.fixture
def dump(document):
    """Return the whole of one dump."""
    return lambda name: b"".join(document.dumps[name])


def test_7_1_a_whole_frame(dump):
    stop = pack_command(ids.CMD_STOP, 2)
    assert dump("frame stop") == encode_frame(stop)
    assert FrameDecoder().feed(dump("frame stop")) == [stop]
    assert dump("frame stop")[5:7] == (0xF2EC).to_bytes(2, "little")


def test_7_2_a_whole_frame_with_zeros(dump):
    reply = pack_reply(ids.CMD_ECHO, 3, struct.pack("<II", 17, 74565))
    assert dump("frame echo") == encode_frame(reply)
    (payload,) = FrameDecoder().feed(dump("frame echo"))
    assert parse(payload) == Reply(ids.CMD_ECHO, 3, struct.pack("<II", 17, 74565))


def test_7_3_hello(dump, document):
    assert dump("payload hello") == pack_hello(PINE)
    back = parse(dump("payload hello"))
    assert isinstance(back, Hello)
    assert pack_hello(back) == pack_hello(PINE)
    assert back.label == "Kiefer µ"
    assert f"= {back.uv_per_unit(1)} uV" in document.text


def test_7_4_samples(dump):
    rows = [[256_125, 255_875], [0, -2]]
    head = bytearray(messages.SAMPLES_HEAD_LEN)
    pack_samples_head(head, 2, 65535, Stamp(2**32 - 2, 10_000_000), 1)
    body = b"".join(v.to_bytes(3, "little", signed=True) for row in rows for v in row)
    assert dump("payload samples") == bytes(head) + body
    frame = parse(dump("payload samples"))
    assert isinstance(frame, SampleFrame)
    assert (frame.seq, frame.index, frame.device_us) == (65535, 2**32 - 2, 10_000_000)
    assert frame.overflows == 1
    np.testing.assert_array_equal(frame.units, rows)
    assert 125 * PINE.uv_per_unit(0) == pytest.approx(4.028, abs=0.0005)


def test_7_5_commands(document, bench):
    assert document.dumps["payload commands"] == [
        pack_command(number, tag, args) for tag, (number, args) in enumerate(COMMANDS, 1)
    ]
    for payload in document.dumps["payload commands"]:
        if payload[0] != ids.CMD_START:
            bench.board.receive(encode_frame(payload))
    answers = [m for m in bench.heard() if isinstance(m, Reply)]
    assert [m.tag for m in answers] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert bench.hardware.told == [
        ("light", False, 0),  # by STOP
        ("rate", 2000),
        ("channels", 3),
        ("gain", 1, 201_000),
        ("step", 900),
    ]


def test_7_6_replies(dump):
    counters = struct.pack("<5I", 1, 0, 2, 40, 3)
    assert dump("payload reply") == pack_reply(ids.CMD_START, 2)
    assert dump("payload counters") == pack_reply(ids.CMD_COUNTERS, 8, counters)
    assert parse(dump("payload reply")) == Reply(ids.CMD_START, 2, b"")
    assert parse(dump("payload counters")) == Reply(ids.CMD_COUNTERS, 8, counters)


def test_7_7_error(dump):
    text = "rate 3 Hz; 1000 fits"
    assert dump("payload error") == pack_error(ids.CMD_SET_RATE, 4, ids.ERR_VALUE, text)
    assert parse(dump("payload error")) == ErrorReply(ids.CMD_SET_RATE, 4, ids.ERR_VALUE, text)


def test_7_1_no_dump_is_left_unchecked(document):
    source = Path(__file__).read_text(encoding="utf-8")
    assert document.dumps
    assert all(f'"{name}"' in source for name in document.dumps)


def test_7_8_later_commands(document, bench):
    assert document.dumps["payload later commands"] == [
        pack_command(number, tag, args) for tag, (number, args) in enumerate(LATER_COMMANDS, 10)
    ]
    for payload in document.dumps["payload later commands"]:
        bench.board.receive(encode_frame(payload))
    assert [m.tag for m in bench.heard() if isinstance(m, Reply)] == list(range(10, 17))
    assert bench.hardware.told == [
        ("noise", 1, 210),
        ("defaults",),
        ("histogram", 0, 1984, 500_000),
        ("measure", 2),
        ("blink", 5),
        ("light", True, 128),
    ]
    assert bench.board.leaving
