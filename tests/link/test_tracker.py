"""From frames with wrapping counters to an unbroken count, with every loss exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.link.messages import SampleFrame
from unclench.link.tracker import SampleTracker, TrackedBlock

FS_HZ = 2000.0
N = 20


def frame(
    first: int,
    n: int = N,
    *,
    fs_hz: float = FS_HZ,
    late_us: int = 0,
    channels: int = 1,
    ovf: int = 0,
) -> SampleFrame:
    """The frame that begins with row `first`: each sample holds its own number, modulo 2^20."""
    rows = (first + np.arange(n)) % 2**20
    us = round((first + n) / fs_hz * 1e6) + 123_456_789 + late_us
    units = np.repeat(rows[:, np.newaxis], channels, axis=1).astype(np.int32)
    return SampleFrame(0, first % 2**32, us % 2**32, ovf, units)


def check(tracker: SampleTracker, blocks: list[TrackedBlock]) -> None:
    """Rows are in their place, rising, each once; what is missing is what was counted."""
    at, lost, gaps = 0, 0, 0
    for block in blocks:
        assert block.first == at + block.lost_before
        rows = block.first + np.arange(len(block.units))
        np.testing.assert_array_equal(block.units[:, 0], rows % 2**20)
        at = block.first + len(block.units)
        lost += block.lost_before
        gaps += block.lost_before > 0
    assert (tracker.lost_samples, tracker.gaps) == (lost, gaps)


def add_all(tracker: SampleTracker, frames: list[SampleFrame]) -> list[TrackedBlock]:
    blocks = [block for each in frames if (block := tracker.add(each)) is not None]
    check(tracker, blocks)
    return blocks


lengths = st.lists(st.integers(1, 200), min_size=1, max_size=60)
fates = st.lists(st.sampled_from(["fine"] * 6 + ["drop", "repeat", "late"]), max_size=60)


@given(lengths, fates, st.integers(1, 30), st.sampled_from([2000.0, 1000.0, 4000 / 3, 25600.0]))
def test_losses_are_exact_with_dropped_repeated_and_late_frames(lengths, fates, delay, fs_hz):
    firsts = np.concatenate([[0], np.cumsum(lengths)])
    frames = [frame(int(a), n, fs_hz=fs_hz) for a, n in zip(firsts[:-1], lengths, strict=True)]
    order: list[tuple[float, int]] = []
    for k, fate in enumerate((fates + ["fine"] * len(frames))[: len(frames)]):
        if fate in ("fine", "repeat"):
            order.append((k, k))
        if fate in ("late", "repeat"):
            order.append((k + delay + 0.5, k))
    arrivals = [k for _, k in sorted(order)]
    taken, stale, highest = [], 0, -1
    for k in arrivals:
        if k > highest:
            taken.append(k)
            highest = k
        else:
            stale += 1
    tracker = SampleTracker(fs_hz, 1)
    blocks = add_all(tracker, [frames[k] for k in arrivals])
    assert [b.first for b in blocks] == [firsts[k] for k in taken]
    assert tracker.lost_samples == sum(lengths[: highest + 1]) - sum(lengths[k] for k in taken)
    assert tracker.stale_frames == stale
    assert tracker.senseless_frames == 0
    assert not tracker.broken


@pytest.mark.parametrize("dropped", [set(), {3}, {4}, {5, 6}, {2, 3, 4, 5, 6, 7}])
def test_the_index_wraps(dropped):
    """Frames around row 2^32, one of them across it; the way there is one long gap."""
    start = 2**32 - 5 * N + 7
    tracker = SampleTracker(FS_HZ, 1)
    there = [frame(0), frame(2**31 - N), frame(start - N)]
    blocks = add_all(tracker, there + [frame(start + k * N) for k in range(12) if k not in dropped])
    assert blocks[-1].first == start + 11 * N
    gone = start - N - 2 * N + N * len(dropped) - N
    assert tracker.lost_samples == gone + N


def test_a_stream_of_days_counts_on():
    """One frame an hour for forty days: every loss exact, the time good to a microsecond or so."""
    hour = int(3600 * FS_HZ)
    tracker = SampleTracker(FS_HZ, 1)
    blocks = add_all(tracker, [frame(k * hour) for k in range(24 * 40)])
    assert len(blocks) == 24 * 40
    assert blocks[-1].first == (24 * 40 - 1) * hour
    assert blocks[-1].device_s == pytest.approx((blocks[-1].first + N) / FS_HZ, abs=1e-4)
    assert tracker.lost_samples == (24 * 40 - 1) * (hour - N)


def test_the_microseconds_wrap_without_a_gap():
    """The stamp wraps within an unbroken run."""
    begin = int((2**32 - 123_456_789) / 1e6 * FS_HZ) // N * N - 50 * N
    tracker = SampleTracker(FS_HZ, 1)
    frames = [frame(0), *(frame(begin + k * N) for k in range(100))]
    assert frames[1].device_us > frames[-1].device_us
    steps = np.diff([b.device_s for b in add_all(tracker, frames)][1:])
    np.testing.assert_allclose(steps, N / FS_HZ, atol=2e-6)


def test_a_gap_longer_than_the_microsecond_counters_range():
    tracker = SampleTracker(FS_HZ, 1)
    far = int(2**32 / 1e6 * FS_HZ * 2.6)
    blocks = add_all(tracker, [frame(0), frame(far), frame(far + N)])
    assert blocks[1].lost_before == far - N
    assert blocks[2].device_s == pytest.approx((far + 2 * N) / FS_HZ, abs=1e-5)


def test_losing_the_first_frames_is_counted():
    tracker = SampleTracker(FS_HZ, 1)
    (block,) = add_all(tracker, [frame(7 * N)])
    assert block.lost_before == 7 * N
    assert block.device_s == pytest.approx(8 * N / FS_HZ)


def test_device_time_follows_the_stamps():
    tracker = SampleTracker(FS_HZ, 1)
    frames = [frame(k * N, late_us=late) for k, late in enumerate((0, 3000, -2000, 0))]
    times = [b.device_s for b in add_all(tracker, frames)]
    assert times == pytest.approx([0.01, 0.023, 0.028, 0.04])


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_one_invalid_frame_changes_nothing_afterwards(index, device_us):
    """As if its checksum had passed by chance: the true frames still find their place."""
    wrong = SampleFrame(0, index, device_us, 0, np.zeros((N, 1), np.int32))
    tracker = SampleTracker(FS_HZ, 1)
    for k in range(3):
        tracker.add(frame(k * N))
    if tracker.add(wrong) is None:
        block = tracker.add(frame(3 * N))
        assert block is not None
        assert (block.first, block.lost_before) == (3 * N, 0)
        assert block.device_s == pytest.approx(4 * N / FS_HZ)
        assert tracker.lost_samples == 0
        assert tracker.stale_frames + tracker.senseless_frames == 1


@pytest.mark.parametrize("index", [10**6, 2**29, 3 * 10**8, 2**31 + 10**6, 2**32 - 10**6])
def test_an_index_that_contradicts_the_clock_is_refused(index):
    tracker = SampleTracker(FS_HZ, 1)
    tracker.add(frame(0))
    wrong = frame(N)
    assert tracker.add(SampleFrame(0, index, wrong.device_us, 0, wrong.units)) is None
    assert (tracker.senseless_frames, tracker.stale_frames) == (1, 0)
    assert tracker.lost_samples == 0


@pytest.mark.parametrize("late_us", [400_000, -400_000, 2**31])
def test_a_stamp_that_contradicts_the_index_is_replaced(late_us):
    tracker = SampleTracker(FS_HZ, 1)
    frames = [frame(k * N, late_us=late_us if k in (5, 6) else 0) for k in range(10)]
    blocks = add_all(tracker, frames)
    assert [b.device_s for b in blocks] == pytest.approx([(k + 1) * N / FS_HZ for k in range(10)])


def test_a_gap_right_after_a_replaced_stamp_is_accepted():
    tracker = SampleTracker(FS_HZ, 1)
    frames = [frame(0), frame(N, late_us=2**31), frame(5 * N)]
    assert [b.lost_before for b in add_all(tracker, frames)] == [0, 0, 3 * N]


def restart(tracker: SampleTracker, frames: int, boot_us: int) -> bool:
    """Let the board's count and clock begin anew; whether that breaks the stream."""
    for k in range(frames):
        rows = np.zeros((N, 1), np.int32)
        us = boot_us + (k + 1) * 10_000
        assert tracker.add(SampleFrame(k, k * N, us % 2**32, 0, rows)) is None
    return tracker.broken


