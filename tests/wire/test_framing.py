"""Framing against the published implementation of COBS; its two checksums against each other."""

import binascii
import importlib
import importlib.util
import sys

import pytest
from cobs import cobs
from hypothesis import example, given
from hypothesis import strategies as st

from unclench_wire import framing, ids

some_bytes = st.binary(min_size=1, max_size=ids.MAX_PAYLOAD) | st.lists(
    st.sampled_from([b"\0", b"\x01", b"\xff", b"\x55" * 253, b"\x55" * 254, b"\x55" * 255]),
    min_size=1,
    max_size=6,
).map(lambda parts: b"".join(parts)[: ids.MAX_PAYLOAD])


def seal(payload: bytes) -> bytes:
    return payload + framing.crc16(payload, len(payload)).to_bytes(2, "little")


@given(some_bytes)
@example(b"\x55" * 252)
@example(b"\x55" * 254 + b"\0")
def test_encoding_is_that_of_the_cobs_package(payload):
    assert framing.encode_frame(payload) == b"\0" + cobs.encode(seal(payload)) + b"\0"


@given(some_bytes)
def test_what_the_cobs_package_encodes_is_decoded(payload):
    assert framing.cobs_decode(cobs.encode(payload)) == payload
    assert framing.decode_frame(cobs.encode(seal(payload))) == payload


@given(st.lists(st.integers(1, 255) | st.integers(1, 6), min_size=1, max_size=300).map(bytes))
def test_decoder_and_cobs_package_refuse_the_same_input(data):
    try:
        expected = cobs.decode(data)
    except cobs.DecodeError:
        expected = None
    assert framing.cobs_decode(data) == expected


@given(st.binary(max_size=700))
def test_any_bytes_can_be_decoded_without_an_error(data):
    framing.cobs_decode(data)
    framing.decode_frame(data)


@given(data=st.binary(max_size=700), behind=st.binary(max_size=3))
def test_the_checksum_in_plain_python_is_that_of_binascii(data, behind):
    expected = binascii.crc_hqx(data, 0xFFFF)
    assert framing.plain_crc16(data + behind, len(data)) == expected
    assert framing.crc16(data + behind, len(data)) == expected


def test_without_binascii_the_plain_checksum_is_used():
    """As in a MicroPython that makes no machine code."""
    spec = importlib.util.spec_from_file_location("framing_alone", framing.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "binascii", None)
        spec.loader.exec_module(module)
    assert module.crc16 is module.plain_crc16
    assert module.encode_frame(b"123456789") == framing.encode_frame(b"123456789")


def test_cpython_uses_the_python_framing():
    assert framing.encode_frame_into is framing.plain_encode_frame_into
    with pytest.raises(ImportError, match="machine code"):
        importlib.import_module("unclench_wire.framing_native")
