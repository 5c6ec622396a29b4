"""A session as it is written, and as others read it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.errors import StoreError
from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter, open_session
from unclench.store.events.event import Event, Marked
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of
from unclench_wire.messages import Channel, Hello

MakeMeta = Callable[..., SessionMeta]


def units_of(n: int, n_channels: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 1_023_751, (n, n_channels)).astype(np.int32)


def test_session_as_a_spreadsheet_sees_it(tmp_path: Path, make_meta: MakeMeta) -> None:
    with SessionWriter(tmp_path / "s", make_meta(2)) as writer:
        writer.write_samples(0, np.array([[512_000, 512_001], [512_100, 0]], np.int32))
        writer.write_samples(5, np.array([[1_023_750, 512_000]], np.int32))
        writer.write_tension([0, 100], [[np.nan, 1.25], [2.0, 3.0]], ["settling", "good"])
        writer.write_event(event_of(7, "gap", "cable, \nthen =1+1", 0.002, 4))
        writer.write_event(Event(8, Marked("=HYPERLINK()")))
    text = {p.name: p.read_text() for p in writer.folder.iterdir()}
    assert text["emg.csv"].splitlines() == [
        "sample,time_s,ch1_uv,ch2_uv",
        "0,0,0,0.016",
        "1,0.0005,1.611,-8250",
        "5,0.0025,8245.972,0",
    ]
    assert text["tension.csv"].splitlines() == [
        "sample,time_s,ch1_tension_uv,ch2_tension_uv,state",
        "0,0.0,,1.2500,settling",
        "100,0.05,2.0000,3.0000,good",
    ]
    assert list(csv.reader(io.StringIO(text["events.csv"]))) == [
        ["sample", "time_s", "kind", "text", "duration_s", "lost_samples", "data"],
        ["7", "0.0035", "gap", "cable,  then =1+1", "0.002", "4", ""],
        ["8", "0.004", "marker", "'=HYPERLINK()", "", "", '{"text":"=HYPERLINK()"}'],
    ]
    meta = json.loads(text["session.json"])
    # Sample 0 to 10: those that the gap at the end has swallowed count as well.
    assert (meta["n_samples"], meta["lost_samples"], meta["gaps"]) == (3, 8, 2)
    assert (meta["duration_s"], meta["ended"]) == (0.0055, "closed")
    assert set(text) == {"emg.csv", "tension.csv", "events.csv", "session.json"}


def test_everything_is_read_back(tmp_path: Path, make_meta: MakeMeta) -> None:
    units = units_of(5000, 3)
    with SessionWriter(tmp_path / "s", make_meta(3)) as writer:
        writer.write_samples(10, units[:3000])
        writer.write_samples(3060, units[3000:])
        writer.write_tension([10, 110], [[np.nan] * 3, [1.0, 2.0, 3.0]], ["settling", "good; =hum"])
        writer.write_event(event_of(11, "marker", "'-- @home"))
    session = open_session(writer.folder)
    recording = session.load()
    np.testing.assert_array_equal(recording.units(), units)
    np.testing.assert_array_equal(recording.emg_uv, recording.constants.to_uv(units))  # type: ignore[union-attr]
    assert recording.segments() == [(0, 3000), (3000, 5000)]
    assert (recording.lost_samples, recording.n_samples) == (50, 5000)
    assert recording.duration_s == 5050 / 2000
    assert recording.noise_uv == (None, 0.3, 0.6)
    assert (recording.band.name, recording.mains) == ("wide", "auto")  # type: ignore[union-attr]
    assert recording.notes == ()
    tension = session.tension()
    np.testing.assert_array_equal(tension.tension_uv, [[np.nan] * 3, [1.0, 2.0, 3.0]])
    assert (tension.sample.tolist(), tension.state) == ([10, 110], ("settling", "good; =hum"))
    (event,) = session.events()
    assert (text_of(event), event.sample, event.lost_samples) == ("'-- @home", 11, None)


hellos = st.builds(
    Hello,
    st.lists(st.builds(Channel, st.integers(1, 10**8)), min_size=1, max_size=3),
    rate_num=st.integers(1, 10**6),
    rate_den=st.integers(1, 10**6),
    oversampling=st.integers(1, 2**16 - 1),
    full_scale_uv=st.integers(1, 2**32 - 1),
    codes=st.integers(1, 2**32 - 1),
    zero_unit=st.integers(-(2**24), 2**24),
)


@given(hellos, st.integers(0, 2**40), st.integers(0, 2**32 - 1))
def test_units_come_back_whatever_the_board(
    tmp_path_factory: pytest.TempPathFactory, hello: Hello, first: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    units = rng.integers(0, 2**24, (20, len(hello.channels))).astype(np.int32)
    meta = SessionMeta(
        source="test",
        constants=BoardConstants.from_hello(hello),
        band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
        window_s=0.25,
        tension_rate_hz=20,
    )
    with SessionWriter(tmp_path_factory.mktemp("s") / "s", meta) as writer:
        writer.write_samples(first, units)
    recording = open_session(writer.folder).load()
    np.testing.assert_array_equal(recording.units(), units)
    np.testing.assert_array_equal(recording.emg_uv, meta.constants.to_uv(units))
    assert recording.sample[0] == first
    assert recording.rate == meta.constants.rate


def test_flush_writes_every_row(tmp_path: Path, make_meta: MakeMeta) -> None:
    writer = SessionWriter(tmp_path / "s", make_meta())
    for i in range(3):
        writer.write_samples(10 * i, units_of(10, 1))
        writer.write_tension([10 * i], [[1.0]], ["good"])
        writer.write_event(event_of(10 * i, "marker", ""))
        writer.flush()
        session = open_session(writer.folder)
        rows = (session.load().n_samples, len(session.tension().sample), len(session.events()))
        assert rows == (10 * i + 10, i + 1, i + 1)
    assert "was not closed" in session.load().notes[0]
    writer.close()


def test_many_rows_are_written_before_a_flush(tmp_path: Path, make_meta: MakeMeta) -> None:
    writer = SessionWriter(tmp_path / "s", make_meta())
    for i in range(12):
        writer.write_samples(10_000 * i, units_of(10_000, 1))
    assert open_session(writer.folder).load().n_samples == 100_000
    writer.close()


def test_a_session_is_closed_after_an_error_with_its_last_update(
    tmp_path: Path, make_meta: MakeMeta
) -> None:
    writer = SessionWriter(tmp_path / "s", make_meta(mood="calm"))

    def record() -> None:
        with writer:
            writer.update(drift_ppm=12.5, sites=["jaw"])
            writer.write_samples(0, units_of(4, 1))
            raise RuntimeError("unplugged")

    with pytest.raises(RuntimeError):
        record()
    meta = open_session(writer.folder).meta
    assert (meta.drift_ppm, meta.sites, meta.n_samples) == (12.5, ("jaw",), 4)
    assert (meta.ended, meta.reason) == ("error", "RuntimeError: unplugged")
    assert meta.model_extra == {"mood": "calm"}


@pytest.mark.parametrize("shape", [(3,), (3, 2)])
def test_samples_of_the_wrong_shape_are_refused(
    tmp_path: Path, make_meta: MakeMeta, shape: tuple[int, ...]
) -> None:
    with SessionWriter(tmp_path / "s", make_meta()) as writer:
        units = np.zeros(shape, np.int32)
        with pytest.raises(ValueError, match=r"expected \(n, 1\)"):
            writer.write_samples(0, units)


def test_samples_never_go_back(tmp_path: Path, make_meta: MakeMeta) -> None:
    with SessionWriter(tmp_path / "s", make_meta()) as writer:
        writer.write_samples(0, units_of(10, 1))
        writer.write_samples(10, units_of(0, 1))
        with pytest.raises(ValueError, match="sample 9 after 9"):
            writer.write_samples(9, units_of(1, 1))


def test_a_session_without_samples_opens(tmp_path: Path, make_meta: MakeMeta) -> None:
    with SessionWriter(tmp_path / "s", make_meta(2)) as writer:
        pass
    recording = open_session(writer.folder).load()
    assert (recording.n_samples, recording.duration_s, recording.segments()) == (0, 0.0, [])
    assert recording.emg_uv.shape == (0, 2)


def test_an_existing_session_is_not_changed(tmp_path: Path, make_meta: MakeMeta) -> None:
    with SessionWriter(tmp_path / "s", make_meta()) as writer:
        writer.write_samples(0, units_of(4, 1))
    before = {p.name: p.read_bytes() for p in writer.folder.iterdir()}
    with pytest.raises(StoreError, match="never overwritten"):
        SessionWriter(tmp_path / "s", make_meta())
    assert {p.name: p.read_bytes() for p in writer.folder.iterdir()} == before
