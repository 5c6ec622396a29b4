"""PROTOCOL.md, clause 1: frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.link.decoder import LinkDecoder
from unclench.link.messages import Reply
from unclench_wire import ids
from unclench_wire.framing import (
    FrameDecoder,
    cobs_decode,
    crc16,
    decode_frame,
    encode_frame,
    encode_frame_into,
)
from unclench_wire.messages import Stamp, pack_reply


def seal(payload: bytes) -> bytes:
    """Payload and checksum, not yet encoded."""
    return payload + crc16(payload, len(payload)).to_bytes(2, "little")


def test_1_1_any_byte_passes_both_ways(bench):
    everything = bytes(range(256))
    assert FrameDecoder().feed(encode_frame(everything)) == [everything]
    number = b"\x03\x04\n\r"  # interrupt, end of file, newlines
    (reply,) = bench.tell(ids.CMD_ECHO, number)
    assert isinstance(reply, Reply)
    assert reply.body[:4] == number


def test_1_2_checksum(document):
    assert crc16(b"123456789", 9) == 0x29B1
    assert "0x29b1" in document.text
    assert crc16(b"123456789, and what is behind does not count", 9) == 0x29B1
    assert cobs_decode(encode_frame(b"123456789")[1:-1]) == b"123456789\xb1\x29"


@given(st.binary(min_size=1, max_size=ids.MAX_PAYLOAD), st.data())
def test_1_2_a_flipped_bit_is_noticed(payload, data):
    whole = bytearray(seal(payload))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    assert crc16(whole, len(payload)).to_bytes(2, "little") != whole[-2:]


def test_1_2_an_empty_payload_is_damage_even_with_its_checksum():
    decoder = LinkDecoder()
    assert decoder.feed(encode_frame(b"")) == []
    assert decoder.bad_frames == 1


@pytest.mark.parametrize(
    ("data", "encoded"),
    [  # from the paper and its well-known examples
        ("00", "01 01"),
        ("00 00", "01 01 01"),
        ("11 22 00 33", "03 11 22 02 33"),
        ("11 22 33 44", "05 11 22 33 44"),
        ("11 00 00 00", "02 11 01 01 01"),
    ],
)
def test_1_3_cobs(data, encoded):
    assert cobs_decode(bytes.fromhex(encoded)) == bytes.fromhex(data)


@pytest.mark.parametrize("n", [252, 253, 254, 255, 506, 507, 508, 509])
@pytest.mark.parametrize("last", [b"", b"\0", b"\0\0"])
def test_1_3_long_pieces(n, last):
    payload = b"\x55" * n + last
    frame = encode_frame(payload)
    assert 0 not in frame[1:-1]
    assert decode_frame(frame[1:-1]) == payload


@given(st.binary(min_size=1, max_size=ids.MAX_PAYLOAD))
def test_1_4_a_frame_has_a_zero_at_each_end_and_none_within(payload):
    frame = encode_frame(payload)
    assert (frame[0], frame[-1]) == (0, 0)
    assert 0 not in frame[1:-1]
    assert FrameDecoder().feed(frame) == [payload]


def test_1_4_empty_frames_are_none():
    decoder = FrameDecoder()
    assert decoder.feed(b"\0\0\0" + encode_frame(b"x") + b"\0\0\0") == [b"x"]
    assert decoder.bad_frames == 0


def test_1_4_a_damaged_end_harms_one_frame():
    good = [encode_frame(b"one"), encode_frame(b"two"), encode_frame(b"three")]
    for at in (0, len(good[1]) - 1):
        damaged = bytearray(good[1])
        damaged[at] = 0x55
        decoder = FrameDecoder()
        assert decoder.feed(good[0] + damaged + good[2]) == [b"one", b"three"]
        assert decoder.bad_frames == 1


def test_1_4_every_message_of_a_board_is_framed_so(bench):
    bench.board.beacon()
    bench.tell(ids.CMD_START)
    bench.stream(3)
    bench.tell(ids.CMD_SET_RATE, b"\0\0\0\0")
    assert bench.sent[0] == bench.sent[-1] == 0
    assert bench.sent.count(b"\0\0") == 1 + 1 + 3 + 1 - 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"OK\r\n>>> ",
        b"\xff" * 5,
        b"\x02",
        encode_frame(b"cut")[1:-3],
        seal(b"\x01raw"),
        bytes(range(1, 256)) * 40,
    ],
)
def test_1_5_garbage_is_skipped(garbage):
    decoder = FrameDecoder()
    before, after = encode_frame(b"before"), encode_frame(b"after")
    assert decoder.feed(before + garbage + after) == [b"before", b"after"]
    assert decoder.bad_frames == 1


def test_1_5_a_wrong_checksum_is_damage():
    decoder = FrameDecoder()
    frame = bytearray(encode_frame(b"payload"))
    frame[3] ^= 1
    assert decoder.feed(bytes(frame)) == []
    assert decoder.bad_frames == 1


def test_1_5_what_comes_before_the_first_zero_is_not_counted():
    decoder = FrameDecoder()
    assert decoder.feed(encode_frame(b"whose begin was missed")[4:]) == []
    assert decoder.feed(encode_frame(b"whole")) == [b"whole"]
    assert decoder.bad_frames == 0


def test_1_5_memory_is_bounded_by_one_frame():
    decoder = FrameDecoder()
    decoder.feed(b"\0")
    for n in [1] * 1000 + [100] * 1000:
        decoder.feed(b"\x55" * n)
        held = sum(
            len(v) for v in vars(decoder).values() if isinstance(v, bytes | bytearray | list)
        )
        assert held <= ids.MAX_ENCODED
    assert decoder.bad_frames == 1
    assert decoder.feed(b"\x55\0" + encode_frame(b"after")) == [b"after"]
    assert decoder.bad_frames == 1


def test_1_5_a_board_does_not_answer_garbage(bench):
    bench.board.receive(b"\0ATZ\r\nATI1\r\n\x03\x03\x01" * 20 + b"\0")  # a modem is looked for
    bench.board.receive(encode_frame(b"\x10")[:-3] + b"\0")
    assert bench.sent == b""
    assert len(bench.tell(ids.CMD_STOP)) == 1


def test_1_6_the_largest_frames_pass_and_larger_do_not(bench):
    for first in (b"\x55", b"\0"):
        largest = first * ids.MAX_PAYLOAD
        assert len(encode_frame(largest)) <= ids.MAX_ENCODED + 2
        assert FrameDecoder().feed(encode_frame(largest)) == [largest]
    assert len(encode_frame(b"\x55" * ids.MAX_PAYLOAD)) == ids.MAX_ENCODED + 2
    decoder = FrameDecoder()
    assert decoder.feed(encode_frame(b"\x55" * (ids.MAX_PAYLOAD + 1))) == []
    assert decoder.bad_frames == 1
    largest_command = b"\x7f\x01\x01" + b"\x55" * 58
    assert len(encode_frame(largest_command)) == ids.MAX_COMMAND_ENCODED + 2
    bench.board.receive(encode_frame(largest_command))
    assert len(bench.heard()) == 1
    bench.board.receive(encode_frame(largest_command + b"\x55"))
    assert bench.heard() == []


def test_1_6_the_document_s_figures(document):
    text = " ".join(document.text.split())
    assert f"at most {ids.MAX_ENCODED} bytes long towards the host" in text
    assert f"and {ids.MAX_COMMAND_ENCODED} bytes towards the board" in text
    assert f"1 to {ids.MAX_PAYLOAD} bytes" in text


def test_1_6_ten_milliseconds_of_the_fastest_stream_fit(bench):
    bench.board.send_samples(ids.MAX_CHANNELS, 40, Stamp(), 0)
    (frame,) = bench.heard()
    assert frame.units.shape == (40, ids.MAX_CHANNELS)
    assert len(bench.board.sample_buffer()) == ids.MAX_PAYLOAD - 14


@pytest.mark.parametrize(
    "payload",
    [b"\x05\x01\x01", b"\xff", b"\x10\x01\x01", b"\x03\x11", b"\x04\x11\x01", b"\x01\x01", b"\x02"],
)
def test_1_7_contents_that_break_the_protocol_count_as_damage(payload):
    decoder = LinkDecoder()
    fine = encode_frame(pack_reply(ids.CMD_STOP, 1))
    messages = decoder.feed(fine + encode_frame(payload) + fine)
    assert [type(m) for m in messages] == [Reply, Reply]
    assert decoder.bad_frames == 1


def test_1_7_the_types_are_those_of_the_document(document):
    table = {name: int(number, 16) for number, name, *_ in document.table("table: messages")[:-1]}
    assert table == {
        "HELLO": ids.HELLO,
        "SAMPLES": ids.SAMPLES,
        "REPLY": ids.REPLY,
        "ERROR": ids.ERROR,
    }
    assert document.table("table: messages")[-1][0] == f"0x{ids.FIRST_COMMAND:02x} and up"


@given(st.binary(min_size=1, max_size=ids.MAX_PAYLOAD - 3))
def test_1_4_encoding_into_a_buffer_stays_within_its_bound(payload):
    n = len(payload)
    source = bytearray(payload + b"\xaa\xaa\xaa")
    target = bytearray(b"\xaa" * (n + 6 + (n + 2) // 254))
    size = encode_frame_into(source, n, target)
    assert size <= n + 5 + (n + 2) // 254
    assert bytes(target[:size]) == encode_frame(payload)
    assert target[size:] == b"\xaa" * (len(target) - size)
    assert source[n + 2 :] == b"\xaa"
