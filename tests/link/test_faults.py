"""Trouble on the line: what is lost is counted exactly, what arrives is right to the bit."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from unclench.link.clock import ClockFit
from unclench.link.decoder import LinkDecoder
from unclench.link.messages import Arrived, SampleFrame
from unclench.link.reader import LinkReader
from unclench.link.timing import SimulatedTime
from unclench.link.tracker import SampleTracker
from unclench.link.transport import socket_pair
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard, _Hardware
from unclench.link.virtual.faults import Faults, FaultyTransport
from unclench.link.virtual.inputs import SyntheticInput, Units

N_ROWS = 10_000


def follow(frames: list[SampleFrame]) -> tuple[NDArray[np.int64], Units, SampleTracker]:
    """What a tracker makes of frames: indices, rows, and the tracker."""
    tracker = SampleTracker(2000.0, 1)
    blocks = [block for frame in frames if (block := tracker.add(frame)) is not None]
    index = np.concatenate([np.arange(b.first, b.first + len(b.units)) for b in blocks])
    return index, np.concatenate([b.units for b in blocks]), tracker


@pytest.mark.parametrize("kind", ["drop", "repeat", "swap", "corrupt"])
def test_losses_are_exact_and_the_rest_is_right(doors, frames_from, read_input, kind):
    board = VirtualBoard(SyntheticInput("clenching"), MAX_SPEED, Faults(**{kind: 3e-4}))
    reader = LinkReader(doors.inside(board), "board", lossless=True)
    reader.start()
    try:
        frames = frames_from(reader, N_ROWS)
        assert reader._connection is not None
        bad = reader._connection.decoder.bad_frames
    finally:
        reader.stop()
    index, units, tracker = follow(frames)
    assert tracker.lost_samples > 0
    assert bad > 0
    assert len(index) + tracker.lost_samples == index[-1] + 1
    assert (np.diff(index) > 0).all()
    direct = read_input(SyntheticInput("clenching"), int(index[-1]) + 1, 20)
    np.testing.assert_array_equal(units, direct[index])


def test_a_stall_only_delays(doors, frames_from):
    faults = Faults(stall_every_s=0.3, stall_s=0.2)
    reader = LinkReader(doors.inside(VirtualBoard(SyntheticInput("relaxed"), 1, faults)), "board")
    reader.start()
    arrivals: list[int] = []
    frames: list[SampleFrame] = []
    try:
        while len(frames) < 80:
            event = reader.events.get(timeout=60)
            if isinstance(event, Arrived):
                frames += event.frames
                arrivals.append(len(event.frames))
    finally:
        reader.stop()
    index, _, tracker = follow(frames)
    assert tracker.lost_samples == 0
    np.testing.assert_array_equal(index, np.arange(len(index)))
    assert max(arrivals) >= 10  # a fifth of a second at once


class Sink:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    def read(self, timeout_s: float) -> bytes:
        return b""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self.data += data
        return len(data)

    def drain(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "shorter", "longer"),
    [("drop", True, False), ("repeat", False, True), ("swap", False, False)],
)
def test_each_simulated_fault_harms_its_share_of_the_bytes(kind, shorter, longer):
    sink = Sink()
    data = bytes(np.arange(10_000, dtype=np.uint8))
    transport = FaultyTransport(sink, Faults(**{kind: 0.01}), seed=1)
    assert transport.write(data) == len(data)
    assert sink.data != data
    assert (len(sink.data) < len(data)) == shorter
    assert (len(sink.data) > len(data)) == longer
    n_hit = abs(len(sink.data) - len(data)) if shorter or longer else 100
    assert 50 < n_hit < 200
    if kind == "swap":
        assert sorted(sink.data) == sorted(data)
        moved = np.flatnonzero(np.frombuffer(sink.data, "u1") != np.frombuffer(data, "u1"))
        assert 50 < len(moved) / 2 < 200
    for size in (0, 1):  # nothing to swap with
        transport.write(data[:size])


def test_a_stall_that_is_not_over_at_the_end_loses_nothing():
    sink, clock = Sink(), SimulatedTime()
    transport = FaultyTransport(sink, Faults(stall_every_s=2.0, stall_s=1.9), 1, clock)
    clock.sleep(2.1)
    transport.write(b"abc")
    assert sink.data == b""
    transport.drain()
    assert sink.data == b"abc"


@pytest.mark.parametrize(
    "faults",
    [
        {"drop": -0.1},
        {"corrupt": 1.5},
        {"swap": math.nan},
        {"unplug_every_s": -1},
        {"unplug_s": math.inf},
        {"stall_every_s": 1, "stall_s": 1},
        {"clock_ppm": -1e6},
    ],
)
def test_impossible_fault_settings_are_refused(faults):
    with pytest.raises(ValueError, match=next(reversed(faults))):
        Faults(**faults)
    assert all(getattr(Faults(), field.name) is not None for field in fields(Faults))


@pytest.mark.parametrize("ppm", [-300.0, 0.0, 40.0])
def test_a_wrong_crystal_is_found_by_the_clock_fit(ppm):
    """Frames arrive just when the virtual board says they are due."""
    from unclench_wire.board import Board

    ours, host = socket_pair()
    hardware = _Hardware(SyntheticInput("shorted"), ppm)
    board = Board(hardware, ours.write)
    hardware.start()
    clock, decoder, tracker = ClockFit(), LinkDecoder(), SampleTracker(2000.0, 1)
    while tracker._next < 2000 * 20:
        due_s = hardware.due_s(1.0)
        hardware.send_frame(board)
        for frame in decoder.feed(host.read(1.0)):
            assert isinstance(frame, SampleFrame)
            block = tracker.add(frame)
            assert block is not None
            clock.add(block.device_s, due_s)
    # The host's clock against the board's: the other way round.
    assert clock.drift_ppm == pytest.approx(1e6 / (1 + ppm * 1e-6) - 1e6, abs=0.1)
    ours.close()
    host.close()


def test_frame_times_do_not_accumulate_errors():
    """However late a frame went out, the next one is not due later: nothing drifts."""
    hardware = _Hardware(SyntheticInput("shorted"), 0.0)
    hardware.start()
    began_s = hardware.due_s(1.0) - 0.01
    for k in range(1, 100):
        assert hardware.due_s(1.0) == pytest.approx(began_s + k * 0.01, abs=1e-6)
        assert hardware.due_s(4.0) == pytest.approx(began_s + k * 0.0025, abs=1e-6)
        assert hardware.due_s(MAX_SPEED) == pytest.approx(began_s, abs=1e-6)
        hardware._fetch()
