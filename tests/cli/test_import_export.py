"""unclench import, unclench export, and what one makes of the other's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.known import known

from unclench.store import load_recording

from .conftest import small_files


@pytest.fixture
def csv_file(tmp_path) -> Path:
    """A CSV file of another program: 1.5 s of one channel at 1000 Hz."""
    path = tmp_path / "neck.csv"
    rows = (f"{i / 1000:.3f},{50 * np.sin(i * 0.7):.2f}" for i in range(1500))
    path.write_text("time_s,neck (uV)\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("to", ["edf", "bdf", "csv", "parquet"])
def test_export_writes_beside_the_session(run, session, to):
    done = run("export", session, "--format", to)
    made = session.parent / f"session.{to}"
    assert (done.status, done.out.strip()) == (0, str(made))
    assert made.stat().st_size > 1000
    assert [p.name for p in session.parent.iterdir() if "part" in p.name] == []


@pytest.mark.parametrize("to", ["edf", "bdf", "csv"])
def test_export_and_import_give_the_same_samples(run, session, tmp_path, to):
    assert run("export", session, "--format", to).status == 0
    done = run("import", tmp_path / f"session.{to}", "--out", tmp_path / "again")
    assert done.status == 0, done.err
    once, again = load_recording(session), load_recording(tmp_path / "again")
    np.testing.assert_array_equal(again.sample, once.sample)
    step_uv = known(again.constants).uv_per_unit + known(once.constants).uv_per_unit / 4
    assert (np.abs(again.emg_uv - once.emg_uv) <= step_uv).all()


def test_export_never_overwrites_without_force(run, session):
    assert run("export", session, "--format", "csv").status == 0
    made = session.parent / "session.csv"
    made.write_text("mine")
    said = run("export", session, "--format", "csv").sentence()
    assert "exists already" in said
    assert "--force" in said
    assert made.read_text() == "mine"
    assert run("export", session, "--format", "csv", "--force").status == 0
    assert made.stat().st_size > 1000


def test_export_never_overwrites_its_input(run, session, csv_file):
    emg = session / "emg.csv"
    before = emg.read_bytes(), csv_file.read_bytes()
    for path, out in (
        (session, emg),
        (emg, emg),
        (csv_file, csv_file),
        (session, session / "events.csv"),
    ):
        said = run("export", path, "--format", "csv", "-o", out, "--force").sentence()
        assert "never overwritten" in said
    assert "never overwritten" in run("export", csv_file, "--format", "csv").sentence()
    assert (emg.read_bytes(), csv_file.read_bytes()) == before


def test_export_to_an_unwritable_place_is_refused(run, session, tmp_path):
    said = run("export", session, "--format", "edf", "-o", tmp_path / "no" / "x.edf").sentence()
    assert "x.edf cannot be written: No such file or directory" in said
    assert "is a folder" in run("export", session, "--format", "edf", "-o", tmp_path).sentence()
    assert "There is no file" in run("export", tmp_path / "none", "--format", "edf").sentence()


def test_imported_session_works_in_analyze_and_record(run, csv_file, tmp_path):
    done = run("import", csv_file, "--out", tmp_path / "s", "--json")
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
    np.testing.assert_allclose(kept, load_recording(csv_file).emg_uv, rtol=1e-12)


def test_import_without_out_uses_the_sessions_folder(run, csv_file):
    first, second = (run("import", csv_file, "--json") for _ in range(2))
    folders = [Path(json.loads(done.out)["folder"]) for done in (first, second)]
    assert [folder.name for folder in folders] == ["neck", "neck-2"]
    assert folders[0].parent == folders[1].parent


def test_import_mistakes_are_refused_in_one_sentence(run, csv_file, session, tmp_path):
    noise = tmp_path / "noise.bin"
    noise.write_bytes(bytes(range(256)))
    assert "OpenSignals" in run("import", noise, "--out", tmp_path / "x").sentence()
    assert "no column 'jaw'" in run("import", csv_file, "--column", "jaw").sentence()
    assert "no file" in run("import", tmp_path / "none.edf").sentence()
    assert "is already a session" in run("import", session).sentence()
    assert "EDF or BDF" in run("import", csv_file, "--format", "edf").sentence()
    assert "never overwritten" in run("import", csv_file, "--out", session).sentence()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("to", ["edf", "bdf", "csv", "parquet"])
def test_full_disk_during_export_is_reported_in_one_sentence(run, session, to):
    with small_files(3000):
        said = run("export", session, "--format", to).sentence()
    assert f"session.{to} cannot be written: " in said
    assert "requested" not in said
    assert "No space left on device" in said or to in ("csv", "parquet")
    assert [p for p in session.parent.rglob("*") if "part" in p.name] == []


def test_full_disk_during_import_leaves_nothing(run, csv_file, tmp_path):
    out = tmp_path / "s"
    with small_files(10_000):
        said = run("import", csv_file, "--out", out).sentence()
    assert f"{out} cannot be written" in said
    assert "Nothing was imported" in said
    assert "kept" not in said
    assert not out.exists()


def test_importing_a_truncated_file_says_how_much_is_missing(run, session, tmp_path):
    path = tmp_path / "session.bdf"
    assert run("export", session, "--format", "bdf", "-o", path).status == 0
    data = path.read_bytes()
    records = int(data[236:244])
    path.write_bytes(data[: int(len(data) * 0.6)])
    done = run("import", path, "--out", tmp_path / "half", "--json")
    missing_s = json.loads(done.out)["missing_s"]
    assert 0 < missing_s < records
    done = run("import", path, "--out", tmp_path / "again")
    assert f"The last {missing_s:.1f} s are missing in the file." in done.out
    assert "BDF header" not in done.err


def test_damaged_edf_error_hides_library_internals(run, tmp_path):
    path = tmp_path / "x.edf"
    path.write_bytes(b"0       " + b" " * 600)
    said = run("import", path, "--out", tmp_path / "s").sentence()
    assert "cannot be read as EDF or BDF. It is damaged or in another format" in said
