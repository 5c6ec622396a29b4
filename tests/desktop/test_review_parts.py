"""What the review screen stands on, without a window: buckets, edits of tags, what compares."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.desktop.review.compare.comparing import compare
from unclench.desktop.review.session import tagedits
from unclench.desktop.review.session.figurewords import figures_page
from unclench.desktop.review.trace.axes import TensionScale, TimeScale, View, round_up, time_words
from unclench.desktop.review.trace.pyramid import Pyramid, fixed_extremes, on_grid
from unclench.desktop.theme import LIGHT
from unclench.errors import InputError
from unclench.review.marks import read_marks
from unclench.review.results import (
    ChannelContext,
    Contraction,
    Figures,
    Remark,
    RestFigures,
    Span,
    SustainedFigures,
    TagSpan,
)
from unclench.store.events.rows import event_of
from unclench_dsp.uncertainty import Estimate

CLOCK = tagedits.Clock(2000.0, 100.0)


def noise(n, seed=1):
    return np.abs(np.random.default_rng(seed).normal(5.0, 2.0, n))


@given(
    n=st.integers(1, 3000),
    start=st.floats(0, 50),
    length=st.floats(0.1, 60),
    finest=st.floats(0.001, 5),
)
def test_buckets_hold_the_extremes_and_the_mean_of_their_own_values(n, start, length, finest):
    values = noise(n)
    values[n // 3 : n // 2] = np.nan
    found = Pyramid(values, 0.02).between(start, start + length, finest)
    for k, begin in enumerate(found.start_s):
        first = round(begin / 0.02)
        own = values[first : first + round(found.length_s / 0.02)]
        own = own[np.isfinite(own)]
        if not len(own):
            assert np.isnan(found.mean[k])
            continue
        assert (found.low[k], found.high[k]) == (own.min(), own.max())
        assert found.mean[k] == pytest.approx(own.mean())


def test_buckets_stay_where_they_are_when_the_view_moves():
    pyramid = Pyramid(noise(180_000), 0.02)
    seen: dict[float, tuple[float, float]] = {}
    for moved_s in np.linspace(0, 40, 23):
        found = pyramid.between(600 + moved_s, 1800 + moved_s, 1.3)
        for begin, low, high in zip(found.start_s, found.low, found.high, strict=True):
            assert seen.setdefault(begin, (low, high)) == (low, high)
    assert len(found.start_s) < 2 * 1200 / 1.3 + 4


def test_a_gap_is_not_bridged():
    times_s = np.concatenate([np.arange(0, 10, 0.02), np.arange(30, 40, 0.02)])
    laid = on_grid(times_s, np.ones((len(times_s), 1)), 0.02)
    assert len(laid) == 2000
    found = Pyramid(laid[:, 0], 0.02).between(0, 40, 0.5)
    empty = found.start_s[np.isnan(found.mean)]
    assert empty.min() <= 10.5
    assert empty.max() >= 29.0


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=300, unique=True), st.integers(1, 64))
def test_samples_are_reduced_on_their_own_count(index, length):
    index = np.sort(np.array(index))
    values = noise(len(index)) - 5
    first, low, high = fixed_extremes(index, values, length)
    assert np.all(first % length == 0)
    for at, least, most in zip(first, low, high, strict=True):
        own = values[(index >= at) & (index < at + length)]
        assert (least, most) == (own.min(), own.max())


def test_zooming_keeps_the_moment_under_the_pointer():
    view = View(100.0, 200.0).zoomed(2.0, 125.0)
    assert view.length_s == 50
    assert TimeScale(view, 0, 400).x(125.0) == 100
    assert View(-5.0, 30.0).within(20.0) == View(0.0, 20.0)
    assert View(15.0, 25.0).within(20.0) == View(10.0, 20.0)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("top", [1.0, 15.0, 80.0, 3000.0])
def test_scales_name_round_values_inside_and_more_is_higher(log, top):
    scale = TensionScale(top, log)
    ticks = scale.ticks(6)
    assert 1 <= len(ticks) <= 8
    assert max(ticks) <= top * 1.001
    heights = scale.heights(np.array([0.6, 1.0, top / 2 + 0.6, top, top * 3, np.nan]))
    assert np.all(np.diff(heights[:5]) >= 0)
    assert heights[4] == 1.0
    assert np.isnan(heights[5])


def test_times_and_tops_are_round():
    assert time_words(125) == "2:05"
    assert time_words(125.25, 0.05) == "2:05.25"
    assert time_words(59.97, 0.1) == "1:00.0"
    assert [round_up(v) for v in (0.2, 1.2, 21.4, 99.0, 700.0)] == [1, 1.5, 30, 100, 800]


# Tags


def marks(events):
    return read_marks(events, CLOCK.fs_hz, CLOCK.duration_s)


STEP = event_of(0, "step", "1 settle: Arrive", None, None)
SIGNAL = event_of(90_000, "signal", "channel 1: good", None, None)


def test_a_tag_is_added_changed_and_taken_out_and_all_else_stays():
    events = (STEP, SIGNAL)
    added = tagedits.add_tag(events, CLOCK, "  thought:   worry ", Span(10.0, 20.5))
    (tag,) = marks(added).tags
    assert tag == TagSpan(10.0, 20.5, "thought", "worry")
    assert [e.sample for e in added] == sorted(e.sample for e in added)
    assert next(e for e in added if e.kind == "tag end").duration_s == 10.5
    changed = tagedits.change_tag(added, CLOCK, tag, "thought: hurry", Span(12.0, 13.0))
    (tag,) = marks(changed).tags
    assert tag == TagSpan(12.0, 13.0, "thought", "hurry")
    assert tagedits.remove_tag(changed, CLOCK, tag) == events


def test_a_tag_may_have_no_length():
    (tag,) = marks(tagedits.add_tag((STEP,), CLOCK, "feeling: angry", Span(7.0, 7.0))).tags
    assert tag == TagSpan(7.0, 7.0, "feeling", "angry")


def test_removing_one_of_two_equal_tags_keeps_the_other():
    events = tagedits.add_tag((), CLOCK, "posture: slouching", Span(10, 20))
    events = tagedits.add_tag(events, CLOCK, "posture: slouching", Span(30, 40))
    first, second = marks(events).tags
    assert marks(tagedits.remove_tag(events, CLOCK, first)).tags == (second,)
    assert marks(tagedits.remove_tag(events, CLOCK, second)).tags == (first,)


def test_an_open_tag_can_be_removed():
    events = (event_of(20_000, "tag", "posture: slouching", None, None), SIGNAL)
    (tag,) = marks(events).tags
    assert tag.stop_s == CLOCK.duration_s
    assert tagedits.remove_tag(events, CLOCK, tag) == (SIGNAL,)


def test_the_same_tag_twice_at_one_time_is_refused():
    events = tagedits.add_tag((), CLOCK, "posture: slouching", Span(10, 20))
    with pytest.raises(InputError, match=r"already covers 10\.0 to 20\.0 s"):
        tagedits.add_tag(events, CLOCK, "posture: slouching", Span(15, 25))


@pytest.mark.parametrize("words", ["", "   ", "x" * 53])
def test_a_tag_needs_some_words_and_not_too_many(words):
    with pytest.raises(InputError):
        tagedits.add_tag((), CLOCK, words, Span(1, 2))


def test_a_note_is_added_changed_and_taken_out():
    added = tagedits.add_note((STEP, SIGNAL), CLOCK, "the phone rang", 30.0)
    (note,) = marks(added).remarks
    assert note == Remark(30.0, "note", "the phone rang")
    changed = tagedits.change_note(added, CLOCK, note, "the door bell")
    (note,) = marks(changed).remarks
    assert note.text == "the door bell"
    assert tagedits.remove_note(changed, CLOCK, note) == (STEP, SIGNAL)


def test_changing_a_removed_tag_is_refused():
    with pytest.raises(InputError, match="no longer in the session"):
        tagedits.remove_tag((STEP,), CLOCK, TagSpan(1.0, 2.0, "posture", "slouching"))
    elsewhere = tagedits.add_tag((), CLOCK, "posture: slouching", Span(10, 20))
    with pytest.raises(InputError, match="no longer in the session"):
        tagedits.remove_tag(elsewhere, CLOCK, TagSpan(1.0, 2.0, "posture", "slouching"))


# Words

CONTEXT = ChannelContext(
    *(0, "Jaw", "Jaw", 0.5, None, "session", "measured before the session", None),
    *(3.0, "1.5 times the baseline", 0.6),
)


def figures_of(recoveries_s=(), rest=None):
    level = Estimate(2.0, None, None, 1)
    found = tuple(Contraction(t, t + 1, 9.0, s, "", None, "") for t, s in enumerate(recoveries_s))
    return Figures(
        *(0, "Jaw", Span(0, 60), 60.0, {}, level, level, level, level, 9.0, None, ()),
        "there is no maximum contraction to refer to",
        None,
        rest or RestFigures(level, 1, None, 3.0, ""),
        SustainedFigures(None, "there is no baseline", 4.0, (), 0.0),
        found,
        "",
    )


def test_the_recovery_in_the_middle_is_the_median_of_an_even_number_too():
    figures = figures_of([1.0, 2.0, 4.0, 8.0])
    page = figures_page(figures, CONTEXT, LIGHT)
    assert re.search("Recovery time.*?<b>3 s", page)
    (line,) = (x for x in compare("Jaw", figures, figures).lines if x.name == "Recovery time")
    assert line.one == "3 s"


def test_one_moment_of_rest_is_one_and_a_rate_that_nobody_knows_is_not_told():
    page = figures_page(figures_of(), CONTEXT, LIGHT)
    assert "1 moment of rest." in page
    many = RestFigures(Estimate(0.5, None, None, 1), 2, 4.0, 3.0, "")
    page = figures_page(figures_of(rest=many), CONTEXT, LIGHT)
    assert "2 moments of rest, 4.0 a minute." in page


def test_sentences_begin_with_a_capital():
    why = RestFigures(None, 0, None, 0.0, "there is no rest level")
    page = figures_page(figures_of(rest=why), CONTEXT, LIGHT)
    for sentence in ("Measured before the session.", "There is no rest level.", "There is no base"):
        assert sentence in page
