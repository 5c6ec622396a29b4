"""Folders of new sessions: never one that holds something."""

from datetime import datetime
from pathlib import Path

import pytest

from unclench.errors import StoreError
from unclench.store import is_session, new_session_folder

NOW = datetime(2026, 11, 23, 14, 5, 9)


def test_a_new_name_becomes_the_session(tmp_path: Path) -> None:
    folder = new_session_folder(tmp_path / "a" / "b")
    assert folder == tmp_path / "a" / "b"
    assert folder.is_dir()


def test_an_empty_folder_becomes_the_session(tmp_path: Path) -> None:
    assert new_session_folder(tmp_path) == tmp_path


def test_folder_with_other_things_gets_dated_ones(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").touch()
    names = [new_session_folder(tmp_path, now=NOW).name for _ in range(3)]
    assert names == [f"2026-11-23_14-05-09{suffix}" for suffix in ("", "-2", "-3")]


def test_session_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "session.json").write_text("{}")
    assert is_session(tmp_path)
    with pytest.raises(StoreError, match=r"never overwritten.*new name"):
        new_session_folder(tmp_path)


def test_a_file_with_the_sessions_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(StoreError, match=r"out is a file.*another name"):
        new_session_folder(tmp_path / "out")


def test_an_unwritable_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"No session folder can be made.*can write"):
        new_session_folder(tmp_path / "file" / "out")
