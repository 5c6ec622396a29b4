"""A host in emulated time, with the decoder of our own: every message with the moment it came."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.pico.emulated import MS, EmulatedPico

from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command


@dataclass(frozen=True)
class Heard:
    """A message, and the emulated time at which its last byte came."""

    nanos: int
    message: Message


@dataclass(frozen=True)
class Answer:
    """What a command was answered, and how long that took."""

    message: Reply | ErrorReply
    ms: float

    @property
    def body(self) -> bytes:
        """What REPLY carries."""
        assert isinstance(self.message, Reply), self.message
        return self.message.body


class Host:
    """Talks to one emulated Pico; `heard` is all it said, in order."""

    def __init__(self, pico: EmulatedPico) -> None:
        self.pico = pico
        self.decoder = LinkDecoder()
        self.heard: list[Heard] = []
        self._tag = 0

    def run_ms(self, ms: float) -> list[Heard]:
        """Let time pass; what was said meanwhile."""
        before = len(self.heard)
        self.pico.run_ms(ms)
        for nanos, data in self.pico.take_timed():
            self.heard += [Heard(nanos, message) for message in self.decoder.feed(data)]
        return self.heard[before:]

    def wait_for(self, wanted: Callable[[Message], bool], ms: float = 1000) -> Heard:
        """The first message from now on that is wanted."""
        end = self.pico.nanos + ms * MS
        while self.pico.nanos < end:
            for heard in self.run_ms(1):
                if wanted(heard.message):
                    return heard
        raise AssertionError(f"waited {ms} ms in vain; the last was {self.heard[-3:]}")

    def wait_for_hello(self, ms: float = 5000) -> Hello:
        """The next HELLO."""
        message = self.wait_for(lambda m: isinstance(m, Hello), ms).message
        assert isinstance(message, Hello)
        return message

    def tell(self, command: int, args: bytes = b"") -> int:
        """Send a command and do not wait; its tag."""
        self._tag = (self._tag + 1) & 0xFF
        self.pico.send(encode_frame(pack_command(command, self._tag, args)))
        return self._tag

    def ask(self, command: int, args: bytes = b"", ms: float = 1000) -> Answer:
        """Send a command and wait for its answer."""
        begun, tag = self.pico.nanos, self.tell(command, args)

        def answers(m: Message) -> bool:
            return isinstance(m, Reply | ErrorReply) and (m.command, m.tag) == (command, tag)

        heard = self.wait_for(answers, ms)
        assert isinstance(heard.message, Reply | ErrorReply)
        return Answer(heard.message, (heard.nanos - begun) / MS)

    def order(self, command: int, layout: str = "", *values: int) -> Answer:
        """The same for a command that must be carried out, with its arguments to be packed."""
        answer = self.ask(command, struct.pack("<" + layout, *values))
        assert isinstance(answer.message, Reply), answer.message
        return answer

    def set_up(self, rate_hz: int = 2000, channels: int = 1, step_mlsb: int = 0) -> Hello:
        """Choose rate, channels and correction; what the board says of itself then."""
        self.order(ids.CMD_SET_RATE, "I", rate_hz)
        self.order(ids.CMD_SET_CHANNELS, "B", channels)
        self.order(ids.CMD_SET_STEP, "h", step_mlsb)
        return self.wait_for_hello(100)

    def start(self) -> int:
        """Begin a stream; how many messages were heard until then."""
        self.order(ids.CMD_START)
        return len(self.heard)

    def counters(self) -> dict[str, int]:
        """The board's counters, by name."""
        values = struct.unpack("<5I", self.order(ids.CMD_COUNTERS).body)
        return dict(zip(ids.COUNTER_NAMES, values, strict=True))

    def frames(self, since: int = 0) -> list[tuple[int, SampleFrame]]:
        """Frames of samples among what was heard from `since` on, with their arrival."""
        return [
            (heard.nanos, heard.message)
            for heard in self.heard[since:]
            if isinstance(heard.message, SampleFrame)
        ]


def holes(frames: list[tuple[int, SampleFrame]]) -> int:
    """Rows missing between the frames; they must not overlap."""
    missing = 0
    for (_, before), (_, after) in pairwise(frames):
        gap = after.index - before.index - len(before.units)
        assert gap >= 0, f"row {after.index} comes again"
        missing += gap
    return missing


def ramp_sum(first: int, n: int) -> int:
    """Sum of `n` readings of a ramp from `first` on, see `Analog` in emulator/analog.mjs."""
    return sum((first + k) % 4096 for k in range(n))


def emg_uv(frames: list[tuple[int, SampleFrame]], hello: Hello) -> NDArray[Any]:
    """All rows as microvolts at the electrode, (n_samples, n_channels)."""
    units = np.concatenate([frame.units for _, frame in frames])
    scale = [hello.uv_per_unit(channel) for channel in range(units.shape[1])]
    rows_uv: NDArray[Any] = (units - hello.zero_unit) * np.array(scale)
    return rows_uv


def fit_sine(signal: NDArray[Any], fs_hz: float, hz: float) -> complex:
    """Amplitude and phase of a sine in a signal, by least squares beside a constant."""
    t = np.arange(len(signal)) / fs_hz
    columns = np.stack([np.ones_like(t), np.cos(2 * np.pi * hz * t), np.sin(2 * np.pi * hz * t)], 1)
    (_, cosine, sine), *_ = np.linalg.lstsq(columns, signal, rcond=None)
    return complex(sine, cosine)


def band_rms(signal: NDArray[Any], fs_hz: float, low_hz: float = 20, high_hz: float = 450) -> float:
    """RMS of what lies between two frequencies, from the spectrum of the whole signal."""
    window = np.hanning(len(signal))
    power = np.abs(np.fft.rfft((signal - signal.mean()) * window)) ** 2
    hz = np.fft.rfftfreq(len(signal), 1 / fs_hz)
    inside = (hz >= low_hz) & (hz <= high_hz)
    return float(np.sqrt(2 * power[inside].sum() / (len(signal) * (window**2).sum())))
