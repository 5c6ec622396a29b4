"""A board that goes away and comes back: the same session goes on, with a gap that is said."""

from __future__ import annotations

import queue
import socket
import threading
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import needs
from tests.limits import HANG_LIMIT_S

from unclench.link.messages import Connected, Disconnected, LinkEvent
from unclench.link.reader import LinkReader
from unclench.link.transport import PtyTransport, SocketTransport, open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.live.blocks import LiveBlock
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.sources import open_source
from unclench.store import load_recording, open_session
from unclench.store.events.event import BoardBack, Event, Marked


def test_unplugged_again_and_again(new_collector, tmp_path):
    opened = open_source("sim:relaxed?unplug_every_s=0.5&unplug_s=0.3")
    pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=1.6)
    info = pipeline.info
    recorder = Recorder(tmp_path / "s", info, origin=0)
    kept = new_collector()
    pipeline.start([kept, recorder])
    assert pipeline.wait(HANG_LIMIT_S)
    pipeline.stop()
    meta = recorder.close()
    opened.close()
    status = pipeline.status
    assert status.reconnections >= 1
    assert status.why == "done"
    gaps = kept.kinds("gap")
    assert len(gaps) >= 1
    for gap in gaps:  # it was away for 0.3 s each time, save where the end came sooner
        assert gap.duration_s >= 0.25 or gap.sample + gap.lost_samples == 3200
    assert len(kept.index) + status.lost_samples == status.n_samples <= 3200
    assert (np.diff(kept.index) > 0).all()
    assert meta.n_samples == len(kept.index)
    recording = load_recording(tmp_path / "s")
    np.testing.assert_array_equal(recording.sample, kept.index)
    kinds = [e.kind for e in open_session(tmp_path / "s").events()]
    first = kinds.index("disconnected")
    assert kinds[first + 1 : first + 3] == ["gap", "reconnected"]  # in the order of their samples


class UnpluggablePort:
    """A board on a port that goes away and comes back; the test says when."""

    def __init__(self, kind: str, path: Path) -> None:
        self._kind = kind
        self._link = path
        self._port = 0
        self.url = str(path)

    def plug_in(self) -> None:
        self.board = VirtualBoard(SyntheticInput("relaxed"))
        if self._kind == "pty":
            transport = PtyTransport()
            self._link.symlink_to(transport.path)
            self._thread = threading.Thread(target=self.board.serve, args=(transport,))
        else:
            server = socket.create_server(("127.0.0.1", self._port))
            self._port = server.getsockname()[1]
            self.url = f"socket://127.0.0.1:{self._port}"
            self._thread = threading.Thread(target=self._serve, args=(server,))
        self._thread.start()

    def _serve(self, server: socket.socket) -> None:
        with server:
            server.settimeout(0.05)
            while not self.board.closed:
                try:
                    client, _ = server.accept()
                except TimeoutError:
                    continue
                self.board.serve(SocketTransport(client))

    def unplug(self) -> None:
        self.board.close()
        self._thread.join()
        self._link.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "kind",
    ["tcp", pytest.param("pty", marks=needs.posix)],
)
def test_a_port_that_goes_and_comes_back(new_collector, wait_for, tmp_path, kind):
    port = UnpluggablePort(kind, tmp_path / "port")
    port.plug_in()
    pipeline = Pipeline.connect(LinkReader(lambda: open_transport(port.url), "port"), "port")
    kept = new_collector()
    pipeline.start([kept])

    try:
        wait_for(lambda: pipeline.status.n_samples > 200)
        port.unplug()
        wait_for(lambda: not pipeline.status.connected)
        before = pipeline.status.n_samples
        port.plug_in()
        wait_for(lambda: pipeline.status.connected)
        wait_for(lambda: len(kept.index) > before + 200)
    finally:
        pipeline.stop()
        port.unplug()
    status = pipeline.status
    assert status.reconnections == 1
    (gap,) = kept.kinds("gap")
    assert gap.sample == before
    assert gap.duration_s > 0  # how long exactly is tested below, with times that are given
    assert gap.lost_samples == status.lost_samples == round(gap.duration_s * 2000)
    (back,) = kept.kinds("reconnected")
    assert back.sample == gap.sample + gap.lost_samples
    assert len(kept.index) + gap.lost_samples == status.n_samples
    assert kept.settling[np.searchsorted(kept.index, back.sample)]


