"""PROTOCOL.md, clause 4: commands."""

import struct
import subprocess
from pathlib import Path

import pytest

from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply, Reply, SampleFrame
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command, pack_error, pack_hello, pack_reply

ROOT = Path(__file__).parents[2]
SIZES = {"u8": 1, "i16": 2, "u16": 2, "u32": 4}


def size_of(cell: str) -> int:
    """Bytes that a cell such as "u8 channel, u32 gain_milli" or "5 u32" describes."""
    size = 0
    for part in filter(None, cell.split(", ")):
        words = part.split()
        times = int(words.pop(0)) if words[0].isdecimal() else 1
        size += times * SIZES[words[0]]
    return size


def commands(document) -> list[tuple[int, str, int, int]]:
    return [
        (int(number, 16), name, size_of(takes), size_of(carries))
        for number, name, takes, carries, _ in document.table("table: commands")
    ]


def good_args(command: int) -> bytes:
    return {
        ids.CMD_SET_RATE: struct.pack("<I", 1000),
        ids.CMD_SET_CHANNELS: b"\x02",
        ids.CMD_SET_GAIN: struct.pack("<BI", 1, 201_000),
        ids.CMD_SET_STEP: struct.pack("<h", -900),
        ids.CMD_ECHO: b"\xff\0\0\x80",
        ids.CMD_SET_NOISE: struct.pack("<BI", 1, 210),
        ids.CMD_HISTOGRAM: struct.pack("<BHI", 0, 1984, 1000),
        ids.CMD_NOISE: b"\0",
        ids.CMD_BLINK: b"\5",
        ids.CMD_LIGHT: b"\1\x80",
    }.get(command, b"")


def test_4_1_layout_of_a_command(document):
    rows = document.table("layout: command")
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("0", "u8", "command"),
        ("1", "u8", "level"),
        ("2", "u8", "tag"),
    ]
    assert pack_command(0x18, 250, b"args") == bytes([0x18, ids.LEVEL, 250]) + b"args"


@pytest.mark.parametrize("tag", [0, 1, 127, 255])
def test_4_1_the_tag_comes_back(bench, tag):
    assert bench.tell(ids.CMD_STOP, tag=tag)[0].tag == tag
    assert bench.tell(0x7F, tag=tag)[0].tag == tag


def test_4_2_ids_and_names(document):
    names = {
        name.removeprefix("CMD_"): value
        for name, value in vars(ids).items()
        if name.startswith("CMD_")
    }
    assert {name: number for number, name, _, _ in commands(document)} == names
    assert min(names.values()) == ids.FIRST_COMMAND


def test_4_2_each_takes_and_carries_what_the_table_says(document, new_bench):
    for number, name, takes, carries in commands(document):
        assert len(good_args(number)) == takes, name
        reply = new_bench().tell(number, good_args(number))[0]
        assert isinstance(reply, Reply), name
        assert (reply.command, len(reply.body)) == (number, carries), name
        for wrong in (good_args(number) + b"\0", good_args(number)[:-1]):
            if len(wrong) != takes:
                (error,) = new_bench().tell(number, wrong)
                assert error.code == ids.ERR_LENGTH, name


def test_4_2_settings_and_measurements_wait_for_the_end_of_a_stream(document, bench):
    bench.tell(ids.CMD_START)
    for number, name, *_ in commands(document):
        if name.startswith("SET_") or name in ("HISTOGRAM", "NOISE"):
            (error,) = bench.tell(number, good_args(number))
            assert (error.code, error.command) == (ids.ERR_BUSY, number), name
    assert bench.hardware.told == [("start",)]
    assert bench.board.streaming


def test_4_2_settings_reach_the_hardware(document, bench):
    for number, name, *_ in commands(document):
        if name.startswith("SET_"):
            bench.tell(number, good_args(number))
    assert bench.hardware.told == [
        ("rate", 1000),
        ("channels", 2),
        ("gain", 1, 201_000),
        ("step", -900),
        ("noise", 1, 210),
        ("defaults",),
    ]


