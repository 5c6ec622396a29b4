"""The frame's machine code with the chip's 32 bits: right, within its buffers, and fast enough.

tests/wire runs the same source on a PC, with 64 bits. `-s` prints what a byte costs, without the
fixed cost of two calls from bytecode, which the emulated core knows nothing of.
"""

from __future__ import annotations

import binascii
import random
from array import array

import pytest
from cobs import cobs
from tests.firmware.machine_code import FIRMWARE, Core, functions

from unclench_wire import framing, ids

pytestmark = pytest.mark.usefixtures("chips_are_freed")

MAX_CYCLES_PER_BYTE = 60


@pytest.fixture(scope="module")
def native(tmp_path_factory):
    out = tmp_path_factory.mktemp("mpy") / "out.mpy"
    return functions(FIRMWARE / "lib" / "unclench_wire" / "framing_native.py", out)


def tables() -> bytes:
    """Checksums of a byte alone, and with a zero behind it, from another source than the module."""
    alone = [binascii.crc_hqx(bytes([byte]), 0) for byte in range(256)]
    pair = [binascii.crc_hqx(bytes([byte, 0]), 0) for byte in range(256)]
    return array("H", alone + pair).tobytes()


def encode(native, payload: bytes, shift: int = 0) -> tuple[bytes, int]:
    """Make a frame as `encode_frame_into` does; give it and the cycles."""
    core = Core()
    n = len(payload)
    room = n + 5 + (n + 2) // 254
    source = core.put(payload + b"\0\0", shift=shift)
    target = core.put(bytes(room), shift=(shift + 1) % 4)
    crc = core.call(native["_crc"], [source, 0xFFFF, core.put(tables()), n])
    cycles = core.cycles
    core.ram(source + n, 2)[:] = crc.to_bytes(2, "little")
    size = core.call(native["_encode"], [source, target, n + 2], writable=[(target, room)])
    assert size <= room
    return bytes(core.ram(target, size)), cycles + core.cycles


def some_payloads() -> list[bytes]:
    rng = random.Random(1)
    lengths = [*range(1, 14), *range(248, 262), *range(500, 516), ids.MAX_PAYLOAD]
    alphabets = [b"\0", b"\x55", b"\0\x55", b"\xff", bytes(range(256)), bytes(range(1, 256))]
    payloads = [bytes(rng.choices(a, k=n)) for n in lengths for a in alphabets]
    payloads += [b"\x55" * n + b"\0" + b"\x55" * 9 for n in (251, 252, 253, 254, 255, 508)]
    return payloads


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.exhaustive), 5])
def test_machine_code_encodes_frames_like_python(native, every):
    for k, payload in enumerate(some_payloads()[::every]):
        whole = payload + framing.plain_crc16(payload, len(payload)).to_bytes(2, "little")
        assert encode(native, payload, shift=k % 4)[0] == b"\0" + cobs.encode(whole) + b"\0"


def test_the_checksum_of_no_bytes_is_its_start_value(native):
    core = Core()
    assert core.call(native["_crc"], [core.put(b""), 0xFFFF, core.put(tables()), 0]) == 0xFFFF


@pytest.mark.parametrize("n", [74, 200, 374])
def test_cycles_per_byte_are_within_the_budget(native, n):
    rng = random.Random(2)
    rest = [256_000 + round(rng.gauss(0, 60)) for _ in range((n - 14) // 3)]
    payload = (bytes(14) + b"".join(unit.to_bytes(3, "little") for unit in rest)).ljust(n, b"\x55")
    typical = encode(native, payload)[1] / n
    worst = max(encode(native, bytes(rng.choices(a, k=n)))[1] / n for a in (b"\0", b"\0\x55"))
    print(f"{n} bytes: {typical:.1f} cycles per byte of samples at rest, {worst:.1f} at the worst")
    assert typical <= MAX_CYCLES_PER_BYTE
    assert worst <= 2 * MAX_CYCLES_PER_BYTE
