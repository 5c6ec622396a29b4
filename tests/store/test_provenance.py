"""Whose signal a session holds is kept with it, and told from what older sessions keep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from unclench.report.words import source_words
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted
from unclench.store import open_session
from unclench.store.library.library import Library
from unclench.store.provenance import Provenance
from unclench.store.session.folder import META

SECONDS = 3


@pytest.fixture
def a_csv(tmp_path: Path) -> Path:
    """A stranger's recording."""
    path = tmp_path / "stranger.csv"
    emg_uv = np.random.default_rng(1).normal(0, 5, 1000 * SECONDS)
    rows = (f"{n / 1000:.3f},{uv:.3f}" for n, uv in enumerate(emg_uv))
    path.write_text("time_s,emg_uv\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def record(source: object, folder: Path) -> Path:
    """Record a source to its end, or for some seconds."""
    with open_run(Wanted(str(source), speed="max"), stop_after_s=float(SECONDS)) as run:
        recorder = run.record(folder, origin=0)
        run.follow(recorder)
        run.start()
        assert run.pipeline.wait(60)
    return folder


def restate(folder: Path, **changes: object) -> None:
    """Write other entries into session.json; None takes one out."""
    path = folder / META
    about = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {key: value for key, value in about.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_signals_of_a_virtual_board_are_not_a_persons(tmp_path: Path) -> None:
    meta = open_session(record("sim:relaxed", tmp_path / "sim")).meta
    assert meta.provenance is meta.origin is Provenance.VIRTUAL
    assert source_words(meta) == "virtual board: nobody's muscle"


def test_a_replayed_file_counts_as_a_persons_recording(tmp_path: Path, a_csv: Path) -> None:
    meta = open_session(record(a_csv, tmp_path / "again")).meta
    assert meta.constants.virtual  # a virtual board plays it
    assert meta.provenance is Provenance.REPLAY
    assert source_words(meta) == "replayed recording stranger.csv"


def test_replaying_a_boards_session_does_not_make_a_new_one(tmp_path: Path) -> None:
    folder = record("sim:relaxed", tmp_path / "first")
    constants = json.loads((folder / META).read_text(encoding="utf-8"))["constants"]
    restate(folder, provenance="board", constants={**constants, "flags": 0})
    again = open_session(record(folder, tmp_path / "second")).meta
    assert not again.constants.virtual
    assert again.provenance is Provenance.REPLAY


def test_a_replayed_session_of_a_virtual_board_stays_virtual(tmp_path: Path) -> None:
    first = record("sim:relaxed", tmp_path / "first")
    again = open_session(record(first, tmp_path / "second")).meta
    assert again.provenance is Provenance.VIRTUAL


@pytest.mark.parametrize(
    ("source", "flags", "imported", "origin"),
    [
        ("/dev/ttyACM0", 0, None, Provenance.BOARD),
        ("Virtual board", 2, None, Provenance.VIRTUAL),
        ("recording: monday", 0, None, Provenance.REPLAY),
        ("recording: stranger.csv", 2, None, Provenance.REPLAY),
        ("imported: a.edf", 2, {"file": "a.edf"}, Provenance.IMPORTED),
    ],
)
def test_older_sessions_get_their_kind_of_signal_from_the_source(
    tmp_path: Path,
    source: str,
    flags: int,
    imported: dict[str, str] | None,
    origin: Provenance,
) -> None:
    folder = record("sim:relaxed", tmp_path / "old")
    constants = {**json.loads((folder / META).read_text("utf-8"))["constants"], "flags": flags}
    restate(folder, provenance=None, source=source, constants=constants, imported=imported)
    meta = open_session(folder).meta
    assert (meta.provenance, meta.origin) == (None, origin)
    for _ in range(2):  # as found, and as the index has it
        (entry,) = Library(tmp_path).entries()
        assert entry.provenance is origin