def test_4_2_stop_ends_the_stream_and_does_no_harm_without_one(bench):
    bench.tell(ids.CMD_STOP)
    assert ("stop",) not in bench.hardware.told
    bench.tell(ids.CMD_START)
    assert bench.board.streaming
    bench.tell(ids.CMD_STOP)
    bench.tell(ids.CMD_STOP)
    assert not bench.board.streaming
    assert [told for told in bench.hardware.told if told[0] != "light"] == [("start",), ("stop",)]


def test_4_2_answers_come_in_the_order_of_the_commands(bench):
    sent = [
        pack_command(ids.CMD_ECHO, 1, b"aaaa"),
        pack_command(0x7F, 2),
        pack_command(ids.CMD_STOP, 3),
    ]
    bench.board.receive(b"".join(encode_frame(payload) for payload in sent))
    assert [m.tag for m in bench.heard()] == [1, 2, 3]


def test_4_2_a_command_may_come_byte_by_byte(bench):
    for byte in encode_frame(pack_command(ids.CMD_ECHO, 1, b"\0\0\0\0")):
        assert bench.heard() == []
        bench.board.receive(bytes([byte]))
    assert [m.tag for m in bench.heard()] == [1]


def test_4_3_reply(document, bench):
    rows = document.table("layout: reply")
    assert [row[2] for row in rows] == ["type", "command", "tag"]
    assert pack_reply(0x11, 250, b"body") == b"\x03\x11\xfabody"
    assert bench.decoder.feed(encode_frame(b"\x03\x11\xfabody")) == [Reply(0x11, 250, b"body")]


def test_4_4_error(document, bench):
    rows = document.table("layout: error")
    assert [row[2] for row in rows] == ["type", "command", "tag", "code"]
    assert pack_error(0x13, 250, 4, "µ") == b"\x04\x13\xfa\x04\xc2\xb5"
    (error,) = bench.decoder.feed(encode_frame(b"\x04\x13\xfa\x04\xc2\xb5"))
    assert error == ErrorReply(0x13, 250, 4, "µ")


def test_4_4_codes(document):
    names = {
        name.removeprefix("ERR_"): value
        for name, value in vars(ids).items()
        if name.startswith("ERR_")
    }
    assert {name: int(code) for code, name, _ in document.table("table: errors")} == names


def test_4_4_every_code_says_why(bench):
    seen = {}
    seen[ids.ERR_LEVEL] = bench.tell(ids.CMD_START, level=9)
    seen[ids.ERR_UNKNOWN] = bench.tell(0x7F)
    seen[ids.ERR_LENGTH] = bench.tell(ids.CMD_SET_RATE, b"\0")
    seen[ids.ERR_VALUE] = bench.tell(ids.CMD_SET_RATE, struct.pack("<I", 3))
    bench.hardware.broken = True
    seen[ids.ERR_HARDWARE] = bench.tell(ids.CMD_START)
    assert not bench.board.streaming
    assert bench.hardware.told == []
    bench.hardware.broken = False
    bench.tell(ids.CMD_START)
    seen[ids.ERR_BUSY] = bench.tell(ids.CMD_SET_RATE, struct.pack("<I", 1000))
    words = {
        ids.ERR_LEVEL: "level 9, this board level 1",
        ids.ERR_UNKNOWN: "0x7f",
        ids.ERR_LENGTH: "takes 4 bytes, got 1",
        ids.ERR_VALUE: "rate 3 Hz",
        ids.ERR_HARDWARE: "does not answer",
        ids.ERR_BUSY: "stop first",
    }
    for code, answers in seen.items():
        (error,) = answers
        assert (type(error), error.code, error.tag) == (ErrorReply, code, 7)
        assert words[code] in error.text


