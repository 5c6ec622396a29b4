"""A file of the person's own: read with care, told when it cannot be used, never written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from tests import needs

from unclench.errors import StoreError
from unclench.notices import SetAside, Unusable, Why, fresh_run, told, words
from unclench.ownfile import OwnFile


class Tea(BaseModel):
    """A model of a file."""

    model_config = ConfigDict(extra="allow")

    format: Literal[3] = 3
    kind: Literal["green", "black"] = "green"
    minutes: list[float] = Field(default_factory=list)


TEA = OwnFile(Tea, "teas", "water is served", "they are forgotten")
BROKEN = {
    "nothing": (b"", "not valid JSON"),
    "not JSON": (b"{", "not valid JSON"),
    "deep": (b"[" * 100_000, "not valid JSON"),
    "not UTF-8": (b'{"kind":\n "gr\xfcn"}', "line 2 is not UTF-8 text"),
    "wrong type": (b"[]", "object"),
    "wrong value": (b'{"kind": "mauve"}', "kind: "),
    "wrong value inside": (b'{"minutes": [3, "four"]}', "minutes.1: "),
    "older format": (b'{"format": 2}', "format: "),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own" / "teas.json"


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def only_notice() -> Unusable:
    (notice,) = told()
    assert isinstance(notice, Unusable)
    return notice


def test_a_file_that_is_missing_is_no_news(path):
    assert TEA.load(path) == Tea()
    assert told() == ()


def test_a_file_comes_back_as_it_was_saved_with_keys_of_later_versions(path):
    put(path, b'\xef\xbb\xbf{"kind": "black", "sugar": {"spoons": 2}}')  # as Notepad saves it
    tea = TEA.load(path)
    tea.minutes = [3.5]
    TEA.save(tea, path)
    assert TEA.load(path) == tea
    assert json.loads(path.read_bytes())["sugar"] == {"spoons": 2}
    assert [each.name for each in path.parent.iterdir()] == ["teas.json"]
    assert told() == ()


@pytest.mark.parametrize(("content", "detail"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_and_stays_until_a_new_one_is_saved(path, content, detail):
    put(path, content)
    assert TEA.load(path) == Tea()
    assert only_notice().why is Why.BROKEN
    sentence = words(only_notice())
    assert f"The teas in {path} cannot be used (" in sentence
    assert detail in sentence
    assert sentence.endswith("), so water is served: correct the file, or move it away.")
    assert "\n" not in sentence
    assert path.read_bytes() == content

    TEA.save(Tea(kind="black"), path)
    kept = path.with_name("teas.broken.json")
    assert kept.read_bytes() == content
    assert TEA.load(path).kind == "black"
    assert told(1) == (SetAside(path, "teas", kept),)
    assert words(told()[1]) == (
        f"The teas that could not be used are kept as {kept}; teas.json is a new file."
    )


def test_a_file_set_aside_before_is_not_written_over(path):
    for content in (b"{1", b"{2", b"{3"):
        put(path, content)
        TEA.save(Tea(), path)
    names = ("teas.broken.json", "teas.2.broken.json", "teas.3.broken.json")
    assert [path.with_name(name).read_bytes() for name in names] == [b"{1", b"{2", b"{3"]


def test_a_file_of_a_newer_version_is_never_replaced(path):
    content = b'{"format": 4, "kind": {"leaf": "green"}}'
    put(path, content)
    assert TEA.load(path) == Tea()
    assert words(only_notice()) == (
        f"The teas in {path} were written by a newer version of unclench (format 4; this version "
        "knows 3), so water is served: update unclench."
    )
    with pytest.raises(StoreError, match=r"newer version.*they are forgotten; update unclench\."):
        TEA.save(Tea(), path)
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [
        (path.name, content)
    ]


def test_a_folder_in_its_place_is_told_and_kept(path):
    path.mkdir(parents=True)
    put(path / "note.txt", b"mine")
    assert TEA.load(path) == Tea()
    assert only_notice().why is Why.UNREADABLE
    assert words(only_notice()).endswith("make the file readable, or move it away.")
    TEA.save(Tea(kind="black"), path)
    assert (path.with_name("teas.broken.json") / "note.txt").read_bytes() == b"mine"
    assert TEA.load(path).kind == "black"


def test_of_a_link_the_file_that_it_leads_to_is_kept(path, tmp_path):
    needs.require_posix()  # Windows asks for a right to make links
    real = tmp_path / "dotfiles" / "tea.json"
    put(real, b"{")
    path.parent.mkdir()
    path.symlink_to(real)
    TEA.save(Tea(kind="black"), path)
    assert path.is_symlink()
    assert real.with_name("tea.broken.json").read_bytes() == b"{"
    assert TEA.load(path).kind == "black"


@needs.ordinary_user
def test_a_file_that_may_not_be_read_is_told_and_kept(path):
    put(path, b"{}")
    path.chmod(0)
    assert TEA.load(path) == Tea()
    assert only_notice().detail == "Permission denied"
    TEA.save(Tea(), path)
    kept = path.with_name("teas.broken.json")
    kept.chmod(0o600)
    assert kept.read_bytes() == b"{}"


def test_a_place_where_nothing_can_be_written_says_what_follows(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="they are forgotten"):
        TEA.save(Tea(), tmp_path / "file" / "teas.json")


def test_the_same_is_told_once_and_another_fault_again(path):
    put(path, b"{")
    TEA.load(path)
    TEA.load(path)
    assert len(told()) == 1
    put(path, b"[]")
    TEA.load(path)
    assert len(told()) == 2


@given(content=st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_used_or_kept(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "teas.json"
    put(path, content)
    with fresh_run():
        tea = TEA.load(path)
        TEA.save(tea, path)
        kept = [each.read_bytes() for each in path.parent.iterdir() if each != path]
        assert kept == ([content] if told() else [])
        assert TEA.load(path) == tea