@pytest.mark.parametrize("streamed_s", [1, 30, 3600])
def test_a_board_that_restarted_its_count_breaks_the_stream(streamed_s):
    """However short it had streamed: its rows are not taken for late ones."""
    tracker = SampleTracker(FS_HZ, 1)
    last = int(streamed_s * FS_HZ) - N
    for first in (0, last):
        tracker.add(frame(first))
    boot_us = frame(last).device_us + 1_000_000  # the stamps go on: only the stream is new
    assert not restart(tracker, 9, boot_us)
    assert restart(tracker, 1, boot_us)
    assert tracker.stale_frames == 0


def test_a_valid_frame_between_invalid_ones_continues_the_stream():
    tracker = SampleTracker(FS_HZ, 1)
    for k in range(30):
        assert tracker.add(frame(k * N)) is not None
        assert tracker.add(frame(10**8 + k * N, late_us=2**31)) is None
    assert tracker.senseless_frames == 30
    assert not tracker.broken


def test_a_frame_with_another_number_of_channels_is_damaged():
    tracker = SampleTracker(FS_HZ, 2)
    assert tracker.add(frame(0, channels=1)) is None
    assert tracker.add(frame(0, channels=3)) is None
    assert tracker.senseless_frames == 2
    block = tracker.add(frame(0, channels=2))
    assert block is not None
    assert block.units.shape == (N, 2)


def test_overflows_count_through_wraps_and_losses():
    tracker = SampleTracker(FS_HZ, 1)
    counts = [0, 5, 65535, 3, 3, 4]
    for k, overflows in enumerate(counts):
        if k != 1:
            tracker.add(frame(k * N, ovf=overflows))
    assert tracker.overflows == 2**16 + 4
    tracker.add(frame(0, ovf=60000))  # late: what it says is old
    assert tracker.overflows == 2**16 + 4
