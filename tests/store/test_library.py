"""The library: what it finds, and that its index is only a cache."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from tests import needs

from unclench.errors import InputError
from unclench.store import SessionWriter
from unclench.store.library import library as library_module
from unclench.store.library.index import default_index
from unclench.store.library.library import Library
from unclench.store.session.edit import edit_meta
from unclench.store.session.summary import ChannelSummary, SessionSummary, sizes_of, write_summary

OLD_S = 1_700_000_000  # long ago: so the index believes it


def age(folder: Path, at_s: int = OLD_S) -> Path:
    for path in folder.iterdir():
        os.utime(path, (at_s, at_s))
    return folder


@pytest.fixture
def root(tmp_path):
    return tmp_path / "sessions"


@pytest.fixture
def make(root, make_meta):
    """Write a session under the root."""

    def write(place="walk", *, closed=True, **changes) -> Path:
        changes.setdefault("created", "2026-11-23T10:00:00+01:00")
        writer = SessionWriter(root / place, make_meta(1, **changes))
        writer.write_samples(0, np.arange(1000, dtype=np.int32)[:, np.newaxis] + 512_000)
        if closed:
            writer.close()
        else:
            writer.flush()
            writer._opened.close()
        return age(root / place)

    return write


@pytest.fixture
def reads(monkeypatch):
    """Names of the folders that are read, not taken from the index."""
    names: list[str] = []
    real = library_module.read_entry

    def reading(folder):
        names.append(folder.name)
        return real(folder)

    monkeypatch.setattr(library_module, "read_entry", reading)
    return names


def summary_of(folder: Path, mean_uv: float = 3.5) -> SessionSummary:
    channel = ChannelSummary(channel="ch1", used_s=0.4, mean_uv=mean_uv)
    return SessionSummary(made_of=sizes_of(folder), duration_s=0.5, channels=(channel,))


def test_an_entry_has_the_data_of_its_session(root, make):
    folder = make(
        title="Evening",
        labels=["desk"],
        sites=["Jaw"],
        feedback=False,
        imported={"format": "edf"},
        training={"program": "quiet-five"},
    )
    write_summary(folder, summary_of(folder))
    (entry,) = Library(root).entries()
    assert (entry.folder, entry.name, entry.title, entry.called) == (
        *(folder, "walk", "Evening", "Evening"),
    )
    assert (entry.labels, entry.sites, entry.channels) == (("desk",), ("Jaw",), ("ch1",))
    assert entry.created == datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
    assert (entry.duration_s, entry.program, entry.band) == (0.5, "quiet-five", "wide")
    assert (entry.ended, entry.source, entry.feedback) == ("closed", "sim:relaxed", False)
    assert (entry.virtual, entry.imported, entry.trouble) == (False, True, "")
    assert entry.summary == summary_of(folder)


def test_nested_folders_are_searched_but_not_inside_sessions_nor_hidden_ones(root, make):
    make("a")
    make("2025/march/b")
    make(".trash/c")
    shutil.copytree(root / "a", root / "a" / "copy")
    assert {e.name for e in Library(root).entries()} == {"a", "b"}
    assert [e.name for e in Library(root / "a").entries()] == ["a"]


def test_sessions_are_listed_newest_first(root, make):
    make("b", created="2026-11-22T10:00:00+01:00")
    make("a", created="2026-11-23T01:00:00+09:00")
    make("c", created="2026-11-23T00:30:00+01:00")
    for _ in range(2):
        assert [e.name for e in Library(root).entries()] == ["c", "a", "b"]


def test_a_missing_or_empty_folder_has_no_sessions(root):
    assert Library(root).entries() == []
    root.mkdir()
    assert Library(root).entries() == []


def test_links_lead_to_each_session_once(root, make, tmp_path):
    make("a")
    make("deep/b")
    outside = tmp_path / "elsewhere"
    shutil.copytree(root / "a", outside / "c")
    (outside / "back").symlink_to(root)
    (outside / "self").symlink_to(outside)
    links = {"out": outside, "again": outside, "up": tmp_path, "b2": root / "deep" / "b"}
    for name, target in {**links, "loop": root, "me": root / "me"}.items():
        (root / name).symlink_to(target)
    assert sorted(e.name for e in Library(root).entries()) == ["a", "b", "c"]


def test_a_copied_session_is_a_second_entry(root, make):
    shutil.copytree(make("a"), root / "b")
    assert len(Library(root).entries()) == 2


def test_indexed_sessions_are_not_read_again(root, make, reads):
    folder = make("a", title="Löse", labels=["x"])
    write_summary(folder, summary_of(folder))
    age(folder)
    first = Library(root).entries()
    assert reads == ["a"]
    assert Library(root).entries() == first
    assert reads == ["a"]


def test_a_change_of_session_or_summary_is_seen(root, make, reads):
    folder = make("a", title="one")
    make("b")
    library = Library(root)
    library.entries()
    edit_meta(folder, title="two")  # of the same length
    age(folder, OLD_S + 1)
    assert {e.title for e in library.entries()} == {"two", ""}
    write_summary(folder, summary_of(folder))
    age(folder, OLD_S + 1)
    assert [e.summary for e in library.entries() if e.name == "a"] == [summary_of(folder)]
    (folder / "events.csv").write_text("another length")
    age(folder, OLD_S + 1)
    assert [e.summary for e in library.entries() if e.name == "a"] == [None]
    assert (reads.count("a"), reads.count("b")) == (4, 1)


def test_two_changes_within_a_clock_tick_are_both_noticed(root, make):
    folder = make("a", title="one")
    os.utime(folder / "session.json")  # now
    library = Library(root)
    assert library.entries()[0].title == "one"
    stat = (folder / "session.json").stat()
    edit_meta(folder, title="two")
    os.utime(folder / "session.json", ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    assert library.entries()[0].title == "two"


def test_deleted_sessions_disappear_and_moved_ones_stay(root, make):
    shutil.rmtree(make("a").parent / "none", ignore_errors=True)
    make("b")
    library = Library(root)
    library.entries()
    (root / "a").rename(root / "c")
    shutil.rmtree(root / "b")
    assert [e.name for e in library.entries()] == ["c"]
    with sqlite3.connect(default_index(root)) as database:
        assert database.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    database.close()


def test_two_folders_have_two_indexes(root, make, tmp_path):
    make("a")
    assert default_index(root) != default_index(tmp_path)
    assert default_index(root) == default_index(root / ".." / root.name)


def spoil_bytes(path):
    path.write_bytes(b"no database at all" * 100)


def spoil_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_title(path):
    data = path.read_bytes()
    assert data.count(b"Evening") == 1
    path.write_bytes(data.replace(b"Evening", b"Morning"))


def spoil_table(path):
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE entries (something)")
    database.commit()
    database.close()


def spoil_by_folder(path):
    path.unlink()
    path.mkdir()


def spoil_away(path):
    path.unlink()


@pytest.mark.parametrize(
    "spoil", [spoil_bytes, spoil_half, spoil_title, spoil_table, spoil_by_folder, spoil_away]
)
def test_a_damaged_index_changes_nothing(root, make, reads, spoil):
    make("a", title="Evening")
    entries = Library(root).entries()
    spoil(default_index(root))
    assert Library(root).entries() == entries
    assert reads == ["a", "a"]
    if spoil is not spoil_by_folder:
        assert Library(root).entries() == entries
        assert reads == ["a", "a"], "it was not made anew"


def test_an_index_of_another_version_is_rebuilt(root, make, reads, monkeypatch):
    make("a")
    Library(root).entries()
    monkeypatch.setattr("unclench.store.library.index._MADE_BY", 17)
    for _ in range(2):
        assert [e.name for e in Library(root).entries()] == ["a"]
    assert reads == ["a", "a"]


def test_a_locked_index_is_skipped(root, make, reads):
    make("a")
    entries = Library(root).entries()
    inode = default_index(root).stat().st_ino
    holder = sqlite3.connect(default_index(root), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert Library(root).entries() == entries
    assert reads == ["a", "a"]
    holder.execute("ROLLBACK")
    holder.close()
    assert Library(root).entries() == entries
    assert reads == ["a", "a"], "the index itself was kept"
    assert default_index(root).stat().st_ino == inode


def test_the_library_works_without_a_place_for_its_index(root, make, tmp_path):
    make("a")
    (tmp_path / "file").touch()
    assert len(Library(root, tmp_path / "file" / "index.sqlite").entries()) == 1


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: (f / "session.json").write_text("{"), "not valid JSON"),
        (
            lambda f: (f / "session.json").write_text('{"schema_version": "x"}'),
            "not a session.json",
        ),
        (lambda f: (f / "session.json").write_bytes(b"\xff\xfe"), "not text"),
        (lambda f: (f / "session.json").write_text("[" * 100_000), "cannot be read"),
        (lambda f: (f / "session.json").unlink(), "has emg.csv but no session.json"),
        (lambda f: (f / "emg.csv").unlink(), "emg.csv is missing"),
        (
            lambda f: (f / "session.json").write_text(
                json.dumps({"schema_version": 7, "unclench_version": "3.1"})
            ),
            "unclench (3.1, schema version 7)",
        ),
    ],
)
def test_a_damaged_folder_is_listed_and_stops_nothing(root, make, damage, words):
    make("fine")
    folder = make("2024-05-06_07-08-09")
    damage(folder)
    for _ in range(2):
        entries = {e.name: e for e in Library(root).entries()}
        assert entries["fine"].trouble == ""
        broken = entries[folder.name]
        assert words in broken.trouble
        assert broken.trouble.endswith(".")
        assert f"{broken.local:%Y-%m-%d %H:%M}" == "2024-05-06 07:08"


@needs.ordinary_user
def test_a_folder_that_may_not_be_read_is_listed(root, make):
    folder = make("a")
    folder.chmod(0)
    try:
        (entry,) = Library(root).entries()
        assert "cannot be read" in entry.trouble
    finally:
        folder.chmod(0o700)


def test_a_session_never_closed_has_the_length_of_its_rows(root, make):
    folder = make("a", closed=False)
    with (folder / "emg.csv").open("ab") as file:
        file.write(b"99999,4")  # cut off
    (entry,) = Library(root).entries()
    assert (entry.ended, entry.duration_s) == ("running", 0.5)


def test_find_by_folder_name_title_and_date(root, make):
    folder = make("2026-11-23_10-00-00", title="Evening at the desk")
    make("2026-11-22_09-00-00", created="2026-11-22T09:00:00+01:00", title="Evening")
    library = Library(root)
    entry = next(e for e in library.entries() if e.folder == folder)
    when = f"{entry.local:%Y-%m-%d %H:%M}"
    for text in ("2026-11-23", folder.name, "evening at", when, str(folder)):
        assert library.find(text).folder == folder
    assert library.find("Evening").title == "Evening"  # whole, so it is meant
    with pytest.raises(InputError, match=r"'2026-11' matches 2 sessions: 2026-11-23_10"):
        library.find("2026-11")
    for text in ("nothing", ""):
        with pytest.raises(InputError, match="There is no session"):
            library.find(text)
