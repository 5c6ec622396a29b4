"""The processing thread: the same figures as offline, gaps said aloud, sinks that come and go."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from tests import needs
from tests.known import known
from tests.limits import HANG_LIMIT_S

from unclench.errors import InputError, SourceError
from unclench.link import reader as reader_module
from unclench.link.decoder import LinkDecoder
from unclench.link.messages import Connected
from unclench.link.reader import LinkReader
from unclench.link.timing import SimulatedTime
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.live.blocks import LiveSettings
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.analyze import analyze
from unclench.review.signal import make_signal
from unclench.sources import open_source
from unclench.store import load_recording, open_session
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of
from unclench_dsp import (
    NARROW,
    WIDE,
    ChainSettings,
    SosFilter,
    TensionChain,
    design_bandpass,
)


def noise_csv(write_csv, seconds=6, fs_hz=1000, n_channels=2):
    rng = np.random.default_rng(7)
    return write_csv(rng.normal(0, 12, (seconds * fs_hz, n_channels)).round(4), fs_hz)


def same_as_live(result, recording, kept, k):
    """The figures are those of the tension that was shown, in the rows that count."""
    figures = result.channels[k].figures
    signal = make_signal(recording, result.band, "auto", result.window_s, origin=0)
    used = signal.sample[signal.used[:, k]]
    live_uv = kept.envelope_uv[np.searchsorted(kept.index, used), k]
    assert set(figures.excluded_s) <= {"settling", "gap"}
    assert figures.used_s * 50 == pytest.approx(len(live_uv))
    assert known(figures.mean).value == pytest.approx(live_uv.mean(), rel=1e-9)
    levels = [known(level).value for level in (figures.p10, figures.p50, figures.p90)]
    np.testing.assert_allclose(levels, np.percentile(live_uv, (10, 50, 90)), rtol=1e-9)
    assert figures.max_uv == pytest.approx(live_uv.max(), rel=1e-9)


@pytest.mark.parametrize("band", [WIDE, NARROW], ids=lambda band: band.name)
def test_a_csv_played_live_is_the_csv_analysed(play, write_csv, band):
    path = noise_csv(write_csv)
    kept, pipeline, info = play(path, settings=LiveSettings(band, "auto", 0.5))
    recording = load_recording(path)
    assert info.channels == recording.channels
    np.testing.assert_array_equal(kept.index, recording.sample)
    np.testing.assert_allclose(kept.emg_uv, recording.emg_uv, rtol=0, atol=1e-9)
    chain = TensionChain(ChainSettings(1000.0, 2, band, 0.5))
    offline = (chain.process(kept.emg_uv), chain.finish())  # the very same numbers, in one block
    for name in ("envelope_uv", "settling"):
        whole = np.concatenate([getattr(block, name) for block in offline])
        np.testing.assert_array_equal(getattr(kept, name), whole)
    result = analyze(recording, band, "auto", 0.5)
    for k in range(len(result.channels)):
        same_as_live(result, recording, kept, k)
    status = pipeline.status
    assert (status.ended, status.cut_short, status.lost_samples) == (True, False, 0)


def test_a_real_muscle_played_live_is_the_same_analysed(play):
    path = needs.recording("plux_rest_contraction/plux_rest_contraction.csv")
    kept, _, _ = play(path)
    recording = load_recording(path)
    result = analyze(recording)
    same_as_live(result, recording, kept, 0)
    settled = kept.envelope_uv[~kept.settling, 0]
    assert known(result.channels[0].figures.p10).value == pytest.approx(
        2, rel=0.3
    )  # the resting floor
    assert 150 < np.median(settled[settled > 50]) < 300  # the bursts, about 220


def test_a_session_with_gaps_played_live_is_the_same_analysed(play, tmp_path):
    folder = tmp_path / "s"
    source = "sim:desk-work?drop=3e-5&channels=2&seed=3"
    first = record(play, source, 12, folder)
    recording = load_recording(folder)
    assert recording.lost_samples > 0
    np.testing.assert_array_equal(recording.units(), first.units)
    kept, pipeline, _ = play(folder)
    np.testing.assert_array_equal(kept.index, recording.sample)
    np.testing.assert_array_equal(kept.units, recording.units())
    assert len(kept.kinds("gap")) == len(recording.segments()) - 1
    assert sum(event.lost_samples for event in kept.kinds("gap")) == recording.lost_samples
    assert pipeline.status.lost_samples == recording.lost_samples
    result = analyze(recording)
    for k in range(len(result.channels)):
        same_as_live(result, recording, kept, k)


def record(play, source, seconds, folder):
    """Record so many seconds of a source; return what came."""
    recorders = []

    def recorder(info):
        recorders.append(Recorder(folder, info, origin=0, lossless=True))
        return recorders[0]

    kept, _, _ = play(source, seconds, sinks=[recorder])
    recorders[0].close()
    return kept


def record_with_gap(play, folder, seconds, lost):
    """Record at 2 kHz without the samples of the slice `lost`."""
    record(play, "sim:relaxed", seconds, folder)
    emg = folder / "emg.csv"
    head, *rows = emg.read_text().splitlines()
    del rows[lost]
    emg.write_text("\n".join([head, *rows, ""]))


@pytest.fixture(scope="module")
def gappy(play, tmp_path_factory):
    """A session of 2 s, a gap of 0.3 s, and 2 s more, at 2 kHz."""
    folder = tmp_path_factory.mktemp("gappy") / "s"
    record_with_gap(play, folder, 4.3, slice(4000, 4600))
    return folder


def test_after_a_gap_filters_restart_and_settle(play, gappy):
    kept, _, info = play(gappy)
    (gap,) = kept.kinds("gap")
    assert (gap.sample, gap.lost_samples, gap.duration_s) == (4000, 600, 0.3)
    settling_n = TensionChain(ChainSettings(info.fs_hz, 1)).settling_n
    expected = np.zeros(len(kept.index), bool)
    expected[:settling_n] = True
    expected[4000 : 4000 + settling_n] = True
    np.testing.assert_array_equal(kept.settling, expected)
    # Nothing is carried over the gap: what follows is what it would be alone.
    alone = SosFilter(design_bandpass(WIDE, info.fs_hz), 1).process(kept.emg_uv[4000:])
    chain = TensionChain(ChainSettings(info.fs_hz, 1, mains="off"))
    after = [chain.process(kept.emg_uv[4000:]), chain.finish()]
    np.testing.assert_array_equal(np.concatenate([block.band_uv for block in after]), alone)
    envelope_uv = np.concatenate([block.envelope_uv for block in after])
    np.testing.assert_array_equal(kept.envelope_uv[4000:], envelope_uv)
    for block in kept.blocks:
        assert not block.first < 4600 < block.stop


def test_a_gap_longer_than_the_link_waits_does_not_restart_the_recording(
    play, tmp_path, monkeypatch
):
    """At this speed the gap lasts 0.2 s, longer than the link waits for a byte."""
    monkeypatch.setattr(reader_module, "_SILENT_S", 0.0)
    folder = tmp_path / "s"
    record_with_gap(play, folder, 2.5, slice(500, 4500))
    kept, pipeline, _ = play(folder, speed=10.0)
    assert pipeline.status.reconnections == 0
    np.testing.assert_array_equal(kept.index, load_recording(folder).sample)


@pytest.mark.parametrize("seconds", [0.01, 1.0, 2.1, 2.31, 3.0])
def test_it_stops_on_the_sample_asked_for(play, gappy, seconds):
    kept, pipeline, _ = play(gappy, seconds)
    stop_at = round(seconds * 2000)
    expected = [i for i in range(stop_at) if not 4000 <= i < 4600]
    np.testing.assert_array_equal(kept.index, expected)
    assert (pipeline.status.ended, pipeline.status.why) == (True, "done")


def test_markers_land_where_they_were_put(wait_for, tmp_path):
    opened = open_source("sim:relaxed", speed=10)
    pipeline = Pipeline.connect(opened.reader(), "sim", stop_after_s=3)
    info = pipeline.info
    recorder = Recorder(tmp_path / "s", info, origin=0)
    pipeline.start([recorder])
    given = pipeline.mark("=typed, by a person", 1234)
    wait_for(lambda: pipeline.status.n_samples >= 1000)
    before = pipeline.status.n_samples
    now = pipeline.mark("now")
    after = pipeline.status.n_samples
    assert pipeline.wait(HANG_LIMIT_S)
    pipeline.stop()
    recorder.close()
    opened.close()
    assert given == 1234
    assert before <= now <= after + info.fs_hz
    marks = [e for e in open_session(tmp_path / "s").events() if e.kind == "marker"]
    put = [(1234, "=typed, by a person"), (now, "now")]
    assert [(e.sample, text_of(e)) for e in marks] == sorted(put)


def test_sample_now_follows_the_clock(script, arrived):
    hello = SyntheticInput("relaxed").hello()
    clock = SimulatedTime()
    events = [Connected(hello, 100.0), *arrived(0, 8000, 100.0)]
    pipeline = Pipeline.connect(script(events, clock), "script")
    pipeline.start([])
    assert pipeline.wait(HANG_LIMIT_S)
    for now_s, expected in ((103.5, 7000), (104.0, 8000), (104.25, 8500), (110.0, 10_000)):
        clock.sleep(now_s - clock.now_s())
        # No further ahead than a second: a source that was paused has stopped its count.
        assert pipeline.sample_now() == pytest.approx(expected, abs=2)


def test_sinks_come_and_go(new_collector, wait_for):
    opened = open_source("sim:relaxed", speed=20)
    pipeline = Pipeline.connect(opened.reader(), "sim")
    always, guest = new_collector(), new_collector()
    pipeline.start([always])
    try:
        wait_for(lambda: len(always.blocks) > 5)
        pipeline.add_sink(guest)
        wait_for(lambda: len(guest.blocks) > 5)
        pipeline.remove_sink(guest)
        pipeline.remove_sink(guest)  # harmless
        assert pipeline.catch_up(HANG_LIMIT_S)
        kept, n_always = len(guest.blocks), len(always.blocks)
        wait_for(lambda: len(always.blocks) > n_always + 5)
    finally:
        pipeline.stop()
        opened.close()
    assert len(guest.blocks) == kept < len(always.blocks) - 5
    np.testing.assert_array_equal(always.index, np.arange(len(always.index)))
    np.testing.assert_array_equal(np.diff(guest.index), 1)
    assert guest.blocks[0] in always.blocks


def test_a_rate_too_low_for_the_band_is_a_sentence(play, write_csv):
    path = noise_csv(write_csv, fs_hz=250, n_channels=1)
    with pytest.raises(InputError) as error:
        play(path)
    assert "250" in str(error.value)
    assert str(error.value).endswith(".")


def test_an_imported_recording_clips_only_at_its_rails(play, write_csv):
    t = np.arange(8000) / 1000
    rng = np.random.default_rng(1)
    emg = 300 * np.sin(2 * np.pi * 3 * t) + rng.normal(0, 5, 8000)  # near its extremes for long
    kept, _, _ = play(write_csv(emg[:, None], 1000, "whole.csv"))
    assert {state for block in kept.blocks for state in block.state} <= {"settling", "good"}
    assert kept.blocks[-1].state == ("good",)
    cut = np.clip(emg, -250, 250)
    kept, _, info = play(write_csv(cut[:, None], 1000, "cut.csv"))
    assert kept.blocks[-1].state == ("clipping",)
    assert (info.rails_uv[0][0], info.rails_uv[1][0]) == pytest.approx((-250, 250))


def test_an_error_in_a_sink_is_in_the_status(monkeypatch):
    class Broken:
        def block(self, block):
            raise RuntimeError("the sink broke")

        def event(self, event):
            pass

    told = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))
    opened = open_source("sim", speed=MAX_SPEED)
    pipeline = Pipeline.connect(opened.reader(), "sim")
    pipeline.start([Broken()])
    assert pipeline.wait(HANG_LIMIT_S)
    status = pipeline.status
    assert status.ended
    assert status.cut_short
    assert "an internal error (RuntimeError: the sink broke)" in status.why
    stopper = threading.Thread(target=pipeline.stop, daemon=True)
    stopper.start()
    stopper.join(HANG_LIMIT_S)
    assert not stopper.is_alive()
    opened.close()
    assert [str(error) for error in told] == ["the sink broke"]


def test_an_error_in_the_link_ends_the_session_with_its_reason(monkeypatch):
    feed = LinkDecoder.feed

    def broken(self, data):
        messages = feed(self, data)
        if any(getattr(message, "index", 0) > 1000 for message in messages):
            raise RuntimeError("a fault of the program")
        return messages

    told = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))
    monkeypatch.setattr(LinkDecoder, "feed", broken)
    opened = open_source("sim", speed=20)
    pipeline = Pipeline.connect(opened.reader(), "sim")
    pipeline.start([])
    assert pipeline.wait(HANG_LIMIT_S)
    assert (pipeline.status.ended, pipeline.status.cut_short) == (True, True)
    assert [str(error) for error in told] == ["a fault of the program"]
    pipeline.stop()
    opened.close()


def test_stopping_ends_however_full_the_queue_is(monkeypatch, wait_for):
    """The link's last word may find no room in the queue."""
    monkeypatch.setattr(reader_module, "_QUEUE_FRAMES", 2)
    go_on = threading.Event()

    class Slow:
        block_came = False

        def block(self, block):
            self.block_came = True
            assert go_on.wait(HANG_LIMIT_S)

        def event(self, event):
            pass

    board = VirtualBoard(SyntheticInput("relaxed"), MAX_SPEED)
    pipeline = Pipeline.connect(LinkReader(board.plug_in, "board", lossless=True), "board")
    slow = Slow()
    pipeline.start([slow])
    wait_for(lambda: slow.block_came and pipeline._reader.events.full())
    stopper = threading.Thread(target=pipeline.stop, daemon=True)
    stopper.start()
    wait_for(lambda: not pipeline._reader.running)
    go_on.set()
    stopper.join(HANG_LIMIT_S)
    assert not stopper.is_alive()
    assert pipeline.status.ended
    board.close()


