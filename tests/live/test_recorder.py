"""The recorder: nothing is lost silently, and trouble with the disk is told in a sentence."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.errors import StoreError
from unclench.link.virtual.inputs import SyntheticInput
from unclench.live import recorder as recorder_module
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.recorder import Recorder
from unclench.store import load_recording, open_session
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of
from unclench.store.session.writer import SessionWriter


@pytest.fixture
def info():
    return StreamInfo("test", SyntheticInput("relaxed").hello(), ("jaw",), LiveSettings())


def block(first, n=100, state="good"):
    units = np.arange(first, first + n, dtype=np.int32)[:, None]
    uv = units / 1000
    settling, none = np.zeros(n, bool), np.zeros((n, 1), bool)
    states, trusts, no_hz = ((first, (state,)),), ((first, (True,)),), ((first, (0.0,)),)
    judged = states, states, trusts, no_hz
    return LiveBlock(first, units, uv, uv, uv, ~none, none, none, settling, *judged, 0.0)


def record(recorder, firsts):
    """Hand over a block for each of these first samples."""
    for first in firsts:
        recorder.block(block(first))


def test_the_origin_is_the_first_sample_seen(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info)
    recorder.event(event_of(90_010, "marker", "before any block"))
    recorder.block(block(90_000))
    recorder.event(event_of(90_050, "marker", "in it"))
    recorder.event(event_of(80_000, "marker", "before it all"))
    recorder.block(block(90_150))
    meta = recorder.close()
    recording = load_recording(tmp_path / "s")
    assert recording.sample.tolist() == [*range(100), *range(150, 250)]
    assert recording.units()[:, 0].tolist() == [*range(90_000, 90_100), *range(90_150, 90_250)]
    events = [(e.sample, text_of(e)) for e in open_session(tmp_path / "s").events()]
    assert events == [(0, "before it all"), (10, "before any block"), (50, "in it")]
    assert (meta.n_samples, meta.lost_samples, meta.ended) == (200, 50, "closed")


def test_events_without_one_sample_are_kept(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info)
    recorder.event(event_of(90_010, "marker", "alone"))
    recorder.close()
    assert [(e.sample, text_of(e)) for e in open_session(tmp_path / "s").events()] == [(0, "alone")]


def test_a_given_origin_counts_what_was_lost_before(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, origin=0)
    recorder.block(block(40))
    recorder.close(drift_ppm=12.34567)
    assert load_recording(tmp_path / "s").sample[0] == 40
    assert open_session(tmp_path / "s").meta.drift_ppm == 12.346


def test_tension_rows_stand_on_the_grid_with_a_word_each(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, origin=0)
    whole = block(0, 400)
    settling = np.zeros(400, bool)
    settling[:50] = True
    states = ((0, ("settling",)), (200, ("good",)), (300, ("mains hum",)))
    recorder.block(replace(whole, settling=settling, states=states))
    recorder.close()
    tension = open_session(tmp_path / "s").tension()
    assert info.hop_n == 40
    assert (np.diff(tension.sample) == 40).all()
    at = {int(sample): k for k, sample in enumerate(tension.sample)}
    assert len(at) == 10
    for sample, k in at.items():
        value = tension.tension_uv[k, 0]
        if sample < 50:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(sample / 1000, abs=1e-4)
        word = "good" if 200 <= sample < 300 else "mains hum" if sample >= 300 else "settling"
        assert tension.state[k] == word


def test_rows_are_on_disk_before_the_end(wait_for, tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, origin=0)
    recorder.block(block(0))
    wait_for(lambda: load_recording(tmp_path / "s").n_samples == 100)
    assert recorder_module._FLUSH_S < 0.5
    recorder.close()


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk that takes nothing until the event is set."""
    go_on = threading.Event()
    write = SessionWriter.write_samples

    def wait_and_write(self, first_sample, units):
        assert go_on.wait(HANG_LIMIT_S)
        write(self, first_sample, units)

    monkeypatch.setattr(SessionWriter, "write_samples", wait_and_write)
    yield go_on
    go_on.set()


