"""The two loops of a frame as machine code, where MicroPython's compiler can make it.

`framing.py` chooses: importing this raises ImportError on CPython and SyntaxError on a MicroPython
without its native emitter. A byte costs some 40 cycles on the RP2040 (tests/firmware prints it).

Machine code checks no index: what is called from elsewhere looks at the buffers first. Of a viper
function the first two variables are in registers, all others on the stack, so the busiest come
first; a pointer that moves is cheaper than an index. Numbers have 32 bits on the chip and 64 on a
PC: but for addresses, which are positive on both, none grows beyond 24.
"""
# mypy: ignore-errors
# Its types are names to MicroPython's compiler alone.

import sys

if sys.implementation.name != "micropython":
    raise ImportError("machine code is MicroPython's")

from array import array

import micropython


def _make_tables():
    """Checksum of each byte alone, and of each byte with a zero behind it."""
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
    # Two bytes at once: the first of a pair is looked up with a zero behind it, the second alone,
    # and the checksum needs no shift and no mask between them. Two pairs to a turn of the loop.
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
            # Samples hold few zeros: four bytes at a time, and one by one from the first zero on
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
        if code < 255:  # it ended at a zero; else after 254 bytes without one
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
    # The last bytes that could be written: Python refuses them if they are not there
    target[n + 4 + (n + 2) // 254] = 0
    source[n + 1] = 0
    crc = _crc(source, 0xFFFF, _TABLES, n)
    source[n] = crc & 0xFF
    source[n + 1] = crc >> 8
    return _encode(source, target, n + 2)
