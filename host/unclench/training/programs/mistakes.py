"""What is wrong with a program file, in words: line, step, key, and what is allowed."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from unclench.training.programs.program import Program
from unclench.training.programs.tomllines import line_of
from unclench.training.programs.words import allowed, either, item_allowed
from unclench.training.steps.catalogue import KINDS
from unclench.training.steps.goal import GOALS
from unclench.training.steps.values import Where
from unclench.wording import printable

_LONGEST_SHOWN = 40  # of a value, in characters
# What tomllib says, and what it mostly means. All else is passed on as it is.
_HINTS = {
    "Invalid value": "there is no value here that can be read; a text stands in quotation marks",
    "Expected newline": "something is left over after the value; decimals take a point, as in 5.5",
    "Expected '='": "a key is followed by = and its value",
    "Invalid statement": "a line is a key = value, a [heading] or a # comment",
    "Cannot overwrite a value": "this key was given before",
    "Cannot declare": "this heading was given before; several steps each begin with [[step]]",
    "Illegal character '\\n'": "a text ends on its line, with the quotation mark it began with",
    "Unclosed array": "a list ends with ]",
    "Exceeds the limit": "a number is too long",
}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: a sentence without its file and line."""

    line: int | None
    words: str
    column: int | None = None

    def sentence(self, file: str) -> str:
        """Return it with its place: "mine.toml, line 12, step 3 (breathe), rate_per_min: ..."."""
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{file}{line}{column}{self.words}."


def in_toml(error: ValueError, text: str) -> Mistake:
    """Return what makes a text no TOML."""
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    n_lines = len(text.split("\n"))
    line, column = (int(place[1]), int(place[2])) if place else (n_lines, None)
    said = said[: place.start()] if place else said.removesuffix(" (at end of document)")
    hint = next((hint for start, hint in _HINTS.items() if said.startswith(start)), said)
    return Mistake(line, f": this is not TOML: {hint}", column)


def in_values(
    error: ValidationError, document: dict[str, Any], lines: dict[Where, int]
) -> list[Mistake]:
    """Return all that is wrong with a document's keys and values, in the order of the lines."""
    found: list[Mistake] = []
    for detail in error.errors(include_url=False):
        place = _Place.of(detail["loc"])
        for where, words in _words(place, dict(detail)):
            found.append(Mistake(line_of(where, lines), f"{_called(where, document)}: {words}"))
    return sorted(found, key=lambda mistake: mistake.line or 0)


@dataclass(frozen=True)
class _Place:
    """Where pydantic found something, and what belongs there."""

    where: Where
    model: type[BaseModel]  # the innermost around it
    key: str | None  # the model's key that it is in; None: it is the model itself

    @classmethod
    def of(cls, loc: Where) -> _Place:
        """Leave out the kinds, which pydantic puts between the keys."""
        where: list[str | int] = []
        model: type[BaseModel] = Program
        key: str | None = None
        parts = iter(loc)
        for part in parts:
            where.append(part)
            of_step = isinstance(part, int) and key == "step"
            if isinstance(part, str):
                key = part
            if of_step or (part == "goal" and part in model.model_fields):
                kind = next(parts, None)
                if kind is not None:
                    model, key = (KINDS if of_step else GOALS)[str(kind)], None
        return cls(tuple(where), model, key)


def _words(place: _Place, detail: dict[str, Any]) -> Iterator[tuple[Where, str]]:
    """Where each mistake of one of pydantic's errors is, and what it is."""
    kind, value, context = detail["type"], detail.get("input"), detail.get("ctx", {})
    where, key = place.where, place.key
    keys = list(place.model.model_fields)
    if kind == "between_keys":
        yield from ((where + inner, words) for inner, words in context["all"])
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(str(where[-1]), keys, n=1)
        hint = f"perhaps {near[0]} is meant; " if near else ""
        yield where, f"there is no such key; {hint}allowed are {', '.join(keys)}"
    elif kind == "missing":
        yield where, f"it is missing; give {allowed(place.model.model_fields[str(key)])}"
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = GOALS if key == "goal" else KINDS
        tag = value.get("kind") if isinstance(value, dict) else None
        near = difflib.get_close_matches(str(tag), kinds, n=1)
        hint = f'perhaps "{near[0]}" is meant; give' if near else "give"
        wrong = "it is missing" if tag is None else f"{_shown(tag)} is not known"
        yield (*where, "kind"), f"{wrong}; {hint} {either(list(kinds))}"
    elif kind == "too_short" and value:
        return  # its items are what is wrong, and they are told
    elif key is not None:
        field = place.model.model_fields[key]
        may_be = item_allowed(field) if isinstance(where[-1], int) else allowed(field)
        yield where, f"{_wrong(kind, value)}; give {may_be}"
    else:
        yield where, f"{_shown(value)} is not allowed ({detail['msg']})"


def _wrong(kind: str, value: Any) -> str:
    if kind == "blank" or value in ("", []):
        return "it is empty"
    if kind == "unprintable":
        return "it has characters that cannot be shown"
    if kind.endswith(("too_short", "too_long")):
        n = len(value)
        return f"{n} {'items' if isinstance(value, list) else 'characters'} are too many"
    return f"{_shown(value)} is not allowed"


def _shown(value: Any) -> str:
    """A value as its file has it, on one line and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > 64:  # Python refuses to write long ones
        return "so large a number"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    text = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + '..."'
    return printable(text)


def _called(where: Where, document: Any) -> str:
    """Return ", step 3 (breathe), goal.uv": step 5.2 is the second within the fifth."""
    numbers: list[str] = []
    kind: Any = None
    keys: list[str] = []
    inner = document
    for k, part in enumerate(where):
        try:
            inner = inner[part]
        except (KeyError, IndexError, TypeError):
            inner = None
        if isinstance(part, int) and where[k - 1] == "step":
            numbers.append(f"{part + 1}")
            kind = inner.get("kind") if isinstance(inner, dict) else None
            keys.clear()
        elif isinstance(part, int):
            keys[-1] += f" {part + 1}"
        else:
            bare = re.fullmatch(r"[\w-]+", part) is not None
            keys.append(part if bare else _shown(part))
    step = f", step {'.'.join(numbers)}" if numbers else ""
    if kind is not None and isinstance(kind, str) and kind in KINDS:
        step += f" ({kind})"
    return step + (f", {'.'.join(keys)}" if keys else "")
