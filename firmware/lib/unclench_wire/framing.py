"""Frames on the wire (PROTOCOL.md, clause 1): COBS, CRC-16, a decoder that resynchronises."""

from unclench_wire.ids import MAX_ENCODED


def plain_crc16(data: "bytes | bytearray", n: int) -> int:
    """CRC-16/IBM-3740 ("CCITT-FALSE") of data[:n] (1.2); "123456789" gives 0x29B1.

    By index, because a slice would allocate; without a table, because only a MicroPython without
    machine code uses it.
    """
    crc = 0xFFFF
    for i in range(n):
        x = crc >> 8 ^ data[i]
        x ^= x >> 4
        crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xFFFF
    return crc


def plain_encode_frame_into(source: "bytearray", n: int, target: "bytearray") -> int:
    """Write one whole frame into `target`: 0x00, COBS of source[:n] with its checksum, 0x00 (1.4).

    `source` must have room for the checksum, two bytes, after its first `n`. Allocates
    nothing under MicroPython, so that the board can call it while streaming.
    Returns the number of bytes written, at most n + 5 + (n + 2) // 254; `target` must have room for
    them.
    """
    crc = crc16(source, n)
    source[n] = crc & 0xFF
    source[n + 1] = crc >> 8
    n += 2
    target[0] = 0
    code_at = 1
    out = 2
    code = 1
    i = 0
    while i < n:
        byte = source[i]
        i += 1
        if byte:
            target[out] = byte
            out += 1
            code += 1
        if not byte or (code == 255 and i < n):
            target[code_at] = code
            code_at = out
            out += 1
            code = 1
    target[code_at] = code
    target[out] = 0
    return out + 1


crc16 = plain_crc16
encode_frame_into = plain_encode_frame_into
try:
    from unclench_wire import framing_native

    crc16 = framing_native.crc16
    encode_frame_into = framing_native.encode_frame_into
except (ImportError, SyntaxError):  # CPython, or a MicroPython without machine code
    try:
        from binascii import crc_hqx

        def _crc16_of_binascii(data: "bytes | bytearray", n: int) -> int:
            return crc_hqx(memoryview(data)[:n], 0xFFFF)

        crc16 = _crc16_of_binascii
    except ImportError:
        pass


def encode_frame(payload: "bytes | bytearray") -> bytes:
    """Return a whole frame with `payload`, for messages that are rare enough to allocate."""
    n = len(payload)
    source = bytearray(n + 2)
    source[:n] = payload
    target = bytearray(n + n // 254 + 8)
    return bytes(target[: encode_frame_into(source, n, target)])


def cobs_decode(data: "bytes | bytearray") -> "bytes | None":
    """Decode COBS (1.3); `data` is without the 0x00 at its ends. Return None if it is not COBS."""
    out = bytearray()
    i = 0
    n = len(data)
    while i < n:
        code = data[i]
        end = i + code
        if code == 0 or end > n:
            return None
        out += data[i + 1 : end]
        i = end
        if code < 255 and i < n:
            out.append(0)
    return bytes(out)


def decode_frame(data: "bytes | bytearray") -> "bytes | None":
    """Return the payload of a frame (without the 0x00 at its ends), or None if it is damaged."""
    whole = cobs_decode(data)
    if whole is None or len(whole) < 3:
        return None
    n = len(whole) - 2
    return whole[:n] if crc16(whole, n) == whole[n] | whole[n + 1] << 8 else None


class FrameDecoder:
    """Turns bytes into payloads; never holds more than one frame.

    Damaged, overlong and cut frames are counted in `bad_frames`, never raised: after any garbage
    the next 0x00 is a new start (1.5). Bytes before the first 0x00 belong to something that began
    earlier; they are not counted.
    """

    def __init__(self, max_encoded: int = MAX_ENCODED) -> None:
        self.bad_frames = 0
        self._max = max_encoded
        self._tail = b""
        self._skipping = True

    def feed(self, data: bytes) -> "list[bytes]":
        """Return the payloads of all frames that `data` completes, in order."""
        pieces = data.split(b"\0")
        payloads = []
        for piece in pieces[:-1]:
            if self._skipping:  # the rest of a frame that was already dropped
                self._skipping = False
                continue
            frame = self._tail + piece
            self._tail = b""
            if not frame:
                continue
            payload = decode_frame(frame) if len(frame) <= self._max else None
            if payload is None:
                self.bad_frames += 1
            else:
                payloads.append(payload)
        if not self._skipping:
            self._tail += pieces[-1]
            if len(self._tail) > self._max:
                self._tail = b""
                self._skipping = True
                self.bad_frames += 1
        return payloads
