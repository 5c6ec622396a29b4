"""What is no file where one is expected: told at once, never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tests import needs

from unclench.errors import UnclenchError
from unclench.importing import import_file
from unclench.store import SessionWriter, load_recording, open_session
from unclench.store.events.rows import event_of
from unclench.store.exporting import export
from unclench.store.library.library import Library, read_entry
from unclench.store.session.summary import read_summary

pytestmark = needs.posix


@pytest.fixture
def folder(tmp_path, make_meta) -> Path:
    with SessionWriter(tmp_path / "root" / "s", make_meta()) as writer:
        writer.write_samples(0, np.full((3000, 1), 512_000, np.int32))
        writer.write_event(event_of(10, "marker", "x"))
    return writer.folder


def pipe(path: Path) -> Path:
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


def sentence(call, *args) -> str:
    with pytest.raises(UnclenchError) as caught:
        call(*args)
    return str(caught.value)


def test_a_session_with_a_pipe_as_its_samples_is_refused(folder, tmp_path):
    path = pipe(folder / "emg.csv")
    for call, *args in (
        (open_session(folder).load,),
        (load_recording, path),
        (export, folder, "csv"),
        (export, folder, "edf"),
        (import_file, path, tmp_path / "again"),
    ):
        assert f"{path} is a folder, a pipe or a device" in sentence(call, *args)
    (entry,) = Library(tmp_path / "root", tmp_path / "index").entries()
    assert "a file is expected" in entry.trouble
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["events.csv", "tension.csv"])
def test_a_session_with_a_pipe_as_another_file_is_refused(folder, name):
    pipe(folder / name)
    session = open_session(folder)
    read = session.events if name == "events.csv" else session.tension
    assert "a file is expected" in sentence(read)


def test_a_pipe_as_summary_counts_as_no_summary(folder):
    pipe(folder / "summary.json")
    assert read_summary(folder) is None
    assert not read_entry(folder).trouble


def test_a_pipe_or_a_device_is_refused_as_a_recording(tmp_path):
    path = pipe(tmp_path / "x.csv")
    assert "a file is expected" in sentence(load_recording, path)
    assert "a file is expected" in sentence(import_file, path, tmp_path / "s")
    assert "a file is expected" in sentence(load_recording, Path("/dev/zero"))


@pytest.mark.parametrize("header", ["", "sample,ti"])
def test_missing_samples_are_an_error_and_not_an_empty_recording(folder, header):
    path = folder / "emg.csv"
    path.write_text(header)
    said = sentence(open_session(folder).load)
    assert f"{path} is empty, but 3000 samples were recorded into it. Restore" in said
    assert read_entry(folder).trouble == said
    path.unlink()
    assert "emg.csv is missing, but 3000 samples" in sentence(load_recording, folder)
    assert "emg.csv is missing" in read_entry(folder).trouble


def test_bytes_that_are_not_text_become_a_sentence(folder):
    (folder / "session.json").write_bytes(b"{\xff}")
    said = sentence(open_session, folder)
    assert "session.json is not text" in said
    assert "codec" not in said
