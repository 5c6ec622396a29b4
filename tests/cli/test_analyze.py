"""`unclench analyze`: the fixed keys, every option, every mistake in a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import needs
from tests.commandline import Ran
from tests.limits import HANG_LIMIT_S

FS_HZ = 1000


@pytest.fixture
def signal_csv(tmp_path: Path) -> Path:
    """Two channels in mV: noise of 10 uV, and of 20 uV with 50 Hz hum."""
    rng = np.random.default_rng(2)
    t = np.arange(8 * FS_HZ) / FS_HZ
    emg = rng.normal(0, [10, 20], (len(t), 2)) + np.outer(np.sin(2 * np.pi * 50 * t), [0, 60])
    path = tmp_path / "signal.tsv"
    np.savetxt(path, emg / 1000, "%.6f", "\t", header="left_mV\tright_mV", comments="")
    return path


def analyze(run: Callable[..., Ran], *arguments: object) -> dict[str, Any]:
    done = run("analyze", *arguments, "--json")
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def test_json_has_the_documented_keys(run, session):
    found = analyze(run, session)
    assert {*("fs_hz", "duration_s", "n_samples", "lost_samples", "band_hz", "channels")} <= set(
        found
    )
    assert (found["fs_hz"], found["n_samples"], found["lost_samples"]) == (2000, 4000, 0)
    assert (found["duration_s"], found["band_hz"]) == (2.0, [20, 450])
    assert len(found["channels"]) == 2
    for channel in found["channels"]:
        assert {"name", "tension_uv", "mains_fraction", "clipped_fraction"} <= set(channel)
        levels = channel["tension_uv"]
        assert set(levels) == {"mean", "p10", "p50", "p90", "max"}
        assert 1 < levels["p10"] <= levels["p50"] <= levels["p90"] <= levels["max"] < 30


def test_csv_options_choose_rate_column_and_unit(run, signal_csv):
    found = analyze(run, signal_csv, "--fs", FS_HZ, "--column", "right_mV", "--mains", "off")
    (right,) = found["channels"]
    assert (found["fs_hz"], found["duration_s"], right["name"]) == (1000, 8.0, "right_mV")
    in_band = np.sqrt(430 / 500)  # share of white noise in 20-450 Hz
    assert (right["used_s"], right["tension_uv"]["mean"]) == (0, None)  # hum is no muscle's
    assert right["excluded_s"]["mains hum"] > 6
    assert right["mains_fraction"] > 0.5
    found = analyze(run, signal_csv, "--fs", FS_HZ, "--column", "right_mV", "--mains", "50")
    assert found["channels"][0]["tension_uv"]["p50"] == pytest.approx(20 * in_band, rel=0.1)
    found = analyze(run, signal_csv, "--fs", FS_HZ, "--unit", "uV", "--column", "left_mV")
    assert found["channels"][0]["tension_uv"]["mean"] == pytest.approx(0.01 * in_band, rel=0.1)
    both = ("--column", "right_mV", "--column", "left_mV")
    found = analyze(run, signal_csv, "--fs", FS_HZ, *both)
    assert [channel["name"] for channel in found["channels"]] == ["right_mV", "left_mV"]


def test_band_and_window_change_the_tension(run, signal_csv):
    wide = analyze(run, signal_csv, "--fs", FS_HZ)["channels"][0]["tension_uv"]
    found = analyze(run, signal_csv, "--fs", FS_HZ, "--band", "narrow")
    assert found["band_hz"] == [100, 200]
    narrow = found["channels"][0]["tension_uv"]
    assert narrow["mean"] / wide["mean"] == pytest.approx(np.sqrt(100 / 430), rel=0.1)
    slow = analyze(run, signal_csv, "--fs", FS_HZ, "--window", 2)["channels"][0]["tension_uv"]
    assert slow["p90"] - slow["p10"] < (wide["p90"] - wide["p10"]) / 2


def test_without_json_the_output_is_readable_text(run, session):
    done = run("analyze", session)
    assert (done.status, done.err) == (0, "")
    for word in (
        "2.0 s at 2000 Hz",
        "4000 samples, 0 lost",
        "channel 1",
        "Median tension",
        "20-450 Hz",
    ):
        assert word in done.out


def test_a_closed_pipe_ends_quietly(spawn, session):
    process = spawn("analyze", session, "--json")
    process.stdout.close()
    assert (process.stderr.read(), process.wait(HANG_LIMIT_S)) == ("", 0)


ROWS = [f"{i / 1000:.3f},{i % 7}" for i in range(2000)]
BAD = {
    "wrong column": ("time_s,emg", ROWS, ["--column", "jaw"], "'jaw'"),
    "missing columns": ("time_s", [f"{i / 1000}" for i in range(2000)], [], "no column of EMG"),
    "duplicate columns": ("time_s,emg,emg", [f"{r},1" for r in ROWS], [], "2 columns named 'emg'"),
    "text": ("time_s,emg", [*ROWS[:5], "0.005,oops", *ROWS[6:]], [], "'oops'"),
    "nan": ("time_s,emg", [*ROWS[:5], "0.005,NaN", *ROWS[6:]], [], "'NaN'"),
    "header only": ("time_s,emg", [], [], "no rows"),
    "mixed decimal marks": ("t;emg", ["0,000;1,5", "0,001;2.5"], [], "decimal"),
    "backwards": ("time_s,emg", [*ROWS[:5], ROWS[3], *ROWS[6:]], [], "times must rise"),
    "standing still": ("time_s,emg", [*ROWS[:5], ROWS[4], *ROWS[6:]], [], "times must rise"),
    "rate too low": ("emg", ["1", "2"] * 2000, ["--fs", "100"], "100"),
    "rate too low for 450 Hz": ("emg", ["1", "2"] * 2000, ["--fs", "800"], "800"),
    "too short": ("emg", ["1", "2"], ["--fs", "1000"], "longer recording"),
    "no rate": ("emg", ["1", "2"] * 2000, [], "--fs"),
    "bad rate": ("emg", ["1", "2"] * 2000, ["--fs", "nan"], "--fs nan"),
    "bad window": ("emg", ["1", "2"] * 2000, ["--fs", "1000", "--window", "nan"], "--window"),
    "no window": ("emg", ["1", "2"] * 2000, ["--fs", "1000", "--window", "0"], "--window"),
    "no band": ("emg", ["1", "2"] * 2000, ["--fs", "1000", "--band", "thin"], "'thin'"),
    "no mains": ("emg", ["1", "2"] * 2000, ["--fs", "1000", "--mains", "55"], "'55'"),
    "no unit": ("emg", ["1", "2"] * 2000, ["--fs", "1000", "--unit", "kV"], "'kV'"),
}


ONLY_ANALYZE = {"too short", "bad window", "no window"}  # say nothing to a recording
BAD_BOTH = [(case, "analyze") for case in BAD]
BAD_BOTH += [(case, "record") for case in BAD if case not in ONLY_ANALYZE]


@pytest.mark.parametrize(("case", "command"), BAD_BOTH)
def test_bad_csv_is_refused_in_one_sentence(run, tmp_path, case, command):
    head, rows, options, words = BAD[case]
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([head, *rows, ""]))
    if command == "analyze":
        done = run("analyze", path, *options)
    else:
        done = run("record", "--source", path, "--out", tmp_path / "s", *options)
        assert not (tmp_path / "s").exists()
    assert words in done.sentence()


@pytest.mark.parametrize("command", ["analyze", "record"])
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"\x89HDF\r\n\x1a\n\0\0\0\xff" * 50, "binary"), (b"\xff\xfet\0i\0m", "UTF")],
)
def test_files_other_than_text_are_refused(run, tmp_path, command, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    if command == "analyze":
        done = run("analyze", path)
    else:
        done = run("record", "--source", path, "--out", tmp_path / "s")
    assert words in done.sentence()


@pytest.mark.parametrize(
    "content",
    [
        "\ufefftime_s,emg_uv\n" + "\n".join(f"{i / 1000},{i % 7}" for i in range(2000)),
        "time_s;emg_uv\r\n"
        + "\r\n".join(f"{i / 1000:.3f};{i % 7}".replace(".", ",") for i in range(2000)),
    ],
    ids=["byte-order mark", "decimal comma and semicolons"],
)
def test_byte_order_mark_and_decimal_comma_are_accepted(run, tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_text(content, encoding="utf-8")
    found = analyze(run, path)
    assert (found["fs_hz"], found["n_samples"]) == (1000, 2000)


@pytest.mark.parametrize("name", [*("nowhere", "empty-folder", "x" * 300)])
def test_missing_input_is_named_in_the_error(run, tmp_path, name):
    (tmp_path / "empty-folder").mkdir()
    assert name in run("analyze", tmp_path / name).sentence()


def test_session_of_a_newer_version_is_refused(run, session, tmp_path):
    newer = tmp_path / "newer"
    shutil.copytree(session, newer)
    meta = json.loads((newer / "session.json").read_text())
    meta["schema_version"] = 99
    (newer / "session.json").write_text(json.dumps(meta))
    said = run("analyze", newer).sentence()
    assert "99" in said
    assert "newer" in said
    assert run("record", "--source", newer, "--out", tmp_path / "s").sentence() == said


@needs.ordinary_user
def test_unreadable_file_is_named_in_the_error(run, signal_csv):
    signal_csv.chmod(0)
    assert str(signal_csv) in run("analyze", signal_csv).sentence()


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120])
def test_numbers_are_never_cut_off_in_narrow_terminals(run, tmp_path, monkeypatch, columns):
    names = ["Left shoulder", "Right shoulder, upper trapezius", "jaw", "neck", "forehead"]
    rows = np.random.default_rng(1).normal(size=(4000, 5)) * 1e5
    lines = [f"{i / 2000}," + ",".join(f"{v:.1f}" for v in row) for i, row in enumerate(rows)]
    head = ",".join(["time_s", *(f'"{name} (uV)"' for name in names)])
    path = tmp_path / "five.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    monkeypatch.setenv("COLUMNS", str(columns))
    done = run("analyze", path)
    figures = json.loads(run("analyze", path, "--json").out)
    assert "\N{HORIZONTAL ELLIPSIS}" not in done.out
    for channel in figures["channels"]:
        for value in channel["tension_uv"].values():
            assert f"{value:.0f}" in done.out
    assert max(len(line.rstrip()) for line in done.out.splitlines()) <= columns
