"""PROTOCOL.md, clause 3: samples."""

import struct

import numpy as np
import pytest

from unclench.link.decoder import parse
from unclench.link.messages import SampleFrame
from unclench.link.tracker import SampleTracker
from unclench_wire import ids, messages
from unclench_wire.messages import Stamp, WireError, pack_samples_head

FS_HZ = 2000.0


def payload(channels: int, rows: bytes, seq: int = 0, index: int = 0) -> bytes:
    head = bytearray(messages.SAMPLES_HEAD_LEN)
    pack_samples_head(head, channels, seq, Stamp(index), 0)
    return bytes(head) + rows


def track(bench, tracker):
    """Pass on what the board has written; return the blocks that were accepted."""
    blocks = [tracker.add(frame) for frame in bench.heard()]
    return [block for block in blocks if block is not None]


@pytest.fixture
def streaming(bench):
    bench.tell(ids.CMD_START)
    return bench


@pytest.fixture
def tracker():
    return SampleTracker(FS_HZ, 1)


def test_3_1_layout(document):
    rows = document.table("layout: samples head")
    kinds = {"u8": "B", "u16": "H", "u32": "I"}
    form = "<"
    for at, kind, *_ in rows:
        assert struct.calcsize(form) == int(at)
        form += kinds[kind]
    assert struct.calcsize(form) == messages.SAMPLES_HEAD_LEN
    assert [name for _, _, name, *_ in rows] == [
        "type",
        "channels",
        "seq",
        "index",
        "device_us",
        "overflows",
    ]
    values = (ids.SAMPLES, 3, 0xFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFB)
    head = bytearray(messages.SAMPLES_HEAD_LEN)
    pack_samples_head(head, 3, 0xFFFE, Stamp(0xFFFFFFFD, 0xFFFFFFFC), 0xFFFB)
    assert struct.unpack(form, head) == values
    assert messages.unpack_samples_head(bytes(head) + bytes(9)) == values[1:]


def test_3_1_what_counts_wraps(streaming):
    streaming.board.send_samples(1, 1, Stamp(2**32 + 5, 2**32 - 1), 2**16 + 7)
    (frame,) = streaming.heard()
    assert (frame.index, frame.device_us, frame.overflows) == (5, 2**32 - 1, 7)


def test_3_2_rows_are_24_bits_with_a_sign_channel_0_first():
    values = [-(2**23), -1, 0, 1, 2**23 - 1, 1_023_750]
    rows = b"".join(v.to_bytes(3, "little", signed=True) for v in values)
    for channels in (1, 2, 3):
        frame = parse(payload(channels, rows))
        assert isinstance(frame, SampleFrame)
        np.testing.assert_array_equal(frame.units, np.array(values).reshape(-1, channels))
        assert frame.units.dtype == np.int32


def test_3_2_frames_may_differ_in_length(streaming):
    lengths = [20, 20, 1, 100, 99, 20, 190, 1]
    for n in lengths:
        streaming.stream(1, n=n)
    frames = streaming.heard()
    assert [len(f.units) for f in frames] == lengths
    assert all(f.units[:, 0].tolist() == list(range(len(f.units))) for f in frames)
    assert streaming.board.lost_samples == 0


@pytest.mark.parametrize(
    ("channels", "n_bytes"), [(1, 0), (1, 1), (1, 5), (2, 3), (3, 6), (0, 3), (4, 12), (255, 765)]
)
def test_3_2_only_whole_rows_and_at_least_one(channels, n_bytes):
    with pytest.raises(WireError, match="samples of"):
        parse(payload(channels, bytes(n_bytes)))


def test_3_2_no_part_of_a_head_is_a_frame():
    whole = payload(1, b"\1\2\3")
    for n in range(1, messages.SAMPLES_HEAD_LEN + 1):
        with pytest.raises(WireError):
            parse(whole[:n])


def test_3_3_a_hole_in_the_index_is_the_loss(streaming, tracker):
    streaming.stream(3, n=20)
    streaming.stream(1, n=20, index=77)
    blocks = track(streaming, tracker)
    assert [(b.first, b.lost_before) for b in blocks] == [(0, 0), (20, 0), (40, 0), (77, 17)]
    assert tracker.lost_samples == 17
    assert tracker.gaps == 1
    assert sum(len(b.units) for b in blocks) == 80


def test_3_3_the_index_wraps(document, streaming, tracker):
    for start in (0, 1 << 30, 2 << 30, 3 << 30, 4 << 30):
        streaming.stream(2, n=20, index=start)
    blocks = track(streaming, tracker)
    assert blocks[-1].first == 2**32 + 20
    assert tracker.lost_samples == 2**32 - 4 * 40
    assert f"{2**32 / FS_HZ / 86400:.1f} days" in document.text