@pytest.mark.parametrize("heard", [True, False], ids=["samples between", "nothing between"])
def test_the_gap_is_as_long_as_the_board_was_away(new_collector, script, arrived, heard):
    """Times are given here, so the lengths are exact; also for a return of a moment."""
    hello = SyntheticInput("relaxed").hello()
    events = [Connected(hello, 100.0), *arrived(0, 8000, 100.0), Disconnected("gone", 104.0)]
    if heard:
        events += [Connected(hello, 107.0), *arrived(0, 200, 107.0), Disconnected("gone", 107.1)]
    else:
        events += [Connected(hello, 107.0), Disconnected("gone", 107.05)]
    events += [Connected(hello, 110.0), *arrived(0, 200, 110.0), Disconnected("end", 111.0, True)]
    pipeline = Pipeline.connect(script(events), "script")
    kept = new_collector()
    pipeline.start([kept])
    assert pipeline.wait(HANG_LIMIT_S)
    expected = list(range(8000))
    if heard:
        expected += range(14_000, 14_200)
    expected += range(20_000, 20_200)
    np.testing.assert_allclose(kept.index, expected, atol=2)
    assert [e.kind for e in kept.kinds("disconnected", "reconnected")] == [
        *("disconnected", "reconnected", "disconnected", "reconnected")
    ]
    assert pipeline.status.lost_samples == pipeline.status.n_samples - len(kept.index)


class NeverBusy(queue.Queue[object]):
    """The recorder's queue when it has time to spare after every single item."""

    _paused = False

    def get(self, block: bool = True, timeout: float | None = None) -> object:
        if timeout is not None:
            self._paused = not self._paused
            if self._paused:
                raise queue.Empty
        return super().get(block)


class Presser:
    """A person who marks something whenever anything happens, ahead of the samples by `ahead`."""

    def __init__(self, pipeline: Pipeline, ahead: list[int]) -> None:
        self._pipeline, self._ahead, self._next = pipeline, iter(ahead), 0

    def block(self, block: LiveBlock) -> None:
        self._next = block.stop
        self._press()

    def event(self, event: Event) -> None:
        self._next = max(self._next, event.sample + (event.lost_samples or 0))
        if not isinstance(event.payload, Marked):
            self._press()

    def _press(self) -> None:
        for ahead in islice(self._ahead, 1):
            self._pipeline.mark("pressed", self._next + ahead)


@given(
    stays=st.lists(st.tuples(st.integers(0, 12), st.floats(0, 2)), min_size=2, max_size=5),
    ahead=st.lists(st.integers(0, 2000), max_size=20),
    stop_after_s=st.none() | st.floats(0.01, 4.0),
)
def test_events_are_in_order_however_the_board_comes_and_goes(
    tmp_path_factory, new_collector, script, arrived, stays, ahead, stop_after_s
):
    """`stays`: frames of each connection, and seconds until the next. In the file, too, though the
    recorder has written all that it could after each of them."""
    hello = SyntheticInput("relaxed").hello()
    script_events: list[LinkEvent] = []
    now_s = 100.0
    for frames, away_s in stays:
        script_events += [Connected(hello, now_s), *arrived(0, 20 * frames, now_s)]
        now_s += frames / 100 + 0.001
        script_events.append(Disconnected("gone", now_s))
        now_s += away_s
    script_events.append(Disconnected("end", now_s, True))
    pipeline = Pipeline.connect(script(script_events), "script", stop_after_s=stop_after_s)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "unclench.live.recorder.queue", SimpleNamespace(**{**vars(queue), "Queue": NeverBusy})
        )
        recorder = Recorder(tmp_path_factory.mktemp("r") / "s", pipeline.info, origin=0)
    kept = new_collector()
    pipeline.start([kept, recorder, Presser(pipeline, ahead)])
    assert pipeline.wait(HANG_LIMIT_S)
    pipeline.stop()
    recorder.close()
    told = [e.sample for e in kept.events if not isinstance(e.payload, Marked)]
    assert told == sorted(told)
    rows = (recorder.folder / "events.csv").read_text("utf-8").splitlines()[1:]
    written = [int(row.partition(",")[0]) for row in rows]
    assert written == sorted(written)
    assert len(written) == len(kept.events)
    backs = [e for e in kept.events if isinstance(e.payload, BoardBack)]
    for back in backs:  # a gap ends where the board is back
        before = [e for e in kept.events[: kept.events.index(back)] if e.lost_samples is not None]
        assert not before or before[-1].sample + before[-1].lost_samples <= back.sample
    lost = sum(e.lost_samples or 0 for e in kept.events)
    assert pipeline.status.lost_samples == lost
