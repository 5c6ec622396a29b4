"""A session on a running stream: a sink that feeds the engine and delivers its events.

Only the processing thread uses the engine. Other threads read its snapshot and send requests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from unclench.files import write_whole
from unclench.link.virtual.situation import Moment, Situation
from unclench.live.blocks import LiveBlock, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.settings import Sustained
from unclench.store.events.event import BoardBack, BoardLost, Event, StepScored
from unclench.store.events.words import trouble_words
from unclench.store.session.folder import PROGRAM
from unclench.store.session.rowfile import unwritable
from unclench.training.placement.values import TrainedChannel
from unclench.training.programs.program import Program
from unclench.training.rows import Rows, RowSource, Stream
from unclench.training.session.engine import Engine
from unclench.training.session.goals import check_goals
from unclench.training.session.outbox import Asked
from unclench.training.session.outcome import Outcome
from unclench.training.session.snapshot import Snapshot

__all__ = ["Session", "Situation"]


class Session:
    """Runs a program on a pipeline's stream, from the next block on. Comes before the recorder.

    Parameters
    ----------
    pipeline
        Connected.
    program, name, channels
        See `Engine`. Raises InputError for a goal that cannot be set.
    situation
        Of a virtual person, who then does what is asked.
    attended, limits
        See `Engine`.
    ends_stream
        Whether the pipeline stops when the session is over.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        program: Program,
        name: str,
        channels: Sequence[TrainedChannel],
        *,
        situation: Situation | None = None,
        attended: bool = True,
        ends_stream: bool = False,
        limits: Sustained | None = None,
    ) -> None:
        check_goals(program, channels)
        self._pipeline = pipeline
        self._info: StreamInfo = pipeline.info
        self._program = program
        self._name = name
        self._channels = tuple(channels)
        self._recorder: Recorder | None = None
        self._situation = situation
        self._attended = attended
        self._ends_stream = ends_stream
        self._limits = limits
        self._engine: Engine | None = None
        self._rows = RowSource(self._info.signal, self._take, late=False)
        self._snapshot: Snapshot | None = None
        self._wanted = True
        self._over = threading.Event()

    def keep(self, recorder: Recorder, text: str) -> None:
        """Keep the session in a recording that has just begun, and end that with it.

        `text` is the program's file, kept with it. Raises StoreError.
        """
        self._recorder = recorder
        path = recorder.folder / PROGRAM
        try:
            write_whole(path, text)
        except OSError as error:
            raise unwritable(path, error) from error

    # For any thread

    def snapshot(self) -> Snapshot | None:
        """Return the latest state; None before the first row."""
        self._wanted = True
        return self._snapshot

    @property
    def trained(self) -> tuple[int, ...]:
        """Indices of the trained channels in the stream."""
        return tuple(channel.index for channel in self._channels)

    @property
    def over(self) -> bool:
        """Whether the session is done or was ended."""
        return self._over.is_set()

    @property
    def ended_at(self) -> int | None:
        """Sample at which the session ended; None while it runs."""
        return None if self._engine is None else self._engine.ended_at

    def outcome(self) -> Outcome | None:
        """Return the result, once the session or the stream is over."""
        return None if self._engine is None else self._engine.outcome()

    def pause(self) -> None:
        """Stop the clock."""
        self._request(Engine.pause)

    def resume(self) -> None:
        """Continue after a pause."""
        self._request(Engine.resume)

    def toggle_pause(self) -> None:
        """Pause, or continue."""
        self._request(lambda engine, at: (engine.resume if engine.paused else engine.pause)(at))

    def skip(self) -> None:
        """Skip to the next step."""
        self._request(Engine.skip)

    def end(self) -> None:
        """End early; a session that waits for its first samples is over at once."""
        self._request(Engine.end)
        self._pipeline.call(lambda: self._over.set() if self._engine is None else None)

    def answer(self, text: str) -> None:
        """Answer the current question."""
        self._request(lambda engine, sample: engine.answer(sample, text))

    def put(self, event: Event) -> None:
        """Put an event of the person's into the events, such as a tag."""

        def emit() -> None:
            # A key press may come after the end of the session, where the recording ends.
            ended = event.sample if self.ended_at is None else self.ended_at
            self._pipeline.emit(replace(event, sample=min(event.sample, ended)))

        self._pipeline.call(emit)

    def close(self) -> None:
        """End the session, if it is not over, after the pipeline has stopped."""
        if self._engine is not None and not self.over:
            self._engine.end(self._pipeline.status.n_samples)
            self._deliver(self._engine.events())

    # For the processing thread

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        if self.over:
            return
        if self._engine is None:
            self._begin(block.first)
        assert self._engine is not None
        self._rows.block(block)
        if self._situation is not None and not self.over:
            self._situation.told_until(block.stop / self._info.fs_hz)
        if self._wanted and not self.over:
            self._wanted = False
            of_each = zip(block.state, block.left_hz[-1][1], strict=True)
            self._engine.troubles = {k: trouble_words(*now) for k, now in enumerate(of_each)}
            self._snapshot = self._engine.snapshot()

    def event(self, event: Event) -> None:
        """See Sink.event."""
        if self._engine is None or self.over:
            return
        if isinstance(event.payload, BoardLost):
            self._engine.disconnected(event.sample)
            if self._situation is not None:  # it must not wait for samples that will not come
                self._situation.told_until(float("inf"))
        elif isinstance(event.payload, BoardBack):
            self._engine.reconnected(event.sample)
        else:
            return
        self._deliver(self._engine.events())
        self._snapshot = self._engine.snapshot()  # no block may come for a while

    def _begin(self, first: int) -> None:
        info = self._info
        if self._situation is not None:
            self._situation.lead()
        # At the next row, so that the recording begins with the session.
        begin = -(-first // info.hop_n) * info.hop_n
        self._engine = Engine(
            self._program,
            self._name,
            self._channels,
            Stream.of(info),
            begin,
            self._attended,
            self._limits,
        )
        self._deliver(self._engine.events())

    def _take(self, rows: Rows) -> None:
        assert self._engine is not None
        if not self.over:
            self._deliver(self._engine.take(rows))

    def _request(self, change: Callable[[Engine, int], None]) -> None:
        def run() -> None:
            if self._engine is not None and not self.over:
                change(self._engine, self._pipeline.sample_now())
                self._deliver(self._engine.events())
                self._snapshot = self._engine.snapshot()

        self._pipeline.call(run)

    def _deliver(self, events: Sequence[Event]) -> None:
        assert self._engine is not None
        for event in events:
            self._pipeline.emit(event)
            if isinstance(event.payload, StepScored) and self._recorder is not None:
                self._recorder.update(training=self._about())
        if self._situation is not None:
            for asked in self._engine.asked():
                self._situation.tell(_moment(asked, self._info.fs_hz))
        if self._engine.over:
            self._finish(self._engine)

    def _finish(self, engine: Engine) -> None:
        self._snapshot = engine.snapshot()
        self._over.set()
        if self._situation is not None:
            self._situation.told_until(float("inf"))
        if self._recorder is not None:
            assert engine.ended_at is not None
            self._recorder.update(training=self._about())
            self._recorder.end_at(engine.ended_at)
        if self._ends_stream:
            self._pipeline.finish()

    def _about(self) -> dict[str, Any]:
        assert self._engine is not None
        return self._engine.outcome().to_json()


def _moment(asked: Asked, fs_hz: float) -> Moment:
    now_s = asked.sample / fs_hz
    pacer = asked.pacer
    action = "rest" if asked.action == "answer" else asked.action
    return Moment(
        # A breath is followed from where its step began.
        since_s=now_s,
        asked=action,
        session_s=asked.session_s,
        exhaling=None
        if pacer is None
        else lambda since_s: pacer.at(since_s + asked.step_s).part in ("exhale", "hold out"),
        goal_uv=asked.goal_uv,
    )
