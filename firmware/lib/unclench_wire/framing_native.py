"""The two loops of a frame as machine code, where MicroPython's compiler supports it.

`framing.py` chooses: importing this raises ImportError on CPython and SyntaxError on a MicroPython
without its native emitter. A byte costs about 40 cycles on the RP2040 (tests/firmware prints it).

Machine code checks no index, so the public functions check the buffers first. The first two
variables of a viper function are in registers, all others on the stack, so the busiest come
first; a moving pointer is cheaper than an index. Numbers have 32 bits on the chip and 64 on a
PC; apart from addresses, which are positive on both, none needs more than 24.
"""
# mypy: ignore-errors
# Only MicroPython's compiler knows its types.

import sys

if sys.implementation.name != "micropython":
    raise ImportError("machine code is MicroPython's")

from array import array

import micropython


def _make_tables():
    """Return checksums of each byte alone, and of each byte followed by a zero."""
    tables = array("H", [0] * 512)
    for byte in range(256):
        crc = byte << 8
        for bit in range(16):
            if bit == 8:
                tables[byte] = crc
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
        tables[256 + byte] = crc
    return tables


_TABLES = _make_tables()


@micropython.viper
def _crc(data: ptr8, crc: int, table: ptr16, n: int) -> int:  # noqa: F821
    # Two bytes at once: the first of a pair is looked up as if followed by a zero, the second
    # alone, so the checksum needs no shift or mask between them. Two pairs per loop.
    pair = ptr16(int(table) + 512)  # noqa: F821
    end = int(data) + n - 3
    while int(data) < end:
        crc = pair[crc >> 8 ^ data[0]] ^ table[crc & 255 ^ data[1]]
        crc = pair[crc >> 8 ^ data[2]] ^ table[crc & 255 ^ data[3]]
        data = ptr8(int(data) + 4)  # noqa: F821
    end += 3
    while int(data) < end:
        crc = table[crc >> 8 ^ data[0]] ^ (crc << 8 & 0xFFFF)
        data = ptr8(int(data) + 1)  # noqa: F821
    return crc


@micropython.viper
def _encode(source: ptr8, target: ptr8, n: int) -> int:  # noqa: F821
    start = int(target)
    end = int(source) + n
    target[0] = 0
    code_at = start + 1
    target = ptr8(start + 2)  # noqa: F821
    while int(source) < end:
        if source[0]:
            last = int(source) + 254
            if last > end:
                last = end
            # Samples contain few zeros: four bytes at a time, and one by one near a zero
            whole = last - 3
            while int(source) < whole and source[0] and source[1] and source[2] and source[3]:
                target[0] = source[0]
                target[1] = source[1]
                target[2] = source[2]
                target[3] = source[3]
                source = ptr8(int(source) + 4)  # noqa: F821
                target = ptr8(int(target) + 4)  # noqa: F821
            while int(source) < last and source[0]:
                target[0] = source[0]
                source = ptr8(int(source) + 1)  # noqa: F821
                target = ptr8(int(target) + 1)  # noqa: F821
            if int(source) == end:
                break
        code = int(target) - code_at
        ptr8(code_at)[0] = code  # noqa: F821
        if code < 255:  # it ended at a zero, not after 254 bytes without one
            source = ptr8(int(source) + 1)  # noqa: F821
        code_at = int(target)
        target = ptr8(code_at + 1)  # noqa: F821
    ptr8(code_at)[0] = int(target) - code_at  # noqa: F821
    target[0] = 0
    return int(target) + 1 - start


def crc16(data: "bytes | bytearray", n: int) -> int:
    """Do what `framing.plain_crc16` does."""
    if n > len(data):
        raise IndexError("checksum of %d bytes out of %d" % (n, len(data)))
    return _crc(data, 0xFFFF, _TABLES, n)


def encode_frame_into(source: "bytearray", n: int, target: "bytearray") -> int:
    """Do what `framing.plain_encode_frame_into` does, if `target` has room for any frame of n."""
    # Access to the last possible bytes: Python raises if the buffers are too short
    target[n + 4 + (n + 2) // 254] = 0
    source[n + 1] = 0
    crc = _crc(source, 0xFFFF, _TABLES, n)
    source[n] = crc & 0xFF
    source[n + 1] = crc >> 8
    return _encode(source, target, n + 2)
