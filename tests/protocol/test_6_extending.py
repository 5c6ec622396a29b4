"""PROTOCOL.md, clause 6: how to extend it."""

import hashlib

import pytest

from unclench.link.messages import ErrorReply, Reply
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Channel, Hello, pack_hello, pack_reply

# What these examples of clause 7 were when a level was made, so that no layout changes unnoticed.
NAMES = ("payload hello", "payload samples", "payload commands", "frame echo", "payload error")
FROZEN = {1: "9f44a5d2749ad8c1"}


def test_6_1_the_bytes_of_a_level_never_change(document):
    """If this fails, old boards misread new hosts: raise ids.LEVEL and add its line to FROZEN."""
    examples = repr([(name, b"".join(document.dumps[name])) for name in NAMES]).encode()
    assert hashlib.sha256(examples).hexdigest()[:16] == FROZEN[ids.LEVEL]


@pytest.fixture
def later() -> bytes:
    """A hello of this level from a later board: new flags and a new field at the end."""
    hello = Hello([Channel(200_000)], label="later", flags=0xFC)
    return pack_hello(hello) + b"\x01\x02\x03"


def test_6_2_later_fields_and_flags_are_ignored(bench, later):
    (hello,) = bench.decoder.feed(encode_frame(later))
    assert (hello.label, hello.flags & 0x03, len(hello.channels)) == ("later", 0, 1)
    assert bench.decoder.bad_frames == 0


def test_6_2_so_are_longer_replies_and_later_errors(bench):
    (reply,) = bench.decoder.feed(encode_frame(pack_reply(ids.CMD_COUNTERS, 1, bytes(24))))
    assert reply == Reply(ids.CMD_COUNTERS, 1, bytes(24))
    (error,) = bench.decoder.feed(encode_frame(b"\x04\x13\x01\xc8a later reason"))
    assert error == ErrorReply(ids.CMD_SET_RATE, 1, 200, "a later reason")


def test_6_2_an_older_board_answers_unknown_to_a_later_command(bench):
    for command in (0x20, 0x7F, 0x80, 0xFF):
        (error,) = bench.tell(command, b"args")
        assert error.code == ids.ERR_UNKNOWN
        assert f"0x{command:02x}" in error.text


def test_6_3_what_holds_for_ever(bench):
    """Written out in bytes, so that no name can change with its meaning."""
    stop, hello = b"\0\x06\x12\x63\x05\x43\xef\0", b"\0\x06\x10\x63\x06\x40\xb1\0"
    bench.board.receive(stop + hello)
    stopped, asked, said = bench.heard()
    assert stopped == Reply(0x12, 5, b"")
    assert asked == Reply(0x10, 6, b"")
    assert said.level == 1
