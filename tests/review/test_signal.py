"""A review trusts what the session trusted, and says why it leaves time out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.known import known

from unclench.errors import InputError
from unclench.link.virtual.board import MAX_SPEED
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.session import SessionReview, open_review
from unclench.review.signal import make_signal
from unclench.review.summary import summarise
from unclench.sources import open_source
from unclench.training.rows import Rows, RowSource
from unclench_dsp import NARROW, WIDE

TROUBLES = [
    "sim:desk-work?channels=2",
    "sim:poor-contact?channels=2&seed=3",
    "sim:mains-hum",
    "sim:shorted",
    "sim:clenching?drop=2e-5&seed=4",
]


def why(review: SessionReview, channel: int = 0) -> set[str]:
    return {out.why for out in review.excluded if out.channel == channel}


@pytest.mark.parametrize("source", TROUBLES)
def test_the_rows_are_those_of_the_live_session(source, tmp_path):
    opened = open_source(source, speed=MAX_SPEED)
    pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=25.0)
    info = pipeline.info
    recorder = Recorder(tmp_path / "s", info, origin=0, lossless=True)
    live: list[Rows] = []
    pipeline.start([RowSource(info.signal, live.append), recorder])
    assert pipeline.wait(60)
    pipeline.stop()
    recorder.close()
    opened.close()
    signal = open_review(tmp_path / "s").signal
    for name in ("fast_uv", "slow_uv", "quick_uv"):
        at = np.concatenate([rows.sample for rows in live]) // info.hop_n
        values = np.concatenate([getattr(rows, name) for rows in live])
        np.testing.assert_array_equal(getattr(signal, name)[at], values)
    trusted = np.concatenate([rows.trusted & np.isfinite(rows.fast_uv) for rows in live])
    moved = np.zeros(signal.used.shape, bool)  # of which the live session knows nothing
    for out in signal.excluded:
        if out.why == "movement":
            inside = (signal.time_s >= out.start_s) & (signal.time_s <= out.stop_s)
            moved[inside, out.channel] = True
    np.testing.assert_array_equal(signal.used[at], trusted & ~moved[at])


@pytest.mark.parametrize(
    ("source", "reason"),
    [("poor-contact", "no contact"), ("mains-hum", "mains hum"), ("shorted", "too quiet")],
)
def test_time_without_muscle_signal_is_excluded_with_its_reason(recorded, source, reason):
    review = open_review(recorded(f"sim:{source}", 40))
    assert reason in why(review)
    figures = review.figures(0)
    assert figures.excluded_s[reason] > 1
    assert figures.used_s + sum(figures.excluded_s.values()) == pytest.approx(40, abs=0.05)
    if figures.mean is None:
        assert "usable signal" in figures.why_not


def test_a_gap_is_excluded_and_never_bridged(muscle, recording):
    emg_uv = muscle(np.full(20_000, 5.0), 1)
    kept = np.r_[0:8000, 12_000:20_000]
    review = SessionReview(recording(emg_uv[kept], sample=kept))
    gaps = [out for out in review.excluded if out.why == "gap"]
    assert [(gap.start_s, gap.stop_s) for gap in gaps] == [(8.0, 12.0)]
    inside = (review.signal.time_s > 8.3) & (review.signal.time_s < 12)
    assert np.isnan(review.signal.fast_uv[inside]).all()
    assert review.figures(0).excluded_s["gap"] == pytest.approx(4.0)
    assert review.duration_s == 20.0


def test_electrode_movement_is_excluded_but_a_contraction_is_not(muscle, review, levels):
    emg_uv = muscle(levels((10, 2.0), (5, 300.0), (15, 2.0)), 1)
    emg_uv[22_000:23_000] += 800 * np.sin(2 * np.pi * 2 * np.arange(1000) / 1000)
    found = [out for out in review(emg_uv).excluded if out.why == "movement"]
    assert len(found) == 1
    assert 21.9 < found[0].start_s < 22.2
    assert 22.9 < found[0].stop_s < 23.5


def test_a_permanent_drift_is_not_movement(muscle, review, levels):
    emg_uv = muscle(levels((30, 5.0)), 1)
    emg_uv += 2000 * np.sin(2 * np.pi * 0.7 * np.arange(30_000) / 1000)
    assert why(review(emg_uv)) == {"settling"}


def test_clipping_is_excluded(recorded):
    review = open_review(recorded("sim:clenching?seed=2", 40))
    rails_uv = known(review.signal.info.rails_uv)
    emg_uv = review.recording.emg_uv.copy()
    emg_uv[20_000:24_000] = np.clip(emg_uv[20_000:24_000] * 1e5, rails_uv[0], rails_uv[1])

    spoilt = SessionReview(replace(review.recording, emg_uv=emg_uv))
    assert why(spoilt) & {"clipping", "no contact"}
    between = (spoilt.signal.time_s > 10) & (spoilt.signal.time_s < 12)
    assert not spoilt.signal.used[between].any()


def test_another_band_gives_another_signal(muscle, recording, levels):
    planted = recording(muscle(levels((20, 10.0)), 1))
    wide, narrow = make_signal(planted, WIDE), make_signal(planted, NARROW)
    ratio = np.nanmean(narrow.fast_uv) / np.nanmean(wide.fast_uv)
    assert ratio == pytest.approx(np.sqrt(100 / 430), rel=0.06)


def test_a_rate_below_the_band_has_no_tension_and_says_why(recording):
    slow = replace(recording(np.ones(1000)), rate=Fraction(250))
    review = SessionReview(slow)
    figures = review.figures(0)
    assert figures.mean is None
    assert "250 Hz is too low for the wide band" in figures.why_not
    assert dict(figures.excluded_s) == {"too slow": pytest.approx(4, abs=0.01)}
    assert any("too low" in note for note in review.notes)
    assert summarise(review).channels[0].mean_uv is None


@pytest.mark.parametrize("n", [0, 1, 5, 700])
def test_a_recording_too_short_for_figures_says_so(recording, n):
    review = SessionReview(recording(np.ones(n)))
    figures = review.figures(0)
    assert figures.mean is None
    assert "usable signal" in figures.why_not
    assert review.tag_effects(0) == ()
    assert review.sides() == ()
    assert review.breathing() == ()


def test_recordings_longer_than_a_week_are_refused_before_they_fill_the_memory(recording):
    far = recording(np.ones(3000), sample=np.r_[0:2999, 10**12])
    with pytest.raises(InputError, match="11574 days"):
        SessionReview(far)


@pytest.mark.parametrize("source", ["sim:poor-contact", "sim:mains-hum"])
def test_time_just_after_a_bad_signal_is_not_taken_for_muscle(recorded, source):
    signal = open_review(recorded(source, 60)).signal
    begins = np.flatnonzero(np.diff(signal.used[:, 0].astype(int)) == 1) + 1
    assert len(begins)
    for at in begins[begins > 100]:
        first, later = signal.fast_uv[at, 0], np.nanmedian(signal.fast_uv[at + 25 : at + 75, 0])
        assert first < 1.6 * later
