"""Pause, resume, skip, end, answer, a board that goes and comes: in every order, without harm."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.store.events.event import SessionChanged, StepChanged
from unclench.store.events.words import text_of

FIXED = {"kind": "fixed", "uv": 3.0}
SETTLE = {"kind": "settle", "seconds": 2.0}
TASK = {"kind": "task", "seconds": 5.0, "goal": FIXED}
HOLD = {"kind": "hold", "seconds": 3.0, "at_most_s": 8.0, "goal": FIXED}
ASK = {"kind": "reflect", "question": "How was it?"}
RELAX = {"kind": "relax", "groups": ["hands"], "tense_s": 2.0, "release_s": 5.0, "times": 2}
BREATHE = {"kind": "breathe", "seconds": 20.0, "rate_per_min": 15.0, "goal": FIXED}
MEASURE = {"kind": "baseline", "seconds": 20.0}
CREDIT = {"kind": "rest-credit", "seconds": 5.0, "goal": FIXED}
SQUEEZE = {"kind": "reference", "times": 1, "tense_s": 3.0, "release_s": 5.0}


def test_a_pause_stops_time_and_scoring(program, start):
    run = start(program({**TASK, "seconds": 10.0}, TASK))
    run.feed(4)
    run.wish(run.engine.pause)
    run.feed(30, 0.5)
    assert run.engine.snapshot().why_not == "paused"
    assert run.engine.snapshot().step_s == 4
    run.wish(run.engine.resume)
    run.feed(10)
    assert run.starts() == [0, 80_000]
    score = run.engine.outcome().steps[0].score[0]
    assert score.scored_s == pytest.approx(10)
    assert score.lowest_uv == 2.0
    told = [(e.sample, text_of(e)) for e in run.events if e.kind == "session"]
    assert told[1:] == [(8000, "paused"), (68_000, "continues")]


def test_a_signal_that_cannot_be_used_has_its_reason(program, start):
    run = start(program(TASK))
    run.feed(2, trusted=False)
    label = run.engine.channels[0].label
    assert run.engine.snapshot().why_not == f"no usable signal on {label}"
    run.engine.troubles = {0: "tone at 73 Hz"}
    assert run.engine.snapshot().why_not == f"no usable signal on {label} (tone at 73 Hz)"


def test_an_end_that_comes_behind_the_newest_row_is_no_earlier_than_its_own_words(program, start):
    run = start(program(TASK))
    run.feed(4)
    run.engine.end(7000)
    told = run.engine.events()
    assert [event.kind for event in told] == ["score", "session"]
    assert max(event.sample for event in told) == run.engine.ended_at


def test_a_board_that_is_away_pauses_the_session(program, start):
    run = start(program({**TASK, "seconds": 10.0}, TASK))
    run.feed(4)
    run.wish(run.engine.disconnected)
    assert run.engine.snapshot().phase == "lost"
    assert run.engine.snapshot().why_not == "the sensor is disconnected"
    run.make.skip(100)
    run.wish(run.engine.reconnected)
    run.feed(8)
    assert run.starts() == [0, 220_000]
    told = [(e.sample, text_of(e)) for e in run.events if e.kind == "session"]
    back = (208_000, "continues: the sensor is reconnected")
    assert told[1:] == [(8000, "waits for the sensor"), back]
    assert run.engine.outcome().steps[0].score[0].scored_s == pytest.approx(10)


def test_resuming_while_disconnected_takes_effect_on_reconnection(program, start):
    run = start(program({**TASK, "seconds": 10.0}, TASK))
    run.feed(4)
    run.wish(run.engine.pause)
    run.feed(1)
    run.wish(run.engine.disconnected)
    run.make.skip(5)
    run.wish(run.engine.resume)
    assert run.engine.snapshot().phase == "lost"
    run.make.skip(5)
    run.wish(run.engine.reconnected)
    assert run.engine.snapshot().phase == "running"
    run.feed(7)
    assert run.starts() == [0, 20_000 + 22_000]


def test_a_reconnection_does_not_end_a_pause(program, start):
    run = start(program(TASK))
    run.feed(1)
    run.wish(run.engine.pause)
    run.wish(run.engine.disconnected)
    run.make.skip(5)
    run.wish(run.engine.reconnected)
    assert run.engine.snapshot().phase == "paused"


def test_a_pause_requested_while_disconnected_holds(program, start):
    run = start(program(TASK))
    run.feed(1)
    run.wish(run.engine.disconnected)
    run.wish(run.engine.pause)
    run.make.skip(5)
    run.wish(run.engine.reconnected)
    assert run.engine.snapshot().phase == "paused"


def test_skipping_emits_an_event(program, start):
    run = start(program(TASK, HOLD, ASK, TASK))
    run.feed(1)
    for _ in range(4):
        run.wish(run.engine.skip)
    assert run.texts("step") == [
        "1 task: Go on with what you do",
        "skipped: Go on with what you do",
        "2 hold: Stay low",
        "skipped: Stay low",
        "3 reflect: A question",
        "skipped: A question",
        "4 task: Go on with what you do",
        "skipped: Go on with what you do",
    ]
    assert run.engine.outcome().state == "done"


def test_an_early_end_emits_an_event(program, start):
    run = start(program(TASK, TASK))
    run.feed(7)
    run.wish(run.engine.end)
    assert (run.events[-1].kind, text_of(run.events[-1])) == ("session", "ended early")
    assert run.events[-1].duration_s == 7
    assert (run.engine.over, run.engine.ended_at) == (True, 14_000)
    assert run.engine.outcome().state == "ended"
    assert len(run.engine.outcome().steps) == 2  # what was scored of the second is kept


def test_nothing_happens_after_the_end(program, start):
    run = start(program(TASK, ASK))
    run.feed(1)
    run.wish(run.engine.end)
    before = run.engine.outcome()
    engine = run.engine
    for wish in (
        engine.pause,
        engine.resume,
        engine.skip,
        engine.end,
        engine.disconnected,
        engine.reconnected,
    ):
        assert run.wish(wish) == []
    assert run.wish(engine.answer, "late") == []
    assert run.feed(10) == []
    assert run.engine.outcome() == before
    assert engine.snapshot().phase == "ended"


def test_stopping_after_the_last_step_is_not_an_early_end(program, start):
    """A recording of a session ends with its last sample: replayed, it is done as it was."""
    run = start(program(TASK))
    run.feed(5)
    run.wish(run.engine.end)
    assert run.engine.ended_at == 10_000
    assert run.engine.outcome().state == "done"


def test_an_answer_without_a_question_is_ignored(program, start):
    run = start(program(TASK))
    run.feed(1)
    assert run.wish(run.engine.answer, "what?") == []
    assert run.engine.outcome().answers == ()


def test_wishes_may_be_ahead_of_the_rows(program, start):
    run = start(program(TASK, TASK))
    run.feed(1)
    run.engine.skip(run.make.at + 1234)
    run.feed(6)
    assert run.engine.ended_at == 2000 + 1234 + 10_000


WISHES = ("pause", "resume", "skip", "disconnected", "reconnected", "answer", "end")
MOVES = st.one_of(
    st.tuples(st.just("feed"), st.integers(1, 400), st.sampled_from([0.5, 2.0, 2.9, 40.0])),
    st.tuples(st.just("bad"), st.integers(1, 200), st.just(0.1)),
    st.tuples(st.just("gap"), st.integers(1, 200), st.just(0.0)),
    st.tuples(st.sampled_from(WISHES), st.integers(0, 60), st.just(0.0)),
)
STEPS = [SETTLE, TASK, HOLD, ASK, RELAX, BREATHE, CREDIT, MEASURE, SQUEEZE]


@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=5),
    moves=st.lists(MOVES, max_size=25),
)
def test_any_order_of_commands_and_rows_keeps_the_engine_consistent(program, start, steps, moves):
    run = start(program(*steps))
    engine, make = run.engine, run.make
    away, ahead = False, 0
    for what, n, uv in moves:
        phase, before = engine.snapshot().phase, engine.outcome()
        if what == "gap" or (away and what in ("feed", "bad")):
            make.skip(n / 50)
        elif what in ("feed", "bad"):
            run.feed(n / 50, uv, trusted=what == "feed")
            if phase != "running" and n > 76:  # what came before it is confirmed by then
                confirmed = engine.outcome()
                run.feed(1, uv)
                assert engine.outcome().score == confirmed.score, phase
        elif not (away and what in ("pause", "resume")):
            away = {"disconnected": True, "reconnected": False}.get(what, away)
            text = ("fine",) if what == "answer" else ()
            ahead = max(ahead, make.at + n)  # the board's present only ever goes on
            getattr(engine, what)(ahead, *text)
            run.events += engine.events()
        else:
            run.wish(getattr(engine, what))
        snapshot = engine.snapshot()
        assert 0 <= snapshot.step_number < snapshot.n_steps
        arriving = snapshot.step.kind in ("settle", "reflect")
        assert snapshot.scoring == (not snapshot.why_not and not arriving)
        assert 0 <= snapshot.session_s <= make.at / 2000 + 1
        if phase in ("done", "ended"):
            assert engine.outcome() == before
    score = engine.outcome().score[0]
    fed_s = sum(n for what, n, _ in moves if what == "feed") / 50 + len(moves)
    assert score.rest_s <= score.scored_s <= fed_s
    assert score.below_goal_s <= score.with_goal_s <= score.scored_s
    samples = [e.sample for e in run.events if e.kind in ("step", "session")]
    assert all(a <= b for a, b in pairwise(samples)), samples
    steps = [e.payload for e in run.events if isinstance(e.payload, StepChanged)]
    assert (steps[0].change, steps[0].number) == ("begun", 0)
    changes = [e.payload.change for e in run.events if isinstance(e.payload, SessionChanged)]
    ends = [change for change in changes if change in ("done", "ended")]
    assert len(ends) == engine.over


WHEN = st.tuples(st.sampled_from(WISHES), st.integers(-6000, 6000))
ROWS = st.tuples(st.just("rows"), st.integers(1, 200))


def active_s(events):
    """Seconds between begin and end that were not paused, told from the events alone."""
    running_since, passed = events[0].sample, 0
    for event in events[1:]:
        if not isinstance(event.payload, SessionChanged):
            continue
        stops = event.payload.change in ("paused", "board lost", "done", "ended")
        if stops and running_since is not None:
            passed, running_since = passed + event.sample - running_since, None
        elif event.payload.change in ("resumed", "board back"):
            running_since = event.sample
    return passed / 2000


@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=4),
    moves=st.lists(WHEN | ROWS, max_size=25),
)
def test_a_session_ends_with_its_last_event_whenever_wishes_come(program, start, steps, moves):
    """A wish may be ahead of the newest row or behind it; events, clock and end are of one time."""
    run = start(program(*steps))
    away = False
    for what, n in [*moves, ("reconnected", 0), ("resume", 0), ("end", 0)]:
        if what == "rows":
            run.feed(n / 50) if not away else run.make.skip(n / 50)
        elif not (away and what in ("pause", "resume")):
            away = {"disconnected": True, "reconnected": False}.get(what, away)
            text = ("fine",) if what == "answer" else ()
            getattr(run.engine, what)(max(0, run.make.at + n), *text)
            run.events += run.engine.events()
    samples = [event.sample for event in run.events]
    assert samples == sorted(samples)
    last = run.events[-1]
    assert last.payload in (SessionChanged("done"), SessionChanged("ended"))
    assert last.sample == run.engine.ended_at
    assert last.duration_s == pytest.approx(active_s(run.events), abs=0.001)


def test_a_virtual_person_learns_each_request(program, start):
    stressor = {"kind": "stressor", "seconds": 5}
    run = start(program(SETTLE, RELAX, {**BREATHE, "seconds": 5.0}, stressor))
    run.feed(18)
    run.wish(run.engine.pause)
    run.feed(1)
    run.wish(run.engine.resume)
    run.feed(10)
    asked = [(a.sample, a.action) for a in run.engine.asked()]
    assert asked == [
        (0, "rest"),
        (4000, "tense"),
        (8000, "release"),
        (18_000, "tense"),
        (22_000, "release"),
        (32_000, "breathe"),
        (36_000, "nothing"),
        (38_000, "breathe"),
        (44_000, "stress"),
        (54_000, "nothing"),
    ]
