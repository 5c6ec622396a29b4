"""Bytes to messages: the host's half of the wire, without any port (sans-I/O)."""

from __future__ import annotations

import numpy as np

from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench_wire import ids
from unclench_wire.framing import FrameDecoder
from unclench_wire.messages import (
    SAMPLES_HEAD_LEN,
    WireError,
    unpack_hello,
    unpack_samples_head,
)


class LinkDecoder:
    """Turns bytes into messages; damage is counted, never raised.

    Memory is bounded by one frame. `bad_frames` counts frames with a wrong checksum and frames
    whose content breaks the protocol. `strange_samples` counts those of the second kind that are
    frames of samples, as a board with another protocol level sends them.
    """

    def __init__(self) -> None:
        self.strange_samples = 0
        self._frames = FrameDecoder()
        self._bad_messages = 0

    @property
    def bad_frames(self) -> int:
        """Number of damaged or invalid frames so far."""
        return self._frames.bad_frames + self._bad_messages

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that `data` completes, in order."""
        messages: list[Message] = []
        for payload in self._frames.feed(data):
            try:
                messages.append(parse(payload))
            except WireError:
                self._bad_messages += 1
                self.strange_samples += payload[0] == ids.SAMPLES
        return messages


def parse(payload: bytes) -> Message:
    """Parse the payload of a frame. Raises WireError if it breaks the protocol."""
    kind = payload[0]
    if kind == ids.SAMPLES:
        return _samples(payload)
    if kind == ids.HELLO:
        return unpack_hello(payload)
    if kind == ids.REPLY and len(payload) >= 3:
        return Reply(payload[1], payload[2], payload[3:])
    if kind == ids.ERROR and len(payload) >= 4:
        text = payload[4:].decode("utf-8", "replace")
        return ErrorReply(payload[1], payload[2], payload[3], text)
    raise WireError(f"message of type 0x{kind:02x} with {len(payload)} bytes")


def _samples(payload: bytes) -> SampleFrame:
    channels, seq, index, device_us, overflows = unpack_samples_head(payload)
    packed = np.frombuffer(payload, np.uint8, offset=SAMPLES_HEAD_LEN).reshape(-1, 3)
    # Put 24 bits, little-endian, into the upper three bytes of 32; an arithmetic shift then extends
    # the sign.
    wide = np.zeros((len(packed), 4), np.uint8)
    wide[:, 1:] = packed
    units = (wide.view("<i4")[:, 0] >> 8).astype(np.int32).reshape(-1, channels)
    return SampleFrame(seq, index, device_us, overflows, units)
