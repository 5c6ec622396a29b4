"""PROTOCOL.md, clause 2: hello."""

import re
import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from unclench.errors import SourceError
from unclench.link.connection import Connection, check_level
from unclench.link.decoder import parse
from unclench.link.messages import SampleFrame
from unclench.link.reader import LinkReader
from unclench_dsp import units_to_uv
from unclench_wire import ids, messages
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Channel, Hello, WireError, pack_hello, unpack_hello

TYPES = {
    "u8": "B",
    "u16": "H",
    "u32": "I",
    "i16": "h",
    "i32": "i",
    "u8[3]": "3B",
    "u8[8]": "8s",
}
HEAD_LEN = 47


def struct_format(rows: list[list[str]]) -> str:
    """The struct format that a layout table of the document describes; its offsets are checked."""
    form = "<"
    for at, kind, *_ in rows:
        assert struct.calcsize(form) == int(at)
        form += TYPES[kind]
    return form


def some_hello() -> Hello:
    return Hello(
        [Channel(200_000, 0, 210), Channel(201_000, 2000, 0)],
        rate_num=4000,
        rate_den=3,
        oversampling=125,
        full_scale_uv=3_300_001,
        codes=4095,
        zero_unit=-5,
        low_unit=-(2**31),
        high_unit=2**31 - 1,
        step_mlsb=-900,
        firmware=(1, 2, 3),
        board_id=b"\0\x01\x02\x03\xfc\xfd\xfe\xff",
        label="Kiefer µ",
        flags=ids.FLAG_VIRTUAL,
    )


class ScriptedTransport:
    """Gives the host what is scripted, and notes what it sends."""

    def __init__(self, *reads: bytes) -> None:
        self.reads = list(reads)
        self.written = b""
        self.closed = False

    def read(self, timeout_s: float) -> bytes:
        return self.reads.pop(0) if self.reads else b""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self.written += data
        return len(data)

    def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        b"\r\nMicroPython v1.28 on 2026-01-01; Raspberry Pi Pico with RP2040\r\n>>> ",
        b"\0" + bytes(range(256)) * 4,
        encode_frame(b"\x05 of a type that is not ours"),
        encode_frame(pack_hello(some_hello()))[:-3],
        encode_frame(pack_hello(some_hello())[:-9])[:-1] + b"\x01\0",
    ],
)
def test_2_1_a_host_sends_nothing_to_what_has_not_said_hello(heard):
    transport = ScriptedTransport(heard)
    with pytest.raises(SourceError):
        Connection(transport, "port").handshake(wait_s=0.01)
    assert transport.written == b""


def test_2_1_nor_when_it_gives_up(monkeypatch):
    monkeypatch.setattr(Connection.handshake, "__defaults__", (0.0,))
    transport = ScriptedTransport(b"login: ")
    with pytest.raises(SourceError):
        LinkReader(lambda: transport, "port").start()
    assert transport.written == b""
    assert transport.closed


def test_2_1_nor_does_it_send_anything_to_hear_a_hello():
    transport = ScriptedTransport(encode_frame(pack_hello(some_hello())))
    assert Connection(transport, "port").handshake(wait_s=5.0).label == "Kiefer µ"
    assert transport.written == b""


def test_2_1_a_board_says_hello_unasked_when_it_is_told_the_time(bench, document):
    assert bench.sent == b""
    bench.board.beacon()
    bench.board.beacon()
    assert [m.label for m in bench.heard()] == ["bench", "bench"]
    assert f"every {ids.BEACON_MS} ms" in document.text


def test_2_2_layout(document):
    rows = document.table("layout: hello head")
    form = struct_format(rows)
    assert struct.calcsize(form) == HEAD_LEN
    hello = some_hello()
    packed = struct.unpack(form, pack_hello(hello)[:HEAD_LEN])
    expected = {
        "type": (ids.HELLO,),
        "firmware": hello.firmware,
        "n_channels": (len(hello.channels),),
    }
    values: list[object] = []
    for _, _, name, *_ in rows:
        values += expected.get(name, ()) or (getattr(hello, name),)
    assert list(packed) == values


