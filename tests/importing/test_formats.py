"""Each format: samples, rate, names, start, gaps and events come over as the file has them."""

from __future__ import annotations

import json
from datetime import datetime

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from tests.importing.conftest import EXPECTED_UV

from unclench.errors import InputError, StoreError
from unclench.importing import Asked, import_file
from unclench.importing.bring_in import find_format
from unclench.store import load_recording, open_session
from unclench.store.events.words import text_of
from unclench.usage.record import record_command

HALF = 0.5 + 1e-6


def brought(path, folder, **asked):
    done = import_file(path, folder, asked=Asked(**asked))
    return done, load_recording(done.folder), open_session(done.folder)


def replayed(folder, out, *options):
    arguments = ["--source", folder, "--speed", "max", "--out", out, *options]
    ran = CliRunner().invoke(record_command, [str(a) for a in arguments], catch_exceptions=False)
    assert ran.exit_code == 0


def expected_uv(name, raw):
    centred = raw - 32768.0
    if name in EXPECTED_UV:
        return EXPECTED_UV[name](raw)
    return {
        "opensignals-h5": centred * 3e6 / 1000 / 65536,
        "opensignals-txt": centred * 3e6 / 1000 / 65536,
        "biosppy": (raw // 16).astype(float),
        "openbci": raw / 100,
        "edf": centred / 4,
        "bdf": centred / 4,
        "wfdb": centred / 4000 * 1000,
        "wav": centred,
        "datalog": np.round(centred / 10000, 4) * 1000,
        "csv": centred,
    }[name]


def test_every_format_is_found_by_its_contents(small, tmp_path):
    name, path, _ = small
    assert find_format(path) == name
    renamed = tmp_path / "anything.bin"
    renamed.write_bytes(path.read_bytes())
    assert find_format(renamed) == name


def test_samples_are_kept_to_half_a_step(small, tmp_path, raw):
    name, path, unit = small
    before = path.read_bytes()
    done, recording, session = brought(path, tmp_path / "s", unit=unit)
    assert done.format == name
    assert (recording.n_samples, recording.lost_samples) == (600, 0)
    step_uv = float(recording.constants.uv_per_unit[0])
    coarse = {"edf": 1639 / 65535, "bdf": 1639 / 2**24}.get(name, 0.0)
    off = np.abs(recording.emg_uv[:, 0] - expected_uv(name, raw))
    assert off.max() <= HALF * (step_uv + coarse)
    assert any(f"steps of {step_uv:g} uV" in note for note in done.notes)
    assert session.meta.imported["file"] == path.name
    assert session.meta.imported["format"] == name
    assert session.meta.imported["notes"] == list(done.notes)
    assert len(session.meta.imported["sha256"]) == 64
    assert session.meta.ended == "closed"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [
        ("opensignals-h5", 1000, ("CHANNEL_1",)),
        ("opensignals-txt", 1000, ("CH1",)),
        ("openbci", 1000, ("EXG Channel 0", "EXG Channel 1")),
        ("openbci-v5", 1000, ("EXG Channel 0", "EXG Channel 1")),
        ("edf", 600, ("EMG left",)),
        ("wfdb", 1000, ("EMG",)),
        ("datalog", 1000, ("RF",)),
        ("csv", 1000, ("RF",)),
    ],
)
def test_rates_and_channels(make, tmp_path, name, rate, channels):
    _, recording, _ = brought(make(name), tmp_path / "s")
    assert (recording.rate, recording.channels) == (rate, channels)


@pytest.mark.parametrize(
    ("name", "created"),
    [
        ("opensignals-h5", datetime(2019, 10, 14, 16, 52, 39)),
        ("opensignals-txt", datetime(2019, 10, 14, 16, 52, 39)),
        ("openbci", datetime.fromtimestamp(1.6e9)),
        ("openbci-v5", datetime.fromtimestamp(1.6e9)),
        ("edf", datetime(2021, 3, 4)),
        ("bdf", datetime(2021, 3, 4)),
    ],
)
def test_the_session_begins_when_the_recording_did(make, tmp_path, name, created):
    _, _, session = brought(make(name), tmp_path / "s")
    assert session.meta.created == created.astimezone()


@pytest.mark.parametrize(
    ("name", "unit", "events"),
    [
        ("opensignals-h5", None, [(200, "marker", "digital_1 on")]),
        ("openbci", None, [(50, "marker", "3")]),
        ("wav", "uV", [(100, "marker", "1"), (200, "marker", "smile")]),
        ("wfdb", None, [(100, "marker", "N")]),
        ("edf", None, [(150, "marker", "cough"), (300, "marker", "held (0.25 s)")]),
    ],
)
def test_events_are_imported(make, tmp_path, name, unit, events):
    _, _, session = brought(make(name), tmp_path / "s", unit=unit)
    kinds = ("marker", "tag", "tag end")
    found = [(e.sample, e.kind, text_of(e)) for e in session.events() if e.kind in kinds]
    assert found == events


