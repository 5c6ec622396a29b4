"""The session engine: whatever a person and the signal do, in any order, and however rows come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import scaled

from unclench.store.events.words import text_of
from unclench.training.session.engine import Engine

FIXED = {"kind": "fixed", "uv": 3.0}
SETTLE = {"kind": "settle", "seconds": 2.0}
TASK = {"kind": "task", "seconds": 5.0, "goal": FIXED}
CREDIT = {"kind": "rest-credit", "seconds": 5.0, "goal": FIXED}
HOLD = {"kind": "hold", "seconds": 3.0, "at_most_s": 8.0, "goal": FIXED}
MEASURE = {"kind": "baseline", "seconds": 20.0}
ASK = {"kind": "reflect", "question": "How was it?"}
RELAX = {"kind": "relax", "groups": ["hands"], "tense_s": 2.0, "release_s": 5.0, "times": 2}
BREATHE = {"kind": "breathe", "seconds": 20.0, "rate_per_min": 15.0, "goal": FIXED}
TIMES = {"kind": "baseline", "times": 1.2}


def around(level_uv, seconds, seed=1):
    return level_uv * np.exp(np.random.default_rng(seed).normal(0, 0.02, round(50 * seconds)))


# time


def test_steps_begin_to_the_sample(program, start):
    run = start(program(SETTLE, *[{"kind": "task", "seconds": 1.013}] * 40, SETTLE))
    run.feed(60)
    assert run.starts() == [0, *(4000 + 2026 * k for k in range(41))]
    assert run.engine.over
    assert run.engine.ended_at == 4000 + 40 * 2026 + 4000
    assert text_of(run.events[-1]) == "done"
    assert run.events[-1].duration_s == pytest.approx(4 + 40 * 1.013)


def test_every_event_of_a_session_is_emitted(program, start):
    run = start(program(SETTLE, TASK, HOLD, ASK))
    run.feed(30)
    assert text_of(run.wish(run.engine.answer, "better")[-1]) == "done"
    assert [(e.sample, e.kind, text_of(e)) for e in run.events if e.kind != "score"] == [
        (0, "session", "begins: test (A test)"),
        (0, "step", "1 settle: Arrive"),
        (4000, "step", "2 task: Go on with what you do"),
        (4000, "goal", "Left shoulder: 3.00 µV"),
        (14_000, "step", "3 hold: Stay low"),
        (14_000, "goal", "Left shoulder: 3.00 µV"),
        (23_000, "hold", "held for 3 s"),
        (23_000, "step", "4 reflect: A question"),
        (60_000, "answer", "How was it? better"),
        (60_000, "session", "done"),
    ]
    assert [text_of(e)[:16] for e in run.events if e.kind == "score"] == [
        f"{n} Left shoulder:" for n in (2, 3)
    ]
    assert run.engine.outcome().answers == (("How was it?", "better"),)


def test_questions_are_skipped_when_unattended(program, start):
    run = start(program(SETTLE, ASK, ASK, SETTLE, ASK), attended=False)
    run.feed(5)
    assert run.engine.ended_at == 8000
    assert run.texts("answer") == ["How was it? (not asked: unattended)"] * 3


def test_repetitions_are_written_out(program, start):
    run = start(program({"kind": "repeat", "times": 3, "step": [SETTLE, TASK]}))
    run.feed(25)
    assert run.starts() == [0, 4000, 14_000, 18_000, 28_000, 32_000]
    assert run.engine.over


# splits


PROGRAM = (SETTLE, MEASURE, RELAX, HOLD, CREDIT, BREATHE)


@pytest.fixture(scope="module")
def session_rows(maker, joined):
    """Rows of a session with contractions, a gap and lost contact."""
    make = maker()
    parts = [make.rows(22, around(2.0, 22)), make.rows(2, 40.0), make.rows(5, around(2.1, 5))]
    parts += [make.rows(2, 50.0), make.rows(2, 1.9, trusted=False), make.rows(3, 2.0)]
    make.skip(0.7)
    parts += [make.rows(0.3, np.nan), make.rows(30, around(2.2, 30))]
    return joined(*parts)


@pytest.fixture(scope="module")
def taken_at_once(program, rested, stream, session_rows):
    """Events, outcome and questions of an engine that is given all rows at once."""
    whole = Engine(program(*PROGRAM, goal=TIMES), "test", [rested], stream)
    events = whole.events() + whole.take(session_rows)
    return events, repr(whole.outcome()), whole.asked()  # as text: NaN equals NaN


@settings(max_examples=scaled(15))
@given(st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_any_split_gives_the_same_events_and_scores(
    program, rested, stream, session_rows, taken_at_once, cut, lengths
):
    made = program(*PROGRAM, goal=TIMES)
    engine = Engine(made, "test", [rested], stream)
    events, at, k = engine.events(), 0, 0
    while at < len(session_rows.sample):
        n = lengths[k % len(lengths)]
        events += engine.take(cut(session_rows, at, at + n))
        engine.snapshot()  # looking changes nothing
        at, k = at + n, k + 1
    assert (events, repr(engine.outcome()), engine.asked()) == taken_at_once


# what is scored


def test_settling_in_is_not_scored(program, start):
    run = start(program({**SETTLE, "seconds": 10.0}))
    run.feed(9)
    assert run.score.scored_s == 0
    assert not run.engine.snapshot().scoring


def test_scores_lag_by_the_time_in_which_trouble_is_noticed(program, start):
    run = start(program({**TASK, "seconds": 60.0}))
    run.feed(10)
    assert run.score.scored_s == run.score.below_goal_s == pytest.approx(8.5, abs=0.02)


def test_a_gap_pauses_the_scoring_and_not_the_person(program, start):
    run = start(program({**CREDIT, "seconds": 20.0}, SETTLE))
    run.feed(5)
    run.make.skip(4)
    run.feed(0.3, np.nan)
    run.feed(12.7)
    assert run.starts() == [0, 40_000]
    assert run.score.scored_s == pytest.approx(20 - 4.3)
    assert run.score.rests == 2
    assert run.score.longest_rest_s == pytest.approx(10.7)


def test_rows_that_are_missing_end_a_rest(program, start):
    run = start(program({**CREDIT, "seconds": 20.0}))
    run.feed(5)
    run.make.skip(0.02)
    run.feed(10)
    assert (run.score.rests, run.score.longest_rest_s) == (2, pytest.approx(8.5))


def test_a_step_can_end_in_a_gap(program, start):
    run = start(program({**TASK, "seconds": 6.0}, {**TASK, "seconds": 1.0}, TASK))
    run.feed(5)
    run.make.skip(3)
    run.feed(3)
    assert run.starts() == [0, 12_000, 14_000]
    assert [step.score[0].scored_s for step in run.engine.outcome().steps] == [pytest.approx(5.0)]


def test_rows_that_turn_out_bad_are_not_scored(program, start):
    run = start(program({**CREDIT, "seconds": 60.0}))
    run.feed(10)
    run.feed(3, 0.1, trusted=False)
    run.feed(5)
    assert run.score.scored_s == pytest.approx(8.5 + 3.5, abs=0.04)
    assert run.score.lowest_uv == 2.0


def test_requested_contractions_are_not_scored_but_recovery_is(program, start):
    run = start(program(RELAX, TASK, goal=FIXED))
    for _ in range(2):
        run.feed(2, 60.0)
        run.feed(5, 2.0)
    run.feed(1.6)
    score = run.engine.outcome().steps[0].score[0]
    assert score.scored_s == score.below_goal_s == pytest.approx(10)
    assert score.mean_uv == 2
    assert score.contractions == 2
    assert len(score.recovery_s) == 2
    assert run.texts("part") == ["Let go: hands", "Tense: hands", "Let go: hands"]


def test_session_and_steps_agree_on_credits(program, start):
    run = start(program(TASK, CREDIT, goal=FIXED))
    run.feed(5)  # at rest already when the credits begin
    run.feed(5)
    run.feed(1)
    steps = run.engine.outcome().steps
    assert run.score.credits == sum(step.score[0].credits for step in steps) > 0
