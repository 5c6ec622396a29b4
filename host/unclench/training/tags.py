"""Awareness tags: one key marks a posture, thought, feeling or situation at this moment."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeGuard

from unclench.errors import InputError, StoreError
from unclench.files import write_whole
from unclench.notices import Refused, tell
from unclench.settings import own_dir
from unclench.store.events.event import (
    GROUPS,
    S_DECIMALS,
    Event,
    Noted,
    TagBegun,
    TagEnded,
    TagGroup,
)
from unclench.store.events.words import tag_words
from unclench.training.programs.mistakes import Mistake, toml_mistake
from unclench.training.programs.tomllines import key_lines, line_of, parse_toml
from unclench.translation import tr
from unclench.wording import printable

RESERVED_KEYS = frozenset("mnprstw")
"""Letters that the dashboard and the session page use themselves."""

_KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_TEXT = 40
_LONGEST_NOTE = 400


@dataclass(frozen=True)
class Tag:
    """One tag of a person's list."""

    key: str
    group: TagGroup
    text: str

    @property
    def words(self) -> str:
        """As in the events: "posture: slouching"."""
        return tag_words(self.group, self.text)


DEFAULT_TAGS = (
    Tag("1", "posture", "slouching"),
    Tag("2", "posture", "leaning forward"),
    Tag("3", "posture", "phone at ear"),
    Tag("4", "thought", "worry"),
    Tag("5", "thought", "hurry"),
    Tag("6", "feeling", "angry"),
    Tag("7", "feeling", "tired"),
    Tag("8", "situation", "meeting"),
    Tag("9", "situation", "deadline"),
)


