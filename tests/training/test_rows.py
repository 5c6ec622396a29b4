"""Rows of tension: as stored, the same for any blocks, and trusted only in hindsight."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import scaled

from unclench.live.recorder import Recorder
from unclench.store import open_session
from unclench.training.placement.values import FLOOR_GATE
from unclench.training.rows import (
    NOTICED_AFTER_S,
    Confirm,
    Row,
    Rows,
    RowSource,
    each_row,
)

DELAY_N = 3000


def rest(t):
    return np.full(len(t), 2.0)


@pytest.fixture(scope="module")
def troubled(tape, hand, kept):
    """Blocks of nine seconds with a gap and lost contact, and their stream."""
    played = tape(rest, 9)
    played.emg_uv[played.span(5.0, 6.6)] = 5e4  # railed
    played.lose(2.5, 2.75)
    sink = kept()
    return hand(played, (20,), lambda info: sink), sink.blocks


@pytest.fixture(scope="module")
def humming(tape, hand):
    """A tape with hum, which is removed once it is found, and lost contact; and its rows."""
    played = tape(rest, 14)
    played.emg_uv += 12 * np.sin(2 * np.pi * 50 * played.sample / 2000)
    played.emg_uv[played.span(11.0, 12.5)] = 5e4
    came: list[Rows] = []
    hand(played, (20,), lambda info: RowSource(info.signal, came.append))
    rows = [row for rows in came for row in each_row(rows)]
    assert any(row.trusted[0] for row in rows)
    return played, rows


def rows_of(info, blocks, late=False):
    came: list[Rows] = []
    source = RowSource(info.signal, came.append, late=late)
    for block in blocks:
        source.block(block)
    return [row for rows in came for row in each_row(rows)]


def test_fast_rows_are_those_on_disk(tape, hand, tmp_path):
    came: list[Rows] = []
    recorders: list[Recorder] = []
    played = tape(rest, 4)
    played.lose(1.5, 1.6)

    def recorder(info):
        recorders.append(Recorder(tmp_path / "s", info, origin=0, lossless=True))
        return recorders[0]

    hand(
        played, (17, 40, 3), recorder, lambda info: RowSource(info.signal, came.append, late=False)
    )
    recorders[0].close()
    stored = open_session(tmp_path / "s").tension()
    rows = [row for rows in came for row in each_row(rows)]
    assert [row.sample for row in rows] == stored.sample.tolist()
    fast_uv = np.array([row.fast_uv for row in rows])
    np.testing.assert_allclose(fast_uv, stored.tension_uv, atol=5.1e-5)
    assert 0 < np.isnan(fast_uv).sum() < len(rows) / 2
    assert len(rows) == 195  # those of the gap are not there


def doubtful(blocks, row):
    """Whether the blocks say that a row is of no muscle; while filters settle they say nothing."""
    block = next(block for block in blocks if block.first <= row.sample < block.stop)
    if row.fast_uv[0] != row.fast_uv[0] or block.state_at(row.sample)[0] == "settling":
        return False
    return not next(trust for since, trust in reversed(block.trusts) if row.sample >= since)[0]


def kept_band(blocks):
    """The band-passed signal, NaN in gaps and while filters settle; and which samples are kept."""
    band_uv, kept = np.full(blocks[-1].stop, np.nan), np.ones(blocks[-1].stop, bool)
    for block in blocks:
        band_uv[block.first : block.stop] = np.where(block.settling, np.nan, block.band_uv[:, 0])
        kept[block.first : block.stop] = block.kept[:, 0]
    return band_uv, kept


def rms_of_kept(band_uv, kept):
    """RMS of the samples that are kept; NaN if these are less than a fifth, or one is NaN."""
    if not len(kept) or np.isnan(band_uv).any() or kept.mean() < 0.2:
        return np.nan
    return np.sqrt((band_uv[kept] ** 2).mean())


def test_slow_is_the_rms_of_the_second_before(troubled):
    info, blocks = troubled
    band_uv, kept = kept_band(blocks)
    known, rows = 0, rows_of(info, blocks)
    quiet = [
        row.sample for row in rows if row.fast_uv[0] < FLOOR_GATE * info.noise_uv[0]
    ]  # no signal
    assert quiet
    doubted = [row.sample for row in rows if doubtful(blocks, row)]
    assert doubted
    for row in rows:
        second = band_uv[max(0, row.sample - 2000) : row.sample]
        flat = any(row.sample - 2040 < sample <= row.sample for sample in (*quiet, *doubted))
        expected = rms_of_kept(second, kept[max(0, row.sample - 2000) : row.sample])
        if flat or len(second) < 2000 or np.isnan(expected):
            assert np.isnan(row.slow_uv[0]), row
        else:
            known += 1
            assert row.slow_uv[0] == pytest.approx(expected, rel=1e-12)
    assert known > 100


def test_quick_is_the_rms_of_the_tenth_of_a_second_before(troubled):
    info, blocks = troubled
    band_uv, kept = kept_band(blocks)
    rows = [row for row in rows_of(info, blocks) if row.sample >= 200]
    expected = [
        rms_of_kept(*(line[row.sample - 200 : row.sample] for line in (band_uv, kept)))
        for row in rows
    ]
    np.testing.assert_allclose([row.quick_uv[0] for row in rows], expected, rtol=1e-12)
    assert 0 < np.isnan(expected).sum() < len(rows) / 2


def test_slow_is_unknown_for_a_second_after_settling(troubled):
    info, blocks = troubled
    rows = rows_of(info, blocks)
    after_gap = [row for row in rows if row.sample >= 5500]
    fast_from = next(row.sample for row in after_gap if row.fast_uv[0] == row.fast_uv[0])
    slow_from = next(row.sample for row in after_gap if row.slow_uv[0] == row.slow_uv[0])
    assert 1960 <= slow_from - fast_from <= 2040
    assert not any(5000 <= row.sample < 5500 for row in rows)


@settings(max_examples=scaled(10))
@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.booleans())
def test_any_split_of_the_blocks_gives_the_same_rows(troubled, lengths, late):
    info, blocks = troubled
    whole = rows_of(info, blocks, late)
    cut, k = [], 0
    for run in runs_of(blocks):
        at = run.first
        while at < run.stop:
            n = lengths[k % len(lengths)]
            cut.append(run.between(at, at + n))
            at, k = at + n, k + 1
    # As text, in which NaN equals NaN and every bit of the others counts.
    assert list(map(repr, rows_of(info, cut, late))) == list(map(repr, whole))


def runs_of(blocks):
    """Blocks that follow each other put together."""
    runs = [[blocks[0]]]
    for block in blocks[1:]:
        if block.first == runs[-1][-1].stop:
            runs[-1].append(block)
        else:
            runs.append([block])
    for run in runs:
        columns = ("units", "emg_uv", "band_uv", "envelope_uv")
        marks = ("kept", "disturbed", "jumped", "settling")
        arrays = {
            name: np.concatenate([getattr(b, name) for b in run]) for name in (*columns, *marks)
        }
        yield replace(
            run[0],
            **arrays,
            states=tuple(entry for block in run for entry in block.states),
            trusts=tuple(entry for block in run for entry in block.trusts),
        )


@settings(max_examples=scaled(8))
@given(st.lists(st.integers(7, 1500), min_size=1, max_size=6))
def test_rows_and_trust_do_not_depend_on_the_frames(humming, hand, lengths):
    played, whole = humming
    came: list[Rows] = []
    hand(played, lengths, lambda info: RowSource(info.signal, came.append))
    assert [repr(row) for rows in came for row in each_row(rows)] == list(map(repr, whole))


# Confirm


def row(k, trusted=True, uv=2.0):
    known = not math.isnan(uv)
    trusted = trusted and known
    return Row(40 * k, [uv], [uv], [uv], [trusted], [not trusted and known])


def confirmed(rows):
    confirm = Confirm(DELAY_N)
    return [(newest.sample, out) for newest in rows for out in confirm.take(newest)]


def test_rows_are_confirmed_a_second_and_a_half_later():
    out = confirmed([row(k) for k in range(100)])
    assert NOTICED_AFTER_S == 1.5
    assert [newest - late.sample for newest, late in out] == [DELAY_N] * 25


def test_a_bad_row_takes_trust_from_the_rows_before_it():
    out = confirmed([row(k, trusted=k < 100) for k in range(250)])
    trusted = [late.sample for _, late in out if late.trusted[0]]
    assert trusted == [40 * k for k in range(25)]  # 100 rows less the 75 of 1.5 s


def test_what_was_distrusted_can_be_trusted_again():
    out = confirmed([row(k, trusted=not 100 <= k < 120) for k in range(300)])
    assert [late.sample // 40 for _, late in out if not late.trusted[0]] == list(range(25, 120))


def test_a_gap_alone_takes_no_trust():
    settling = [row(k, uv=float("nan")) for k in range(110, 130)]
    out = confirmed([*(row(k) for k in range(100)), *settling, *(row(k) for k in range(130, 300))])
    distrusted = [late.sample // 40 for _, late in out if not late.trusted[0]]
    assert distrusted == list(range(110, 130))


def test_a_bad_row_after_a_gap_takes_trust_from_before_the_gap():
    """Contact went at row 95, a gap came at 100, and no contact is what is found after it."""
    settling = [row(k, uv=float("nan")) for k in range(102, 120)]
    bad = [row(k, trusted=False) for k in range(120, 300)]
    out = confirmed([*(row(k) for k in range(100)), *settling, *bad])
    trusted = [late.sample // 40 for _, late in out if late.trusted[0]]
    assert max(trusted) < 120 - 75


def test_each_channel_has_its_own_trust():
    uv = [2.0, 2.0]
    rows = [Row(40 * k, uv, uv, uv, [k < 100, True], [k >= 100, False]) for k in range(250)]
    out = confirmed(rows)
    assert sum(late.trusted[0] for _, late in out) == 25
    assert all(late.trusted[1] for _, late in out)


# on a real stream


def trusted_s(tape_played, hand):
    came: list[Rows] = []
    hand(tape_played, (400,), lambda info: RowSource(info.signal, came.append))
    return np.array([r.sample / 2000 for rows in came for r in each_row(rows) if r.trusted[0]])


@pytest.mark.parametrize("lost_s", [2.0, 0.9, 0.6])
@pytest.mark.parametrize("kind", ["rail", "flat"])
def test_nothing_is_trusted_while_contact_is_lost(tape, hand, kind, lost_s):
    for start_s in (5.0, 5.13, 5.25, 5.38):
        played = tape(rest, 10)
        played.emg_uv[played.span(start_s, start_s + lost_s)] = 5e4 if kind == "rail" else 0.0
        at_s = trusted_s(played, hand)
        while_lost = at_s[(at_s > start_s + 0.02) & (at_s < start_s + lost_s)]
        assert len(while_lost) == 0, f"lost at {start_s}: {len(while_lost)} rows trusted"
        assert (at_s < start_s - 1.5).sum() > 100


def test_a_mere_gap_costs_no_more_than_itself_and_settling(tape, hand):
    played = tape(rest, 10)
    played.lose(5.3, 5.5)
    at_s = trusted_s(played, hand)
    before = at_s[(at_s > 3.0) & (at_s < 5.3)]
    assert len(before) == 114  # every one of them


def test_after_trust_is_regained_a_row_waits_until_it_is_of_the_muscle_alone(troubled):
    info, blocks = troubled
    rows = rows_of(info, blocks)
    first = next(row for row in rows if row.sample > 6.6 * 2000 and row.trusted[0])
    doubted = [row.sample for row in rows if doubtful(blocks, row)]
    assert first.sample - max(doubted) > 0.5 * 2000
    waiting = [row for row in rows if max(doubted) < row.sample < first.sample]
    assert waiting
    assert not any(row.bad[0] for row in waiting)  # what comes back is no bad news
