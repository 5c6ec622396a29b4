"""Rows made by hand, an engine that takes them, and whole sessions on the virtual board."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.link.messages import Arrived, Connected, Disconnected, SampleFrame
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput
from unclench.link.virtual.muscle import Muscle, MuscleSignal
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.sources import Source, open_source
from unclench.store.events.event import Event, StepChanged
from unclench.store.events.words import text_of
from unclench.store.provenance import Provenance
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench.training.programs.program import Program
from unclench.training.rows import Rows, Stream
from unclench.training.session.engine import Engine
from unclench.training.session.outcome import Outcome
from unclench.training.session.sink import Session

FS_HZ, ROW_N = 2000.0, 40
STREAM = Stream(FS_HZ, ROW_N, 0.25, 3000)
BASELINE = RestBaseline(2.0, 0.1, 60.0, 0.2)
RESTED = TrainedChannel(0, "Left shoulder", 0.2, BASELINE)


def _program(*steps: dict[str, Any], goal: dict[str, Any] | None = None) -> Program:
    about = {"title": "A test", "purpose": "To test.", "evidence": "None."}
    return Program.model_validate({**about, "goal": goal, "step": list(steps)})


@dataclass
class Maker:
    """Rows one behind the other, with the next sample to come."""

    at: int = 0
    n_channels: int = 1

    def rows(
        self,
        seconds: float,
        uv: Any = 2.0,
        *,
        slow_uv: Any = None,
        quick_uv: Any = None,
        trusted: Any = True,
    ) -> Rows:
        """Rows of so many seconds; levels are numbers, or arrays (rows,) or (rows, channels)."""
        n = round(seconds * FS_HZ / ROW_N)
        shape = (n, self.n_channels)

        def full(values: Any) -> np.ndarray:
            array = np.asarray(values)
            return np.array(np.broadcast_to(array[:, None] if array.ndim == 1 else array, shape))

        sample = self.at + ROW_N * np.arange(n, dtype=np.int64)
        self.at += n * ROW_N
        fast = full(uv).astype(float)
        slow = fast.copy() if slow_uv is None else full(slow_uv).astype(float)
        trusted = full(trusted).astype(bool) & ~np.isnan(fast)
        quick = fast.copy() if quick_uv is None else full(quick_uv).astype(float)
        return Rows(sample, fast, slow, quick, trusted, ~trusted & ~np.isnan(fast))

    def skip(self, seconds: float) -> None:
        """Let a gap pass."""
        self.at += round(seconds * FS_HZ / ROW_N) * ROW_N


def _cut(rows: Rows, first: int, stop: int) -> Rows:
    here = slice(first, stop)
    return Rows(*(getattr(rows, field.name)[here] for field in fields(Rows)))


def _joined(*parts: Rows) -> Rows:
    columns = [field.name for field in fields(Rows)]
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


class Run:
    """An engine and all the events that came of it."""

    def __init__(self, program: Program, channels: Sequence[TrainedChannel], **more: Any) -> None:
        self.make = Maker(n_channels=1 + max(channel.index for channel in channels))
        self.engine = Engine(program, "test", channels, STREAM, **more)
        self.events: list[Event] = self.engine.events()

    def feed(self, seconds: float, uv: Any = 2.0, **more: Any) -> list[Event]:
        """Let the person be at a level for so long; return what happened."""
        new = self.engine.take(self.make.rows(seconds, uv, **more))
        self.events += new
        return new

    def wish(self, wish: Callable[..., None], *arguments: Any) -> list[Event]:
        """Pause, resume, skip, ... at the next row's sample."""
        wish(self.make.at, *arguments)
        new = self.engine.events()
        self.events += new
        return new

    @property
    def score(self) -> Any:
        """The first channel's score."""
        return self.engine.outcome().score[0]

    def texts(self, *kinds: str) -> list[str]:
        """Texts of the events of these kinds; of all without any."""
        return [text_of(event) for event in self.events if not kinds or event.kind in kinds]

    def starts(self) -> list[int]:
        """Samples at which steps began."""
        return [
            event.sample
            for event in self.events
            if isinstance(event.payload, StepChanged) and event.payload.change == "begun"
        ]


class EventSink:
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


