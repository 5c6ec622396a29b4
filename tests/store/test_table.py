"""Files of other programs, read rightly."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unclench.store import Recording, load_recording

Write = Callable[..., Path]
PLAIN = "time_s,emg_uv\n0.000,1.5\n0.001,-2.25\n0.002,3e1\n0.003,.5\n"


def check_plain(recording: Recording) -> None:
    assert recording.emg_uv[:, 0].tolist() == [1.5, -2.25, 30.0, 0.5]
    assert recording.rate == 1000
    assert recording.sample.tolist() == [0, 1, 2, 3]
    assert recording.channels == ("emg_uv",)
    assert recording.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip().encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", ";").replace(".", ",").encode(),
        PLAIN.replace(",", "\t").replace(".", ",").encode(),
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace("time_s,emg_uv", '"time_s","emg_uv"').encode(),
        b'"time_s","emg_uv"\n"0,000","1,5"\n"0,001","-2,25"\n"0,002","3e1"\n"0,003","0,5"',
        ("# a comment behind the mark\n" + PLAIN).encode("utf-8-sig"),
        b"sep=,\n" + PLAIN.encode(),
        b"# made by hand\n% in M\xfcnchen\n\n" + PLAIN.encode(),
        PLAIN.replace("\n0.002", "\n\n0.002").encode() + b"\n\n",
        PLAIN.encode() + b",\n,\n;\n",
        b"index,time_s,emg_uv\n9,0,1.5\n8,.001,-2.25\n7,.002,30\n6,.003,0.5\n",
        b"emg_uv,Time [ms]\n1.5,10\n-2.25,11\n30,12\n0.5,13\n",
    ],
)
def test_the_same_table_is_read_however_it_is_written(write: Write, text: bytes) -> None:
    check_plain(load_recording(write(text)))


def test_one_column_with_decimal_commas(write: Write) -> None:
    recording = load_recording(write("emg_uv\n1,5\n-2,25\n"), fs_hz=1000)
    assert recording.emg_uv[:, 0].tolist() == [1.5, -2.25]


def test_a_latin_1_table_is_read(write: Write) -> None:
    text = "time_s,EMG (µV),Stück\n0,1,ä\n0.001,2,ö\n".encode("latin-1")
    recording = load_recording(write(text))
    assert recording.channels == ("EMG (µV)",)
    assert recording.notes == ("Columns left out: 'Stück'.",)


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("emg_uv", 1),
        ("EMG (mV)", 1e3),
        ("biceps [V]", 1e6),
        ("emg_µV", 1),
        ("x (μV)", 1),
        ("EMG_MV", 1e3),
        ("x (millivolts)", 1e3),
        ("emg nV", 1e-3),
    ],
)
def test_unit_from_the_header(write: Write, header: str, factor: float) -> None:
    recording = load_recording(write(f"time_s,{header}\n0,1\n0.001,2\n"))
    np.testing.assert_allclose(recording.emg_uv[:, 0], [factor, 2 * factor])
    assert recording.notes == ()


def test_unit_given_and_unit_assumed(write: Write) -> None:
    path = write("time_s,emg\n0,1\n0.001,2\n")
    assert load_recording(path, unit="mV").emg_uv[:, 0].tolist() == [1000, 2000]
    assumed = load_recording(path)
    assert assumed.emg_uv[:, 0].tolist() == [1, 2]
    assert assumed.notes == ("No unit is given for 'emg': uV is assumed. Use --unit to change it.",)


@pytest.mark.parametrize(
    "name",
    ["time", "t", "Time (s)", "TIME_S", "timestamp_s", "timestamp", "seconds", "elapsed [s]"],
)
def test_time_columns_are_recognized_by_their_names(write: Write, name: str) -> None:
    recording = load_recording(write(f"{name},emg_uv\n5,1\n5.0005,2\n5.001,3\n"))
    assert (recording.fs_hz, recording.channels) == (2000.0, ("emg_uv",))


@pytest.mark.parametrize(
    ("name", "per_s"), [("time_ms", 1e3), ("Time (us)", 1e6), ("t_ns", 1e9), ("time [min]", 1 / 60)]
)
def test_units_of_time_columns_are_recognized(write: Write, name: str, per_s: float) -> None:
    rows = "".join(f"{i / 2000 * per_s!r},{i}\n" for i in range(50))
    assert load_recording(write(f"{name},emg_uv\n{rows}")).rate == 2000


@pytest.mark.parametrize("per_s", [1, 1e3, 1e6, 1e9])
def test_timestamps_since_1970_reveal_their_unit(write: Write, per_s: float) -> None:
    rows = "".join(f"{(1_700_000_000 + i / 125) * per_s:.3f},{i}\n" for i in range(50))
    assert load_recording(write(f"timestamp,emg_uv\n{rows}")).rate == 125


def test_rounded_times_give_the_true_rate(write: Write) -> None:
    rows = "".join(f"{i / 2048:.4f},{i}\n" for i in range(5000))
    recording = load_recording(write(f"time_s,emg_uv\n{rows}"))
    assert recording.rate == 2048
    assert recording.lost_samples == 0


def test_rate_that_is_not_whole(write: Write) -> None:
    rows = "".join(f"{i * 3 / 1000:.6f},{i}\n" for i in range(500))
    assert load_recording(write(f"time_s,emg_uv\n{rows}")).rate == Fraction(1000, 3)


def test_jumps_in_time_are_gaps(write: Write) -> None:
    times = [0, 1, 2, 3, 4, 5, 16, 17, 18, 19, 21, 22]  # 10 and 1 are missing
    rows = "".join(f"{t / 1000},{t}\n" for t in times)
    recording = load_recording(write(f"time_s,emg_uv\n{rows}"))
    assert recording.sample.tolist() == times
    assert recording.lost_samples == 11
    assert recording.segments() == [(0, 6), (6, 10), (10, 12)]
    assert recording.duration_s == pytest.approx(0.023)


def test_sample_column_tells_gaps(write: Write) -> None:
    text = "sample,emg_uv\n7,1\n8,2\n10,3\n11,4\n"
    recording = load_recording(write(text), fs_hz=1000)
    assert (recording.sample.tolist(), recording.lost_samples) == ([7, 8, 10, 11], 1)
    wraps = load_recording(write(text.replace("11,4", "0,4")), fs_hz=1000)
    assert wraps.sample.tolist() == [0, 1, 2, 3]
    assert wraps.notes == ("Column 'sample' does not count the rows, so it is not used.",)


def test_our_emg_csv_is_read_outside_its_folder(write: Write) -> None:
    text = "sample,time_s,ch1_uv\n4000,2,1.5\n4001,2.0005,2\n4011,2.0055,3\n4012,2.006,3\n"
    recording = load_recording(write(text, "emg.csv"))
    assert (recording.fs_hz, recording.lost_samples, recording.channels) == (2000, 9, ("ch1_uv",))


def test_rate_from_a_comment(write: Write) -> None:
    text = "# Sampling Rate (Hz):= 500.00\nemg_uv\n1\n2\n"
    assert load_recording(write(text)).rate == 500
    assert load_recording(write(text), fs_hz=1000).rate == 1000


def test_rates_that_disagree_are_reported(write: Write) -> None:
    rows = "".join(f"{i / 1000},{i}\n" for i in range(100))
    path = write(f"# sample rate = 1005 Hz\ntime_s,emg_uv\n{rows}")
    assert load_recording(path).notes == ()
    recording = load_recording(path, fs_hz=2000)
    assert recording.rate == 2000
    assert recording.lost_samples == 0
    assert recording.notes == (
        "The sampling rate is 2000 Hz by --fs, but 1000 Hz by column 'time_s': 2000 Hz is used.",
    )


def test_arrival_times_are_ignored_if_the_rate_is_given(write: Write) -> None:
    bunched = [0, 7, 7, 14, 14, 22, 23, 30]
    rows = "".join(f"{1_557_936_053_000 + t},{t}\n" for t in bunched)
    recording = load_recording(write(f"Timestamp,emg_uv\n{rows}"), fs_hz=250)
    assert recording.sample.tolist() == list(range(8))
    assert (
        "line 4: column 'Timestamp' goes from 1557936053007 to 1557936053007" in recording.notes[0]
    )


def test_coarse_times_are_ignored_if_the_rate_is_given(write: Write) -> None:
    rows = "".join(f"{i // 2},{i}\n" for i in range(20))
    recording = load_recording(write(f"time_ms,emg_uv\n{rows}"), fs_hz=2000)
    assert recording.rate == 2000
    assert recording.lost_samples == 0
    assert "times must rise" in recording.notes[0]


def test_chosen_columns_are_read(write: Write) -> None:
    text = "time_s,left,right,knee (deg),label\n0,1,2,3,a\n0.001,4,5,6,b\n"
    every = load_recording(write(text), unit="uV")
    assert every.channels == ("left", "right")
    assert every.notes == ("Columns left out: 'knee (deg)', 'label'.",)
    some = load_recording(write(text), columns=["RIGHT", "left"], unit="uV")
    assert some.channels == ("right", "left")
    assert some.emg_uv.tolist() == [[2, 1], [5, 4]]
    assert some.notes == ()


def test_a_bad_column_does_not_matter_if_it_is_not_read(write: Write) -> None:
    text = "time_s,a,a,emg_uv\n0,x,,1\n0.001,nan,,2\n"
    assert load_recording(write(text), columns=["emg_uv"]).emg_uv[:, 0].tolist() == [1, 2]


def test_quoted_line_ends_need_the_slow_way(write: Write) -> None:
    text = 'time_s,emg_uv,remark\n0,1,"two\nlines"\n0.001,2,""\n'
    assert load_recording(write(text)).emg_uv[:, 0].tolist() == [1, 2]


def test_a_long_table_is_read_in_blocks(write: Write) -> None:
    n = 200_000  # several MB: more than one block, and more than the head
    values = np.round(np.random.default_rng(1).normal(0, 100, n), 3)
    rows = "".join(f"{i / 1000:.3f},{v},{-v}\n" for i, v in enumerate(values.tolist()))
    recording = load_recording(write(f"time_s,a_uv,b_uv\n{rows}"))
    np.testing.assert_array_equal(recording.emg_uv, np.stack([values, -values], axis=1))
