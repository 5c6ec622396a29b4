"""The virtual person: does what is asked, after a moment, and never otherwise the second time."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import wait_until

from unclench.link.virtual.inputs import SyntheticInput, Units
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.person import PersonSignal
from unclench.link.virtual.situation import REACTION_S, Moment, Situation
from unclench.training.steps.kinds.breathe import Breathe, Pacer
from unclench_dsp import CHAIN_DELAY_S

CALM = Muscle(rest_uv=2.0, drift=0.0, breath=0.0)


def tension_uv(moments: list[Moment], seconds: int) -> NDArray[np.float64]:
    """Planned tension, 200 a second, of a person who is told these things."""
    situation = Situation()
    for moment in moments:
        situation.tell(moment)
    person = PersonSignal(CALM, np.random.default_rng(1), situation)
    parts = [person._tension_uv(second + np.arange(201) / 200)[:200] for second in range(seconds)]
    return np.concatenate(parts)


def at(levels_uv: NDArray[np.float64], second: float) -> float:
    return float(levels_uv[round(second * 200)])


def led(analog: SyntheticInput) -> Situation:
    """The situation of a virtual person that waits from now on to be told."""
    assert analog.situation is not None
    analog.situation.lead()
    return analog.situation


def test_without_a_session_the_virtual_person_keeps_working():
    levels = tension_uv([], 10)
    np.testing.assert_allclose(levels, 9.0)


def test_the_virtual_person_lets_go_when_asked_to_rest():
    levels = tension_uv([Moment(0.0, "rest", 0.0)], 60)
    assert at(levels, 1.2) == pytest.approx(9.0)  # has not reacted yet
    assert at(levels, REACTION_S + 6) == pytest.approx(2 + 7 / np.e, rel=0.05)
    assert at(levels, 59) == pytest.approx(2.0, rel=0.01)
    assert (np.diff(levels) <= 1e-12).all()


def test_a_contraction_is_planted_where_it_is_asked_for():
    moments = [Moment(0.0, "rest", 0.0), Moment(40.0, "tense", 40.0), Moment(46.0, "release", 46.0)]
    levels = tension_uv(moments, 90)
    assert at(levels, 40 + REACTION_S - 0.01) < 2.1
    assert at(levels, 40 + REACTION_S + 1.5) == pytest.approx(60, rel=0.02)
    assert at(levels, 46 + REACTION_S) == pytest.approx(60, rel=0.01)
    assert at(levels, 89) < 2.2


def test_stress_raises_it_and_a_goal_pulls_it_down():
    stressed = tension_uv([Moment(0.0, "stress", 0.0)], 5)
    assert at(stressed, 4.9) == pytest.approx(16.0, rel=0.01)
    free = tension_uv([Moment(0.0, "rest", 0.0)], 90)
    goal = tension_uv([Moment(0.0, "rest", 0.0, goal_uv=1.8)], 90)
    assert at(goal, 89) == pytest.approx(0.9 * 1.8, rel=0.02)
    assert at(goal, 89) < at(free, 89)
    too_low = tension_uv([Moment(0.0, "rest", 0.0, goal_uv=0.1)], 90)
    assert at(too_low, 89) == pytest.approx(1.5, rel=0.02)  # nobody gets that low


def test_the_virtual_person_learns_to_let_go_faster():
    early = tension_uv([Moment(0.0, "rest", 0.0)], 5)
    late = tension_uv([Moment(0.0, "rest", 1200.0)], 5)
    assert at(late, 4) < at(early, 4)


def test_the_persons_tension_falls_by_a_fifth_in_the_exhale():
    pacer = Pacer(Breathe(kind="breathe", rate_per_min=6.0, inhale=5.0, exhale=5.0))

    def exhaling(since_s):
        return pacer.at(since_s).part == "exhale"

    levels = tension_uv([Moment(0.0, "breathe", 0.0, exhaling)], 120)[80 * 200 :]
    t = 80 + np.arange(len(levels)) / 200
    out = np.array([exhaling(s) for s in t])
    assert levels[out].mean() / levels[~out].mean() == pytest.approx(0.8, abs=0.01)


def test_without_a_session_the_virtual_muscle_does_not_wait():
    analog = SyntheticInput("person")
    assert analog.situation is not None
    _, units = analog.read(2000)
    assert len(units) == 2000
    assert SyntheticInput("relaxed").situation is None


def test_the_virtual_muscle_waits_for_its_next_cue():
    analog = SyntheticInput("person")
    situation = led(analog)
    read: list = []

    def draw():
        while len(read) < 4:
            read.append(analog.read(2000))

    thread = threading.Thread(target=draw)
    thread.start()
    situation.told_until(0.0)
    wait_until(lambda: read)
    time.sleep(0.1)
    assert len(read) == 1  # the second second needs to know what is asked until 0.75 s
    situation.told_until(0.75)
    wait_until(lambda: len(read) == 2)
    situation.told_until(float("inf"))
    thread.join(HANG_LIMIT_S)
    assert len(read) == 4


def test_the_signal_depends_on_the_cues_and_not_on_when_they_arrive():
    def play(pause_s):
        analog = SyntheticInput("person", seed=5)
        situation = led(analog)
        parts: list[Units] = []
        thread = threading.Thread(
            target=lambda: parts.extend(analog.read(500)[1] for _ in range(32))
        )
        thread.start()
        for step in range(200):
            at_s = step * 0.04
            if step == 50:
                situation.tell(Moment(at_s, "tense", at_s))
            situation.told_until(at_s)
            if step % 40 == 0:
                time.sleep(pause_s)
        situation.told_until(float("inf"))
        thread.join(HANG_LIMIT_S)
        return np.concatenate(parts)

    np.testing.assert_array_equal(play(0.0), play(0.05))


@pytest.mark.parametrize("channels", [1, 3])
def test_each_channel_has_its_own_muscle(channels):
    analog = SyntheticInput("person", channels=channels)
    _, units = analog.read(4000)
    assert units.shape == (4000, channels)
    assert len({column.tobytes() for column in units.T}) == channels


def test_the_person_reacts_to_cues_with_a_delay():
    situation = Situation()
    first, second = Moment(1.0, "rest", 1.0), Moment(2.0, "tense", 2.0)
    situation.tell(first)
    situation.tell(second)
    assert [moment.asked for _, moment in situation.during(0.0, 1.0)] == ["nothing"]
    assert [moment for _, moment in situation.during(2.5, 3.6)] == [first, second]
    assert [since for since, _ in situation.during(2.5, 3.6)] == [1 + REACTION_S, 2 + REACTION_S]
    assert REACTION_S > 1 + CHAIN_DELAY_S + 0.1  # or board and session wait for each other
    assert [moment for _, moment in situation.during(9.0, 10.0)] == [second]
