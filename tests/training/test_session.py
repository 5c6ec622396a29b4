"""Whole sessions through virtual board, wire, pipeline and recorder: the same every time."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from unclench.errors import InputError
from unclench.link.virtual.board import MAX_SPEED
from unclench.live.pipeline import Pipeline
from unclench.sources import open_source
from unclench.store import load_recording, open_session
from unclench.store.events.event import Event, TagBegun
from unclench.store.events.words import text_of
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench.training.programs.file import find_program
from unclench.training.session.outcome import Outcome
from unclench.training.session.sink import Session
from unclench_dsp import CHAIN_DELAY_S

NEW = TrainedChannel(0, "Left shoulder", 0.2)
KNOWN = replace(NEW, baseline=RestBaseline(8.0, 1.0, 60.0, 1.5))
FIXED = {"kind": "fixed", "uv": 14.0}
EVERY_KIND = (
    {"kind": "settle", "seconds": 2.0},
    {"kind": "baseline", "seconds": 20.0},
    {"kind": "relax", "groups": ["shoulders"], "tense_s": 3.0, "release_s": 12.0, "times": 3},
    {"kind": "breathe", "seconds": 80.0, "rate_per_min": 12.0},
    {"kind": "rest-credit", "seconds": 5.0},
    {"kind": "reflect", "question": "How?"},
)
SHORT = (
    {"kind": "settle", "seconds": 2.0},
    {"kind": "relax", "groups": ["shoulders"], "tense_s": 2.0, "release_s": 8.0, "times": 1},
    {"kind": "hold", "seconds": 1.0, "at_most_s": 5.0},
    {"kind": "rest-credit", "seconds": 3.0, "moment_s": 0.4},
    {"kind": "reflect", "question": "How?"},
)


def read(folder, name):
    return (folder / name).read_bytes()


def same_scores(one: Outcome, other: Outcome):
    assert repr(one.score) == repr(other.score)
    assert repr(one.steps) == repr(other.steps)
    assert one.channels == other.channels


def held_twice(hold, program, text, tmp_path):
    """Hold a session twice, byte for byte the same; return one of them."""
    first, second = (
        hold("sim:person", program, out=tmp_path / name, text=text) for name in ("a", "b")
    )
    for name in ("events.csv", "emg.csv", "tension.csv", "program.toml"):
        assert read(tmp_path / "a", name) == read(tmp_path / "b", name), name
    same_scores(first.outcome, second.outcome)
    assert first.outcome.state == "done"
    return first


def what_is_planted_is_found(held):
    kinds = [event.kind for event in open_session(held.folder).events()]
    for kind in ("session", "step", "part", "baseline", "goal", "score", "recovered", "answer"):
        assert kind in kinds
    # This person does what is asked.
    score = held.outcome.score[0]
    assert score.contractions >= 3
    assert score.recovery_s
    breath = next(step.breath[0] for step in held.outcome.steps if step.kind == "breathe")
    assert breath.falls
    assert breath.change == pytest.approx(-0.2, abs=0.06)


def test_a_session_is_the_same_twice(hold, program, tmp_path):
    made = program(*EVERY_KIND, goal={"kind": "baseline", "times": 1.2})
    what_is_planted_is_found(held_twice(hold, made, 'title = "A test"\n', tmp_path))


@pytest.mark.exhaustive
def test_the_first_ten_minutes_are_the_same_twice(hold, tmp_path):
    named = find_program("first-ten-minutes")
    what_is_planted_is_found(held_twice(hold, named.program, named.text, tmp_path))


@pytest.mark.parametrize("speed", [10.0, pytest.param(1.0, marks=pytest.mark.exhaustive)])
def test_a_given_speed_gives_the_same_as_full_speed(recorded, hold, tmp_path, speed):
    folder, made, fast = recorded
    paced = hold("sim:person", made, [KNOWN], out=tmp_path / "paced", speed=speed)
    assert read(folder, "emg.csv") == read(tmp_path / "paced", "emg.csv")
    assert read(folder, "events.csv") == read(tmp_path / "paced", "events.csv")
    same_scores(fast.outcome, paced.outcome)
    assert fast.outcome.score[0].credits > 0


@pytest.mark.parametrize("query", ["channels=3", "rate=4000", "rate=1000", "seed=7"])
def test_other_boards_and_people(recorded, hold, tmp_path, query):
    _, made, usual = recorded
    held = [hold(f"sim:person?{query}", made, [KNOWN], out=tmp_path / name) for name in "ab"]
    assert read(tmp_path / "a", "events.csv") == read(tmp_path / "b", "events.csv")
    same_scores(held[0].outcome, held[1].outcome)
    assert held[0].outcome.state == "done"
    fs_hz = held[0].info.fs_hz
    events = open_session(tmp_path / "a").events()
    begun = [e.sample / fs_hz for e in events if e.kind == "step"]
    assert begun[:3] == [0, 2.0, 12.0]
    assert held[0].outcome.score[0].contractions >= 1
    assert repr(usual.outcome.score) != repr(held[0].outcome.score)


def test_three_channels_are_trained_at_once(hold, program):
    channels = [replace(KNOWN, index=k, label=f"Place {k}") for k in range(3)]
    held = hold("sim:person?channels=3", program(*SHORT, goal=FIXED), channels)
    assert [score.channel for score in held.outcome.score] == ["Place 0", "Place 1", "Place 2"]
    assert all(score.scored_s > 10 for score in held.outcome.score)
    assert len({score.mean_uv for score in held.outcome.score}) == 3


@pytest.fixture(scope="module")
def recorded(hold, program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded") / "s"
    made = program(*SHORT, goal=FIXED)
    return folder, made, hold("sim:person", made, [KNOWN], out=folder, text='title = "A test"\n')


def test_a_session_is_kept_with_its_program_and_outcome(recorded):
    folder, _, held = recorded
    assert read(folder, "program.toml") == b'title = "A test"\n'
    meta = json.loads(read(folder, "session.json"))
    assert meta["training"] == held.outcome.to_json()
    assert meta["training"]["state"] == "done"
    assert meta["training"]["channels"][0]["baseline"]["mean_uv"] == 8.0
    json.loads(read(folder, "session.json"), parse_constant=pytest.fail)  # no NaN


def test_the_recording_ends_with_the_session(recorded):
    folder, _, _ = recorded
    done = open_session(folder).events()[-1]
    assert (done.kind, text_of(done)) == ("session", "done")
    recording = load_recording(folder)
    assert recording.n_samples == done.sample
    assert recording.sample[0] == 0
    assert open_session(folder).meta.lost_samples == 0
    assert open_session(folder).tension().sample[-1] < done.sample
    assert open_session(folder).meta.duration_s == done.duration_s


def test_a_replay_gives_the_same_scores(recorded, hold, tmp_path):
    folder, made, held = recorded
    again = hold(folder, made, [KNOWN], out=tmp_path / "again")
    same_scores(again.outcome, held.outcome)
    assert read(tmp_path / "again", "emg.csv") == read(folder, "emg.csv")


def test_a_replay_gives_the_same_events(recorded, hold, tmp_path):
    folder, made, held = recorded
    again = hold(folder, made, [KNOWN], out=tmp_path / "again")
    assert again.outcome.state == held.outcome.state == "done"
    assert read(tmp_path / "again", "events.csv") == read(folder, "events.csv")


@dataclass
class ScriptedSource:
    """A source that is a stand-in for the link."""

    link: object
    name = "handed"
    situation = None
    channel_names = ()

    def reader(self):
        return self.link

    def close(self):
        pass


def test_a_board_that_is_unplugged_pauses_it(hold, program, tape, scripted_link, tmp_path):
    """After 2 s and after 3 s it is away for 0.5 s: the steps of 2.5 s and 1.5 s end later."""
    made = program({"kind": "task", "seconds": 2.5}, {"kind": "task", "seconds": 1.5}, goal=FIXED)
    plugged_in_s = (2, 1, 1)
    tapes = [tape(lambda t: np.full(len(t), 2.0), seconds) for seconds in plugged_in_s]
    held = hold(ScriptedSource(scripted_link(tapes, (40,), away_s=0.5)), made, out=tmp_path / "s")
    assert held.outcome.state == "done"
    events = open_session(tmp_path / "s").events()
    assert [(e.sample, text_of(e)) for e in events if e.kind == "session"][1:] == [
        (4000, "waits for the sensor"),
        (5000, "continues: the sensor is reconnected"),
        (7000, "waits for the sensor"),
        (8000, "continues: the sensor is reconnected"),
        (10_000, "done"),
    ]
    assert [e.sample for e in events if e.kind == "step"] == [0, 6000]
    assert held.outcome.score[0].scored_s < 4


def test_a_recording_that_is_too_short_ends_it_early(recorded, hold, program, tmp_path):
    folder, _, _ = recorded
    longer = program({"kind": "task", "seconds": 600.0}, goal=FIXED)
    again = hold(folder, longer, out=tmp_path / "again")
    assert again.outcome.state == "ended"
    last = open_session(tmp_path / "again").events()[-1]
    assert (text_of(last), last.sample) == ("ended early", load_recording(folder).n_samples)
    assert json.loads(read(tmp_path / "again", "session.json"))["training"]["state"] == "ended"


def test_an_impossible_goal_is_refused_before_anything_is_written(hold, program, tmp_path):
    made = program({"kind": "task", "seconds": 5.0}, goal={"kind": "fixed", "uv": 0.2})
    with pytest.raises(InputError, match="is too low for Left shoulder"):
        hold("sim:person", made, out=tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_it_can_begin_in_the_middle_of_a_stream(program, kept):
    """As in the window, where the stream runs already; wishes come from another thread."""
    made = program({"kind": "task", "seconds": 1.0}, {"kind": "reflect", "question": "How?"})
    opened = open_source("sim:person", speed=10.0)
    pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=60.0)
    sink = kept()
    pipeline.start([sink])
    try:
        while pipeline.status.n_samples < 2500:
            pipeline.wait(0.01)
        session = Session(pipeline, made, "test", [NEW], situation=opened.situation)
        pipeline.add_sink(session)
        while (snapshot := session.snapshot()) is None or snapshot.step.kind != "reflect":
            assert not pipeline.wait(0.01)
        tagged = pipeline.sample_now()
        session.put(Event(tagged, TagBegun("posture", "leaning forward")))
        session.answer("well")
        while not session.over:
            assert not pipeline.wait(0.01)
        assert not pipeline.status.ended  # the stream goes on
    finally:
        pipeline.stop()
        opened.close()
    outcome = session.outcome()
    assert outcome is not None
    assert outcome.answers == (("How?", "well"),)
    mine = [e for e in sink.events if e.kind in ("session", "tag")]
    assert [text_of(e) for e in mine][:1] == ["begins: test (A test)"]
    assert mine[0].sample % 40 == 0
    assert mine[0].sample >= 2500 - CHAIN_DELAY_S * pipeline.info.fs_hz
    assert next(e.sample for e in mine if e.kind == "tag") == tagged
    assert text_of(mine[-1]) == "done"


def test_full_speed_is_lossless():
    assert open_source("sim:person", speed=MAX_SPEED).reader().lossless