def test_4_4_a_start_that_failed_has_ended_the_stream_before_it(bench):
    bench.tell(ids.CMD_START)
    bench.hardware.broken = True
    (error,) = bench.tell(ids.CMD_START)
    assert error.code == ids.ERR_HARDWARE
    assert not bench.board.streaming
    assert bench.hardware.told == [("start",), ("stop",)]


def test_4_4_a_long_reason_is_cut_between_characters(document):
    assert f"at most {ids.MAX_ERROR_TEXT} bytes" in " ".join(document.text.split())
    text = pack_error(1, 1, 1, "x" + "µ" * 200)[4:]
    assert text.decode() == "x" + "µ" * 99
    assert len(encode_frame(pack_error(1, 1, 1, "x" * 1000))) < ids.MAX_ENCODED


def test_4_4_a_reason_that_is_no_text_is_read_as_well_as_it_can_be(bench):
    (error,) = bench.decoder.feed(encode_frame(b"\x04\x13\x01\x04a\xffb"))
    assert error.text.startswith("a")
    assert error.text.endswith("b")


def test_4_4_command_0_is_the_boards_own_trouble(bench):
    (error,) = bench.decoder.feed(encode_frame(pack_error(0, 0, ids.ERR_HARDWARE, "too hot")))
    assert error == ErrorReply(0, 0, ids.ERR_HARDWARE, "too hot")


@pytest.mark.parametrize("level", [0, 2, 255])
@pytest.mark.parametrize("args", [b"", b"of a later level"])
def test_4_5_hello_and_stop_are_carried_out_at_any_level(bench, level, args):
    bench.tell(ids.CMD_START)
    (reply,) = bench.tell(ids.CMD_STOP, args, level=level)
    assert isinstance(reply, Reply)
    assert not bench.board.streaming
    _, hello = bench.tell(ids.CMD_HELLO, args, level=level)
    assert isinstance(hello, Hello)


@pytest.mark.parametrize("level", [0, 2, 255])
def test_4_5_all_others_are_refused(document, bench, level):
    for number, name, *_ in commands(document):
        if name not in ("HELLO", "STOP"):
            (error,) = bench.tell(number, good_args(number), level=level)
            assert error.code == ids.ERR_LEVEL
    assert bench.hardware.told == []


def test_4_6_hello_follows_the_reply(document, new_bench):
    for number, name, *_ in commands(document):
        answers = new_bench().tell(number, good_args(number))
        follows = name == "HELLO" or name.startswith("SET_")
        assert [type(m) for m in answers] == [Reply] + [Hello] * follows, name


def test_4_6_with_the_new_constants(bench):
    _, hello = bench.tell(ids.CMD_SET_RATE, struct.pack("<I", 4000))
    assert hello.rate_num == 4000


def test_4_7_start_begins_anew(bench):
    bench.tell(ids.CMD_START)
    bench.stream(3)
    bench.room = 0
    bench.stream(1)
    bench.room = None
    bench.heard()
    (reply,) = bench.tell(ids.CMD_START)
    assert isinstance(reply, Reply)
    assert bench.hardware.told == [("start",), ("stop",), ("start",)]
    assert bench.board.lost_samples == 0
    bench.stream(1)
    assert [m.seq for m in bench.heard()] == [0]


def test_4_7_the_reply_comes_before_the_first_samples(bench):
    bench.board.receive(encode_frame(pack_command(ids.CMD_START, 1)))
    bench.stream(1)
    assert [type(m) for m in bench.heard()] == [Reply, SampleFrame]


def test_4_8_counters(document, bench):
    assert tuple(row[0] for row in document.table("table: counters")) == ids.COUNTER_NAMES
    bench.tell(ids.CMD_START)
    bench.room = 10
    bench.stream(3, n=5)
    bench.room = None
    bench.board.receive(b"\0text\0")
    (reply,) = bench.tell(ids.CMD_COUNTERS)[-1:]
    counters = dict(zip(ids.COUNTER_NAMES, struct.unpack("<5I", reply.body), strict=True))
    assert counters == {
        "fifo_overflows": 1,
        "dma_overruns": 0,
        "late_services": 2,  # modulo 2^32
        "lost_samples": 15,
        "bad_frames": 1,
    }


