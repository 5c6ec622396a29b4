"""Scales, reduction and drawings."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from unclench.report.plots.axes import Scale, log_scale
from unclench.report.plots.reduce import Columns, column_edges, joined, to_columns
from unclench.report.plots.svg import Drawing, fitting, num, text_width
from unclench.review.results import Span

ROW_HZ = 50


def reduced(
    fast_uv: np.ndarray,
    used: np.ndarray | None = None,
    width_px: int = 100,
    time_s: np.ndarray | None = None,
) -> Columns:
    n = len(fast_uv)
    time_s = np.arange(n) / ROW_HZ if time_s is None else time_s
    used = np.ones(n, np.bool_) if used is None else used
    edges_s = column_edges(float(time_s[-1]) + 1 / ROW_HZ, ROW_HZ, width_px)
    return to_columns(time_s, fast_uv, fast_uv, used, edges_s)


def test_no_peak_and_no_dip_is_lost_whatever_the_width():
    fast_uv = np.full(180_000, 2.0)
    fast_uv[77_777], fast_uv[123_456] = 200.0, 0.5
    for width_px in (100, 317, 760):
        columns = reduced(fast_uv, width_px=width_px)
        assert len(columns.low_uv) == width_px
        assert np.nanmax(columns.high_uv) == 200.0
        assert np.nanmin(columns.low_uv) == 0.5
        assert np.nanmedian(columns.middle_uv) == 2.0


def test_time_that_is_not_used_breaks_the_line():
    used = np.ones(5000, bool)
    used[2000:3000] = False
    columns = reduced(np.full(5000, 3.0), used)
    first, second = columns.runs()
    assert (first.start, first.stop, second.start, second.stop) == (0, 40, 60, 100)


def test_missing_rows_break_the_line():
    time_s = np.concatenate((np.arange(2000), np.arange(3000, 5000))) / ROW_HZ
    assert len(reduced(np.full(4000, 3.0), time_s=time_s).runs()) == 2


def test_nothing_used_draws_nothing():
    assert reduced(np.full(500, 3.0), np.zeros(500, bool)).runs() == []


def test_the_second_after_excluded_time_is_not_affected_by_it():
    time_s = np.arange(1000) / ROW_HZ
    used = (time_s < 5) | (time_s >= 10)
    fast_uv, slow_uv = np.full(1000, 2.0), np.full(1000, 2.0)
    slow_uv[(time_s >= 5) & (time_s < 11)] = 500.0  # the RMS of a second knows what was before
    columns = to_columns(time_s, fast_uv, slow_uv, used, column_edges(20.0, ROW_HZ, 100))
    assert np.nanmax(columns.middle_uv) == 2.0


def test_spans_closer_than_a_pixel_are_one():
    spans = [Span(5.0, 6.0), Span(0.0, 1.0), Span(1.2, 2.0), Span(1.5, 1.6)]
    assert [(s.start_s, s.stop_s) for s in joined(spans, 0.5)] == [(0.0, 2.0), (5.0, 6.0)]


def test_rest_and_contraction_are_both_visible():
    scale = log_scale([1.5, 200.0], 170.0, 0.0)
    rest, more, hard = scale(1.5), scale(3.0), scale(200.0)
    assert rest - more > 15  # px for a doubling at rest
    assert 0 <= hard < 30
    assert scale(1e9) == 0.0
    assert scale(0.0) == 170.0


@pytest.mark.parametrize("ends", [(1.9, 2.1), (0.5, 500.0), (3.0, 3.0), (0.02, 9000.0)])
def test_log_ticks_are_round_apart_and_within(ends):
    scale = log_scale(ends, 200.0, 0.0)
    ticks = scale.ticks(19.0)
    assert len(ticks) >= 2
    assert all(scale.low <= t <= scale.high for t in ticks)
    assert all(scale(a) - scale(b) >= 18.9 for a, b in pairwise(ticks))


def test_even_ticks_are_round_and_apart():
    assert Scale(0.0, 100.0, 170.0, 0.0).ticks(30.0) == [0, 20, 40, 60, 80, 100]


def test_lengths_are_written_in_short():
    assert [num(v) for v in (0.0, -0.04, 12.0, 12.34, -3.06)] == ["0", "0", "12", "12.3", "-3.1"]


def test_typed_text_is_only_text_in_a_drawing():
    evil = '</text><script>alert("1")</script>\x00\ud800&'
    drawing = Drawing("key", evil, evil, 100, 100)
    drawing.text(0, 0, evil)
    drawing.rect(0, 0, 1, 1, "x", evil)
    drawing.hatch(0, 0, 5, 5, evil)
    root = ElementTree.fromstring(str(drawing.markup()))
    assert not root.findall(".//script")
    kept = evil.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert {e.text for e in root.iter() if e.tag in ("text", "title", "desc")} == {kept}


def test_a_drawing_has_a_name_and_a_summary():
    root = ElementTree.fromstring(str(Drawing("k", "Name", "Summary", 10, 10).markup()))
    assert root.get("role") == "img"
    by_id = {e.get("id"): e.text for e in root}
    assert by_id[root.get("aria-labelledby")] == "Name"
    assert by_id[root.get("aria-describedby")] == "Summary"


def test_words_that_do_not_fit_are_shortened_or_left_out():
    assert fitting("Count down", 200) == "Count down"
    short = fitting("Something that troubles you", 100)
    assert short.endswith("…")
    assert text_width(short) <= 100
    assert fitting("Something", 12) == ""
