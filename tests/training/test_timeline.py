"""A session's clock: exact over many steps, and stopped by pauses for exactly as long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.training.session.timeline import Timeline
from unclench.training.steps.kinds.hold import Hold
from unclench.training.steps.kinds.reference import Reference
from unclench.training.steps.kinds.reflect import Reflect
from unclench.training.steps.kinds.relax import Relax
from unclench.training.steps.kinds.settle import Settle
from unclench.training.steps.kinds.task import Task

SETTLE = Settle(kind="settle", seconds=10.0)
RELAX = Relax(kind="relax", groups=("hands", "face"), tense_s=6.0, release_s=20.0, times=2)
ASK = Reflect(kind="reflect", question="How?")


def line(*steps, fs_hz=2000.0, began=0):
    return Timeline(steps, fs_hz, began)


def run_out(timeline, row_n=40, until=None):
    """Let it run on a grid of rows; return where each step ended."""
    ends, at = [], timeline.began
    while not timeline.over and at < (until or 10**9):
        while (end := timeline.due(at)) is not None:
            ends.append(end)
            timeline.next(end)
        at += row_n
    return ends


def test_a_step_begins_where_the_one_before_it_ended():
    steps = [Task(kind="task", seconds=1.01 + k / 1000) for k in range(200)]
    ends = run_out(line(*steps, began=440))
    exact = [440 + sum(round(step.seconds * 2000) for step in steps[: k + 1]) for k in range(200)]
    assert ends == exact  # the rows' grid of 40 samples is not to be seen


@pytest.mark.parametrize("fs_hz", [1000.0, 999.7, 2048.0, 4000.0])
@pytest.mark.parametrize("seconds", [2.0, 1.0003])
def test_a_step_is_whole_samples_and_nothing_else_adds_up(fs_hz, seconds):
    steps = [Task(kind="task", seconds=seconds) for _ in range(500)]
    ends = run_out(line(*steps, fs_hz=fs_hz), row_n=round(fs_hz / 50))
    drift_n = ends[-1] - 500 * seconds * fs_hz
    assert abs(drift_n) <= 500 * 0.5
    if (seconds * fs_hz).is_integer():
        assert drift_n == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 19_000), st.integers(0, 90_000)),
        max_size=6,
        unique_by=lambda p: p[0],
    )
)
def test_pauses_stop_the_clock_for_exactly_as_long(pauses):
    timeline = line(SETTLE, SETTLE)
    passed = 0
    for at, length in sorted(pauses):
        timeline.pause(at + passed)
        assert timeline.due(at + passed + length) is None
        assert timeline.step_s(at + passed + length) == pytest.approx(at / 2000)
        timeline.resume(at + passed + length)
        passed += length
    assert timeline.due(20_000 + passed - 1) is None
    assert timeline.due(20_000 + passed) == 20_000 + passed
    assert timeline.step_s(20_000 + passed) == pytest.approx(10)
    assert timeline.session_s(20_000 + passed) == pytest.approx(10)
    timeline.next(20_000 + passed)
    assert timeline.step_s(20_000 + passed + 500) == pytest.approx(0.25)
    assert timeline.session_s(20_000 + passed + 500) == pytest.approx(10.25)


def test_a_pause_over_the_end_of_a_step_moves_the_end():
    timeline = line(SETTLE, SETTLE)
    timeline.pause(19_990)
    timeline.resume(119_990)
    assert timeline.due(119_999) is None
    assert timeline.due(120_020) == 120_000


def test_a_pause_that_was_wished_ahead_of_the_rows_costs_no_time():
    """The board's present is a little ahead of the newest row."""
    timeline = line(SETTLE, SETTLE)
    timeline.pause(20_030)  # the step was over at 20 000, no row has shown it yet
    assert timeline.due(20_040) is None
    timeline.resume(50_030)
    timeline.next(timeline.due(50_040))
    assert timeline.due(70_000) == 70_000  # 20 s of steps and 15 s of pause


def test_skipping_while_paused_keeps_the_pause():
    timeline = line(SETTLE, SETTLE)
    timeline.pause(2000)
    timeline.next(6000)
    assert timeline.step_s(9000) == 0
    timeline.resume(10_000)
    assert timeline.session_s(10_000) == pytest.approx(1)
    assert timeline.due(29_999) is None
    assert timeline.due(30_000) == 30_000
    assert timeline.session_s(30_000) == pytest.approx(11)


def test_again_restarts_the_same_step():
    timeline = line(SETTLE, SETTLE)
    timeline.restart_step(20_000)
    assert (timeline.number, timeline.step_s(21_000)) == (0, 0.5)
    assert timeline.due(40_000) == 40_000


def test_a_question_waits_without_limit():
    timeline = line(ASK, SETTLE)
    assert timeline.due(10**9) is None
    assert timeline.step_left_s(10) is None
    assert timeline.left_s(10**9) == 10


def test_what_is_left_counts_down():
    timeline = line(SETTLE, Hold(kind="hold", seconds=20.0, at_most_s=60.0), RELAX)
    assert timeline.left_s(0) == 10 + 60 + 104
    assert timeline.step_left_s(4000) == 8
    assert timeline.left_s(4000) == 172
    assert timeline.left_s(10**7) == 164  # never below what the later steps take
    for _ in range(3):
        timeline.next(4000)
    assert (timeline.over, timeline.left_s(5000), timeline.due(10**8)) == (True, 0, None)


def test_parts_of_relaxation():
    assert RELAX.rounds().n_parts == 8
    edges = [0, 6, 26, 32, 52, 58, 78, 84]
    for part, begins_s in enumerate(edges):
        assert RELAX.part(begins_s) == part
        assert RELAX.part(begins_s + 5.98) == part
        assert RELAX.part_left_s(begins_s) == pytest.approx(20 if part % 2 else 6)
    assert RELAX.part(104.0) == 7  # not one too many at the very end


@given(st.floats(3, 10), st.floats(5, 60), st.integers(1, 5), st.integers(0, 100_000))
def test_parts_are_never_out_of_range(tense_s, release_s, times, sample):
    step = Reference(kind="reference", tense_s=tense_s, release_s=release_s, times=times)
    at_s = sample / 2000
    assert 0 <= step.part(at_s) < step.rounds().n_parts == 2 * times
    left_s = step.part_left_s(at_s)
    assert left_s is not None
    assert 0 <= left_s <= max(tense_s, release_s)


def test_steps_without_parts_have_one():
    assert (SETTLE.part(5.0), SETTLE.rounds()) == (0, None)
    assert SETTLE.part_left_s(4.0) == 6
    assert ASK.part_left_s(4.0) is None