def test_3_4_what_the_port_does_not_take_is_lost_and_counted(streaming, tracker):
    streaming.stream(2, n=20)
    streaming.room = 30  # the host stops reading
    streaming.stream(3, n=20, index=40)
    streaming.room = None
    streaming.stream(2, n=20, index=100)
    blocks = track(streaming, tracker)
    assert [b.first for b in blocks] == [0, 20, 100, 120]
    assert tracker.lost_samples == streaming.board.lost_samples == 60
    assert streaming.decoder.bad_frames == 1


def test_3_4_one_short_write_costs_one_frame(streaming, tracker):
    streaming.room = 50
    streaming.stream(1, n=20)
    streaming.room = None
    streaming.stream(1, n=20, index=20)
    assert [b.first for b in track(streaming, tracker)] == [20]


def test_3_5_the_sequence_tells_where(streaming):
    streaming.stream(2, n=20)
    streaming.room = 0
    streaming.stream(1, n=20, index=40)
    streaming.room = None
    streaming.stream(1, n=20, index=60)  # the one before was lost on the way
    streaming.stream(1, n=20, index=500)  # this loss was the board's
    frames = streaming.heard()
    assert [f.seq for f in frames] == [0, 1, 3, 4]
    assert [f.index for f in frames] == [0, 20, 60, 500]


def test_3_5_it_wraps(streaming):
    for _ in range(2**16 + 1):
        streaming.board.send_samples(1, 1, Stamp(0, 0), 0)
    assert [f.seq for f in streaming.heard()[-3:]] == [0xFFFE, 0xFFFF, 0]


def test_3_6_device_time_wraps(document, streaming, tracker):
    """More than three turns of the microseconds, the frames between them lost or not."""
    assert f"{2**32 / 60e6:.1f} minutes" in document.text
    times = []
    for second in (1, 2, 3, 4294, 4295, 4296, 15000, 15001):
        streaming.board.send_samples(1, 1, Stamp(second * 2000 - 1, second * 1_000_000), 0)
    times = [b.device_s for b in track(streaming, tracker)]
    assert times == pytest.approx([1, 2, 3, 4294, 4295, 4296, 15000, 15001])


def test_3_7_overflows_add_up_through_a_wrap(streaming, tracker):
    for k, overflows in enumerate((0, 0, 3, 0xFFFF, 2)):
        streaming.board.send_samples(1, 20, Stamp(k * 20, (k + 1) * 10_000), overflows)
    assert len(track(streaming, tracker)) == 5
    assert tracker.overflows == 0x10002


def test_3_8_each_row_is_taken_once_in_rising_order(streaming, tracker):
    for index in (0, 20, 20, 0, 60, 40, 80):
        streaming.board.send_samples(1, 20, Stamp(index, (index + 20) * 500), 0)
    assert [b.first for b in track(streaming, tracker)] == [0, 20, 60, 80]
    assert tracker.lost_samples == 20
    assert tracker.stale_frames == 3
    assert tracker.senseless_frames == 0


def test_3_8_an_index_that_contradicts_the_clock_is_damage(streaming, tracker):
    for index, us in ((0, 10_000), (1_000_020, 20_000), (20, 20_000), (0xFFFFF000, 30_000)):
        streaming.board.send_samples(1, 20, Stamp(index, us), 0)
    assert [b.first for b in track(streaming, tracker)] == [0, 20]
    assert tracker.senseless_frames == 2
    assert tracker.lost_samples == 0


def test_3_8_so_is_another_number_of_channels(streaming, tracker):
    streaming.board.send_samples(2, 20, Stamp(0, 10_000), 0)
    assert track(streaming, tracker) == []
    assert tracker.senseless_frames == 1


def test_3_8_before_the_first_frame_60_s_are_believed(streaming):
    for index, accepted in ((60 * 2000 - 1, True), (60 * 2000, False), (2**32 - 20, False)):
        tracker = SampleTracker(FS_HZ, 1)
        streaming.board.send_samples(1, 20, Stamp(index, 10_000), 0)
        assert bool(track(streaming, tracker)) is accepted
        assert tracker.senseless_frames == (not accepted)


def test_3_8_ten_damaged_in_a_row_and_the_stream_is_broken(streaming, tracker):
    streaming.stream(1, n=20)
    for k in range(9):
        streaming.board.send_samples(1, 20, Stamp(10**9 + 20 * k, 20_000 + 10_000 * k), 0)
    track(streaming, tracker)
    assert not tracker.broken
    streaming.board.send_samples(1, 20, Stamp(10**9 + 180, 110_000), 0)
    track(streaming, tracker)
    assert tracker.broken


def test_3_8_a_stamp_alone_drops_nothing(streaming, tracker):
    for k, us in enumerate((10_000, 20_000, 3_000_000_000, 40_000, 50_000)):
        streaming.board.send_samples(1, 20, Stamp(20 * k, us), 0)
    blocks = track(streaming, tracker)
    assert [b.device_s for b in blocks] == pytest.approx([0.01, 0.02, 0.03, 0.04, 0.05])
