"""What the engine asks for: holds in one piece, measurements that may fail, goals that can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unclench.errors import InputError
from unclench.training.session.engine import Engine

FIXED = {"kind": "fixed", "uv": 3.0}
SETTLE = {"kind": "settle", "seconds": 2.0}
TASK = {"kind": "task", "seconds": 5.0, "goal": FIXED}
HOLD = {"kind": "hold", "seconds": 3.0, "at_most_s": 8.0, "goal": FIXED}
MEASURE = {"kind": "baseline", "seconds": 20.0}
TIMES = {"kind": "baseline", "times": 1.2}


def around(level_uv, seconds, seed=1):
    return level_uv * np.exp(np.random.default_rng(seed).normal(0, 0.02, round(50 * seconds)))


# holding


@pytest.mark.parametrize("trouble", ["tension", "trust", "gap", "pause"])
def test_a_hold_is_in_one_piece(program, start, trouble):
    run = start(program({**HOLD, "at_most_s": 60.0}, SETTLE))
    run.feed(2.5)
    if trouble == "tension":
        run.feed(0.2, 5.0)
    elif trouble == "trust":
        run.feed(0.2, 2.0, trusted=False)
    elif trouble == "gap":
        run.make.skip(0.2)
    else:
        run.wish(run.engine.pause)
        run.feed(0.2)
        run.wish(run.engine.resume)
    run.feed(4.4)  # 3 s and what confirms them
    assert run.texts("hold") == []
    run.feed(1.8)
    assert run.texts("hold") == ["held for 3 s"]


def test_a_hold_gives_up_in_the_end(program, start):
    run = start(program(HOLD, SETTLE))
    run.feed(9, 5.0)
    assert run.starts() == [0, 16_000]
    assert run.texts("hold") == []


def test_a_hold_is_held_by_all_channels(program, start, rested):
    run = start(program({**HOLD, "at_most_s": 20.0}), rested, replace(rested, index=1, label="Jaw"))
    run.feed(8, np.tile([2.0, 9.0], (400, 1)))
    assert run.texts("hold") == []
    run.feed(4.6, np.tile([2.0, 2.0], (230, 1)))
    assert run.texts("hold") == ["held for 3 s"]


def test_a_hold_is_not_won_while_paused(program, start):
    """Time stands still, with the step: what was seen before the pause waits for its end."""
    run = start(program(HOLD, TASK))
    run.feed(3.6)
    run.wish(run.engine.pause)
    run.feed(5, 9.0)
    assert run.texts("hold") == []
    assert len(run.starts()) == 1


# goals and measurements


def test_a_baseline_is_measured_and_then_frozen(program, start, rested):
    run = start(
        program(MEASURE, {**TASK, "goal": TIMES}), replace(rested, baseline=None, noise_uv=None)
    )
    run.feed(20, around(2.0, 20))
    run.feed(5, around(4.0, 5))
    (channel,) = run.engine.channels
    assert channel.baseline.mean_uv == pytest.approx(2.0, rel=0.01)
    assert run.texts("baseline")[0].startswith("Left shoulder: 2.00 ±")
    assert run.texts("goal") == [f"Left shoulder: {1.2 * channel.baseline.mean_uv:.2f} µV"]
    assert run.engine.outcome().channels == (channel,)


@pytest.mark.parametrize(
    ("answer", "goal", "kept", "moved"),
    [("moved", 12.0, "the calibration says 2.00", (0,)), ("tense", 2.4, "2.00 µV stays", ())],
)
def test_a_clear_difference_from_the_calibration_is_asked_about(
    program, start, answer, goal, kept, moved
):
    run = start(program(MEASURE, {**TASK, "goal": TIMES}))
    run.feed(25, around(10.0, 25))
    waiting = run.engine.snapshot()
    assert waiting.phase == "asked"
    assert waiting.question.text == (
        "Left shoulder now rests at 10.0 µV; its calibration says 2.0 µV."
    )
    run.wish(run.engine.pause)  # does nothing: time stands still anyway
    run.wish(lambda sample: run.engine.answer(sample, answer))
    assert run.engine.snapshot().phase == "running"
    assert float(run.texts("goal")[0].split()[-2]) == pytest.approx(goal, rel=0.01)
    (text,) = run.texts("baseline")
    assert kept in text
    assert run.texts("session")[1:] == ["paused", "continues"]
    assert run.engine.outcome().moved == moved
    assert len(run.texts("answer")) == 1
    assert run.starts()[1] == pytest.approx(50_000, abs=100)  # when it was answered


def test_without_an_answer_the_session_keeps_what_it_measured(program, start):
    skipped, ended = (start(program(MEASURE, {**TASK, "goal": TIMES})) for _ in range(2))
    for run in (skipped, ended):
        run.feed(25, around(10.0, 25))
    skipped.wish(skipped.engine.skip)
    ended.wish(ended.engine.end)
    for run in (skipped, ended):
        (channel,) = run.engine.channels
        assert channel.own_baseline
        assert "the calibration says 2.00 µV" in run.texts("baseline")[0]
        assert run.engine.outcome().moved == ()
    assert skipped.engine.snapshot().phase == "running"
    assert ended.engine.over


def test_a_lost_board_is_waited_for_after_the_answer(program, start):
    run = start(program(MEASURE, SETTLE))
    run.feed(21, around(10.0, 21))
    run.wish(run.engine.disconnected)
    run.wish(lambda sample: run.engine.answer(sample, "moved"))
    assert run.engine.snapshot().phase == "lost"
    run.wish(run.engine.reconnected)
    assert run.engine.snapshot().phase == "running"


def test_a_baseline_is_given_twice_its_time_and_then_done_without(program, start, rested):
    run = start(program(MEASURE, {**TASK, "goal": TIMES}), replace(rested, baseline=None))
    run.feed(46, 2.0, trusted=False)
    assert run.starts() == [0, 40_000, 80_000]
    assert len(run.texts("not measured")) == 2
    assert run.texts("goal refused")[0].startswith("The goal refers to a resting baseline")
    assert run.engine.over
    notes = run.engine.outcome().notes
    assert len(set(notes)) == len(notes) >= 2  # the same sentence is noted once


def test_a_second_attempt_that_succeeds_is_enough(program, start, rested):
    run = start(program(MEASURE, SETTLE), replace(rested, baseline=None))
    run.feed(20, 2.0, trusted=False)
    run.feed(25, around(2.0, 25))
    assert run.engine.channels[0].baseline is not None
    assert (len(run.texts("not measured")), len(run.texts("baseline"))) == (1, 1)


def test_a_detached_sensor_leaves_the_other_its_baseline(program, start, rested):
    new = replace(rested, baseline=None)
    run = start(program(MEASURE, SETTLE), new, replace(new, index=1, label="Jaw"))
    trusted = np.tile([True, False], (3100, 1))
    run.feed(62, np.tile(around(2.0, 62)[:, None], (1, 2)), trusted=trusted)
    assert run.engine.channels[0].baseline is not None
    assert run.engine.channels[1].baseline is None


@pytest.mark.parametrize(
    ("goal", "changes", "words"),
    [
        ({"kind": "fixed", "uv": 1.0}, {"noise_uv": 1.0}, "is too low for Left shoulder"),
        (TIMES, {"baseline": None}, "has none yet: calibrate"),
        (TIMES, {"noise_uv": 3.0}, "the noise floor is 3.00 µV"),
        ({"kind": "reference", "percent": 5.0}, {}, "has none yet: calibrate"),
        ({"kind": "shaping"}, {"baseline": None}, "has none yet: calibrate"),
    ],
)
def test_impossible_goals_are_refused_before_the_session_begins(
    program, stream, rested, goal, changes, words
):
    made = program(SETTLE, {**TASK, "goal": goal})
    with pytest.raises(InputError, match=words) as refused:
        Engine(made, "test", [replace(rested, **changes)], stream)
    assert str(refused.value).startswith("Step 2 (Go on with what you do): The goal ")


def test_a_goal_on_a_later_measurement_is_accepted(program, stream, rested):
    new = replace(rested, baseline=None)
    squeeze = {"kind": "reference", "times": 1}
    share = {**TASK, "goal": {"kind": "reference", "percent": 5.0}}
    Engine(program(MEASURE, squeeze, {**TASK, "goal": TIMES}, share), "test", [new], stream)
    with pytest.raises(InputError, match=r"Step 1 .*calibrate"):
        Engine(program({**TASK, "goal": TIMES}, MEASURE), "test", [new], stream)
    with pytest.raises(InputError, match="No channel to train"):
        Engine(program(TASK), "test", [], stream)


def test_a_goal_below_the_floor_that_shows_only_later_is_a_note(program, start, rested):
    new = replace(rested, baseline=None, noise_uv=2.0)
    run = start(program(MEASURE, {**TASK, "goal": TIMES}), new)
    run.feed(22, around(1.9, 22))
    assert "is too low for Left shoulder" in run.texts("goal refused")[0]
    assert run.engine.snapshot().goal_uv == (None,)


def test_shaping_falls_in_the_engine_and_never_rises(program, start):
    run = start(program({**TASK, "seconds": 120.0, "goal": {"kind": "shaping"}}))
    run.feed(60, 1.8)
    run.feed(59, 2.3)
    assert run.texts("goal") == ["Left shoulder: 2.40 µV", "Left shoulder: 1.80 µV"]
