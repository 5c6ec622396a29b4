"""Watching a stream: what is said, what is written, and what a person can ask of it."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest

from unclench.link.virtual.board import MAX_SPEED
from unclench.live.pipeline import Pipeline
from unclench.settings import Sustained
from unclench.sources import open_source
from unclench.training.day.watching import Watching
from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.tags import Tag

BEGAN = datetime(2026, 1, 5, 9)
REST = RestBaseline(2.0, 0.2, 60.0, 0.3)
SHOULDER = TrainedChannel(0, "Left shoulder", 0.3, REST, ReferenceContraction(600.0, "maximum"))
LIMITS = Sustained(minutes=0.1, rests=0)
TAGS = (Tag("1", "posture", "slouching"),)


@pytest.fixture
def watch(tmp_path):
    """Watch some seconds of a source at full speed; `first` is done before."""

    def watched(source, seconds, channel=SHOULDER, first=lambda watching: None):
        opened = open_source(source, speed=MAX_SPEED)
        pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=seconds)
        watching = Watching(pipeline.info, [channel], LIMITS, tmp_path, BEGAN, TAGS)
        first(watching)
        pipeline.start([watching])
        assert pipeline.wait(60)
        pipeline.stop()
        opened.close()
        return watching

    return watched


def events(watching):
    path = watching.store.folder / "events.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_paused_alerts_are_written_and_not_said(watch):
    watching = watch("sim:desk-work", 40, first=lambda watching: watching.pause(10))
    assert watching.paused is False
    said = [one for one in watching.take() if one.alert]
    watching.finish()
    written = [event for event in events(watching) if event["kind"] == "alert"]
    assert len(written) > len(said) > 0
    assert all(int(event["sample"]) < 20_000 for event in written[: -len(said)])
    assert all((one.at - BEGAN).total_seconds() >= 10 for one in said)
    assert events(watching)[0]["text"] == "alerts are silent for 10 s"


def test_a_pause_ends_by_the_signal(watch):
    watching = watch("sim:desk-work", 20, first=lambda watching: watching.pause(3600))
    assert watching.paused
    assert not [one for one in watching.take() if one.alert]
    watching.finish()


def test_a_signal_that_cannot_be_used_has_its_reason(watch):
    watching = watch("sim:steady-tone", 4)
    assert watching.words() == "Left shoulder: no usable signal (tone at 73 Hz)"
    watching.finish()
    assert [event["text"] for event in events(watching) if event["kind"] == "signal"][-1] == (
        "channel 1: tone at 73 Hz"
    )


def test_tags_begin_and_end_and_none_stays_open(watch):
    watching = watch("sim:relaxed", 10, first=lambda watching: watching.press("1"))
    watching.press("1")
    watching.press("1")
    watching.press("x")
    watching.finish()
    tags = [event for event in events(watching) if event["kind"].startswith("tag")]
    assert [event["kind"] for event in tags] == ["tag", "tag end", "tag", "tag end"]
    assert {event["text"] for event in tags} == {"posture: slouching"}
    assert float(tags[1]["duration_s"]) == pytest.approx(8.5, abs=0.1)  # rows come 1.5 s late


def test_without_contact_rest_is_not_known_yet(watch):
    bare = TrainedChannel(0, "Jaw", 0.3)
    watching = watch("sim:poor-contact", 70, bare)
    assert watching.measuring  # a minute is needed; here are 8 s of contact in every 14
    assert "s left: sit back and let go" in watching.words()
    summary, refused = watching.finish()
    assert (summary, refused) == (None, None)


def test_words_once_rest_is_known(watch):
    watching = watch("sim:person", 70, TrainedChannel(0, "Jaw", 0.3))
    (told,) = watching.take()
    assert told.sentence.startswith("Baseline for this watch only: Jaw: ")
    assert watching.words().startswith("Jaw: ")
    watching.finish()