def test_a_queue_that_overflows_is_an_error_that_is_seen(tmp_path, info, monkeypatch, slow_disk):
    monkeypatch.setattr(recorder_module, "_QUEUE_BLOCKS", 3)
    recorder = Recorder(tmp_path / "s", info, origin=0)
    for k in range(10):
        recorder.block(block(100 * k))
    assert recorder.error is not None
    assert "has not kept up" in str(recorder.error)
    slow_disk.set()
    with pytest.raises(StoreError, match=r"is kept\. Record to a faster disk"):
        recorder.close()
    session = open_session(tmp_path / "s")
    assert session.meta.ended == "error"
    kept = session.load().sample
    np.testing.assert_array_equal(kept, np.arange(len(kept)))  # not one hole in what is there
    assert 300 <= len(kept) <= 400


def test_a_source_that_waits_loses_nothing_to_a_slow_disk(
    wait_for, tmp_path, info, monkeypatch, slow_disk
):
    monkeypatch.setattr(recorder_module, "_QUEUE_BLOCKS", 3)
    recorder = Recorder(tmp_path / "s", info, origin=0, lossless=True)
    source = threading.Thread(target=record, args=(recorder, range(0, 1000, 100)))
    source.start()
    wait_for(recorder._queue.full)
    slow_disk.set()
    source.join(HANG_LIMIT_S)
    assert recorder.close().n_samples == 1000


@pytest.mark.parametrize("name", ["file/s", "file", "full"])
def test_folders_that_cannot_be_written(tmp_path, info, name):
    (tmp_path / "file").write_text("in the way")
    Recorder(tmp_path / "full", info).close()
    before = threading.active_count()
    with pytest.raises(StoreError) as error:
        Recorder(tmp_path / name, info)
    assert str(tmp_path) in str(error.value)
    assert str(error.value).endswith(".")
    assert threading.active_count() == before


@pytest.mark.parametrize("lossless", [True, False])
def test_a_failing_disk_is_reported_and_blocks_no_thread(tmp_path, info, monkeypatch, lossless):
    monkeypatch.setattr(recorder_module, "_QUEUE_BLOCKS", 2)

    def full(self, first_sample, units):
        raise StoreError("The disk is full (0 MB free): free some space.")

    monkeypatch.setattr(SessionWriter, "write_samples", full)
    recorder = Recorder(tmp_path / "s", info, origin=0, lossless=lossless)
    firsts = range(0, 5000, 100)
    source = threading.Thread(target=record, args=(recorder, firsts), daemon=True)
    source.start()
    source.join(HANG_LIMIT_S)
    assert not source.is_alive()
    with pytest.raises(StoreError, match="The disk is full"):
        recorder.close()
    assert open_session(tmp_path / "s").meta.ended == "error"


def test_an_internal_error_is_reported_and_blocks_no_thread(tmp_path, info, monkeypatch):
    monkeypatch.setattr(recorder_module, "_QUEUE_BLOCKS", 2)
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))
    recorder = Recorder(tmp_path / "s", info, origin=0, lossless=True)
    recorder.block(block(0))
    recorder.block(block(50))  # goes back
    firsts = range(200, 5200, 100)
    source = threading.Thread(target=record, args=(recorder, firsts), daemon=True)
    source.start()
    source.join(HANG_LIMIT_S)
    assert not source.is_alive()
    with pytest.raises(StoreError, match=r"an internal error \(ValueError: sample 50 after 99"):
        recorder.close()
    assert isinstance(told[0], ValueError)
    assert load_recording(tmp_path / "s").n_samples == 100


def test_closing_twice_is_harmless(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, origin=0)
    recorder.block(block(0))
    assert recorder.close() == recorder.close() == recorder.meta
    assert isinstance(recorder._queue, queue.Queue)