def test_4_8_echo(bench):
    (reply,) = bench.tell(ids.CMD_ECHO, b"\xff\0\0\x80")
    assert reply.body == b"\xff\0\0\x80" + struct.pack("<I", 0x12345)


def test_4_10_histogram(bench):
    (reply,) = bench.tell(ids.CMD_HISTOGRAM, struct.pack("<BHI", 2, 1984, 77))
    counts = struct.unpack("<130I", reply.body)
    assert counts == (77, *range(128), 2**32 - 1)
    assert bench.hardware.told == [("histogram", 2, 1984, 77)]


def test_4_11_noise(bench):
    (reply,) = bench.tell(ids.CMD_NOISE, b"\x02")
    assert struct.unpack("<II", reply.body) == (2_047_500, 210)
    assert bench.hardware.told == [("measure", 2)]


def test_4_12_the_light(bench):
    bench.tell(ids.CMD_START)
    bench.tell(ids.CMD_LIGHT, b"\xff\x40")
    bench.tell(ids.CMD_BLINK, b"\x05")
    bench.tell(ids.CMD_LIGHT, b"\0\0")
    bench.tell(ids.CMD_STOP)
    assert [told for told in bench.hardware.told if told[0] in ("light", "blink")] == [
        ("light", True, 0x40),
        ("blink", 5),
        ("light", False, 0),
        ("light", False, 0),
    ]


def test_4_13_the_way_back(bench):
    bench.tell(ids.CMD_START)
    (reply,) = bench.tell(ids.CMD_PROMPT)
    assert isinstance(reply, Reply)
    assert bench.board.leaving
    assert not bench.board.streaming
    assert bench.hardware.told == [("start",), ("stop",)]


def test_4_13_a_board_without_a_prompt_stays_as_it_is(bench):
    bench.tell(ids.CMD_START)
    bench.hardware.broken = True
    (error,) = bench.tell(ids.CMD_PROMPT)
    assert (error.code, error.text) == (ids.ERR_VALUE, "there is no prompt here")
    assert bench.board.streaming
    assert not bench.board.leaving


def test_4_14_trouble_unasked(micropython, tmp_path):
    """The board's own main.py, in an interpreter that lacks what it needs."""
    script = ROOT / "tests" / "firmware" / "fault_on_board.py"
    lib, kept = ROOT / "firmware" / "lib", tmp_path / "fault.txt"
    done = subprocess.run(
        [micropython, str(script), str(lib), "import", str(kept)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    (error,) = LinkDecoder().feed(done.stdout)
    assert isinstance(error, ErrorReply)
    assert (error.command, error.tag, error.code) == (0, 0, ids.ERR_HARDWARE)
    assert done.stderr == b"restarts"


@pytest.mark.parametrize(
    "payload",
    [
        pack_hello(Hello([])),
        pack_reply(ids.CMD_STOP, 1),
        pack_error(ids.LEVEL, 1, 1, "no"),
        b"\x02" + bytes(20),
        b"\x00\x01\x01",
        b"\x0f\x01\x01",
        b"\x12\x01",
        b"\x12",
    ],
)
def test_4_9_a_board_never_answers_an_answer(bench, payload):
    bench.board.receive(encode_frame(payload))
    assert bench.heard() == []
    (reply,) = bench.tell(ids.CMD_COUNTERS)
    assert reply.body[16:] == b"\1\0\0\0"


def test_4_9_on_a_line_that_echoes_it_falls_silent(bench):
    bench.board.beacon()
    for _ in range(3):
        echo = bytes(bench.sent)
        bench.sent.clear()
        bench.board.receive(echo)
    assert bench.sent == b""
