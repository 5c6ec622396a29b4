"""A guided session, reviewed: what it said itself is found again."""

from __future__ import annotations

import json

import pytest
from tests.known import known

from unclench.review.session import open_review
from unclench.review.summary import ensure_summary, summarise
from unclench.store.events.event import BaselineMeasured
from unclench.store.session.folder import EMG, META, SUMMARY
from unclench.store.session.summary import read_summary
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench_dsp import NARROW
from unclench_dsp.version import CHAIN_VERSION

BREATHE = """
[[step]]
kind = "settle"
seconds = 3
[[step]]
kind = "baseline"
seconds = 30
[[step]]
kind = "breathe"
seconds = 90
rate_per_min = 6
"""
SETTLE = """
[[step]]
kind = "settle"
seconds = 5
"""
LET_GO = """
[[step]]
kind = "baseline"
seconds = 30
[[step]]
kind = "stressor"
say = "Count."
seconds = 15
[[step]]
kind = "recover"
seconds = 70
"""


def test_breathing_is_averaged_as_in_the_session(guided):
    review = open_review(guided(BREATHE))
    (breath,) = review.breathing()
    told = known(known(review.meta).training)["steps"][-1]["breath"][0]
    effect = breath.effects[0]
    # The session cannot confirm its last 1.5 s; the review can.
    assert abs(effect.breaths - told["breaths"]) <= 1
    assert effect.change == pytest.approx(told["change"], abs=0.02)
    assert effect.mean_uv == pytest.approx(told["mean_uv"], rel=0.1)
    assert breath.phase.kind == "breathe"
    assert 0 < breath.inhale_end <= breath.exhale_begin < breath.exhale_end <= 1


def test_contractions_and_recovery_are_those_of_the_session(guided):
    rested = TrainedChannel(0, "Left shoulder", 0.2, RestBaseline(2.06, 0.25, 60.0, 0.42))
    review = open_review(guided(LET_GO, channel=rested))
    (known_at,) = (e.sample for e in review.events if e.kind == "baseline")
    told_s = [
        event.duration_s
        for event in review.events
        if event.kind == "recovered" and event.sample > known_at
    ]
    found = review.figures(0).contractions
    recovered = [c.recovery_s for c in found if c.recovery_s is not None]
    assert recovered
    for seconds in told_s:
        assert min(abs(known(seconds) - r) for r in recovered) < 0.5
    assert [role.role for role in review.roles(0)] == ["baseline", "activity", "recovery"]
    assert known(review.roles(0)[1].against_baseline).value > 1.5


def test_calibration_and_site_of_a_session_are_used(guided):
    context = open_review(guided(SETTLE)).contexts[0]
    assert context.label == context.site == "Left shoulder"
    assert context.baseline_from == "calibration"
    assert known(context.baseline).mean_uv == 8.0
    # 1 µV of deviation over 1 s, and 1.5 over 0.25 s: 2.2 over 0.1 s
    assert context.rest_level_uv == pytest.approx(8 + 2 * 4.75**0.5)


def test_what_a_session_measured_is_its_baseline(guided):
    review = open_review(guided(LET_GO))
    (told,) = (e.payload for e in review.events if isinstance(e.payload, BaselineMeasured))
    assert (told.before_uv, told.kept_uv) == (8.0, None)
    context = review.contexts[0]
    assert context.baseline_from == "session"
    assert known(context.baseline).mean_uv == pytest.approx(told.mean_uv)


def test_a_calibration_is_not_used_in_another_band(guided):
    review = open_review(guided(LET_GO), band=NARROW)
    assert review.contexts[0].baseline_from == "quietest"
    assert any("cannot be compared" in note for note in review.notes)


def test_a_summary_is_kept_until_the_session_changes(guided_copy):
    folder = guided_copy(LET_GO)
    made = ensure_summary(folder)
    assert read_summary(folder) == made
    assert made.channels[0].site == "Left shoulder"
    assert made.channels[0].mean_uv == known(open_review(folder).figures(0).mean).value
    with (folder / "events.csv").open("a") as events:
        events.write("1,0.1,note,x,,\n")
    assert read_summary(folder) is None
    assert ensure_summary(folder).made_of != made.made_of
    (folder / SUMMARY).write_text("{")
    assert read_summary(folder) is None


def test_figures_of_an_older_chain_are_computed_again_from_samples(guided_copy):
    folder = guided_copy(LET_GO)
    made = ensure_summary(folder)
    plain = json.loads((folder / SUMMARY).read_text())
    assert plain.pop("chain") == CHAIN_VERSION
    plain["channels"][0]["mean_uv"] = 99.0
    (folder / SUMMARY).write_text(json.dumps(plain))
    assert read_summary(folder) is None
    assert ensure_summary(folder) == made


def test_without_samples_older_figures_stay_and_say_of_which_chain(guided_copy):
    folder = guided_copy(LET_GO)
    ensure_summary(folder)
    plain = json.loads((folder / SUMMARY).read_text())
    del plain["chain"], plain["channels"][0]["baseline_chain"]
    (folder / SUMMARY).write_text(json.dumps(plain))
    (folder / EMG).unlink()
    kept = known(read_summary(folder))
    assert (kept.chain, kept.channels[0].baseline_chain) == (1, 1)


def test_a_calibration_of_an_older_chain_is_named(guided_copy):
    folder = guided_copy(LET_GO)
    plain = json.loads((folder / META).read_text())
    for channel in plain["training"]["channels"]:
        channel["baseline"].pop("chain")
    (folder / META).write_text(json.dumps({**plain, "calibration": []}))
    review = open_review(folder)
    assert any("Calibrate again" in note for note in review.notes)
    assert summarise(review).channels[0].baseline_chain == 1
    (folder / META).write_text(json.dumps({**plain, "chain": CHAIN_VERSION + 1}))
    assert any("Update unclench" in note for note in open_review(folder).notes)


def test_with_an_unreadable_program_only_the_breath_is_missing(guided_copy):
    folder = guided_copy(BREATHE)
    (folder / "program.toml").write_text("not = [toml")
    review = open_review(folder)
    assert review.breathing() == ()
    assert review.figures(0).mean is not None


def test_a_damaged_calibration_is_ignored(guided_copy):
    folder = guided_copy(LET_GO)
    about = json.loads((folder / META).read_text())
    about["training"]["channels"][0]["baseline"]["mean_uv"] = "much"
    (folder / META).write_text(json.dumps(about))
    assert open_review(folder).contexts[0].baseline_from == "quietest"