class TagBoard:
    """Keeps track of open tags, by sample count."""

    def __init__(self, tags: Sequence[Tag], fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._tags = {tag.key: tag for tag in tags}
        self._began: dict[str, int] = {}

    @property
    def open(self) -> tuple[Tag, ...]:
        """Open tags, in the order in which they began."""
        return tuple(self._tags[key] for key in self._began)

    def press(self, key: str, sample: int) -> Event | None:
        """Begin a tag, or end it if it is open; None for a key without a tag."""
        if key not in self._tags:
            return None
        if key in self._began:
            return self._end(key, sample)
        self._began[key] = sample
        tag = self._tags[key]
        return Event(sample, TagBegun(tag.group, tag.text))

    def note(self, text: str, sample: int) -> Event | None:
        """Make an event of a note, joined into one line; None for an empty one."""
        words = printable(" ".join(text.split()), "")
        return Event(sample, Noted(words[:_LONGEST_NOTE])) if words else None

    def end_all(self, sample: int) -> tuple[Event, ...]:
        """End all open tags, as at the end of a session."""
        return tuple(self._end(key, sample) for key in tuple(self._began))

    def _end(self, key: str, sample: int) -> Event:
        tag, lasted_n = self._tags[key], max(0, sample - self._began.pop(key))
        lasted_s = round(lasted_n / self._fs_hz, S_DECIMALS)
        return Event(sample, TagEnded(tag.group, tag.text), lasted_s)


def tags_path() -> Path:
    """Path of a person's own list on this system."""
    return own_dir() / "tags.toml"


def load_tags(
    path: Path | None = None, reserved: Collection[str] = RESERVED_KEYS
) -> tuple[Tag, ...]:
    """Read a list of tags; the default list if there is no file.

    Raises InputError, in one sentence with the line.
    """
    path = path or tags_path()
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors write a byte order mark
    except FileNotFoundError:
        return DEFAULT_TAGS
    except OSError as error:
        raise InputError(
            tr(
                "The tags in {path} cannot be read ({reason}): make the file readable, or move it "
                "away.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error
    except UnicodeDecodeError as error:
        words = tr("{path} is not text in UTF-8: save it as UTF-8 and try again.", path=path)
        raise InputError(words) from error
    return _parse(text, path, reserved)


def own_tags(*, keep: bool = False) -> tuple[Tag, ...]:
    """Read a person's own list; if it has a mistake, return the default list with a notice.

    With `keep` a missing file is created, for people to find and edit.
    """
    if keep and not os.path.lexists(tags_path()):
        with contextlib.suppress(StoreError):
            save_tags(DEFAULT_TAGS)
    try:
        return load_tags()
    except InputError as error:
        tell(Refused(tags_path(), str(error), tr("the default tags are used")))
        return DEFAULT_TAGS


def save_tags(
    tags: Sequence[Tag], path: Path | None = None, reserved: Collection[str] = RESERVED_KEYS
) -> None:
    """Write a list of tags with a header that explains it.

    Raises InputError for tags that are not valid, and StoreError.
    """
    path = path or tags_path()
    header = _header(reserved).splitlines()
    text = "".join(f"# {line}".rstrip() + "\n" for line in header)
    for tag in tags:
        text += "\n[[tag]]\n"
        text += "".join(f"{f.name} = {_quoted(getattr(tag, f.name))}\n" for f in fields(tag))
    _parse(text, path, reserved)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise StoreError(
            tr(
                "The tags cannot be saved to {path}: {reason}; they apply until the program is "
                "closed.",
                path=path,
                reason=error.strerror or error,
            )
        ) from error


def _parse(text: str, path: Path, reserved: Collection[str]) -> tuple[Tag, ...]:
    try:
        document = parse_toml(text)
    except RecursionError as error:
        words = tr("{path} is nested too deeply: tags are a list of [[tag]].", path=path)
        raise InputError(words) from error
    except ValueError as error:
        raise InputError(toml_mistake(error, text).sentence(str(path))) from error
    return _Reading(path, key_lines(text), frozenset(reserved)).tags(document)


def _quoted(text: str) -> str:
    """Return a basic string of TOML; JSON's escapes are valid there, except for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _header(reserved: Collection[str]) -> str:
    """Explain the file; each line becomes a comment."""
    return tr(
        "Your awareness tags. During a session a key begins its tag, and the same key ends it.\n\n"
        "Each tag begins with [[tag]] and has\n"
        "  key    one character: {keys}\n"
        "  group  posture, thought, feeling or situation\n"
        "  text   a few words, at most {longest} characters\n",
        keys=_allowed_keys(reserved),
        longest=_LONGEST_TEXT,
    )


def _allowed_keys(reserved: Collection[str]) -> str:
    letters = "".join(key for key in _KEYS[9:] if key not in reserved)
    return tr("1 to 9, or one of {letters}", letters=letters)


@dataclass(frozen=True)
class _Reading:
    """A file being read."""

    path: Path
    lines: Mapping[tuple[str | int, ...], int]
    reserved: frozenset[str]

    def tags(self, document: dict[str, Any]) -> tuple[Tag, ...]:
        for name in document:
            if name != "tag":
                words = tr("unknown key '{name}'; tags begin with [[tag]]", name=name)
                raise self._mistake((name,), words)
        found = document.get("tag", [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._mistake(("tag",), tr("tags are a list: begin each with [[tag]]"))
        tags: list[Tag] = []
        for k, item in enumerate(found):
            tag = self._tag(("tag", k), item)
            for other in tags:
                if tag.key == other.key:
                    words = tr(
                        "key '{key}' already belongs to '{text}'; choose another",
                        key=tag.key,
                        text=other.text,
                    )
                    raise self._mistake(("tag", k, "key"), words)
                if tag.words.casefold() == other.words.casefold():
                    words = tr(
                        "'{words}' is already on key '{key}'; remove one",
                        words=tag.words,
                        key=other.key,
                    )
                    raise self._mistake(("tag", k, "text"), words)
            tags.append(tag)
        return tuple(tags)

    def _tag(self, where: tuple[str | int, ...], item: dict[str, Any]) -> Tag:
        names = [field.name for field in fields(Tag)]
        for name, value in item.items():
            if name not in names:
                words = tr("unknown key '{name}'; a tag has key, group and text", name=name)
                raise self._mistake((*where, name), words)
            if not isinstance(value, str):
                words = tr(
                    '{name} is {value}, but must be text in quotation marks, as in "1"',
                    name=name,
                    value=value,
                )
                raise self._mistake((*where, name), words)
        for name in names:
            if name not in item:
                words = tr("this tag has no {name}; a tag has key, group and text", name=name)
                raise self._mistake(where, words)
        key, group, text = item["key"], item["group"], " ".join(item["text"].split())
        if key in self.reserved:
            words = tr(
                "key '{key}' is used by unclench itself; use {allowed}",
                key=key,
                allowed=_allowed_keys(self.reserved),
            )
            raise self._mistake((*where, "key"), words)
        if len(key) != 1 or key not in _KEYS:
            words = tr(
                "'{key}' is not a valid key; use {allowed}",
                key=key,
                allowed=_allowed_keys(self.reserved),
            )
            raise self._mistake((*where, "key"), words)
        if not _is_group(group):
            words = tr(
                "'{group}' is not a group; use {groups}", group=group, groups=", ".join(GROUPS)
            )
            raise self._mistake((*where, "group"), words)
        if not 1 <= len(text) <= _LONGEST_TEXT or not text.isprintable():
            words = tr(
                "text has {n} characters, but must have 1 to {most}, all printable",
                n=len(text),
                most=_LONGEST_TEXT,
            )
            raise self._mistake((*where, "text"), words)
        return Tag(key, group, text)

    def _mistake(self, where: tuple[str | int, ...], words: str) -> InputError:
        line = line_of(where, dict(self.lines))
        return InputError(Mistake(line, words).sentence(str(self.path)))


def _is_group(text: str) -> TypeGuard[TagGroup]:
    return text in GROUPS