# events, the end, and what is said of a session


def kept_events(folder):
    return [(e.sample, text_of(e)) for e in open_session(folder).events()]


@pytest.mark.parametrize("length", [10, 64, 100, 1000])
def test_events_are_in_the_order_of_their_samples_however_blocks_came(tmp_path, info, length):
    """Each event is known when a certain sample has come, and tells of the same or an earlier one
    in the same block, or of a later one."""
    known = [
        (100, 100, "a"),
        (120, 120, "b"),
        (250, 340, "ahead"),
        (300, 300, "c"),
        (340, 340, "d"),
    ]
    recorder = Recorder(tmp_path / "s", info)
    for first in range(0, 1000, length):
        stop = min(1000, first + length)
        for at, sample, text in known:
            if first <= at < stop:
                recorder.event(event_of(sample, "marker", text))
        recorder.block(block(first, stop - first))
    recorder.close()
    expected = [(100, "a"), (120, "b"), (300, "c"), (340, "ahead"), (340, "d")]
    assert kept_events(tmp_path / "s") == expected


def test_an_event_that_comes_too_late_is_kept_all_the_same(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info)
    recorder.block(block(0, 200))
    recorder.event(event_of(150, "marker", "in time"))
    recorder.block(block(200, 200))
    recorder.event(event_of(50, "marker", "late"))
    recorder.close()
    assert kept_events(tmp_path / "s") == [(50, "late"), (150, "in time")]


@pytest.mark.parametrize("length", [30, 100, 250, 1000])
def test_it_ends_where_it_is_told_to(tmp_path, info, length):
    recorder = Recorder(tmp_path / "s", info, origin=0)
    recorder.end_at(430)
    for first in range(0, 1000, length):
        recorder.block(block(first, min(length, 1000 - first)))
    for sample in (429, 430, 431):
        recorder.event(event_of(sample, "marker", str(sample)))
    meta = recorder.close()
    assert load_recording(tmp_path / "s").sample.tolist() == list(range(430))
    assert open_session(tmp_path / "s").tension().sample[-1] == 400
    assert kept_events(tmp_path / "s") == [(429, "429"), (430, "430")]
    assert (meta.n_samples, meta.lost_samples, meta.duration_s) == (430, 0, 0.215)


def test_the_end_is_counted_from_the_origin_of_the_stream(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, origin=1000)
    recorder.block(block(900, 300))
    recorder.end_at(1250)
    recorder.block(block(1200, 300))
    recorder.close()
    assert load_recording(tmp_path / "s").sample.tolist() == list(range(250))


def test_what_is_known_of_a_session_is_kept_from_the_beginning(tmp_path, info):
    recorder = Recorder(tmp_path / "s", info, about={"sites": ["Jaw"], "training": {"state": "x"}})
    meta = open_session(tmp_path / "s").meta
    assert (meta.sites, meta.training) == (("Jaw",), {"state": "x"})
    recorder.update(training={"state": "done", "score": [{"credits": 3}]})
    recorder.close()
    assert open_session(tmp_path / "s").meta.training == {
        "state": "done",
        "score": [{"credits": 3}],
    }


def test_an_update_is_on_disk_before_the_end(wait_for, tmp_path, info):
    recorder = Recorder(tmp_path / "s", info)
    recorder.update(note="half way")
    wait_for(lambda: open_session(tmp_path / "s").meta.note == "half way")
    recorder.close()


def test_a_disk_that_refuses_the_last_rows_is_told_in_the_session(tmp_path, info, monkeypatch):
    recorder = Recorder(tmp_path / "s", info, lossless=True)

    def full(self):
        raise StoreError("The disk is full (0 MB free): free some space.")

    monkeypatch.setattr(SessionWriter, "_flush_emg", full)
    recorder.block(block(0))
    with pytest.raises(StoreError, match="The disk is full"):
        recorder.close()
    assert open_session(tmp_path / "s").meta.ended == "error"
