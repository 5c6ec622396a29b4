"""Mistakes in a program file, in words: line, step, key, and what is allowed."""

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
from unclench.translation import tr, trn
from unclench.wording import printable

_LONGEST_SHOWN = 40  # of a value, in characters
# What tomllib says, and what it usually means. All other messages are passed on unchanged.
_HINTS = {
    "Invalid value": tr("this value cannot be read; put quotation marks around text"),
    "Expected newline": tr("text after the value; write decimals with a point, as in 5.5"),
    "Expected '='": tr("after a key write = and its value"),
    "Invalid statement": tr("a line must be a key = value, a [heading] or a # comment"),
    "Cannot overwrite a value": tr("this key is there already"),
    "Cannot declare": tr(
        "this heading is there already; begin each of several steps with [[step]]"
    ),
    "Illegal character '\\n'": tr("a text must end on its line, with the same quotation mark"),
    "Unclosed array": tr("a list must end with ]"),
    "Exceeds the limit": tr("a number is too long"),
}


@dataclass(frozen=True)
class Mistake:
    """One mistake, and where in the file it is."""

    line: int | None
    words: str
    column: int | None = None
    where: str = ""  # "step 3 (breathe), rate_per_min"

    def sentence(self, file: str) -> str:
        """Return it with its place: "mine.toml, line 12, step 3 (breathe), rate_per_min: ..."."""
        line = tr("line {number}", number=self.line) if self.line else ""
        column = tr("column {number}", number=self.column) if self.column else ""
        place = ", ".join(filter(None, (file, line, column, self.where)))
        return f"{place}: {self.words}."


def toml_mistake(error: ValueError, text: str) -> Mistake:
    """Return why a text is not TOML."""
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    n_lines = len(text.split("\n"))
    line, column = (int(place[1]), int(place[2])) if place else (n_lines, None)
    said = said[: place.start()] if place else said.removesuffix(" (at end of document)")
    hint = next((hint for start, hint in _HINTS.items() if said.startswith(start)), said)
    return Mistake(line, tr("this is not TOML: {hint}", hint=hint), column)


def value_mistakes(
    error: ValidationError, document: dict[str, Any], lines: dict[Where, int]
) -> list[Mistake]:
    """Return all mistakes in a document's keys and values, in the order of the lines."""
    found: list[Mistake] = []
    for detail in error.errors(include_url=False):
        place = _Place.of(detail["loc"])
        for where, words in _words(place, dict(detail)):
            place_words = _place_words(where, document)
            found.append(Mistake(line_of(where, lines), words, where=place_words))
    return sorted(found, key=lambda mistake: mistake.line or 0)


@dataclass(frozen=True)
class _Place:
    """Where pydantic found a mistake, and what belongs there."""

    where: Where
    model: type[BaseModel]  # the innermost model around it
    key: str | None  # the model's key; None: the model itself

    @classmethod
    def of(cls, loc: Where) -> _Place:
        """Return the place without the kinds, which pydantic puts between the keys."""
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
    """Yield the place and the words of each mistake in one of pydantic's errors."""
    kind, value, context = detail["type"], detail.get("input"), detail.get("ctx", {})
    where, key = place.where, place.key
    keys = list(place.model.model_fields)
    if kind == "between_keys":
        yield from ((where + inner, words) for inner, words in context["all"])
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(str(where[-1]), keys, n=1)
        if near:
            yield (
                where,
                tr(
                    "unknown key; did you mean {near}? The keys are {keys}",
                    near=near[0],
                    keys=", ".join(keys),
                ),
            )
        else:
            yield where, tr("unknown key; the keys are {keys}", keys=", ".join(keys))
    elif kind == "missing":
        needed = allowed(place.model.model_fields[str(key)])
        yield where, tr("is missing; give {allowed}", allowed=needed)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = GOALS if key == "goal" else KINDS
        tag = value.get("kind") if isinstance(value, dict) else None
        yield (*where, "kind"), _kind_mistake(tag, list(kinds))
    elif kind == "too_short" and value:
        return  # the mistakes are in its items, which have errors of their own
    elif key is not None:
        field = place.model.model_fields[key]
        may_be = item_allowed(field) if isinstance(where[-1], int) else allowed(field)
        yield where, tr("{problem}; give {allowed}", problem=_problem(kind, value), allowed=may_be)
    else:
        words = tr("{value} is not allowed ({reason})", value=_shown(value), reason=detail["msg"])
        yield where, words


def _kind_mistake(tag: Any, kinds: list[str]) -> str:
    if tag is None:
        return tr("is missing; give {kinds}", kinds=either(kinds))
    near = difflib.get_close_matches(str(tag), kinds, n=1)
    if near:
        return tr(
            'unknown kind {kind}; did you mean "{near}"? Give {kinds}',
            kind=_shown(tag),
            near=near[0],
            kinds=either(kinds),
        )
    return tr("unknown kind {kind}; give {kinds}", kind=_shown(tag), kinds=either(kinds))


def _problem(kind: str, value: Any) -> str:
    if kind == "blank" or value in ("", []):
        return tr("is empty")
    if kind == "unprintable":
        return tr("contains characters that cannot be shown")
    if kind.endswith(("too_short", "too_long")):
        n = len(value)
        if isinstance(value, list):
            return trn("{n} item is too many", "{n} items are too many", n)
        return trn("{n} character is too many", "{n} characters are too many", n)
    return tr("{value} is not allowed", value=_shown(value))


def _shown(value: Any) -> str:
    """Return a value as in the file, on one line and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return tr("a table") if isinstance(value, dict) else tr("a list")
    if isinstance(value, int) and value.bit_length() > 64:  # Python refuses to write long ones
        return tr("a number this large")
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    text = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 4] + '..."'
    return printable(text)


def _place_words(where: Where, document: Any) -> str:
    """Return "step 3 (breathe), goal.uv": step 5.2 is the second within the fifth."""
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
    number = ".".join(numbers)
    if isinstance(kind, str) and kind in KINDS:
        step = tr("step {number} ({kind})", number=number, kind=kind)
    else:
        step = tr("step {number}", number=number) if numbers else ""
    return ", ".join(filter(None, (step, ".".join(keys))))
