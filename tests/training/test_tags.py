"""Awareness tags: the list and its file, and the board of what is under way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.errors import InputError, StoreError
from unclench.store.events.event import GROUPS, Event, Noted, TagBegun, TagEnded
from unclench.training.tags import (
    DEFAULT_TAGS,
    RESERVED_KEYS,
    Tag,
    TagBoard,
    load_tags,
    save_tags,
    tags_path,
)

GOOD = '[[tag]]\nkey = "1"\ngroup = "posture"\ntext = "slouching"\n'


FS_HZ = 1000.0


def test_without_a_file_there_are_nine_tags_on_the_digits() -> None:
    assert load_tags() == DEFAULT_TAGS
    assert "".join(tag.key for tag in DEFAULT_TAGS) == "123456789"
    assert {tag.group for tag in DEFAULT_TAGS} == set(GROUPS)


def test_a_saved_list_explains_itself_and_comes_back() -> None:
    mine = (*DEFAULT_TAGS, Tag("d", "situation", "driving"))
    save_tags(mine)
    assert load_tags() == mine
    head = tags_path().read_text(encoding="utf-8").split("[[tag]]\n")[0]
    assert all(word in head for word in (*GROUPS, "key", "text", "1 to 9"))
    assert not any(key in head.split("one of ")[1].split("\n")[0] for key in RESERVED_KEYS)


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda text: text.isprintable() and text == " ".join(text.split())
)


@given(text=texts)
def test_any_printable_text_survives_the_file(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-tags.toml"
    tags = (Tag("1", "thought", text),)
    save_tags(tags, path)
    assert load_tags(path) == tags


@pytest.mark.parametrize("text", ['say "no"', "a\\b", "ä € 😀", "'''", "# no comment", "[[tag]]"])
def test_awkward_texts_survive_the_file(text: str, tmp_path: Path) -> None:
    tags = (Tag("1", "thought", text),)
    save_tags(tags, tmp_path / "tags.toml")
    assert load_tags(tmp_path / "tags.toml") == tags


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_tags(path) == (Tag("1", "posture", "slouching"),)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[tag]]\nkey = "1"\ngroup = "thought"\ntext = "x"', "line 6: key '1' already belongs to"),
        ('[[tag]]\nkey = "2"\ngroup = "posture"\ntext = "Slouching"', "line 8: 'posture: Slouch"),
        ('[[tag]]\nkey = "r"\ngroup = "thought"\ntext = "x"', "line 6: key 'r' is used by unclen"),
        ('[[tag]]\nkey = "0"\ngroup = "thought"\ntext = "x"', "line 6: '0' is not a valid key"),
        ('[[tag]]\nkey = ""\ngroup = "thought"\ntext = "x"', "line 6: '' is not a valid key"),
        ('[[tag]]\nkey = "ab"\ngroup = "thought"\ntext = "x"', "line 6: 'ab' is not a valid key"),
        ('[[tag]]\nkey = 2\ngroup = "thought"\ntext = "x"', "line 6: key is 2, but must be text"),
        (
            '[[tag]]\nkey = "2"\ngroup = "mood"\ntext = "x"',
            "line 7: 'mood' is not a group",
        ),
        ('[[tag]]\nkey = "2"\ngroup = "thought"\ntext = " "', "line 8: text has 0 characters"),
        ('[[tag]]\nkey = "2"\ngroup = "thought"', "line 5: this tag has no text"),
        ('[[tag]]\nkey = "2"\ncolour = "red"', "line 7: unknown key 'colour'; a tag has"),
        ("[sound]\nvolume = 1", "line 5: unknown key 'sound'"),
        ('[[tag]]\nkey = "2', "line 6"),
    ],
)
def test_a_mistake_gets_a_sentence_with_its_line(more: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(GOOD + more)
    with pytest.raises(InputError) as caught:
        load_tags(path)
    assert str(caught.value).startswith(f"{path}, {said}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["tag = 1", "tag = [1]", '[tag]\nkey = "1"'])
def test_invalid_tag_lists_get_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text(text)
    with pytest.raises(InputError, match="line 1: tags are a list: begin each with"):
        load_tags(path)


def test_invalid_utf8_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not text in UTF-8"):
        load_tags(path)


def test_a_list_that_could_not_be_read_again_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    with pytest.raises(InputError, match="key 'n' is used by unclench itself"):
        save_tags((Tag("n", "thought", "x"),), path)
    assert not path.exists()
    save_tags((Tag("n", "thought", "x"),), path, reserved="xy")
    with pytest.raises(InputError, match="key 'n' is used"):
        load_tags(path)
    assert load_tags(path, reserved="xy")[0].key == "n"


def test_a_list_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="The tags cannot be saved to"):
        save_tags(DEFAULT_TAGS, tmp_path / "file" / "tags.toml")


def test_a_press_begins_a_tag_and_the_next_one_ends_it() -> None:
    board = TagBoard(DEFAULT_TAGS, FS_HZ)
    assert board.press("1", 100) == Event(100, TagBegun("posture", "slouching"))
    assert board.press("8", 150) == Event(150, TagBegun("situation", "meeting"))
    assert [tag.key for tag in board.open] == ["1", "8"]
    assert board.press("1", 400) == Event(400, TagEnded("posture", "slouching"), 300 / FS_HZ)
    assert [tag.key for tag in board.open] == ["8"]
    assert board.press("1", 500) == Event(500, TagBegun("posture", "slouching"))


def test_a_key_without_a_tag_does_nothing() -> None:
    board = TagBoard(DEFAULT_TAGS, FS_HZ)
    assert board.press("x", 1) is None
    assert board.open == ()


def test_the_end_ends_all_that_is_under_way() -> None:
    board = TagBoard(DEFAULT_TAGS, FS_HZ)
    board.press("1", 100)
    board.press("4", 200)
    assert board.end_all(1000) == (
        Event(1000, TagEnded("posture", "slouching"), 900 / FS_HZ),
        Event(1000, TagEnded("thought", "worry"), 800 / FS_HZ),
    )
    assert board.open == ()
    assert board.end_all(2000) == ()


def test_no_tag_has_a_negative_length() -> None:
    """The clock fit may take a moment back."""
    board = TagBoard(DEFAULT_TAGS, FS_HZ)
    board.press("1", 100)
    assert board.press("1", 99) == Event(99, TagEnded("posture", "slouching"), 0 / FS_HZ)


def test_notes_are_kept_on_one_line() -> None:
    board = TagBoard((), FS_HZ)
    assert board.note("  boss\ncalled\x1b[31m ", 7) == Event(7, Noted("boss called[31m"))
    assert board.note(" \n", 7) is None
