"""Layouts of the messages (PROTOCOL.md, clauses 2 to 4), packed and unpacked on either side."""

import struct

from unclench_wire import ids

_HELLO_HEAD = "<BBB3B8sIIHIIiiihB"
_HELLO_HEAD_LEN = struct.calcsize(_HELLO_HEAD)
_HELLO_CHANNEL = "<III"
_HELLO_CHANNEL_LEN = struct.calcsize(_HELLO_CHANNEL)
_SAMPLES_HEAD = "<BBHIIH"
_SAMPLES_HEAD_HALVES = "<BBHHHHHH"
SAMPLES_HEAD_LEN = struct.calcsize(_SAMPLES_HEAD)
SAMPLE_BYTES = 3


class WireError(Exception):
    """A message whose checksum is right but whose contents break the protocol."""


class Channel:
    """What a host must know about a channel (PROTOCOL.md 2.4)."""

    def __init__(self, gain_milli: int, skew_ns: int = 0, noise_nv: int = 0) -> None:
        self.gain_milli = gain_milli  # sensor gain x 1000
        self.skew_ns = skew_ns  # how much later than channel 0 this one is sampled
        self.noise_nv = noise_nv  # own noise at the electrode, RMS in 20-450 Hz; 0 = not measured


class Hello:
    """A board's description of itself: every constant that the host needs (PROTOCOL.md 2)."""

    def __init__(
        self,
        channels: "list[Channel]",
        rate_num: int = 2000,
        rate_den: int = 1,
        oversampling: int = 250,
        full_scale_uv: int = 3300000,
        codes: int = 4096,
        zero_unit: int = 512000,
        low_unit: int = 0,
        high_unit: int = 1023750,
        step_mlsb: int = 0,
        firmware: "tuple[int, int, int]" = (0, 0, 0),
        board_id: bytes = b"\0\0\0\0\0\0\0\0",
        label: str = "",
        flags: int = 0,
        level: int = ids.LEVEL,
    ) -> None:
        self.channels = channels
        self.rate_num = rate_num
        self.rate_den = rate_den
        self.oversampling = oversampling
        self.full_scale_uv = full_scale_uv
        self.codes = codes
        self.zero_unit = zero_unit
        self.low_unit = low_unit
        self.high_unit = high_unit
        self.step_mlsb = step_mlsb
        self.firmware = firmware
        self.board_id = board_id
        self.label = label
        self.flags = flags
        self.level = level

    def uv_per_unit(self, channel: int) -> float:
        """Return microvolts at the electrode per unit of a sample (PROTOCOL.md 2.5)."""
        gain = self.channels[channel].gain_milli / 1000
        return self.full_scale_uv / (self.codes * self.oversampling * gain)

    def fs_hz(self) -> float:
        """Return samples per second and channel."""
        return self.rate_num / self.rate_den


def _utf8(text: str, limit: int) -> bytes:
    """Return at most `limit` bytes of `text`, never cut inside a character."""
    data = text.encode()
    if len(data) > limit:
        while data[limit] & 0xC0 == 0x80:
            limit -= 1
    return data[:limit]


def _text(data: bytes) -> str:
    """Return text even if it is not UTF-8 (MicroPython has no decode(errors=...))."""
    try:
        return data.decode()
    except UnicodeError:
        return "".join([chr(byte) if byte < 0x80 else "?" for byte in data])


def pack_hello(hello: Hello, flags: int = 0) -> bytes:
    """Return the payload of HELLO; `flags` are added to its own."""
    label = _utf8(hello.label, ids.MAX_LABEL)
    parts = [
        struct.pack(
            _HELLO_HEAD,
            ids.HELLO,
            hello.level,
            hello.flags | flags,
            hello.firmware[0],
            hello.firmware[1],
            hello.firmware[2],
            hello.board_id,
            hello.rate_num,
            hello.rate_den,
            hello.oversampling,
            hello.full_scale_uv,
            hello.codes,
            hello.zero_unit,
            hello.low_unit,
            hello.high_unit,
            hello.step_mlsb,
            len(hello.channels),
        )
    ]
    for channel in hello.channels:
        parts.append(
            struct.pack(_HELLO_CHANNEL, channel.gain_milli, channel.skew_ns, channel.noise_nv)
        )
    parts.append(bytes([len(label)]))
    parts.append(label)
    return b"".join(parts)