def test_a_board_that_comes_back_with_other_settings_ends_the_recording(wait_for):
    first = VirtualBoard(SyntheticInput("relaxed"), speed=5)
    second = VirtualBoard(SyntheticInput("relaxed", rate_hz=4000), speed=5)
    boards = [first, second]

    def plug_in():
        if not boards:
            raise SourceError("gone")
        return boards.pop(0).plug_in()

    reader = LinkReader(plug_in, "board")
    pipeline = Pipeline.connect(reader, "board")
    pipeline.start([])
    wait_for(lambda: pipeline.status.n_samples >= 100)
    first.close()
    assert pipeline.wait(HANG_LIMIT_S)
    status = pipeline.status
    assert (status.ended, status.cut_short, status.connected) == (True, True, False)
    assert "has other settings" in status.why
    pipeline.stop()
    second.close()


def test_drift_is_told_only_in_true_time(play, script):
    for speed in (MAX_SPEED, 500.0):
        _, pipeline, _ = play("sim:shorted", 30, speed=speed)
        assert pipeline.status.drift_ppm is None
    assert Pipeline.connect(script([]), "x")._reader.true_time


def test_the_last_status_sums_up_the_stream(play):
    kept, pipeline, info = play("sim:mains-hum", 20)
    status = pipeline.status
    assert status.n_samples == 40_000 == kept.blocks[-1].stop
    assert status.state == kept.blocks[-1].state
    assert 50.0 in [round(line.hz, 1) for line in status.removed[0]]
    assert status.mains_fraction[0] > 0.9
    assert any(event.kind == "mains" and "50 Hz" in text_of(event) for event in kept.events)
    assert status.recent_events == tuple(kept.events[-20:])
    assert info.source == "Virtual board: mains-hum"
    assert Connected(info.hello, 0.0).hello is info.hello


