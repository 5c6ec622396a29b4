"""What the screen is given: newest rows, NaN where nothing was, extremes on a fixed grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.link.virtual.inputs import SyntheticInput
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.rings import DisplayRings, RowRing

HOP = 40  # samples from row to row at 2 kHz
BUCKET = 8


@pytest.fixture
def info():
    hello = SyntheticInput("relaxed", channels=2).hello()
    return StreamInfo("test", hello, ("a", "b"), LiveSettings())


def block(first, n, *, state=("good", "good"), trusted=(True, True), settling=False):
    emg_uv = np.arange(first, first + n)[:, None] * [1.0, -1.0]
    return LiveBlock(
        first,
        np.zeros((n, 2), np.int32),
        emg_uv,
        emg_uv,
        np.abs(emg_uv),
        np.ones(emg_uv.shape, bool),
        np.zeros(emg_uv.shape, bool),
        np.zeros(emg_uv.shape, bool),
        np.full(n, settling),
        ((first, state),),
        ((first, state),),
        ((first, trusted),),
        ((first, (0.0, 0.0)),),
        12.5,
    )


@given(
    capacity=st.integers(1, 12),
    steps=st.lists(st.lists(st.integers(1, 5), min_size=0, max_size=8), min_size=1, max_size=12),
    n=st.integers(0, 15),
)
def test_a_ring_holds_the_newest_rows_and_nan_between(capacity, steps, n):
    expected: dict[int, float] = {}
    ring, at = RowRing(capacity, ()), -1
    for step in steps:
        numbers = at + np.cumsum(step, dtype=np.int64)
        ring.put(numbers, 10.0 * numbers.astype(float))
        expected |= {int(k): 10.0 * k for k in numbers}
        at = int(numbers[-1]) if step else at
    numbers, rows = ring.last(n)
    assert ring.next_row == at + 1
    assert numbers.tolist() == list(range(max(0, at + 1 - min(n, capacity)), at + 1))
    np.testing.assert_array_equal(rows, [expected.get(int(k), np.nan) for k in numbers])


def test_rows_of_tension_and_gaps(info):
    rings = DisplayRings(info, history_s=1.0)
    rings.block(block(0, 10 * HOP))
    rings.block(block(15 * HOP, 5 * HOP))
    rows, tension_uv, trusted = rings.tension(1.0)
    assert rows.tolist() == list(range(20))
    assert rings.next_row == 20
    assert (rings.row_s, rings.bucket_s) == (0.02, 0.004)
    assert np.isnan(tension_uv[10:15]).all()
    assert np.isfinite(tension_uv[[*range(10), *range(15, 20)]]).all()
    assert trusted.shape == (20, 2)
    # The row's number tells its sample: whatever sample of the row it is, it is the same in all.
    offset = tension_uv[0, 0]
    assert tension_uv[15, 0] - offset == 15 * HOP
    rows, tension_uv, _ = rings.tension(0.1)
    assert rows.tolist() == [15, 16, 17, 18, 19]
    assert rings.arrived_s == 12.5


def test_settling_rows_have_no_value(info):
    rings = DisplayRings(info)
    rings.block(block(0, 4 * HOP, settling=True))
    _, tension_uv, _ = rings.tension(1.0)
    assert tension_uv.shape == (4, 2)
    assert np.isnan(tension_uv).all()


def test_old_rows_are_overwritten(info):
    rings = DisplayRings(info, history_s=0.2, raw_s=0.04)
    for k in range(30):
        rings.block(block(k * HOP, HOP))
    rows, tension_uv, _ = rings.tension(10.0)
    assert rows.tolist() == list(range(20, 30))
    assert (np.diff(tension_uv[:, 0]) == HOP).all()
    buckets, extremes = rings.raw(10.0)
    assert len(buckets) == 10
    assert buckets[-1] == 30 * HOP // BUCKET - 1
    assert extremes[-1, 1, 0] == 30 * HOP - 1


@pytest.mark.parametrize("sizes", [[400], [1] * 400, [7, 3, 90, 300], [8] * 50])
def test_raw_extremes_do_not_depend_on_the_blocks(info, sizes):
    rings = DisplayRings(info)
    first = 0
    for n in sizes:
        rings.block(block(first, n))
        first += n
    buckets, extremes = rings.raw(10.0)
    assert buckets.tolist() == list(range(400 // BUCKET))
    np.testing.assert_array_equal(extremes[:, 0, 0], buckets * BUCKET)
    np.testing.assert_array_equal(extremes[:, 1, 0], buckets * BUCKET + BUCKET - 1)
    np.testing.assert_array_equal(extremes[:, 0, 1], -extremes[:, 1, 0])


def test_no_raw_bucket_reaches_over_a_gap(info):
    rings = DisplayRings(info)
    rings.block(block(0, 100))
    rings.block(block(200, 100))
    buckets, extremes = rings.raw(10.0)
    spans = extremes[:, 1, 0] - extremes[:, 0, 0]
    assert np.nanmax(spans) < BUCKET
    assert np.isnan(spans[(buckets > 100 // BUCKET) & (buckets < 200 // BUCKET)]).all()


def test_a_snapshot_is_a_copy(info):
    rings = DisplayRings(info, history_s=0.2)
    rings.block(block(0, 10 * HOP))
    _, before, _ = rings.tension(1.0)
    kept = before.copy()
    for k in range(10, 40):
        rings.block(block(k * HOP, HOP))
    np.testing.assert_array_equal(before, kept)


def test_distrust_reaches_back_to_when_the_trouble_began(info):
    """A state is known only after two windows: the rows until then were not a muscle's either."""
    rings = DisplayRings(info)
    rings.block(block(0, 100 * HOP))
    rings.block(block(100 * HOP, 10 * HOP, state=("no contact", "good"), trusted=(False, True)))
    _, _, trusted = rings.tension(10.0)
    assert not trusted[100:, 0].any()
    assert not trusted[60:100, 0].any()
    assert trusted[:20, 0].all()
    assert trusted[:, 1].all()
