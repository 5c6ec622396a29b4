"""Real recordings of other devices; skipped where they are absent."""

from pathlib import Path

import numpy as np
import pytest
from tests import needs

from unclench.errors import InputError
from unclench.store import load_recording


@pytest.mark.parametrize(
    ("name", "n_samples"), [("plux_rest_contraction", 87_600), ("plux_biceps_bursts", 28_519)]
)
def test_plux_recordings_are_read(name: str, n_samples: int) -> None:
    recording = load_recording(needs.recording(f"{name}/{name}.csv"))
    assert recording.rate == 1000
    assert (recording.n_samples, recording.lost_samples) == (n_samples, 0)
    assert recording.notes == ()


def test_windows_line_ends(tmp_path: Path) -> None:
    name = "plux_rest_contraction"
    text = needs.recording(f"{name}/{name}.csv").read_text()
    path = tmp_path / "dos.csv"
    path.write_text(text, newline="\r\n")
    unix = load_recording(needs.recording(f"{name}/{name}.csv"))
    np.testing.assert_array_equal(load_recording(path).emg_uv, unix.emg_uv)


@pytest.mark.parametrize("name", ["3Amar.txt", "5Nsen.txt"])
def test_uci_needs_a_header(name: str, tmp_path: Path) -> None:
    path = needs.recording(f"uci_lower_limb/{name}")
    with pytest.raises(InputError, match=rf"{name}, line 8 has 5 cells, but the header in line 1"):
        load_recording(path)
    rows = path.read_text().split("\n\n", 1)[1]
    mended = tmp_path / name
    mended.write_text("RF (mV)\tBF (mV)\tVM (mV)\tST (mV)\tFX (deg)\n" + rows)
    recording = load_recording(mended, fs_hz=1000)
    assert recording.channels == ("RF (mV)", "BF (mV)", "VM (mV)", "ST (mV)")
    assert np.std(recording.emg_uv, axis=0).max() < 1000  # uV


def test_biosppy_needs_a_header(tmp_path: Path) -> None:
    path = needs.recording("biosppy_emg_1/emg_1.txt")
    with pytest.raises(InputError, match=r"no header: line 5 has numbers \('2034'\)"):
        load_recording(path)
    mended = tmp_path / "emg_1.txt"
    mended.write_text(path.read_text().replace("= EMG\n", "= EMG\nEMG\n"))
    assert load_recording(mended).rate == 1000  # its comment says so


def test_openbci_recordings_are_read() -> None:
    (path,) = needs.recording("openbci_jawclench").glob("OpenBCI*.txt")
    with pytest.raises(InputError, match=r"2 columns named 'Not Used' \(columns 13, 18\)"):
        load_recording(path)
    recording = load_recording(path, columns=["EXG Channel 0", "EXG Channel 7"])
    assert recording.rate == 250
    assert recording.n_samples == 22_490
    assert recording.emg_uv[0].tolist() == [61379.36, 1740.11]
    assert any("'Timestamp'" in note for note in recording.notes)
