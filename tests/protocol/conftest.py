"""The document, read as tables and dumps, and a board on a bench: real wire code, fake hardware."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from unclench.link.decoder import LinkDecoder
from unclench.link.messages import Message
from unclench_wire import ids
from unclench_wire.board import Board
from unclench_wire.framing import encode_frame
from unclench_wire.messages import SAMPLE_BYTES, Channel, Hello, Stamp, pack_command

ROOT = Path(__file__).parents[2]


class Document:
    """firmware/PROTOCOL.md."""

    def __init__(self) -> None:
        self.text = (ROOT / "firmware" / "PROTOCOL.md").read_text(encoding="utf-8")
        self.clauses = re.findall(r"^\*\*(\d+\.\d+) ", self.text, re.MULTILINE)
        self.dumps = {
            name: self._dump(body)
            for name, body in re.findall(r"```wire ([a-z ]+)\n(.*?)```", self.text, re.DOTALL)
        }

    def table(self, name: str) -> list[list[str]]:
        """Return the body of the table that follows `<!-- name -->`."""
        _, found, rest = self.text.partition(f"<!-- {name} -->\n")
        assert found, f"the document has no table named {name!r}"
        lines = rest.split("\n\n", 1)[0].splitlines()
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]

    @staticmethod
    def _dump(body: str) -> list[bytes]:
        return [bytes.fromhex(line.partition("#")[0]) for line in body.splitlines()]


class FakeHardware:
    """An acquisition that notes what it is told; its Hello is one object, as on a real board."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.said = Hello([Channel(200_000)], label="bench")
        self.broken = False

    def hello(self) -> Hello:
        """The constants of this hardware."""
        return self.said

    def set_rate(self, hz: int) -> None:
        """Note the rate; the board has three."""
        if hz not in (1000, 2000, 4000):
            raise ValueError(f"rate {hz} Hz; 1000, 2000 and 4000 fit")
        self.told.append(("rate", hz))
        self.said.rate_num = hz

    def set_channels(self, n: int) -> None:
        """Note the number of channels."""
        self.told.append(("channels", n))

    def set_gain(self, channel: int, gain_milli: int) -> None:
        """Note the gain of a channel."""
        self.told.append(("gain", channel, gain_milli))

    def set_step(self, step_mlsb: int) -> None:
        """Note the correction of the converter's step."""
        self.told.append(("step", step_mlsb))

    def set_noise(self, channel: int, noise_nv: int) -> None:
        """Note the noise of a channel."""
        self.told.append(("noise", channel, noise_nv))

    def set_defaults(self) -> None:
        """Note that everything is to be as it was new."""
        self.told.append(("defaults",))

    def histogram(self, channel: int, first_code: int, readings: int) -> list[int]:
        """Note the request; counts that tell their place."""
        self.told.append(("histogram", channel, first_code, readings))
        return [readings, *range(ids.HISTOGRAM_CODES), 2**32 - 1]

    def noise(self, channel: int) -> tuple[int, int]:
        """Note the request; level and noise."""
        self.told.append(("measure", channel))
        return (2_047_500, 210)

    def blink(self, seconds: int) -> None:
        """Note for how long to blink."""
        self.told.append(("blink", seconds))

    def light(self, by_host: bool, brightness: int) -> None:
        """Note who has the light, and how bright it is."""
        self.told.append(("light", by_host, brightness))

    def check_prompt(self) -> None:
        """Refuse if it is broken."""
        if self.broken:
            raise ValueError("there is no prompt here")

    def start(self) -> None:
        """Note the start, or fail if it is broken."""
        if self.broken:
            raise OSError("the converter does not answer")
        self.told.append(("start",))

    def stop(self) -> None:
        """Note the stop."""
        self.told.append(("stop",))

    def micros(self) -> int:
        """A time beyond 32 bits."""
        return 0x1_0001_2345

    def counters(self) -> tuple[int, int, int]:
        """Counters, one beyond 32 bits."""
        return (1, 0, 0x1_0000_0002)


class Bench:
    """A board, what it wrote, and a host's decoder that reads it."""

    def __init__(self) -> None:
        self.hardware = FakeHardware()
        self.board = Board(self.hardware, self._write)
        self.sent = bytearray()
        self.room: int | None = None  # bytes that the port still takes; None: any number
        self.decoder = LinkDecoder()
        self._read = 0

    def _write(self, data: memoryview) -> int:
        part = bytes(data) if self.room is None else bytes(data[: self.room])
        if self.room is not None:
            self.room -= len(part)
        self.sent += part
        return len(part)

    def tell(
        self, command: int, args: bytes = b"", tag: int = 7, level: int = ids.LEVEL
    ) -> list[Message]:
        """Send a command and return what the board answers."""
        self.board.receive(encode_frame(pack_command(command, tag, args, level)))
        return self.heard()

    def heard(self) -> list[Message]:
        """Return the messages that the board has written since the last call."""
        new = bytes(self.sent[self._read :])
        self._read = len(self.sent)
        return self.decoder.feed(new)

    def stream(self, frames: int, n: int = 2, index: int = 0) -> None:
        """Make the board send so many frames of one channel."""
        buffer = self.board.sample_buffer()
        for k in range(frames):
            first = index + k * n
            buffer[: n * SAMPLE_BYTES] = b"".join(
                ((first + i) % 2**23).to_bytes(SAMPLE_BYTES, "little") for i in range(n)
            )
            self.board.send_samples(1, n, Stamp(first, first * 500), 0)


@pytest.fixture(scope="session")
def document() -> Document:
    """firmware/PROTOCOL.md."""
    return Document()


@pytest.fixture
def bench() -> Bench:
    """A board on a bench."""
    return Bench()


@pytest.fixture
def new_bench() -> Callable[[], Bench]:
    """Benches for tests that need a fresh one for every generated example."""
    return Bench