def test_tension_is_what_a_replay_gives(make, tmp_path):
    path = make("openbci")
    drop_lines(path, 5 + 400, 5 + 410)
    done, _, session = brought(path, tmp_path / "s", columns=["EXG Channel 0"])
    replayed(done.folder, tmp_path / "again")
    once, again = (tmp_path / name / "tension.csv" for name in ("s", "again"))
    assert len(session.tension().sample) > 10
    assert once.read_bytes() == again.read_bytes()


def drop_lines(path, first, stop):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:first] + lines[stop:]))


@pytest.mark.parametrize(("name", "header"), [("opensignals-txt", 3), ("openbci", 5)])
def test_samples_that_the_counter_skips_are_a_gap(make, tmp_path, name, header):
    path = make(name)
    drop_lines(path, header + 300, header + 310)
    _, recording, session = brought(path, tmp_path / "s")
    assert recording.lost_samples == 10
    assert recording.sample[299:302].tolist() == [299, 310, 311]
    gaps = [(e.sample, e.lost_samples) for e in session.events() if e.kind == "gap"]
    assert gaps == [(300, 10)]


def test_time_stamps_show_how_often_a_counter_started_again(make, tmp_path):
    path = make("openbci")
    drop_lines(path, 5 + 20, 5 + 20 + 256)
    _, recording, _ = brought(path, tmp_path / "s")
    # a loss of just one turn looks like none to the counter, and one of 256 + 10 like 10
    assert recording.lost_samples == 0
    drop_lines(path, 5 + 20, 5 + 30)
    _, recording, _ = brought(path, tmp_path / "t")
    assert recording.lost_samples == 266


def test_a_discontinuous_edf_has_gaps(make, tmp_path):
    path = make("edf")
    data = path.read_bytes().replace(b"EDF+C", b"EDF+D", 1)
    two = bytearray(data + data[int(data[184:192]) :])  # a second record, which says +0 as well
    two[236:244] = b"2       "
    at = two.rindex(b"+0\x14\x14\x00+")
    two[at : at + 2] = b"+5"
    path.write_bytes(two)
    _, recording, _ = brought(path, tmp_path / "s")
    assert (recording.n_samples, recording.lost_samples) == (1200, 4 * 600)
    assert recording.sample[599:601].tolist() == [599, 3000]


def test_an_edf_that_was_cut_off_keeps_its_whole_records(make, tmp_path):
    path = make("edf")
    data = path.read_bytes()
    record = data[int(data[184:192]) :]
    second = record.replace(b"+0\x14\x14\x00", b"+1\x14\x14\x00", 1)
    path.write_bytes(data + second + record[:100])
    done, recording, _ = brought(path, tmp_path / "s")
    assert recording.n_samples == 1200
    assert any("breaks a rule of the format" in note for note in done.notes)


def test_an_edf_without_a_scale_is_refused(make, tmp_path):
    path = make("edf")
    path.write_bytes(path.read_bytes().replace(b"819.175 ", b"-819.2  "))
    with pytest.raises(InputError, match="an empty range for 'EMG left'"):
        import_file(path, tmp_path / "s")


def test_a_low_rate_uses_the_narrow_band(make, tmp_path):
    done, _, session = brought(make("csv"), tmp_path / "s", fs_hz=500)
    assert session.meta.band.name == "narrow"
    assert np.isfinite(session.tension().tension_uv).any()
    assert any("narrow band" in note for note in done.notes)


def test_a_rate_too_low_for_any_band_keeps_the_samples(make, tmp_path):
    path = make("openbci")
    path.write_text(path.read_text().replace("1000 Hz", "250 Hz"))
    drop_lines(path, 5 + 300, 5 + 310)
    done, recording, session = brought(path, tmp_path / "s")
    assert (recording.n_samples, recording.lost_samples, recording.rate) == (590, 10, 250)
    assert len(session.tension().sample) == 0
    assert any("There is no tension" in note and "this is 250 Hz" in note for note in done.notes)
    assert [e.kind for e in session.events()] == ["marker", "gap"]
    assert session.meta.gaps == 1


@pytest.mark.parametrize(
    ("name", "options", "asked", "words"),
    [
        ("biosppy", {}, {}, "does not give the unit of 'EMG': give it with --unit"),
        ("wav", {}, {}, "does not give the unit of 'channel 1'"),
        ("opensignals-h5", {"sensor": "RAW"}, {}, "does not give the unit"),
        ("opensignals-h5", {"device": "bitalino_rev"}, {}, "does not give the unit"),
        (
            "edf",
            {},
            {"columns": ["nobody"]},
            "has no column 'nobody': choose from 'EMG left', 'Resp'",
        ),
        ("edf", {}, {"columns": ["Resp", "resp"]}, "given twice"),
        ("csv", {}, {"fs_hz": -1.0}, "--fs -1 is not a valid sampling rate"),
        ("wfdb", {}, {"fs_hz": 1e9}, "--fs gives a sample rate of 1e\\+09 Hz"),
    ],
)
def test_an_error_asks_for_what_the_file_does_not_say(make, tmp_path, name, options, asked, words):
    with pytest.raises(InputError, match=words):
        import_file(make(name, **options), tmp_path / "s", asked=Asked(**asked))
    assert not (tmp_path / "s").exists()


