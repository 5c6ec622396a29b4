"""Whatever a file holds: a session, or one sentence and nothing left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.profiles import scaled

from unclench.errors import UnclenchError
from unclench.importing import FORMATS, Asked, import_file
from unclench.store import load_recording

from .conftest import ACCOMPANIED

FEW = 12  # each takes a process
_HEADERS = {"edf": 1024, "bdf": 1024, "wav": 44, "wfdb": 60, "opensignals-h5": 2048}

flips = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=8)
cut = st.one_of(st.just(1.0), st.floats(0, 1))


def tried(folder: Path, path: Path, asked: Asked, name: str | None = None) -> str:
    """Import; return the sentence it ended in, "" if none."""
    out = folder / "session"
    there = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    try:
        done = import_file(path, out, format_name=name, asked=asked)
    except UnclenchError as error:
        said = str(error)
        assert said.endswith("."), said
        assert "\n" not in said
        assert not out.exists()
    else:
        said = ""
        recording = load_recording(done.folder)
        assert np.isfinite(recording.emg_uv).all()
        assert recording.n_samples == done.meta.n_samples > 0
        shutil.rmtree(out)
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == there
    return said


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def damaged_copy(folder: Path, small, damage) -> tuple[Path, Asked]:
    """Copy a small file and what lies beside it, itself damaged."""
    _, path, unit = small
    for old in folder.iterdir():
        old.unlink()
    for beside in path.parent.iterdir():
        if beside != path:
            shutil.copyfile(beside, folder / beside.name)
    copy = folder / path.name
    copy.write_bytes(damage(path.read_bytes()))
    return copy, Asked(unit=unit)


def with_flips(data: bytes, flipped, keep: float, within: int | None = None) -> bytes:
    changed = bytearray(data)
    reach = min(len(changed), within or len(changed))
    for where, mask in flipped:
        changed[int(where * reach)] ^= mask
    return bytes(changed[: int(keep * len(changed))])


@given(flipped=flips, keep=cut)
def test_a_damaged_file_gives_a_session_or_a_sentence(quick, folder, flipped, keep):
    path, asked = damaged_copy(folder, quick, lambda data: with_flips(data, flipped, keep))
    tried(folder, path, asked, quick[0])


@given(flipped=flips.filter(len))
@example(flipped=[(0.23828125, 1)])  # a BDF over which edfio falls
def test_a_damaged_header_gives_a_session_or_a_sentence(quick, folder, flipped):
    within = _HEADERS.get(quick[0], 300)
    path, asked = damaged_copy(folder, quick, lambda data: with_flips(data, flipped, 1.0, within))
    tried(folder, path, asked)


@given(
    where=st.floats(0, 1, exclude_max=True),
    text=st.sampled_from(
        [
            b"0",
            b"-1",
            b"99999999",
            b"1e308",
            b"nan",
            b"inf",
            b"",
            b"\0",
            b"\xff",
            b"\n",
            b"\t",
            b",",
        ]
    ),
    width=st.integers(0, 8),
)
def test_other_words_in_the_header_give_a_session_or_a_sentence(quick, folder, where, text, width):
    def damage(data: bytes) -> bytes:
        at = int(where * min(len(data), _HEADERS.get(quick[0], 300)))
        padded = text.ljust(width) if quick[0] in ("edf", "bdf") else text
        return data[:at] + padded + data[at + (width or len(padded)) :]

    path, asked = damaged_copy(folder, quick, damage)
    tried(folder, path, asked, quick[0])


@settings(max_examples=scaled(FEW))
@given(flipped=flips, keep=cut, within=st.sampled_from([2048, None]))
def test_damaged_hdf5_does_not_end_the_program(hdf5, folder, flipped, keep, within):
    path, asked = damaged_copy(folder, hdf5, lambda data: with_flips(data, flipped, keep, within))
    tried(folder, path, asked, "opensignals-h5")


def test_a_crash_of_the_reading_library_becomes_a_sentence(hdf5, folder, monkeypatch, tmp_path):
    """As the HDF5 library does over some flipped bits."""
    crash = tmp_path / "hdf5.py"
    crash.write_text("import os, signal\nos.abort()\n")
    monkeypatch.setattr("unclench.importing.readers.opensignals._PROGRAM", crash)
    path, asked = damaged_copy(folder, hdf5, lambda data: data)
    assert "the library that reads it has crashed" in tried(folder, path, asked)


def test_formats_with_companion_files_are_known(quick):
    name, path, _ = quick
    assert (len(list(path.parent.iterdir())) > 1) == (name in ACCOMPANIED)


@given(flipped=flips, keep=cut)
def test_a_damaged_companion_file_gives_a_session_or_a_sentence(accompanied, folder, flipped, keep):
    """Signals of WFDB, its annotations, events of a WAV."""
    path, asked = damaged_copy(folder, accompanied, lambda data: data)
    for beside in folder.iterdir():
        if beside != path:
            beside.write_bytes(with_flips(beside.read_bytes(), flipped, keep))
    tried(folder, path, asked)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "opensignals-h5"])
@given(data=st.binary(max_size=600))
def test_any_bytes_give_a_session_or_a_sentence(name, folder, data):
    for old in folder.iterdir():
        old.unlink()
    path = folder / "noise.hea"
    path.write_bytes(data)
    assert tried(folder, path, Asked(fs_hz=1000, unit="uV"), name) or name == "csv"
    tried(folder, path, Asked(fs_hz=1000, unit="uV"))


@given(
    rest=st.text("0123456789.,-:\t\n %#=EXGCh", max_size=300),
    magic=st.sampled_from(
        [
            "# Simple Text Format\n# Sampling Rate (Hz):= ",
            "%OpenBCI Raw EXG Data\n%Sample Rate = 250 Hz\n%Number of channels = 2\n",
            '# OpenSignals Text File Format\n# {"a": {"column": ["nSeq", "CH1"], "channels": [1], '
            '"resolution": [16], "sensor": ["EMG"], "sampling rate": 1000}}\n# EndOfHeader\n',
            "File Name: x\nChannel 1: 'RF', 9 values, engineering units: mV, no filters.\n\n",
            "rec 1 1000 600\nrec.dat 16 ",
        ]
    ),
)
def test_any_text_after_a_valid_first_line_gives_a_session_or_a_sentence(folder, magic, rest):
    for old in folder.iterdir():
        old.unlink()
    path = folder / "text.hea"
    path.write_text(magic + rest)
    tried(folder, path, Asked(unit="uV"))