def test_2_2_the_first_14_bytes_are_read_at_every_level():
    later = bytearray(pack_hello(some_hello())[:14])
    for level in (0, 2, 255):
        later[1] = level
        for rest in (b"", b"\xff" * 3, b"\xff" * 500):
            hello = unpack_hello(bytes(later) + rest)
            assert (hello.level, hello.firmware, hello.flags) == (level, (1, 2, 3), 2)
            assert hello.board_id == some_hello().board_id
            assert hello.channels == []


@pytest.mark.parametrize("level", [0, 1, 2])
def test_2_2_fewer_than_14_bytes_are_none(level):
    payload = bytearray(pack_hello(some_hello())[:13])
    payload[1] = level
    for n in range(2, 14):
        with pytest.raises(WireError, match="at least 14"):
            unpack_hello(bytes(payload[:n]))


@pytest.mark.parametrize(("level", "word"), [(2, "newer"), (0, "older")])
def test_2_2_a_host_says_which_of_the_two_is_older(level, word):
    hello = some_hello()
    hello.level = level
    with pytest.raises(SourceError) as error:
        check_level(unpack_hello(pack_hello(hello)), "COM3")
    for part in (word, f"level {level}", f"level {ids.LEVEL}", "1.2.3", "Update"):
        assert part in str(error.value)


def test_2_2_and_sends_it_no_command():
    hello = some_hello()
    hello.level = 2
    transport = ScriptedTransport(encode_frame(pack_hello(hello)))
    with pytest.raises(SourceError, match="newer"):
        Connection(transport, "port").handshake(wait_s=5.0)
    assert transport.written == b""


def test_2_2_the_streaming_flag_is_that_of_the_moment(bench):
    bench.tell(ids.CMD_START)
    bench.board.beacon()
    (streaming,) = bench.heard()
    bench.tell(ids.CMD_STOP)
    bench.board.beacon()
    (idle,) = bench.heard()
    assert (streaming.flags, idle.flags) == (ids.FLAG_STREAMING, 0)


def test_2_3_every_constant_comes_through():
    hello, back = some_hello(), unpack_hello(pack_hello(some_hello()))
    there, here = dict(vars(back)), dict(vars(hello))
    assert [vars(c) for c in there.pop("channels")] == [vars(c) for c in here.pop("channels")]
    assert there == here
    assert back.fs_hz() == pytest.approx(4000 / 3)


def test_2_3_they_do_not_change_while_it_streams(bench):
    bench.tell(ids.CMD_START)
    for command, args in (
        (ids.CMD_SET_RATE, struct.pack("<I", 1000)),
        (ids.CMD_SET_CHANNELS, b"\x02"),
        (ids.CMD_SET_GAIN, struct.pack("<BI", 0, 1000)),
        (ids.CMD_SET_STEP, struct.pack("<h", 5)),
    ):
        (answer,) = bench.tell(command, args)
        assert answer.code == ids.ERR_BUSY
    assert bench.hardware.told == [("start",)]


def test_2_4_layout_of_a_channel(document):
    rows = document.table("layout: hello channel")
    form = struct_format(rows)
    packed = pack_hello(some_hello())
    size = struct.calcsize(form)
    for k, channel in enumerate(some_hello().channels):
        at = HEAD_LEN + k * size
        values = [getattr(channel, name) for _, _, name, *_ in rows]
        assert list(struct.unpack(form, packed[at : at + size])) == values
    assert packed[HEAD_LEN + 2 * size :] == b"\x09" + "Kiefer µ".encode()


def test_2_4_a_label_is_cut_between_characters(document):
    assert f"at most {ids.MAX_LABEL} bytes" in " ".join(document.text.split())
    for text in ("µ" * 70, "x" + "µ" * 70, "€" * 40, "x€" * 40, "😀" * 30, "x" * 80, "x" * 81):
        hello = some_hello()
        hello.label = text
        kept = unpack_hello(pack_hello(hello)).label
        assert text.startswith(kept)
        assert 76 < len(kept.encode()) <= ids.MAX_LABEL


