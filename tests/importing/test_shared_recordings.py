"""Every real recording in ../shared/data against an independent reading of it."""

from __future__ import annotations

import numpy as np
import pytest
from tests import needs

from unclench.errors import InputError
from unclench.importing import Asked, import_file
from unclench.store import load_recording, open_session


def brought(path, folder, **asked):
    done = import_file(path, folder, asked=Asked(**asked))
    return done, load_recording(done.folder)


def within_half_a_step(recording, expected_uv):
    steps = recording.constants.uv_per_unit
    assert recording.emg_uv.shape == expected_uv.shape
    assert (np.abs(recording.emg_uv - expected_uv) <= steps * (0.5 + 1e-6)).all()


@pytest.mark.parametrize(
    ("folder", "file", "started"),
    [
        ("plux_rest_contraction", "emg_1000_hz_16_bits_solo", "2019-10-14 16:52:39"),
        ("plux_biceps_bursts", "emg_bursts", "2017-01-23 10:28:51"),
        ("plux_ecg", "ecg_20_sec_1000_Hz", "2018-09-28 14:39:43"),
    ],
)
def test_plux_recordings_are_imported(tmp_path, folder, file, started):
    import h5py

    path = needs.recording(f"{folder}/{file}.h5")
    done, recording = brought(path, tmp_path / "s")
    with h5py.File(path) as hdf5:
        (device,) = hdf5.values()
        (key,) = (k for k in device["raw"] if k.startswith("channel"))
        raw = device["raw"][key][...].astype(float)
    gain = 1019 if folder == "plux_ecg" else 1000
    within_half_a_step(recording, (raw / 65536 - 0.5) * 3.0e6 / gain)
    assert (recording.rate, recording.lost_samples) == (1000, 0)
    assert f"{done.meta.created:%Y-%m-%d %H:%M:%S}" == started


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("plux_rest_contraction", "emg_1000_hz_16_bits_solo"),
        ("plux_biceps_bursts", "emg_bursts"),
    ],
)
def test_plux_by_hdf5_and_by_csv_in_uv_agree(tmp_path, folder, file):
    _, by_h5 = brought(needs.recording(f"{folder}/{file}.h5"), tmp_path / "h5")
    _, by_csv = brought(needs.recording(f"{folder}/{folder}.csv"), tmp_path / "csv")
    assert np.abs(by_h5.emg_uv - by_csv.emg_uv).max() <= 0.001 + 1e-9  # that of the csv's decimals
    tension = [open_session(tmp_path / k).tension() for k in ("h5", "csv")]
    np.testing.assert_array_equal(tension[0].sample, tension[1].sample)
    np.testing.assert_allclose(tension[0].tension_uv, tension[1].tension_uv, atol=1e-3)
    assert np.nanmax(tension[0].tension_uv) > 100


def test_biosppy_recordings_are_imported(tmp_path):
    path = needs.recording("biosppy_emg_1/emg_1.txt")
    with pytest.raises(InputError, match="--unit"):
        import_file(path, tmp_path / "s")
    _, recording = brought(path, tmp_path / "s", unit="uV")
    within_half_a_step(recording, np.loadtxt(path)[:, None])
    assert (recording.rate, recording.channels) == (1000, ("EMG",))


@pytest.mark.parametrize(("file", "fs_hz", "n"), [("3Amar", 1000, 43665), ("5Nsen", None, 13480)])
def test_uci_recordings_are_imported(tmp_path, file, fs_hz, n):
    path = needs.recording(f"uci_lower_limb/{file}.txt")
    _, recording = brought(path, tmp_path / "s", fs_hz=fs_hz)
    rows = np.genfromtxt(path, delimiter="\t", skip_header=7, usecols=range(4), max_rows=n)
    within_half_a_step(recording, rows * 1000)
    assert (recording.rate, recording.n_samples) == (1000, n)


def test_openbci_recordings_are_imported(tmp_path):
    path = needs.recording("openbci_jawclench/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt")
    done, recording = brought(path, tmp_path / "s")
    rows = np.loadtxt(path, delimiter=",", skiprows=5, usecols=range(1, 9))
    within_half_a_step(recording, rows)
    assert (recording.rate, recording.lost_samples) == (250, 0)
    assert done.meta.created.timestamp() == 1557936053
    assert any("There is no tension" in note for note in done.notes)


def test_wfdb_recordings_are_imported(tmp_path):
    import wfdb

    path = needs.recording("emgdb_healthy/emg_healthy.hea")
    _, recording = brought(path, tmp_path / "s")
    within_half_a_step(recording, wfdb.rdrecord(str(path.with_suffix(""))).p_signal * 1000)
    codes = np.fromfile(path.with_suffix(".dat"), "<i2")
    within_half_a_step(recording, codes[:, None] / 10_000 * 1000)
    assert recording.rate == 4000
