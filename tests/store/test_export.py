"""Exported files by independent readers: the same samples, times and events."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet
from tests import needs

from unclench.errors import InputError
from unclench.store import Recording, SessionMeta, SessionWriter, load_recording
from unclench.store.events.event import Event, TagBegun
from unclench.store.events.rows import event_of
from unclench.store.exporting import export
from unclench.store.exporting.edf import record_length
from unclench.store.exporting.scaling import scale_units, scale_values
from unclench_wire.ids import FLAG_VIRTUAL
from unclench_wire.messages import Channel, Hello

GAP = (700, 850)  # missing
N = 4321


@pytest.fixture
def kept(tmp_path: Path, make_meta: Callable[..., SessionMeta]) -> Path:
    """A session with a gap, tags, two sites and a rate and events as people make them."""
    rng = np.random.default_rng(3)
    hello = Hello([Channel(200_000), Channel(201_000)], label="blue board")
    meta = make_meta(
        2,
        hello=hello,
        sites=("Left shoulder", "Über µ, long name of a place"),
        created="2024-05-06T07:08:09+00:00",
    )
    units = rng.integers(0, 1_023_750, (N, 2)).astype(np.int32)
    with SessionWriter(tmp_path / "kept", meta) as writer:
        writer.write_samples(0, units[: GAP[0]])
        writer.write_samples(GAP[1], units[GAP[1] :])
        writer.write_event(event_of(100, "marker", "=cough"))
        writer.write_event(event_of(GAP[0], "gap", "150 samples lost", 0.075, 150))
        writer.write_event(Event(1000, TagBegun("posture", "slouching")))
        writer.write_event(event_of(3000, "tag end", "posture: slouching", 1.0))
        writer.write_event(event_of(4000, "score", "at rest", 0.5))
    return writer.folder


ANNOTATIONS = [
    (0.05, 0.0, "marker: =cough"),
    (0.35, 0.075, "BAD_ACQ_SKIP gap: 150 samples lost"),
    (0.5, 1.0, "tag: posture: slouching"),
    (1.5, 0.5, "score: at rest"),
    (N / 2000, (6000 - N - 1) / 2000, "BAD_ACQ_SKIP the recording ended here"),
]


def by_pyedflib(path: Path):
    pyedflib = needs.pyedflib()
    with pyedflib.EdfReader(str(path)) as file:
        values = np.stack([file.readSignal(i) for i in range(file.signals_in_file)], axis=1)
        onset, lasted, text = file.readAnnotations()
        notes = [
            (float(o), max(0.0, float(d)), str(t))
            for o, d, t in zip(onset, lasted, text, strict=True)
        ]
        rates = file.getSampleFrequencies()
        return values, float(rates[0]), notes, file.getSignalHeaders(), file.getHeader()


def by_mne(path: Path):
    import mne

    read = mne.io.read_raw_bdf if path.suffix == ".bdf" else mne.io.read_raw_edf
    raw = read(path, preload=True, verbose="error")
    notes = [
        (float(a["onset"]), float(a["duration"]), str(a["description"])) for a in raw.annotations
    ]
    return raw.get_data().T * 1e6, raw.info["sfreq"], notes, raw.info["meas_date"]


def uv_per_unit(recording: Recording):
    """Microvolts to a unit of the board that made it, for each channel."""
    assert recording.constants is not None
    return recording.constants.uv_per_unit


def assert_annotations(found, expected):
    assert [text for _, _, text in found] == [text for _, _, text in expected]
    np.testing.assert_allclose(
        [times[:2] for times in found], [times[:2] for times in expected], atol=1e-6
    )


@pytest.mark.parametrize("to", ["edf", "bdf"])
def test_independent_readers_find_samples_and_events(kept, to):
    done = export(kept, to)
    recording = load_recording(kept)
    values, rate, notes, headers, head = by_pyedflib(done.path)
    again, mne_rate, mne_notes, began = by_mne(done.path)
    assert rate == mne_rate == 2000
    steps = np.array([(h["physical_max"] - h["physical_min"]) for h in headers])
    steps /= [h["digital_max"] - h["digital_min"] for h in headers]
    # 24 bit hold every unit; 16 bit half of their own steps
    allowed = uv_per_unit(recording) * 1e-3 if to == "bdf" else steps * (0.5 + 1e-6)
    for found in (values, again):
        assert (np.abs(found[recording.sample] - recording.emg_uv) <= allowed).all()
    assert_annotations(notes, ANNOTATIONS)
    assert_annotations(mne_notes, ANNOTATIONS)
    assert str(began) == "2024-05-06 07:08:09+00:00"
    assert (head["equipment"], head["patientname"]) == ("blue board", "X")
    assert [h["label"] for h in headers] == ["EMG Left shoulde", "EMG Uber u, long"]
    assert {h["dimension"] for h in headers} == {"uV"}
    assert headers[0]["prefilter"].startswith("HP:20.8Hz LP:498.4Hz")
    assert headers[1]["prefilter"].startswith("No software filter")


@pytest.mark.parametrize("to", ["edf", "bdf"])
def test_lost_time_looks_like_no_data(kept, to):
    values, _, _, headers, _ = by_pyedflib(export(kept, to).path)
    recording = load_recording(kept)
    lost = np.setdiff1d(np.arange(len(values)), recording.sample)
    assert len(lost) == GAP[1] - GAP[0] + 6000 - N
    lowest = np.array([h["physical_min"] for h in headers])
    np.testing.assert_allclose(values[lost], np.tile(lowest, (len(lost), 1)))
    assert (values[recording.sample] > lowest).all()


def test_an_export_coarser_than_the_recording_says_so(kept):
    notes = export(kept, "edf").notes
    assert [
        note
        for note in notes
        if "EDF has steps of 0.25 uV, coarser than the recording (0.016 uV)" in note
    ]
    assert export(kept, "bdf").notes == ()


def test_filters_of_a_virtual_board_are_not_known(tmp_path, make_meta):
    hello = Hello([Channel(200_000)], flags=FLAG_VIRTUAL)
    with SessionWriter(tmp_path / "s", make_meta(hello=hello)) as writer:
        writer.write_samples(0, np.full((100, 1), 512_000, np.int32))
    _, _, _, headers, _ = by_pyedflib(export(tmp_path / "s", "edf").path)
    assert headers[0]["prefilter"].startswith("No software filter")


def test_csv_reads_back(kept):
    done = export(kept, "csv")
    once, again = load_recording(kept), load_recording(done.path)
    assert (
        done.path.read_text().splitlines()[1].startswith('time_s,EMG Left shoulder (uV),"EMG Über')
    )
    np.testing.assert_array_equal(again.sample, once.sample)
    assert (again.rate, again.notes) == (once.rate, ())
    quarter = uv_per_unit(once) / 4 + 1e-9
    assert (np.abs(again.emg_uv - once.emg_uv) <= quarter).all()
    assert any("no room for the 5 events" in note for note in done.notes)


def test_parquet_is_exact_and_says_everything(kept):
    table = parquet.read_table(export(kept, "parquet").path)
    recording = load_recording(kept)
    np.testing.assert_array_equal(table["sample"], recording.sample)
    np.testing.assert_array_equal(
        np.stack([table[i + 2] for i in range(2)], axis=1), recording.emg_uv
    )
    assert table.schema.metadata is not None
    about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert (about["fs_hz"], about["rate"], about["unit"]) == ("2000.0", "2000", "uV")
    assert about["session.json"] == (kept / "session.json").read_text()
    tag = json.loads(about["events"])[2]
    assert (tag["text"], tag["data"]) == (
        "posture: slouching",
        {"group": "posture", "text": "slouching"},
    )
    of_the_first = table.schema.field(2).metadata
    assert of_the_first is not None
    assert of_the_first[b"unit"] == b"uV"


def test_another_programs_csv_can_be_exported(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "t_s,emg_uv\n" + "".join(f"{i / 500},{i * 0.37 % 11 - 3}\n" for i in range(999))
    )
    done = export(path, "edf")
    values, rate, _, _, _ = by_pyedflib(done.path)
    assert rate == 500
    np.testing.assert_allclose(values[:999, 0], load_recording(path).emg_uv[:, 0], atol=2e-4)


def test_an_export_with_years_of_gap_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("sample,emg_uv\n0,1\n1,2\n2,3\n9000000000,4\n")
    with pytest.raises(InputError, match=r"2500 hours with its gaps.*csv or parquet"):
        export(path, "edf", fs_hz=1000)
    assert list(tmp_path.iterdir()) == [path]


def test_damaged_events_are_reported(kept):
    events = kept / "events.csv"
    events.write_text(events.read_text().replace("1000,", "1x00,"))
    with pytest.raises(InputError, match=r"events\.csv of .*kept, line 4"):
        export(kept, "bdf")


def test_an_event_far_after_the_end_does_not_lengthen_the_export(kept):
    with (kept / "events.csv").open("a") as file:
        file.write("900000000000,450000000,marker,late,,\n")
    values, _, notes, _, _ = by_pyedflib(export(kept, "bdf").path)
    assert len(values) == 6000
    assert notes[-1][2] == "marker: late"


def test_nothing_is_left_where_writing_fails(kept, monkeypatch):
    from unclench.errors import StoreError

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("unclench.store.exporting.files._WRITERS", {"csv": full})
    with pytest.raises(StoreError, match=r"kept\.csv cannot be written: No space left"):
        export(kept, "csv")
    assert list(kept.parent.iterdir()) == [kept]


@given(st.fractions(min_value=1, max_value=20_000, max_denominator=10_000))
@example(Fraction(500_000, 249))
@example(Fraction(2000))
@example(Fraction(20_001, 10))
def test_data_records_keep_the_rate(rate):
    n, record_s, exact = record_length(rate)
    assert len(f"{record_s:.6f}".rstrip("0").rstrip(".")) <= 8
    off = abs(float(n / Fraction(record_s) / rate) - 1)
    assert off < (1e-12 if exact else 1 / 60 / rate)
    assert n >= 1
    assert exact or rate.denominator > 60


@pytest.mark.parametrize("rate", [(500_000, 249), (1000, 3), (20_001, 10), (2**31 - 1, 1_000_003)])
def test_rates_that_are_fractions_come_back(tmp_path, make_meta, rate):
    hello = Hello([Channel(200_000)], rate_num=rate[0], rate_den=rate[1])
    units = np.random.default_rng(1).integers(500_000, 520_000, (30_000, 1)).astype(np.int32)
    with SessionWriter(tmp_path / "s", make_meta(hello=hello)) as writer:
        writer.write_samples(0, units)
    done = export(tmp_path / "s", "bdf")
    values, fs_hz, _, _, _ = by_pyedflib(done.path)
    _, mne_hz, _, _ = by_mne(done.path)
    assert fs_hz == pytest.approx(rate[0] / rate[1], rel=2e-7)
    assert mne_hz == pytest.approx(rate[0] / rate[1], rel=2e-7)
    recording = load_recording(tmp_path / "s")
    np.testing.assert_allclose(values[: len(units)], recording.emg_uv, atol=1e-4)
    told = any("cannot hold the exact rate" in note for note in done.notes)
    assert told == (rate[1] == 1_000_003)


@given(
    uv_per_unit=st.floats(1e-6, 100), top=st.integers(1, 2**23 - 2), bits=st.sampled_from([16, 24])
)
def test_units_are_kept_whole_or_not_at_all(uv_per_unit, top, bits):
    units = np.array([-top, 0, 1, top], np.int64)
    scaled = scale_units(units, uv_per_unit, bits)
    if scaled is None:
        return
    assert scaled.digital.tolist() == units.tolist()
    assert abs(scaled.digital).max() < scaled.digital_range[1] <= 2 ** (bits - 1) - 1
    assert all(
        len(f"{v:.8g}") <= 8 or len(repr(v).removesuffix(".0")) <= 8 for v in scaled.physical_range
    )
    assert abs(scaled.step_uv / uv_per_unit - 1) * scaled.digital_range[1] < 1e-2


def test_units_of_the_usual_board_are_kept_whole():
    units = np.array([-512_000, 511_750], np.int64)
    assert scale_units(units, 3.3e6 / 4096 / 250 / 200, 24) is not None
    assert scale_units(units, 3.3e6 / 4096 / 250 / 200, 16) is None


@given(
    values=st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=50),
    bits=st.sampled_from([16, 24]),
)
def test_scaled_values_are_exact_to_half_a_step(values, bits):
    emg_uv = np.array(values)
    scaled = scale_values(emg_uv, bits)
    low, high = scaled.physical_range
    back = low + (scaled.digital.astype(np.int64) - scaled.digital_range[0]) * scaled.step_uv
    assert np.abs(back - emg_uv).max() <= scaled.step_uv * 0.5001 + 1e-9 * max(abs(low), abs(high))
    assert scaled.digital.min() > scaled.digital_range[0]


def test_impossible_event_lengths_are_not_exported(kept):
    with (kept / "events.csv").open("a") as file:
        file.write("1000,0.5,score,odd,-5e16,\n-4,0,tag,posture: x,,\n-9,0,tag end,posture: x,7,\n")
    notes = {text: seconds for _, seconds, text in by_pyedflib(export(kept, "edf").path)[2]}
    assert notes["score: odd"] <= 0
    assert notes["tag: posture: x"] == 0
