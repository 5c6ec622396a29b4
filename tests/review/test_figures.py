"""Each figure against plain numpy, and by its definition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.known import interval, known

from unclench.review.contractions import _frequency_words
from unclench.review.figures import make_figures
from unclench.review.marks import read_marks
from unclench.review.results import ChannelContext, Excluded, Figures, Span
from unclench.review.session import SessionReview, open_review
from unclench.review.signal import Signal
from unclench.review.stages import role_figures
from unclench.settings import Sustained
from unclench.store.events.rows import event_of
from unclench.training.placement.values import ReferenceContraction, RestBaseline
from unclench_dsp.abovefloor import noise_estimate
from unclench_dsp.spectrum import HoldFrequency, NoFrequency


def figures_of(
    signal: Signal, context: ChannelContext, span: Span | None = None, minutes: float = 4.0
) -> Figures:
    span = span or Span(0, len(signal.sample) / signal.row_hz)
    return make_figures(signal, context, (), (), span, Sustained(minutes=minutes))


@pytest.fixture
def context(review, muscle, levels) -> ChannelContext:
    """A channel with a measured baseline of 2 uV."""
    found = review(muscle(levels((10, 2.0)), 1)).contexts[0]
    baseline = RestBaseline(2.0, 0.1, 60.0, 0.15)
    return replace(found, baseline=baseline, baseline_from="calibration", rest_level_uv=2.3)


def test_levels_are_those_of_plain_numpy(as_signal, wandering, context):
    tension_uv = wandering(600, 3)
    figures = figures_of(as_signal(tension_uv), context)
    assert known(figures.mean).value == pytest.approx(tension_uv.mean(), rel=1e-12)
    for level, q in ((figures.p10, 10), (figures.p50, 50), (figures.p90, 90)):
        assert level is not None
        assert level.value == pytest.approx(np.percentile(tension_uv, q), rel=1e-12)
        low, high = interval(level)
        assert low < level.value < high
    assert figures.max_uv == tension_uv.max()
    assert figures.used_s == 600


def test_only_the_span_and_only_used_time_counts(as_signal, wandering, context):
    tension_uv = wandering(100, 4)
    signal = as_signal(tension_uv)
    signal.used[1500:2000] = False
    figures = make_figures(
        signal,
        context,
        (Excluded(30, 40, 0, "gap"), Excluded(5, 6, 1, "clipping")),
        (),
        Span(20, 60),
        Sustained(),
    )
    kept = np.r_[tension_uv[1000:1500], tension_uv[2000:3000]]
    assert known(figures.mean).value == pytest.approx(kept.mean(), rel=1e-12)
    assert figures.used_s == 30
    assert dict(figures.excluded_s) == {"gap": 10}


def test_percent_and_jonssons_limits_apply_to_an_hour_of_a_maximum(as_signal, context):
    hour = as_signal(np.tile([1.0, 12.0, 60.0, 12.0, 3.0], 40_000))
    maximum = replace(context, reference=ReferenceContraction(100.0, "maximum"))
    figures = figures_of(hour, maximum)
    assert figures.percent == pytest.approx((1.0, 12.0, 60.0))
    assert [check.verdict for check in figures.limits] == ["within", "above should", "above should"]
    short = figures_of(hour, maximum, Span(0, 1800))
    assert short.limits == ()
    assert "30 min" in short.limits_why
    gentle = replace(context, reference=ReferenceContraction(100.0, "gentle"))
    assert figures_of(hour, gentle).limits == ()
    assert "light contraction" in figures_of(hour, gentle).limits_why
    assert figures_of(hour, context).percent is None


def test_rest_is_what_lies_below_its_level_for_a_fifth_of_a_second(as_signal, context):
    tension_uv = np.full(3000, 5.0)
    tension_uv[104:108] = 1.0  # RMS over 0.1 s: low 0.1 s later than the muscle
    tension_uv[205:210] = 1.0
    tension_uv[305:400] = 2.2
    figures = figures_of(as_signal(tension_uv), context)
    assert figures.rest.gaps == 2
    assert known(figures.rest.share).value == pytest.approx(110 / 3000)
    assert figures.rest.longest_s == 2.0
    assert figures.rest.gaps_per_min == pytest.approx(2)
    without = figures_of(as_signal(tension_uv), replace(context, rest_level_uv=None))
    assert without.rest.share is None
    assert "no rest level" in without.rest.why_not


def test_lost_time_ends_a_rest(as_signal, context):
    signal = as_signal(np.full(1000, 1.0))
    signal.used[500:505] = False
    figures = figures_of(signal, context)
    assert figures.rest.gaps == 2
    assert figures.rest.longest_s == 10.0


def sustained(signal: Signal, context: ChannelContext) -> tuple[Span, ...]:
    return figures_of(signal, context, minutes=1.0).sustained.spans


def test_sustained_tension_is_above_the_limit_without_a_break(as_signal, context):
    def high(*stretches: tuple[float, float], n: int = 12_000) -> Signal:
        tension_uv = np.full(n, 1.5)
        for start_s, stop_s in stretches:
            tension_uv[round(start_s * 50) : round(stop_s * 50)] = 5.0
        return as_signal(tension_uv)

    assert sustained(high((10, 69)), context) == ()
    assert sustained(high((10, 71)), context) == (Span(10, 71),)
    assert sustained(high((10, 40), (42, 80)), context) == (Span(10, 80),)  # a dip of 2 s
    assert sustained(high((10, 40), (44, 80)), context) == ()  # 4 s is letting go
    lost = high((10, 80))
    lost.used[2000:2400] = False  # 8 s
    assert sustained(lost, context) == (Span(10, 80),)
    lost.used[2000:2700] = False  # 14 s
    assert sustained(lost, context) == ()


def test_a_slope_is_found_with_its_sign_and_size(as_signal, wandering, context):
    tension_uv = wandering(1200, 5, tau_s=1.0, spread=0.1)
    slope = figures_of(as_signal(tension_uv + np.linspace(0, 4, len(tension_uv))), context).slope
    low, high = interval(slope)
    assert 0 < low < 0.2 < high
    assert known(slope).value == pytest.approx(0.2, abs=0.03)


def test_activity_and_recovery_are_compared_with_the_baseline(as_signal, wandering):
    calm = wandering(120, 6, tau_s=0.5, spread=0.1, middle_uv=2.0)
    tension_uv = np.concatenate([calm, calm * 5, calm * 1.5])
    steps = [("1 baseline: Rest", 0), ("2 task: Work", 120), ("3 recover: Go", 240)]
    events = [event_of(at * 1000, "step", text, None, None) for text, at in steps]
    marks = read_marks(events, 1000.0, 360.0)
    base, work, after = role_figures(as_signal(tension_uv), marks, 0, None)
    assert [f.role for f in (base, work, after)] == ["baseline", "activity", "recovery"]
    assert base.against_baseline is None
    for found, ratio in ((work, 5.0), (after, 1.5)):
        low, high = interval(found.against_baseline)
        assert low < ratio < high
        assert known(found.against_baseline).value == pytest.approx(ratio)
    # Over 1 uV of noise the muscle itself changes by more than the readings do.
    _, work, _ = role_figures(as_signal(tension_uv), marks, 0, noise_estimate(1.0))
    assert known(work.against_baseline).value == pytest.approx(np.sqrt(99 / 3), rel=0.02)
    assert role_figures(as_signal(tension_uv), read_marks([], 1000.0, 360.0), 0, None) == ()


def test_left_and_right_are_compared_where_both_were_used(muscle, levels, recording):
    left, right = (muscle(levels((60, uv)), seed) for uv, seed in ((6.0, 1), (4.0, 2)))
    review = SessionReview(recording(left, right))
    review.contexts = tuple(
        replace(context, site=site)
        for context, site in zip(review.contexts, ("Left shoulder", "Right shoulder"), strict=True)
    )
    (side,) = review.sides()
    assert side.site == "shoulder"
    assert known(side.index).value == pytest.approx(0.2, abs=0.01)
    low, high = interval(side.index)
    assert low < 0.2 < high


def test_without_a_measured_baseline_nothing_is_called_rest(muscle, levels, review):
    made = review(muscle(levels((20, 30.0), (10, 2.0), (20, 30.0), (10, 2.0)), 1))
    figures, found = made.figures(0), made.contexts[0]
    assert figures.rest.share is None
    assert (figures.rest.gaps, figures.sustained.limit_uv) == (0, None)
    assert len(figures.contractions) == 2
    assert {c.recovery_s for c in figures.contractions} == {None}
    assert found.baseline_from == "quietest"
    assert known(found.baseline).mean_uv == pytest.approx(2.0, rel=0.05)
    assert known(found.baseline).used_s == pytest.approx(18.0, abs=0.5)
    assert "rest was not measured" in found.baseline_why
    assert (found.rest_level_uv, found.rest_level_why) == (None, "rest was not measured")
    assert found.rest_level_uv is None


def test_without_usable_time_there_is_a_reason_instead_of_a_baseline(review):
    context = review(np.zeros(20_000)).contexts[0]
    assert context.baseline is None
    assert context.rest_level_uv is None
    assert "no 3 s of usable signal" in context.baseline_why


def test_a_cut_out_span_of_a_real_session_agrees_with_the_whole(recorded):
    review = open_review(recorded("sim:desk-work", 60))
    whole = review.figures(0)
    assert review.figures(0, Span(0, 60)).mean == whole.mean
    part = review.figures(0, Span(20, 40))
    rows = slice(1000, 2000)
    assert known(part.mean).value == pytest.approx(review.signal.fast_uv[rows, 0].mean(), rel=1e-12)
    assert all(20 <= c.start_s < 40 for c in part.contractions)


def test_a_median_frequency_or_the_reason_against_it_is_given(muscle, levels, review):
    parts = ((10, 2.0), (5, 80.0), (10, 2.0), (0.6, 80.0), (10, 2.0))
    held, short = review(muscle(levels(*parts), 1)).figures(0).contractions
    assert held.median_hz == pytest.approx(235, abs=12)  # white within 20-450 Hz
    assert held.median_why == ""
    assert short.median_hz is None
    assert "1 s" in short.median_why


def test_a_contraction_just_too_weak_is_never_called_strong_enough():
    weak = HoldFrequency(None, NoFrequency.TOO_WEAK, 9.99)
    assert _frequency_words(weak) == "9.9 dB above rest; at least 10 dB are needed"
