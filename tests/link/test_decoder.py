"""The host's decoder against generated input: whatever comes, it tells what is whole."""

from __future__ import annotations

import itertools
import struct
from binascii import crc_hqx

import numpy as np
import pytest
from cobs import cobs
from hypothesis import example, given
from hypothesis import strategies as st

from unclench.link.decoder import LinkDecoder, parse
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import (
    Channel,
    Hello,
    Stamp,
    WireError,
    pack_error,
    pack_hello,
    pack_reply,
    pack_samples_head,
)

u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))


@st.composite
def sample_payloads(draw: st.DrawFn) -> bytes:
    channels = draw(st.integers(1, ids.MAX_CHANNELS))
    head = bytearray(14)
    pack_samples_head(head, channels, draw(u16), Stamp(draw(u32), draw(u32)), draw(u16))
    n = draw(st.integers(1, 30))
    return bytes(head) + draw(st.binary(min_size=3 * n * channels, max_size=3 * n * channels))


@st.composite
def hello_payloads(draw: st.DrawFn) -> bytes:
    channels = [Channel(gain, draw(u32), draw(u32)) for gain in draw(st.sampled_from(GAINS))]
    return pack_hello(Hello(channels, label=draw(st.text(max_size=40)), flags=draw(u8)))


GAINS = [(1,), (200_000, 2**32 - 1), (1000, 2000, 3000)]
payloads = st.one_of(
    sample_payloads(),
    hello_payloads(),
    st.builds(pack_reply, u8, u8, st.binary(max_size=40)),
    st.builds(pack_error, u8, u8, u8, st.text(max_size=40)),
)
senseless = st.builds(bytes.__add__, st.sampled_from([b"\1", b"\2", b"\3", b"\4"]), st.binary())
line_noise = st.binary(max_size=40) | st.binary(max_size=2000) | st.just(b"\x55" * 700)


def plain(message: Message) -> tuple[object, ...]:
    """A message in a form that can be compared."""
    if isinstance(message, SampleFrame):
        return (*tuple(vars(message).values())[:-1], message.units.tolist())
    if isinstance(message, Hello):
        return tuple(pack_hello(message)) if message.channels else (message.level,)
    return tuple(vars(message).values())


def decode(*pieces: bytes) -> tuple[list[tuple[object, ...]], int]:
    decoder = LinkDecoder()
    messages = [plain(message) for piece in pieces for message in decoder.feed(piece)]
    return messages, decoder.bad_frames


def expect(stream: bytes) -> tuple[list[tuple[object, ...]], int]:
    """What a decoder must make of `stream`, by the clauses and other people's code."""
    messages, bad_frames = [], 0
    pieces = stream.split(b"\0")
    for piece in filter(None, pieces[1:-1]):
        try:
            whole = cobs.decode(piece)
            payload, checksum = whole[:-2], whole[-2:]
            if not payload or len(piece) > 603:
                raise WireError
            if crc_hqx(payload, 0xFFFF) != int.from_bytes(checksum, "little"):
                raise WireError
            messages.append(plain(parse(payload)))
        except (cobs.DecodeError, WireError):
            bad_frames += 1
    if len(pieces) > 1 and len(pieces[-1]) > 603:  # too long already, whatever will follow
        bad_frames += 1
    return messages, bad_frames