def test_2_4_a_label_that_is_no_text_is_no_reason_to_refuse():
    payload = pack_hello(some_hello())[:-10] + b"\x04a\xff\xb5b"
    assert unpack_hello(payload).label == "a??b"


def test_2_4_what_follows_the_label_is_ignored():
    hello = unpack_hello(pack_hello(some_hello()) + b"a later field")
    assert hello.label == "Kiefer µ"
    assert len(hello.channels) == 2


def test_2_5_units_to_microvolts(document):
    pico = Hello([Channel(200_000)])  # 3.3 V, 12 bits, 250 readings, gain 200
    assert pico.uv_per_unit(0) == pytest.approx(0.01611328125)
    assert "(4096 * 250 * 200) = 0.016 uV" in document.text
    assert pico.uv_per_unit(0) <= 0.25
    hello = some_hello()
    emg_uv = units_to_uv(
        messages_to_units([hello.zero_unit, hello.zero_unit + 1000]),
        hello.zero_unit,
        hello.uv_per_unit(1),
    )
    assert emg_uv[0, 0] == 0.0
    assert emg_uv[1, 0] == pytest.approx(1000 * 3_300_001 / (4095 * 125 * 201))


def messages_to_units(values: list[int]) -> NDArray[np.int32]:
    """Return the samples as they arrive through a frame."""
    head = bytearray(messages.SAMPLES_HEAD_LEN)
    messages.pack_samples_head(head, 1, 0, messages.Stamp(), 0)
    rows = b"".join(v.to_bytes(3, "little", signed=True) for v in values)
    frame = parse(bytes(head) + rows)
    assert isinstance(frame, SampleFrame)
    return frame.units


def test_2_5_the_figures_of_the_reason(document):
    why = document.text.partition("**2.5 ")[2].partition("**2.6")[0].replace("\n", " ")
    code_uv = 3.3e6 / 4096 / 200
    for figure in (
        f"{code_uv:.2f} uV",
        f"{code_uv / 250:.3f} uV",
        f"{3.3e6 / 65536 / 200:.3f} uV",
        f"{3.3e6 / 65536 / 200 / 12**0.5:.3f} uV RMS",
    ):
        assert figure in why
    assert 2048 * 4095 < 2**23 < 2049 * 4095


def test_2_6_the_step_is_told_and_not_applied_again():
    hello = some_hello()
    corrected = unpack_hello(pack_hello(hello))
    hello.step_mlsb = 0
    plain = unpack_hello(pack_hello(hello))
    assert (corrected.step_mlsb, plain.step_mlsb) == (-900, 0)
    assert corrected.uv_per_unit(0) == plain.uv_per_unit(0)
    assert corrected.zero_unit == plain.zero_unit


@pytest.mark.parametrize(
    ("at", "size", "reason"),
    [
        (14, 4, "rate"),
        (18, 4, "rate divisor"),
        (22, 2, "oversampling"),
        (24, 4, "full scale"),
        (28, 4, "number of codes"),
        (47, 4, "gain"),
        (59, 4, "gain"),
    ],
)
def test_2_7_a_constant_of_0_is_refused(at, size, reason):
    payload = bytearray(pack_hello(some_hello()))
    payload[at : at + size] = bytes(size)
    with pytest.raises(WireError, match=re.escape(f"hello whose {reason} is 0")):
        unpack_hello(bytes(payload))


def test_2_7_so_is_one_that_is_cut_or_has_no_channels():
    payload = pack_hello(some_hello())
    for n in range(len(payload)):
        with pytest.raises(WireError, match="hello"):
            unpack_hello(payload[:n])
    for n_channels in (0, 4, 255):
        wrong = payload[:46] + bytes([n_channels]) + payload[47:] + bytes(300)
        with pytest.raises(WireError, match=f"{n_channels} channels"):
            unpack_hello(wrong)
