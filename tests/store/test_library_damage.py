"""Damage of every kind: a sentence each, no traceback, nothing overwritten."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unclench.errors import UnclenchError
from unclench.store import open_session
from unclench.store.library.library import Library
from unclench.store.session.folder import EMG, EVENTS, META, SUMMARY, TENSION
from unclench.store.session.summary import ChannelSummary, SessionSummary, sizes_of, write_summary

EXAMPLE = Path(__file__).parent / "examples" / "titled"
INDEX = "index.sqlite"

flips = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=4)
damage = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1)),
    st.tuples(st.just("flip"), flips),
    st.tuples(st.just("bytes"), st.binary(max_size=300)),
    st.tuples(st.just("put in"), st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=20))),
    st.tuples(
        st.just("swap"),
        st.tuples(
            st.floats(0, 1),
            st.sampled_from(
                [
                    b"1e999",
                    b"-1",
                    b"NaN",
                    b"1e300",
                    b"9" * 30,
                    b"[[",
                    b'"',
                    b"\r",
                    b"\0",
                    b"null",
                    b",",
                ]
            ),
        ),
    ),
)


def damaged(data: bytes, how: str, what) -> bytes:
    if how == "cut":
        return data[: int(what * len(data))]
    if how == "flip":
        spoilt = bytearray(data)
        for at, bits in what:
            spoilt[at % len(spoilt)] ^= bits
        return bytes(spoilt)
    if how == "bytes":
        return what
    at = int(what[0] * len(data))
    if how == "put in":
        return data[:at] + what[1] + data[at:]
    begin = max(data.rfind(b",", 0, at), data.rfind(b":", 0, at)) + 1  # a whole value
    end = min((i for i in (data.find(b",", at), data.find(b"\n", at)) if i >= 0), default=at)
    return data[:begin] + what[1] + data[max(begin, end) :]


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A library of two sessions, one of them with a summary, and its index."""
    home = tmp_path_factory.mktemp("sound")
    for name in ("fine", "spoilt"):
        shutil.copytree(EXAMPLE, home / "root" / name)
    folder = home / "root" / "spoilt"
    channels = (ChannelSummary(channel="ch1", used_s=1.0, mean_uv=3.0),)
    write_summary(
        folder, SessionSummary(made_of=sizes_of(folder), duration_s=1.0, channels=channels)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unclench.store.library.index._SETTLED_NS", -(10**12))
        Library(home / "root", home / INDEX).entries()
    assert (home / INDEX).stat().st_size > 0
    return home


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "home"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([META, EMG, EVENTS, TENSION, SUMMARY]), damage)
def test_a_damaged_file_becomes_a_sentence(sound, scratch, name, how):
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(sound, scratch)
    path = scratch / "root" / "spoilt" / name
    path.write_bytes(damaged(path.read_bytes(), *how))
    before = all_bytes(scratch / "root")
    entries = {entry.name: entry for entry in Library(scratch / "root", scratch / INDEX).entries()}
    assert entries.keys() == {"fine", "spoilt"}
    assert entries["fine"].trouble == ""
    said = entries["spoilt"].trouble
    assert "\n" not in said
    assert not said or said.endswith(".")
    with contextlib.suppress(UnclenchError):
        session = open_session(scratch / "root" / "spoilt")
        for read in (session.load, session.events, session.tension):
            with contextlib.suppress(UnclenchError):
                read()
    assert all_bytes(scratch / "root") == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage)
def test_a_damaged_index_is_never_used(sound, scratch, how):
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(sound, scratch)
    (scratch / INDEX).write_bytes(damaged((scratch / INDEX).read_bytes(), *how))
    library = Library(scratch / "root", scratch / INDEX)
    expected = Library(scratch / "root", scratch / "none").entries()
    assert library.entries() == expected
    assert library.entries() == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([META, EMG, EVENTS, SUMMARY]), st.sampled_from(["gone", "folder", "renamed"])
)
def test_a_session_without_one_of_its_files_does_not_hide_the_others(sound, scratch, name, how):
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(sound, scratch)
    path = scratch / "root" / "spoilt" / name
    path.rename(path.with_name(f"{name}.old"))
    if how == "gone":
        path.with_name(f"{name}.old").unlink()
    elif how == "folder":
        path.mkdir()
    entries = Library(scratch / "root", scratch / INDEX).entries()
    assert "fine" in {entry.name for entry in entries}
    with contextlib.suppress(UnclenchError):
        session = open_session(scratch / "root" / "spoilt")
        for read in (session.load, session.events, session.tension):
            with contextlib.suppress(UnclenchError):
                read()