def test_signal_states_are_emitted_at_their_sample(play):
    kept, _, info = play("sim:poor-contact", 30)
    changes = kept.kinds("signal")
    # On the skin for 8 s, off for 6 s: seen within the windows of half a second.
    texts = [text_of(event).partition(": ")[2] for event in changes]
    assert texts[0] == "good"
    off_s = next(e.sample for e in changes if text_of(e).endswith("no contact")) / info.fs_hz
    assert 8.0 < off_s < 11.0
    for event in changes:
        block = next(b for b in kept.blocks if b.first <= event.sample <= b.stop)
        if event.sample < block.stop:
            assert block.state_at(event.sample)[0] == text_of(event).partition(": ")[2]


# what a session needs of it


def test_band_and_trust_come_with_every_block(play):
    kept, _, info = play("sim:poor-contact", 12)
    chain = TensionChain(ChainSettings(info.fs_hz, 1))
    band_uv = np.concatenate([block.band_uv for block in kept.blocks])
    parts = [chain.process(kept.emg_uv), chain.finish()]
    np.testing.assert_array_equal(band_uv, np.concatenate([part.band_uv for part in parts]))
    trusted = []
    for block in kept.blocks:
        since = [at for at, _ in block.trusts]
        assert since[0] <= block.first
        assert since == sorted(since)
        assert block.trusted == block.trusts[-1][1]
        for sample in range(block.first, block.stop):
            trusted += next(trust for at, trust in reversed(block.trusts) if at <= sample)
    assert not any(trusted[:1000])  # nobody knows yet
    assert all(trusted[8000:16_000])  # by then the hum on the skin is removed
    assert not any(trusted[19_000:])


