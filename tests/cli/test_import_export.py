"""unclench import, unclench export, and what one makes of the other's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from unclench.store import load_recording

from .conftest import small_files


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "neck.csv"
    rows = (f"{i / 1000:.3f},{50 * np.sin(i * 0.7):.2f}" for i in range(1500))
    path.write_text("time_s,neck (uV)\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("to", ["edf", "bdf", "csv", "parquet"])
def test_export_writes_beside_the_session(run, session, to):
    done = run("export", session, "--to", to)
    made = session.parent / f"session.{to}"
    assert (done.status, done.out.strip()) == (0, str(made))
    assert made.stat().st_size > 1000
    assert [p.name for p in session.parent.iterdir() if "part" in p.name] == []


@pytest.mark.parametrize("to", ["edf", "bdf", "csv"])
def test_what_is_exported_can_be_imported(run, session, tmp_path, to):
    assert run("export", session, "--to", to).status == 0
    done = run("import", tmp_path / f"session.{to}", "--out", tmp_path / "again")
    assert done.status == 0, done.err
    once, again = load_recording(session), load_recording(tmp_path / "again")
    np.testing.assert_array_equal(again.sample, once.sample)
    step_uv = again.constants.uv_per_unit + once.constants.uv_per_unit / 4
    assert (np.abs(again.emg_uv - once.emg_uv) <= step_uv).all()


def test_export_never_overwrites_without_force(run, session):
    assert run("export", session, "--to", "csv").status == 0
    made = session.parent / "session.csv"
    made.write_text("mine")
    said = run("export", session, "--to", "csv").sentence()
    assert "is there already" in said
    assert "--force" in said
    assert made.read_text() == "mine"
    assert run("export", session, "--to", "csv", "--force").status == 0
    assert made.stat().st_size > 1000


def test_export_leaves_what_it_reads_alone(run, session, table):
    emg = session / "emg.csv"
    before = emg.read_bytes(), table.read_bytes()
    for path, out in (
        (session, emg),
        (emg, emg),
        (table, table),
        (session, session / "events.csv"),
    ):
        said = run("export", path, "--to", "csv", "-o", out, "--force").sentence()
        assert "never overwritten" in said
    assert "never overwritten" in run("export", table, "--to", "csv").sentence()
    assert (emg.read_bytes(), table.read_bytes()) == before


def test_export_says_in_a_sentence_where_it_cannot_write(run, session, tmp_path):
    said = run("export", session, "--to", "edf", "-o", tmp_path / "no" / "x.edf").sentence()
    assert "x.edf cannot be written: No such file or directory" in said
    assert "is a folder" in run("export", session, "--to", "edf", "-o", tmp_path).sentence()
    assert "there is no file" in run("export", tmp_path / "none", "--to", "edf").sentence()


def test_import_makes_a_session_that_analyze_and_record_take(run, table, tmp_path):
    done = run("import", table, "--out", tmp_path / "s", "--json")
    assert done.status == 0
    summary = json.loads(done.out)
    assert summary["folder"] == str(tmp_path / "s")
    assert (summary["format"], summary["fs_hz"], summary["channels"]) == ("csv", 1000, ["neck"])
    assert (summary["n_samples"], summary["lost_samples"]) == (1500, 0)
    assert run("analyze", tmp_path / "s").status == 0
    replay = ("--source", tmp_path / "s", "--speed", "max", "--out", tmp_path / "again")
    assert run("record", *replay).status == 0
    kept, again = (load_recording(tmp_path / name).emg_uv for name in ("s", "again"))
    np.testing.assert_array_equal(again, kept)
    np.testing.assert_allclose(kept, load_recording(table).emg_uv, rtol=1e-12)


def test_import_goes_where_sessions_are_kept(run, table):
    first, second = (run("import", table, "--json") for _ in range(2))
    folders = [Path(json.loads(done.out)["folder"]) for done in (first, second)]
    assert [folder.name for folder in folders] == ["neck", "neck-2"]
    assert folders[0].parent == folders[1].parent


def test_import_says_in_a_sentence_what_it_cannot_do(run, table, session, tmp_path):
    noise = tmp_path / "noise.bin"
    noise.write_bytes(bytes(range(256)))
    assert "OpenSignals" in run("import", noise, "--out", tmp_path / "x").sentence()
    assert "no column 'jaw'" in run("import", table, "--column", "jaw").sentence()
    assert "no file" in run("import", tmp_path / "none.edf").sentence()
    assert "is a session already" in run("import", session).sentence()
    assert "EDF or BDF" in run("import", table, "--format", "edf").sentence()
    assert "never overwritten" in run("import", table, "--out", session).sentence()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("to", ["edf", "bdf", "csv", "parquet"])
def test_a_full_disk_ends_an_export_in_plain_words(run, session, to):
    with small_files(3000):
        said = run("export", session, "--to", to).sentence()
    assert f"session.{to} cannot be written: " in said
    assert "requested" not in said
    assert "No space left on device" in said or to in ("csv", "parquet")
    assert [p for p in session.parent.rglob("*") if "part" in p.name] == []


def test_a_full_disk_ends_an_import_without_anything_kept(run, table, tmp_path):
    out = tmp_path / "s"
    with small_files(10_000):
        said = run("import", table, "--out", out).sentence()
    assert f"{out} cannot be written" in said
    assert "nothing was imported" in said
    assert "kept" not in said
    assert not out.exists()


def test_an_import_of_half_a_file_says_so_in_its_last_line(run, session, tmp_path):
    path = tmp_path / "session.bdf"
    assert run("export", session, "--to", "bdf", "-o", path).status == 0
    data = path.read_bytes()
    records = int(data[236:244])
    path.write_bytes(data[: int(len(data) * 0.6)])
    done = run("import", path, "--out", tmp_path / "half", "--json")
    missing_s = json.loads(done.out)["missing_s"]
    assert 0 < missing_s < records
    done = run("import", path, "--out", tmp_path / "again")
    assert f"; {missing_s:.1f} s are missing at its end: " in done.out
    assert "BDF header" not in done.err


def test_a_damaged_file_is_told_without_a_library_s_words(run, tmp_path):
    path = tmp_path / "x.edf"
    path.write_bytes(b"0       " + b" " * 600)
    said = run("import", path, "--out", tmp_path / "s").sentence()
    assert "cannot be read as EDF or BDF: it is damaged or of another kind" in said