@dataclass
class Held:
    """What a session left."""

    session: Session
    outcome: Outcome
    info: StreamInfo
    events: list[Event]
    folder: Path | None

    def kinds(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds."""
        return [event for event in self.events if event.kind in kinds]


def _hold(
    source: Any,
    program: Program,
    channels: Sequence[TrainedChannel] = (TrainedChannel(0, "Left shoulder", 0.2),),
    *,
    out: Path | None = None,
    speed: float = MAX_SPEED,
    text: str = "",
    **csv: Any,
) -> Held:
    """Hold a session on a source, as `unclench session --terminal` does."""
    opened = source
    if isinstance(source, str | Path):
        opened = open_source(str(source), speed=speed, **csv)
    if opened.situation is not None:
        opened.situation.lead()
    pipeline = Pipeline.connect(opened.reader(), opened.name, LiveSettings(), opened.channel_names)
    info = pipeline.info
    kept = EventSink()
    recorder = None
    try:
        session = Session(
            pipeline,
            program,
            "test",
            channels,
            situation=opened.situation,
            attended=False,
            ends_stream=True,
        )
        if out is not None:
            recorder = Recorder(out, info, origin=0, lossless=pipeline.lossless)
            session.keep(recorder, text)
        pipeline.start([session, kept] if recorder is None else [session, recorder, kept])
        assert pipeline.wait(HANG_LIMIT_S), "the session does not end"
    finally:
        pipeline.stop()
        opened.close()
    session.close()
    if recorder is not None:
        recorder.close()
    outcome = session.outcome()
    assert outcome is not None
    return Held(session, outcome, info, kept.events, out)


class Profiled(MuscleSignal):
    """A muscle whose tension is known at every moment."""

    def __init__(self, tension_uv: Callable[[np.ndarray], np.ndarray], seed: int) -> None:
        super().__init__(Muscle(rest_uv=1.0, mains_uv=0.1), np.random.default_rng(seed))
        self._profile = tension_uv

    def _tension_uv(self, t: np.ndarray) -> np.ndarray:
        return self._profile(t)


@dataclass
class Tape:
    """A recording under way to the board: µV at the electrode, with what is done to it."""

    emg_uv: np.ndarray  # (n_samples,) at 2 kHz
    sample: np.ndarray

    def span(self, start_s: float, stop_s: float) -> slice:
        """Return the samples from one time to another."""
        return slice(round(start_s * FS_HZ), round(stop_s * FS_HZ))

    def stop_at(self, stop_s: float) -> None:
        """Forget what comes later."""
        n = round(stop_s * FS_HZ)
        self.emg_uv, self.sample = self.emg_uv[:n], self.sample[:n]

    def lose(self, start_s: float, stop_s: float) -> None:
        """Take samples out."""
        here = self.span(start_s, stop_s)
        self.emg_uv = np.delete(self.emg_uv, here)
        self.sample = np.delete(self.sample, here)

    def source(self) -> Source:
        """A virtual board that plays it, with the rails and noise of the usual one."""
        hello = SyntheticInput("relaxed").hello()
        units = np.rint(self.emg_uv / hello.uv_per_unit(0) + hello.zero_unit)
        units = units.clip(hello.low_unit, hello.high_unit).astype(np.int32)
        board = VirtualBoard(RecordedInput(hello, self.sample, units[:, None]), MAX_SPEED)
        return Source("a tape", board.plug_in, board, MAX_SPEED, replay=Provenance.REPLAY)


def _tape(tension_uv: Callable[[np.ndarray], np.ndarray], seconds: int, seed: int = 1) -> Tape:
    """Record a muscle of known tension, instrument noise included."""
    emg_uv = _recorded_uv(tension_uv, seconds, seed)
    return Tape(emg_uv.copy(), np.arange(len(emg_uv)))


@lru_cache(maxsize=8)  # many tests spoil the same recording, each in its own way
def _recorded_uv(
    tension_uv: Callable[[np.ndarray], np.ndarray], seconds: int, seed: int
) -> np.ndarray:
    muscle = Profiled(tension_uv, seed)
    fine = np.concatenate([muscle.next_second() for _ in range(seconds)])
    emg_uv = fine.reshape(-1, 4).mean(axis=1)
    emg_uv += np.random.default_rng([seed, 1]).normal(0, 0.25, len(emg_uv))  # 0.17 in band
    return emg_uv


class ScriptedLink:
    """Stands in for the link: hands prepared frames to a pipeline.

    Between two tapes the board is unplugged for `away_s`.
    """

    lossless, true_time, running = True, False, False

    def __init__(self, tapes: Sequence[Tape], frames_n: Sequence[int], away_s: float = 0.0) -> None:
        self.hello = SyntheticInput("relaxed").hello()
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        host_s = 0.0
        for tape in tapes:
            if host_s:
                self.events.put(Disconnected("unplugged", host_s))
                host_s += away_s
            self.events.put(Connected(self.hello, host_s))
            self._put_frames(tape, frames_n, host_s)
            host_s += (int(tape.sample[-1]) + 1) / FS_HZ
        self.events.put(Disconnected("over", host_s, final=True))

    def _put_frames(self, tape: Tape, frames_n: Sequence[int], host_s: float) -> None:
        units = np.rint(tape.emg_uv / self.hello.uv_per_unit(0) + self.hello.zero_unit)
        units = units.clip(self.hello.low_unit, self.hello.high_unit).astype(np.int32)[:, None]
        at, k = 0, 0
        while at < len(units):
            n = frames_n[k % len(frames_n)]
            jumps = np.flatnonzero(np.diff(tape.sample[at : at + n]) != 1)
            n = int(jumps[0]) + 1 if len(jumps) else n
            first = int(tape.sample[at])
            piece = units[at : at + n]
            stamp = round((first + len(piece)) / FS_HZ * 1e6)
            frame = SampleFrame(k & 0xFFFF, first, stamp, 0, piece)
            self.events.put(Arrived((frame,), host_s + stamp / 1e6, 0))
            at, k = at + n, k + 1

    def start(self) -> Any:
        """Return the hello of the board."""
        return self.hello

    def stop(self) -> None:
        """Do nothing: no thread runs."""
        pass


def _hand(tape: Tape, frames_n: Sequence[int], *sinks: Callable[[StreamInfo], Any]) -> StreamInfo:
    """Process a tape in frames of these lengths, over and over."""
    pipeline = Pipeline.connect(ScriptedLink([tape], frames_n), "handed")  # type: ignore[arg-type]
    info = pipeline.info
    pipeline.start([make(info) for make in sinks])
    assert pipeline.wait(HANG_LIMIT_S)
    pipeline.stop()
    return info


@pytest.fixture(scope="session")
def tape() -> Callable[..., Tape]:
    """Record a muscle of known tension: seconds, µV as a function of the time, seed."""
    return _tape


@pytest.fixture(scope="session")
def hand() -> Callable[..., StreamInfo]:
    """Process a tape in frames of given lengths."""
    return _hand


@pytest.fixture(scope="session")
def scripted_link() -> type[ScriptedLink]:
    """Stands in for the link."""
    return ScriptedLink


@pytest.fixture(scope="session")
def program() -> Callable[..., Program]:
    """A program of these steps."""
    return _program


@pytest.fixture(scope="session")
def stream() -> Stream:
    """2000 Hz, 50 rows a second, confirmed 1.5 s later."""
    return STREAM


@pytest.fixture(scope="session")
def rested() -> TrainedChannel:
    """Rests at 2.0 µV, 0.1 µV deviation, on an instrument of 0.2 µV."""
    return RESTED


@pytest.fixture(scope="session")
def start() -> Callable[..., Run]:
    """Start an engine on a program: with a channel that has a baseline unless others are given."""

    def begin(program: Program, *channels: TrainedChannel, **more: Any) -> Run:
        return Run(program, channels or (RESTED,), **more)

    return begin


@pytest.fixture(scope="session")
def maker() -> type[Maker]:
    """Makes rows by hand."""
    return Maker


@pytest.fixture(scope="session")
def cut() -> Callable[..., Rows]:
    """Some of these rows."""
    return _cut


@pytest.fixture(scope="session")
def joined() -> Callable[..., Rows]:
    """Rows one behind the other."""
    return _joined


@pytest.fixture(scope="session")
def hold() -> Callable[..., Held]:
    """Hold a whole session."""
    return _hold


@pytest.fixture(scope="session")
def kept() -> type[EventSink]:
    """A sink that keeps everything."""
    return EventSink