def test_a_part_of_a_block_is_what_it_was_in_the_whole(play):
    kept, _, _ = play("sim:relaxed?channels=2", 2)
    whole = max(kept.blocks, key=lambda block: len(block.units))
    assert whole.between(0, float("inf")) is whole
    low, high = whole.first + 3, whole.stop - 4
    part = whole.between(low, high)
    assert (part.first, part.stop) == (low, high)
    for name in ("units", "emg_uv", "band_uv", "envelope_uv", "settling"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[3:-4])
    assert part.state_at(low) == whole.state_at(low)
    assert whole.between(whole.stop, float("inf")) is None
    assert whole.between(0, whole.first) is None
    assert whole.between(whole.stop + 5, whole.stop + 9) is None


class StopsAfter:
    """A sink that has seen enough after so many blocks."""

    def __init__(self, n, pipeline):
        self.left, self.seen, self.pipeline = n, [], pipeline

    def block(self, block):
        self.seen.append(block)
        self.left -= 1
        if self.left == 0:
            self.pipeline.emit(event_of(block.stop, "session", "done"))
            self.pipeline.finish()

    def event(self, event):
        pass


@pytest.mark.parametrize("speed", [MAX_SPEED, 5.0])
def test_a_sink_that_has_seen_enough_ends_it(new_collector, speed):
    opened = open_source("sim:relaxed", speed=speed)
    pipeline = Pipeline.connect(opened.reader(), opened.name)
    assert pipeline.lossless == (speed == MAX_SPEED)
    kept = new_collector()
    stops = StopsAfter(7, pipeline)
    pipeline.start([stops, kept])
    assert pipeline.wait(HANG_LIMIT_S)
    pipeline.stop()
    opened.close()
    assert len(stops.seen) == len(kept.blocks) == 7  # this block still goes to everybody
    assert [text_of(event) for event in kept.kinds("session")] == ["done"]
    status = pipeline.status
    assert (status.ended, status.why, status.cut_short) == (True, "done", False)


def test_calls_run_on_the_processing_thread(new_collector):
    opened = open_source("sim:relaxed", speed=10.0)
    pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=60.0)
    kept, names, done = new_collector(), [], threading.Event()
    pipeline.start([kept])

    def order():
        names.append(threading.current_thread().name)
        pipeline.emit(event_of(5, "tag", "slouching"))
        done.set()

    pipeline.call(order)
    assert done.wait(HANG_LIMIT_S)
    pipeline.stop()
    opened.close()
    assert names == ["unclench-processing"]
    assert [text_of(event) for event in kept.kinds("tag")] == ["slouching"]
    assert kept.kinds("tag")[0] in pipeline._recent