def test_an_error_asks_for_a_missing_sample_rate(make, tmp_path):
    path = make("datalog")
    path.write_text(
        path.read_text().replace(", extrapolated from 50 to 1000 samples per second", "")
    )
    with pytest.raises(InputError, match="does not give its sample rate: give it with --fs"):
        import_file(path, tmp_path / "s")
    _, recording, _ = brought(path, tmp_path / "s", fs_hz=1000)
    assert recording.rate == 1000


def test_options_override_the_file(make, tmp_path, raw):
    done, recording, _ = brought(make("openbci"), tmp_path / "s", fs_hz=2000, unit="mV")
    assert recording.rate == 2000
    np.testing.assert_allclose(recording.emg_uv[:, 0], raw * 10, atol=1)
    assert any("2000 Hz, from --fs" in note for note in done.notes)
    assert any("mV, from --unit" in note for note in done.notes)


def test_an_impossible_voltage_is_refused(make, tmp_path):
    path = make("datalog")
    path.write_text(path.read_text().replace("\t64.1\n", "e308\t64.1\n", 5))
    with pytest.raises(InputError, match=r"sample \d of 'RF' is -?inf uV, which is not possible"):
        import_file(path, tmp_path / "s")


def test_an_unknown_format_is_refused_with_a_list_of_known_ones(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(
        InputError, match=r"x\.bin has an unknown format.*BioSPPy.*EDF.*OpenSignals.*WFDB"
    ):
        import_file(path, tmp_path / "s")


def test_an_import_never_overwrites(make, tmp_path):
    first, _, _ = brought(make("csv"), tmp_path / "s")
    before = {p.name: p.read_bytes() for p in first.folder.iterdir()}
    with pytest.raises(StoreError, match="never overwritten"):
        import_file(make("csv"), tmp_path / "s")
    assert {p.name: p.read_bytes() for p in first.folder.iterdir()} == before
    with pytest.raises(InputError, match="is already a session"):
        import_file(first.folder, tmp_path / "t")


def test_a_folder_with_other_files_gets_a_session_inside(make, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    done, _, _ = brought(make("csv"), tmp_path / "mine")
    assert done.folder.parent == tmp_path / "mine"
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("was_there", [False, True])
def test_a_disk_that_fails_leaves_no_folder_behind(make, tmp_path, monkeypatch, was_there):
    from unclench.store.session.writer import SessionWriter

    def fail(*_args, **_kwargs):
        raise StoreError("the disk is full.")

    folder = tmp_path / "s"
    if was_there:
        folder.mkdir()
    monkeypatch.setattr(SessionWriter, "write_samples", fail)
    with pytest.raises(StoreError, match="disk is full"):
        import_file(make("csv"), folder)
    assert folder.exists() == was_there
    assert not was_there or not list(folder.iterdir())


def test_wfdb_reads_no_file_of_other_folders(make, tmp_path):
    path = make("wfdb")
    for name in ("../rec.dat", "/etc/passwd", "http://x/rec.dat"):
        text = f"rec 1 1000 600\n{name} 16 4000/mV 16 0 0 0 0 EMG\n"
        path.write_text(text)
        with pytest.raises(InputError, match=r"not beside it|not a WFDB header"):
            import_file(path, tmp_path / "s", format_name="wfdb")


def test_hdf5_with_fewer_samples_than_it_announces_is_refused(make, tmp_path):
    path = make("opensignals-h5")
    with h5py.File(path, "a") as file:
        group = file["00:07:80:D8:A8:82/raw"]
        del group["channel_1"]
        data = group.create_dataset("channel_1", shape=(10**9, 1), dtype="u2", chunks=(10**6, 1))
        data.attrs.update({"label": "CH1", "sensor": "EMG"})
    with pytest.raises(InputError, match=r"os\.h5 cannot be read.*fewer samples than its header"):
        import_file(path, tmp_path / "s")


def test_sixty_four_channels_are_imported_and_three_replay(tmp_path):
    path = tmp_path / "many.csv"
    names = [f"m{i}_uv" for i in range(64)]
    rows = [",".join(str(i * 100 + k) for i in range(64)) for k in range(50)]
    path.write_text(",".join(names) + "\n" + "\n".join(rows) + "\n")
    done, recording, _ = brought(path, tmp_path / "s", fs_hz=1000)
    assert recording.emg_uv[7].tolist() == [i * 100.0 + 7 for i in range(64)]
    replayed(done.folder, tmp_path / "again", "--column", "m63", "--column", "m5")
    again = load_recording(tmp_path / "again")
    np.testing.assert_array_equal(again.emg_uv, recording.emg_uv[:, [63, 5]])


def test_session_json_says_where_the_recording_is_from(make, tmp_path):
    done, _, _ = brought(make("edf"), tmp_path / "s")
    raw = json.loads((done.folder / "session.json").read_text())
    assert raw["source"] == "imported: small.edf"
    assert raw["imported"]["format"] == "edf"