def unpack_hello(payload: bytes) -> Hello:
    """Read HELLO; with another level only `level`, `firmware` and `board_id` are meaningful.

    Raises WireError if a constant would make later figures wrong.
    """
    if len(payload) < 14:
        raise WireError("hello of %d bytes, at least 14 expected" % len(payload))
    level = payload[1]
    firmware = (payload[3], payload[4], payload[5])
    board_id = bytes(payload[6:14])
    if level != ids.LEVEL:  # only the first 14 bytes never change their meaning (2.2)
        return Hello([], level=level, flags=payload[2], firmware=firmware, board_id=board_id)
    if len(payload) < _HELLO_HEAD_LEN + 1:
        raise WireError(
            "hello of %d bytes, at least %d expected" % (len(payload), _HELLO_HEAD_LEN + 1)
        )
    fields = struct.unpack(_HELLO_HEAD, payload[:_HELLO_HEAD_LEN])
    n_channels = fields[16]
    at = _HELLO_HEAD_LEN + n_channels * _HELLO_CHANNEL_LEN
    if (
        not 1 <= n_channels <= ids.MAX_CHANNELS
        or len(payload) <= at
        or len(payload) <= at + payload[at]
    ):
        raise WireError("hello with %d channels in %d bytes" % (n_channels, len(payload)))
    channels = []
    for i in range(n_channels):
        start = _HELLO_HEAD_LEN + i * _HELLO_CHANNEL_LEN
        gain_milli, skew_ns, noise_nv = struct.unpack(
            _HELLO_CHANNEL, payload[start : start + _HELLO_CHANNEL_LEN]
        )
        channels.append(Channel(gain_milli, skew_ns, noise_nv))
    for name, value in (
        ("rate", fields[7]),
        ("rate divisor", fields[8]),
        ("oversampling", fields[9]),
        ("full scale", fields[10]),
        ("number of codes", fields[11]),
        ("gain", min([c.gain_milli for c in channels])),
    ):
        if value == 0:
            raise WireError("hello whose " + name + " is 0")
    return Hello(
        channels,
        rate_num=fields[7],
        rate_den=fields[8],
        oversampling=fields[9],
        full_scale_uv=fields[10],
        codes=fields[11],
        zero_unit=fields[12],
        low_unit=fields[13],
        high_unit=fields[14],
        step_mlsb=fields[15],
        firmware=firmware,
        board_id=board_id,
        label=_text(payload[at + 1 : at + 1 + payload[at]]),
        flags=fields[2],
        level=level,
    )


class Stamp:
    """Number of a frame's first row and time of its last (PROTOCOL.md 3.3, 3.6).

    In halves of 16 bits: on a 32-bit chip MicroPython stores integers from 2^30 on as objects on
    the heap, and a board that streams must not allocate.
    """

    def __init__(self, index: int = 0, device_us: int = 0) -> None:
        self.index_high = index >> 16 & 0xFFFF
        self.index_low = index & 0xFFFF
        self.us_high = device_us >> 16 & 0xFFFF
        self.us_low = device_us & 0xFFFF


def pack_samples_head(
    target: "bytearray", channels: int, seq: int, stamp: Stamp, overflows: int
) -> None:
    """Write the head of SAMPLES into the first bytes of `target` (PROTOCOL.md 3.1)."""
    struct.pack_into(
        _SAMPLES_HEAD_HALVES,
        target,
        0,
        ids.SAMPLES,
        channels,
        seq,
        stamp.index_low,
        stamp.index_high,
        stamp.us_low,
        stamp.us_high,
        overflows,
    )


def unpack_samples_head(payload: bytes) -> "tuple[int, int, int, int, int]":
    """Return channels, sequence number, index of the first row, device time in us, overflows.

    The samples start at SAMPLES_HEAD_LEN. Raises WireError unless they are one or more whole rows
    (3.2).
    """
    n_bytes = len(payload) - SAMPLES_HEAD_LEN
    if n_bytes <= 0:
        raise WireError(
            "samples of %d bytes, more than %d expected" % (len(payload), SAMPLES_HEAD_LEN)
        )
    _, channels, seq, index, device_us, overflows = struct.unpack(
        _SAMPLES_HEAD, payload[:SAMPLES_HEAD_LEN]
    )
    if not 1 <= channels <= ids.MAX_CHANNELS or n_bytes % (SAMPLE_BYTES * channels):
        raise WireError("samples of %d bytes for %d channels" % (len(payload), channels))
    return channels, seq, index, device_us, overflows


def pack_command(command: int, tag: int, args: bytes = b"", level: int = ids.LEVEL) -> bytes:
    """Return the payload of a command (PROTOCOL.md 4.1)."""
    return bytes([command, level, tag]) + args


def pack_reply(command: int, tag: int, body: bytes = b"") -> bytes:
    """Return the payload of REPLY (PROTOCOL.md 4.3)."""
    return bytes([ids.REPLY, command, tag]) + body


def pack_error(command: int, tag: int, code: int, text: str) -> bytes:
    """Return the payload of ERROR (PROTOCOL.md 4.4)."""
    return bytes([ids.ERROR, command, tag, code]) + _utf8(text, ids.MAX_ERROR_TEXT)