def held(decoder: LinkDecoder) -> int:
    """Bytes that a decoder keeps."""
    kept = [*vars(decoder).values(), *vars(decoder._frames).values()]
    return sum(len(value) for value in kept if isinstance(value, bytes | bytearray | list))


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    at = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(at)]


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames and noise, then harmed byte by byte."""
    frames = st.builds(encode_frame, payloads | senseless.filter(lambda p: len(p) <= 598))
    stream = bytearray(b"".join(draw(st.lists(frames | line_noise, max_size=8))))
    for _ in range(draw(st.integers(0, 6))):
        if len(stream) < 2:
            break
        i = draw(st.integers(0, len(stream) - 2))
        match draw(st.sampled_from(["drop", "repeat", "swap", "corrupt", "zero"])):
            case "drop":
                del stream[i]
            case "repeat":
                stream.insert(i, stream[i])
            case "swap":
                stream[i : i + 2] = stream[i : i + 2][::-1]
            case "corrupt":
                stream[i] ^= draw(st.integers(1, 255))
            case _:
                stream[i] = 0
    return bytes(stream)


@given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=10))
def test_arbitrary_bytes_in_any_split(data, cuts):
    assert decode(*split(data, cuts)) == decode(data) == expect(data)


@given(streams(), st.lists(st.integers(0, 10_000), max_size=20))
def test_a_damaged_stream_decodes_alike_in_any_split(stream, cuts):
    expected = expect(stream)
    assert decode(stream) == expected
    assert decode(*split(stream, cuts)) == expected
    assert decode(*split(stream, list(range(len(stream))))) == expected


@given(senseless)
@example(b"\1\1" + bytes(45) + b"\xff" + bytes(500))
@example(pack_hello(Hello([Channel(1)]))[:-1] + b"\x02\xff\xfe")
def test_any_payload_is_a_message_or_counted_as_damaged(payload):
    decoder = LinkDecoder()
    messages = decoder.feed(encode_frame(payload[:598]))
    assert len(messages) + decoder.bad_frames == 1


@given(st.lists(payloads, min_size=1, max_size=8))
def test_all_intact_frames_arrive_in_order(all_payloads):
    stream = b"".join(encode_frame(payload) for payload in all_payloads)
    messages, bad_frames = decode(stream)
    assert messages == [plain(parse(payload)) for payload in all_payloads]
    assert bad_frames == 0


@given(st.lists(payloads, min_size=3, max_size=5), st.data())
def test_a_damaged_frame_costs_no_other(all_payloads, data):
    """Whatever happens within one frame, its ends included, all others arrive."""
    frames = [encode_frame(payload) for payload in all_payloads]
    k = data.draw(st.integers(0, len(frames) - 1))
    damaged = bytearray(frames[k])
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(damaged) - 1))
        damaged[i : i + 1] = data.draw(st.binary(max_size=3))
    before, after = b"\0" + b"".join(frames[:k]), b"".join(frames[k + 1 :]) + b"\0"
    messages, bad_frames = decode(before + damaged + after)
    expected = [plain(parse(payload)) for payload in all_payloads]
    n_after = len(frames) - k - 1
    assert messages[:k] == expected[:k]
    assert messages[len(messages) - n_after :] == expected[k + 1 :]
    pieces = [piece for piece in bytes(damaged).split(b"\0") if piece]
    assert len(messages) - k - n_after + bad_frames == len(pieces)


@given(st.lists(payloads, min_size=1, max_size=8), st.data())
def test_frames_damaged_one_by_one_are_counted_exactly(all_payloads, data):
    """One byte changed, none made to 0: a 16-bit checksum never passes that."""
    harmed = data.draw(st.sets(st.integers(0, len(all_payloads) - 1)))
    stream = b"\0"
    for k, payload in enumerate(all_payloads):
        frame = bytearray(encode_frame(payload))
        if k in harmed:
            i = data.draw(st.integers(1, len(frame) - 2))
            frame[i] = data.draw(st.sampled_from([b for b in range(1, 256) if b != frame[i]]))
        stream += frame
    messages, bad_frames = decode(stream)
    whole = [plain(parse(p)) for k, p in enumerate(all_payloads) if k not in harmed]
    if bad_frames != len(harmed):  # a COBS code was changed: many bytes differ, one in 65536 passes
        assert (messages, bad_frames) == expect(stream)
    else:
        assert messages == whole


@given(st.lists(line_noise | st.builds(encode_frame, payloads), max_size=20))
def test_memory_is_bounded(pieces):
    decoder = LinkDecoder()
    for piece in pieces:
        decoder.feed(piece)
        assert held(decoder) <= ids.MAX_ENCODED


def test_a_megabyte_without_a_zero_is_one_damaged_frame():
    decoder = LinkDecoder()
    fine = encode_frame(pack_reply(1, 2))
    decoder.feed(fine)
    for _ in range(1000):
        decoder.feed(b"\xaa" * 1000)
        assert held(decoder) <= ids.MAX_ENCODED
    assert decoder.feed(fine) == [Reply(1, 2, b"")]
    assert decoder.bad_frames == 1


@given(st.lists(st.integers(-(2**23), 2**23 - 1), min_size=6, max_size=60), st.integers(1, 3))
@example([-(2**23), -1, 0, 1, 2**23 - 1, 256], 3)
def test_samples_of_24_bits(values, channels):
    values = values[: len(values) // channels * channels]
    head = bytearray(14)
    pack_samples_head(head, channels, 1, Stamp(2, 3), 4)
    frame = parse(bytes(head) + b"".join(v.to_bytes(3, "little", signed=True) for v in values))
    assert isinstance(frame, SampleFrame)
    assert (frame.seq, frame.index, frame.device_us, frame.overflows) == (1, 2, 3, 4)
    assert frame.units.dtype == np.int32
    assert frame.units.tolist() == np.reshape(values, (-1, channels)).tolist()


@pytest.mark.parametrize("kind", [0, 5, ids.CMD_START, 255])
def test_unknown_types_are_named(kind):
    with pytest.raises(WireError, match=f"type 0x{kind:02x} with 4 bytes"):
        parse(bytes([kind]) + b"abc")


def test_an_error_without_text_is_read():
    assert parse(struct.pack("<4B", ids.ERROR, 1, 2, 3) + b"\xff") == ErrorReply(1, 2, 3, "\ufffd")
