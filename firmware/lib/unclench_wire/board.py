"""The board's side of the protocol (PROTOCOL.md, clause 4): commands in, replies and samples out.

It knows no pins and no port: `hardware` is the acquisition (the real one, or the virtual board's),
and `write` takes a buffer and returns how many of its bytes were sent.
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
    ids.CMD_SET_NOISE: 5,
    ids.CMD_SET_DEFAULTS: 0,
    ids.CMD_HISTOGRAM: 7,
    ids.CMD_NOISE: 1,
    ids.CMD_BLINK: 1,
    ids.CMD_LIGHT: 2,
    ids.CMD_PROMPT: 0,
}

# Carried out at any level: they are harmless, and any host can find out what this is.
_ANY_LEVEL = (ids.CMD_HELLO, ids.CMD_STOP)
_SETTINGS = (
    ids.CMD_SET_RATE,
    ids.CMD_SET_CHANNELS,
    ids.CMD_SET_GAIN,
    ids.CMD_SET_STEP,
    ids.CMD_SET_NOISE,
    ids.CMD_SET_DEFAULTS,
)
_MEASURES = (ids.CMD_HISTOGRAM, ids.CMD_NOISE)


class RefusedError(Exception):
    """A command that cannot be carried out: `args` are the error code and the reason in words."""


class Board:
    """Answers commands and sends samples; the same code on the Pico and in the virtual board.

    `hardware` has: `hello()` -> Hello with its constants as they are now; `set_rate(hz)`,
    `set_channels(n)`, `set_gain(channel, gain_milli)`, `set_step(step_mlsb)`,
    `set_noise(channel, noise_nv)`, `set_defaults()`; `start()` and `stop()`; `micros()`;
    `counters()` -> the first three of COUNTER_NAMES; `histogram(channel, first_code, readings)` ->
    HISTOGRAM_CODES + 2 counts; `noise(channel)` -> level_mcode, noise_nv; `blink(seconds)`;
    `light(by_host, brightness)`; `check_prompt()`. Each raises ValueError with a sentence for what
    it does not support, and OSError if it tried and failed. Once `leaving` is true, the program
    must end (4.13).
    """

    def __init__(self, hardware, write) -> None:  # type: ignore[no-untyped-def]
        self.streaming = False
        self.leaving = False
        self.lost_samples = 0
        self._hardware = hardware
        self._write = write
        self._decoder = FrameDecoder(ids.MAX_COMMAND_ENCODED)
        self._seq = 0
        self._payload = bytearray(ids.MAX_PAYLOAD + 2)  # with the checksum
        self._samples = memoryview(self._payload)[messages.SAMPLES_HEAD_LEN : ids.MAX_PAYLOAD]
        self._frame = bytearray(ids.MAX_ENCODED + 2)  # with a 0x00 at each end
        self._to_write = memoryview(self._frame)

    def receive(self, data: bytes) -> None:
        """Take bytes from the host and answer the commands in them."""
        for payload in self._decoder.feed(data):
            if len(payload) >= 3 and payload[0] >= ids.FIRST_COMMAND:
                self._answer(payload)
            else:
                self._decoder.bad_frames += 1

    def beacon(self) -> None:
        """Send HELLO; called every BEACON_MS while idle, so that a host need not speak first."""
        streaming = ids.FLAG_STREAMING if self.streaming else 0
        self._send(messages.pack_hello(self._hardware.hello(), streaming))

    def sample_buffer(self) -> memoryview:
        """Return the memory for the samples of the next frame: 3 bytes each, little-endian."""
        return self._samples

    def send_samples(self, channels: int, n: int, stamp: messages.Stamp, overflows: int) -> None:
        """Send the first `n` rows of `sample_buffer()`.

        Rows that the port does not accept are lost and counted; the index tells the host (3.4).
        Under MicroPython it allocates nothing while frames keep their size, so it never starts the
        garbage collector.
        """
        messages.pack_samples_head(self._payload, channels, self._seq, stamp, overflows & 0xFFFF)
        self._seq = (self._seq + 1) & 0xFFFF
        length = messages.SAMPLES_HEAD_LEN + n * channels * messages.SAMPLE_BYTES
        size = encode_frame_into(self._payload, length, self._frame)
        if size != len(self._to_write):
            self._to_write = memoryview(self._frame)[:size]
        if self._write(self._to_write) < size:
            self.lost_samples += n

    def _send(self, payload: bytes) -> None:
        self._write(encode_frame(payload))

    def _answer(self, payload: bytes) -> None:
        command, level, tag = payload[0], payload[1], payload[2]
        try:
            if level != ids.LEVEL and command not in _ANY_LEVEL:
                raise RefusedError(
                    ids.ERR_LEVEL,
                    "the host speaks protocol level %d, this board level %d" % (level, ids.LEVEL),
                )
            if command not in _ARGS_LEN:
                raise RefusedError(ids.ERR_UNKNOWN, "no command 0x%02x on this board" % command)
            args = payload[3:]
            if level == ids.LEVEL and len(args) != _ARGS_LEN[command]:
                raise RefusedError(
                    ids.ERR_LENGTH,
                    "command 0x%02x takes %d bytes, got %d"
                    % (command, _ARGS_LEN[command], len(args)),
                )
            if self.streaming and (command in _SETTINGS or command in _MEASURES):
                raise RefusedError(ids.ERR_BUSY, "not while streaming; stop first")
            body = self._do(command, args)
        except RefusedError as refusal:
            self._send(messages.pack_error(command, tag, refusal.args[0], refusal.args[1]))
        except ValueError as error:
            self._send(messages.pack_error(command, tag, ids.ERR_VALUE, str(error)))
        except OSError as error:
            self._send(messages.pack_error(command, tag, ids.ERR_HARDWARE, str(error)))
        else:
            self._send(messages.pack_reply(command, tag, body))
            if command == ids.CMD_HELLO or command in _SETTINGS:
                self.beacon()  # the new constants (4.6)

    def _do(self, command: int, args: bytes) -> bytes:
        hardware = self._hardware
        if command == ids.CMD_START:
            self._halt()
            self._seq = 0
            self.lost_samples = 0
            hardware.start()
            self.streaming = True
        elif command == ids.CMD_STOP:
            self._halt()
            hardware.light(False, 0)
        elif command == ids.CMD_COUNTERS:
            counters = list(hardware.counters())  # MicroPython has no [*counters, ...]
            counters += [self.lost_samples, self._decoder.bad_frames]
            return struct.pack("<5I", *[counter & 0xFFFFFFFF for counter in counters])
        elif command == ids.CMD_ECHO:
            return args + struct.pack("<I", hardware.micros() & 0xFFFFFFFF)
        elif command == ids.CMD_HISTOGRAM:
            counts = hardware.histogram(*struct.unpack("<BHI", args))
            return struct.pack("<%dI" % len(counts), *counts)
        elif command == ids.CMD_NOISE:
            return struct.pack("<II", *hardware.noise(args[0]))
        elif command == ids.CMD_BLINK:
            hardware.blink(args[0])
        elif command == ids.CMD_LIGHT:
            hardware.light(args[0] != 0, args[1])
        elif command == ids.CMD_PROMPT:
            hardware.check_prompt()
            self._halt()
            self.leaving = True
        elif command in _SETTINGS:
            self._set(command, args)
        return b""

    def _halt(self) -> None:
        if self.streaming:
            self.streaming = False
            self._hardware.stop()

    def _set(self, command: int, args: bytes) -> None:
        hardware = self._hardware
        if command == ids.CMD_SET_RATE:
            hardware.set_rate(struct.unpack("<I", args)[0])
        elif command == ids.CMD_SET_CHANNELS:
            hardware.set_channels(args[0])
        elif command == ids.CMD_SET_GAIN:
            hardware.set_gain(args[0], struct.unpack("<I", args[1:])[0])
        elif command == ids.CMD_SET_STEP:
            hardware.set_step(struct.unpack("<h", args)[0])
        elif command == ids.CMD_SET_NOISE:
            hardware.set_noise(args[0], struct.unpack("<I", args[1:])[0])
        elif command == ids.CMD_SET_DEFAULTS:
            hardware.set_defaults()
