"""A sink that keeps everything, ways to play a source through the pipeline, a scripted link."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.link.messages import Arrived, LinkEvent, SampleFrame
from unclench.link.reader import LinkReader
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport
from unclench.link.virtual.board import MAX_SPEED
from unclench.link.virtual.inputs import SyntheticInput
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.sources import open_source
from unclench.store.events.event import Event
from unclench_wire.messages import Hello


class Collector:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.blocks: list[LiveBlock] = []
        self.events: list[Event] = []

    def block(self, block: LiveBlock) -> None:
        """Keep a block."""
        self.blocks.append(block)

    def event(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)

    @property
    def index(self) -> np.ndarray:
        """Number of each sample."""
        return np.concatenate([np.arange(b.first, b.stop) for b in self.blocks])

    @property
    def units(self) -> np.ndarray:
        """Units of all blocks."""
        return np.concatenate([b.units for b in self.blocks])

    @property
    def emg_uv(self) -> np.ndarray:
        """Signal of all blocks."""
        return np.concatenate([b.emg_uv for b in self.blocks])

    @property
    def envelope_uv(self) -> np.ndarray:
        """Tension of all blocks."""
        return np.concatenate([b.envelope_uv for b in self.blocks])

    @property
    def settling(self) -> np.ndarray:
        """Which samples the filters were settling on."""
        return np.concatenate([b.settling for b in self.blocks])

    def kinds(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds."""
        return [event for event in self.events if event.kind in kinds]


@pytest.fixture
def collector() -> Collector:
    """A sink that keeps everything."""
    return Collector()


def no_transport() -> Transport:
    """Stand in for the opening of a port where none is ever opened."""
    raise AssertionError("nothing opens a port here")


class Script(LinkReader):
    """Stands in for the link: hands out events whose times the test has chosen."""

    def __init__(self, events: Iterable[LinkEvent], clock: Clock = TRUE_TIME) -> None:
        super().__init__(no_transport, "script", clock=clock)
        self._events = iter(events)
        self._hello = SyntheticInput("relaxed").hello()

    def start(self) -> Hello:
        """Hand out everything at once."""
        for event in self._events:
            self.events.put(event)
        return self._hello


def _arrived(first: int, stop: int, host_s: float) -> list[Arrived]:
    """Frames of samples `first` to `stop` at 2 kHz, of which `first` was taken at `host_s`."""
    return [
        Arrived((_frame(i),), host_s + (i - first + 20) / 2000, 0) for i in range(first, stop, 20)
    ]


def _frame(index: int, n: int = 20) -> SampleFrame:
    units = np.full((n, 1), 512_000, np.int32)
    return SampleFrame(index // n & 0xFFFF, index, (index + n) * 500, 0, units)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANG_LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture(scope="session")
def script() -> type[Script]:
    """Stands in for the link: hands out events whose times the test has chosen."""
    return Script


@pytest.fixture(scope="session")
def arrived() -> Callable[[int, int, float], list[Arrived]]:
    """Frames of samples `first` to `stop` at 2 kHz, of which `first` was taken at `host_s`."""
    return _arrived


@pytest.fixture(scope="session")
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds, however long that takes; not for ever."""
    return _wait_for


@pytest.fixture(scope="session")
def new_collector() -> Callable[[], Collector]:
    """Make a sink that keeps everything."""
    return Collector


@pytest.fixture(scope="session")
def play(new_collector) -> Callable[..., tuple[Collector, Pipeline, StreamInfo]]:
    """Play a source to its end, or for so many seconds of signal; further sinks are made by
    functions that take the stream's info.
    """

    def run(
        source: str | Path,
        seconds: float | None = None,
        *,
        speed: float = MAX_SPEED,
        settings: LiveSettings | None = None,
        sinks=(),
        **csv,
    ):
        opened = open_source(str(source), speed=speed, **csv)
        kept = new_collector()
        names = opened.channel_names
        pipeline = Pipeline.connect(opened.reader(), opened.name, settings, names, seconds)
        info = pipeline.info
        try:
            pipeline.start([kept, *(make(info) for make in sinks)])
            assert pipeline.wait(HANG_LIMIT_S), "the source does not end"
        finally:
            pipeline.stop()
            opened.close()
        return kept, pipeline, info

    return run


@pytest.fixture
def write_csv(tmp_path) -> Callable[..., Path]:
    """Write a CSV of times and channels in uV."""

    def write(emg_uv: np.ndarray, fs_hz: float, name: str = "emg.csv") -> Path:
        path = tmp_path / name
        heads = ",".join(f"emg{k + 1}" for k in range(emg_uv.shape[1]))
        table = np.column_stack([np.arange(len(emg_uv)) / fs_hz, emg_uv])
        np.savetxt(path, table, "%.7g", ",", header=f"time_s,{heads}", comments="")
        return path

    return write
