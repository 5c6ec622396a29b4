"""The board's side of the talk (PROTOCOL.md, clause 4): commands in, replies and sample frames out.

Knows no pins and no port: `hardware` is the acquisition underneath (the real one, or the virtual
board's), `write` takes a buffer and says how many of its bytes went out.
"""

import struct

from unclench_wire import ids, messages
from unclench_wire.framing import FrameDecoder, encode_frame, encode_frame_into

_ARGS_LEN = {
    ids.CMD_HELLO: 0,
    ids.CMD_START: 0,
    ids.CMD_STOP: 0,
    ids.CMD_SET_RATE: 4,
    ids.CMD_SET_CHANNELS: 1,
    ids.CMD_SET_GAIN: 5,
    ids.CMD_SET_STEP: 2,
    ids.CMD_COUNTERS: 0,
    ids.CMD_ECHO: 4,
}


class Refused(Exception):
    """A command that cannot be carried out: `args` are the error code and the reason in words."""


class Board:
    """Answers commands and sends samples; the same code on the Pico and in the virtual board.

    `hardware` has: `hello()` -> Hello with its constants as they are now; `set_rate(hz)`,
    `set_channels(n)`, `set_gain(channel, gain_milli)`, `set_step(step_mlsb)`, each raising
    ValueError with a sentence; `start()`, `stop()`; `micros()`; `counters()` -> five integers.
    """

    def __init__(self, hardware, write) -> None:  # type: ignore[no-untyped-def]
        self.streaming = False
        self.lost_samples = 0
        self._hardware = hardware
        self._write = write
        self._decoder = FrameDecoder(64)
        self._seq = 0
        self._payload = bytearray(ids.MAX_PAYLOAD)
        self._frame = bytearray(ids.MAX_ENCODED + 1)

    def receive(self, data: bytes) -> None:
        """Take bytes from the host and answer the commands in them."""
        for payload in self._decoder.feed(data):
            if len(payload) >= 3:
                self._answer(payload)
            else:
                self._decoder.bad_frames += 1

    def beacon(self) -> None:
        """Say hello; called every BEACON_MS while idle, so that a host need not speak first."""
        hello = self._hardware.hello()
        hello.flags |= ids.FLAG_STREAMING if self.streaming else 0
        self._send(messages.pack_hello(hello))

    def sample_buffer(self) -> memoryview:
        """Return the memory that samples of the next frame go to: 3 bytes each, little-endian."""
        return memoryview(self._payload)[messages.SAMPLES_HEAD_LEN :]

    def send_samples(
        self, channels: int, n: int, index: int, device_us: int, overflows: int
    ) -> None:
        """Send `n` rows that lie in `sample_buffer()`, the first of them sample number `index`.

        What the port does not take is lost and counted; the index tells the host (3.4).
        """
        messages.pack_samples_head(
            self._payload, channels, self._seq, index & 0xFFFFFFFF, device_us, overflows
        )
        self._seq = (self._seq + 1) & 0xFFFF
        length = messages.SAMPLES_HEAD_LEN + n * channels * messages.SAMPLE_BYTES
        size = encode_frame_into(self._payload, length, self._frame)
        if self._write(memoryview(self._frame)[:size]) < size:
            self.lost_samples += n

    def _send(self, payload: bytes) -> None:
        # The leading 0x00 ends whatever half frame a full port may have left on the line (1.4).
        self._write(b"\0" + encode_frame(payload))

    def _answer(self, payload: bytes) -> None:
        command, level, tag = payload[0], payload[1], payload[2]
        try:
            if level != ids.LEVEL:
                raise Refused(
                    ids.ERR_LEVEL,
                    "the host speaks protocol level %d, this board level %d" % (level, ids.LEVEL),
                )
            if command not in _ARGS_LEN:
                raise Refused(ids.ERR_UNKNOWN, "no command 0x%02x on this board" % command)
            args = payload[3:]
            if len(args) != _ARGS_LEN[command]:
                raise Refused(
                    ids.ERR_LENGTH,
                    "command 0x%02x takes %d bytes, got %d"
                    % (command, _ARGS_LEN[command], len(args)),
                )
            body = self._do(command, args)
        except Refused as refusal:
            self._send(messages.pack_error(command, tag, refusal.args[0], refusal.args[1]))
        except ValueError as error:
            self._send(messages.pack_error(command, tag, ids.ERR_VALUE, str(error)))
        except OSError as error:
            self._send(messages.pack_error(command, tag, ids.ERR_HARDWARE, str(error)))
        else:
            self._send(messages.pack_reply(command, tag, body))
            if ids.CMD_SET_RATE <= command <= ids.CMD_SET_STEP:
                self.beacon()  # the constants have changed: say them anew (4.6)

    def _do(self, command: int, args: bytes) -> bytes:
        hardware = self._hardware
        if command == ids.CMD_HELLO:
            self.beacon()
        elif command == ids.CMD_START:
            if self.streaming:
                hardware.stop()
            self._seq = 0
            self.lost_samples = 0
            hardware.start()
            self.streaming = True
        elif command == ids.CMD_STOP:
            if self.streaming:
                self.streaming = False
                hardware.stop()
        elif command == ids.CMD_COUNTERS:
            counters = list(hardware.counters())
            return struct.pack("<5I", *counters[:3], self.lost_samples, self._decoder.bad_frames)
        elif command == ids.CMD_ECHO:
            return args + struct.pack("<I", hardware.micros())
        else:
            self._set(command, args)
        return b""

    def _set(self, command: int, args: bytes) -> None:
        if self.streaming:
            raise Refused(ids.ERR_BUSY, "settings cannot change while streaming; stop first")
        hardware = self._hardware
        if command == ids.CMD_SET_RATE:
            hardware.set_rate(struct.unpack("<I", args)[0])
        elif command == ids.CMD_SET_CHANNELS:
            hardware.set_channels(args[0])
        elif command == ids.CMD_SET_GAIN:
            hardware.set_gain(args[0], struct.unpack("<I", args[1:])[0])
        elif command == ids.CMD_SET_STEP:
            hardware.set_step(struct.unpack("<h", args)[0])
