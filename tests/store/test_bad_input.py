"""Every mistake gets one sentence that says what, where, which value, and what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unclench.errors import InputError, StoreError, UnclenchError
from unclench.store import SessionMeta, SessionWriter, load_recording
from unclench.store.session.folder import EMG

Write = Callable[..., Path]
HEAD = "time_s,emg_uv\n"
ROWS = "".join(f"{i / 1000:.3f},{i}\n" for i in range(100))

FILES: dict[str, tuple[str | bytes, dict[str, Any], list[str]]] = {
    "empty": ("", {}, ["empty", "header line"]),
    "blank": (" \n\n", {}, ["empty"]),
    "only comments": ("# a\n# b\n", {}, ["only comments"]),
    "header only": (HEAD, {}, ["header (line 1)", "no rows"]),
    "header and delimiters": (HEAD + ",\n,\n", {}, ["header (line 1)", "no rows"]),
    "no header": ("0.000,1\n0.001,2\n", {}, ["no header", "line 1", "0.000,1", "column names"]),
    "no header below comments": ("# x\n\n1\n2\n", {"fs_hz": 1000}, ["no header", "line 3", "'1'"]),
    "binary": (b"\x89HDF\r\n\x1a\n\0\0\0", {}, ["binary", "byte 8", "Export", "CSV"]),
    "text": (HEAD + "0.000,1\n0.001,oops\n", {}, ["line 3", "'emg_uv'", "'oops'", "finite number"]),
    "text far down": (HEAD + ROWS + "0.1,x7\n", {}, ["line 102", "'emg_uv'", "'x7'"]),
    "text in line 2": (HEAD + "0,oops\n0.001,1\n", {}, ["line 2", "'emg_uv'", "'oops'"]),
    "text in time": (HEAD + "0.000,1\nnoon,2\n", {}, ["line 3", "'time_s'", "'noon'"]),
    "nan": (HEAD + "0.000,1\n0.001,NaN\n", {}, ["line 3", "'emg_uv'", "'NaN'", "finite"]),
    "inf": (HEAD + "0.000,-inf\n0.001,1\n", {}, ["line 2", "'emg_uv'", "'-inf'", "finite"]),
    "nan and blank lines": (HEAD + "\n0,1\n\n0.001,nan\n", {}, ["line 5", "'nan'"]),
    "all nan": (HEAD + "0.000,nan\n0.001,nan\n", {}, ["line 2", "'nan'"]),
    "empty cell": (HEAD + "0.000,1\n0.001,\n0.002,3\n", {}, ["line 3", "'emg_uv'", "is empty"]),
    "short row": (HEAD + "0.000,1\n0.001\n0.002,3\n", {}, ["line 3", "1 cell,", "names 2 columns"]),
    "long row": (HEAD + ROWS + "0.1,1,2\n", {}, ["line 102", "3 cells", "names 2 columns"]),
    "header too short": ("emg\n0.5,1\n1.5,2\n", {}, ["line 2", "2 cells", "names 1 column."]),
    "decimal comma, comma delimiter": (
        HEAD + "0,000,1,5\n0,001,2,5\n",
        {},
        ["line 2", "4 cells", "names 2", "decimal mark", "semicolons"],
    ),
    "decimal comma and point": (
        "time_s;emg_uv\n0,000;1,5\n0,001;2.5\n",
        {},
        ["line 3", "'emg_uv'", "'2.5'", "decimal mark '.'", "uses ','"],
    ),
    "unknown column": (HEAD + ROWS, {"columns": ["emg"]}, ["'emg'", "'time_s', 'emg_uv'"]),
    "column twice": (
        "time_s,emg,emg\n0,1,2\n0.001,1,2\n",
        {},
        ["2 columns named 'emg'", "columns 2, 3", "--column"],
    ),
    "time twice": ("t,t,emg\n0,0,1\n1,1,2\n", {}, ["2 columns named 't'", "columns 1, 2"]),
    "column asked twice": (HEAD + ROWS, {"columns": ["emg_uv", "emg_uv"]}, ["'emg_uv'", "twice"]),
    "no numbers": ("time_s,word\n0,a\n0.001,b\n", {}, ["no column of EMG", "'time_s', 'word'"]),
    "backwards": (
        HEAD + "0.000,1\n0.001,2\n0.0005,3\n",
        {},
        ["line 4", "0.001 to 0.0005, but times must rise", "'time_s'", "0.001 to 0.0005"],
    ),
    "backwards with --fs": (
        HEAD + "0.000,1\n0.001,2\n0.0005,3\n",
        {"fs_hz": 1000},
        ["line 4", "0.001 to 0.0005, but times must rise", "0.001 to 0.0005"],
    ),
    "still": (
        HEAD + "0,1\n0.001,2\n0.001,3\n0.002,4\n",
        {},
        ["line 4", "times must rise", "0.001"],
    ),
    "still with --fs": (
        HEAD + "0,1\n0.001,2\n0.001,3\n0.002,4\n",
        {"fs_hz": 1000},
        ["line 4", "times must rise", "0.001 to 0.001"],
    ),
    "all still": (
        HEAD + "7,1\n7,2\n7,3\n",
        {"fs_hz": 1000},
        ["line 3", "times must rise", "7 to 7"],
    ),
    "scattered": (
        HEAD + "0,1\n0.001,2\n0.009,3\n0.0092,4\n0.015,5\n",
        {},
        ["'time_s'", "arrival", "--fs"],
    ),
    "no rate": ("emg_uv\n1\n2\n", {}, ["sampling rate", "time_s", "--fs HZ"]),
    "one row": (HEAD + "0,1\n", {}, ["sampling rate", "--fs HZ"]),
    "clock times": ("time,emg\n12:00:01,1\n12:00:02,2\n", {}, ["sampling rate", "--fs HZ"]),
    "rate 0": (HEAD + ROWS, {"fs_hz": 0.0}, ["--fs 0", "samples per second"]),
    "rate nan": (HEAD + ROWS, {"fs_hz": float("nan")}, ["--fs nan"]),
    "rate tiny": (HEAD + ROWS, {"fs_hz": 1e-9}, ["--fs 1e-09"]),
    "too large": (HEAD + "0,1\n0.001,-1e300\n", {}, ["line 3", "'emg_uv'", "-1e+300", "too large"]),
    "time too fine": (HEAD + "0,1\n1e-320,2\n", {}, ["'time_s'", "from 0 to 9", "unit"]),
    "time too long": (HEAD + "0,1\n0.001,2\n1e300,3\n", {}, ["'time_s'", "0 to 1e+300", "unit"]),
    "time in hours": (HEAD + "0,1\n3600,2\n7200,2\n", {}, ["0 to 7200 in 3 rows", "time_ms"]),
    "unit": (HEAD + ROWS, {"unit": "furlong"}, ["'furlong'", "uV, mV or V"]),
    "broken utf-16": (b"\xff\xfet\0i\0m", {}, ["UTF-16"]),
}


@pytest.mark.parametrize("case", FILES)
def test_every_bad_input_becomes_a_sentence(write: Write, case: str) -> None:
    text, options, words = FILES[case]
    with pytest.raises(InputError) as error:
        load_recording(write(text), **options)
    sentence = str(error.value)
    if not {"rate 0", "rate nan", "rate tiny", "unit", "column asked twice"} & {case}:
        words = ["bad.csv", *words]
    for word in words:
        assert word in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_line_numbers_hold_in_every_encoding(write: Write, encoding: str) -> None:
    with pytest.raises(InputError, match=r"line 3, column 'emg_uv': 'oops'"):
        load_recording(write((HEAD + "0.000,1\n0.001,oops\n").encode(encoding)))


@pytest.mark.parametrize("name", ["missing.csv", "no/such/folder"])
def test_a_missing_file_is_reported(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"no file or folder .*Check the name"):
        load_recording(tmp_path / name)


def test_a_folder_that_is_not_a_session_is_refused(
    tmp_path: Path, make_meta: Callable[..., SessionMeta]
) -> None:
    with pytest.raises(StoreError, match=r"not a session folder: it has no session\.json"):
        load_recording(tmp_path)
    SessionWriter(tmp_path / "monday", make_meta()).close()
    with pytest.raises(StoreError, match=r"holds 1 session: .*monday"):
        load_recording(tmp_path)


@pytest.fixture
def session(tmp_path: Path, make_meta: Callable[..., SessionMeta]) -> Path:
    meta = make_meta(2, channels=["jaw", "neck"])
    with SessionWriter(tmp_path / "s", meta) as writer:
        writer.write_samples(0, np.arange(20, dtype=np.int32).reshape(10, 2))
    return writer.folder


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": ["back"]}, ["'back'", "jaw, neck"]),
        ({"columns": ["jaw", "ch1_uv"]}, ["'ch1_uv'", "twice"]),
        ({"fs_hz": 1000}, ["--fs 1000", "2000 Hz", "Leave --fs out"]),
        ({"unit": "mV"}, ["--unit mV", "uV", "Leave --unit out"]),
    ],
)
def test_options_that_contradict_a_session_are_refused(
    session: Path, options: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(InputError) as error:
        load_recording(session, **options)
    for word in words:
        assert word in str(error.value)


def test_options_that_apply_to_a_session_are_accepted(session: Path) -> None:
    for path in (session, session / "session.json", session / "emg.csv"):
        recording = load_recording(path, fs_hz=2000, unit="uV", columns=["neck"])
        assert recording.channels == ("neck",)
        assert recording.units()[:, 0].tolist() == list(range(1, 20, 2))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ch2_uv", "right", ["emg.csv", "0 columns 'ch2_uv'", "sample,time_s,ch1_uv,right"]),
        ("\n5,", "\n4,", ["emg.csv", "line 7", "sample 4 follows sample 4"]),
        ("\n5,0.0025,", "\n5,0.0025,NaN", ["emg.csv", "line 7", "'ch1_uv'"]),
        ("\n5,0.0025,", "\n5,", ["emg.csv", "line 7", "3 cells", "names 4 columns"]),
    ],
)
def test_damaged_rows_of_a_session_are_reported(
    session: Path, old: str, new: str, words: list[str]
) -> None:
    path = session / "emg.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError) as error:
        load_recording(session)
    for word in words:
        assert word in str(error.value)


def test_a_session_with_changed_values_is_read_as_it_is(session: Path) -> None:
    path = session / "emg.csv"
    path.write_text(path.read_text().replace("-8249.984", "0.008", 1))
    recording = load_recording(session)
    assert "changed after recording" in recording.notes[0]
    assert recording.constants is None
    with pytest.raises(ValueError, match="no units"):
        recording.units()


def test_columns_added_to_a_session_are_harmless(session: Path) -> None:
    path = session / "emg.csv"
    first, *rows = path.read_text().splitlines()
    path.write_text("\r\n".join([f"{first},mine", *(f"{row},hello" for row in rows), ""]))
    assert load_recording(session).units().ravel().tolist() == list(range(20))


@pytest.mark.parametrize("seed", range(300))
def test_garbage_never_ends_in_a_traceback(write: Write, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pieces = [HEAD, "0.001,", "1", "\n", ",", ";", "\t", '"', "'", "x", "nan", "-", "\r", "\0", "#"]
    pieces += ["time", "1,5", "1e999", "\ufeff", "µ", "0.001,1\n0.002,2\n0.003,3\n", " "]
    text = "".join(rng.choice(pieces, rng.integers(1, 30)))
    for prefix in ("", HEAD):
        fs_hz = 1000.0 if rng.integers(2) else None
        try:
            recording = load_recording(write(prefix + text), fs_hz=fs_hz)
        except UnclenchError as error:
            assert str(error).endswith(".")  # noqa: PT017
        else:
            assert np.isfinite(recording.emg_uv).all()
            assert (np.diff(recording.sample) > 0).all()


@pytest.mark.parametrize(("spoilt", "line"), [("1e308", -1), ("1e16", -1), ("0.5", 2)])
def test_an_impossible_sample_number_is_refused(session: Path, spoilt: str, line: int) -> None:
    lines = (session / EMG).read_text().splitlines()
    lines[line] = f"{spoilt},{lines[line].partition(',')[2]}"
    (session / EMG).write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=r"line \d+: sample .* is not a whole number"):
        load_recording(session)
