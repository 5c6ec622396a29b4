"""Line numbers of the keys in a TOML file, which TOML parsers do not give."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from unclench.training.steps.values import Where

if sys.version_info >= (3, 11):
    import tomllib
else:
    # mypy checks as for Python 3.10 on every version
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

# Strings of four kinds and comments, in which brackets and line ends mean nothing; then those.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]",
    re.DOTALL,
)

_DEEPEST = 16  # keys within keys: deeper than any key of a program


def parse_toml(text: str) -> dict[str, Any]:
    """Return the document. Raises ValueError (with its place in words) and RecursionError."""
    document: dict[str, Any] = tomllib.loads(text)
    return document


def key_lines(text: str) -> dict[Where, int]:
    """Return the line, from 1, of each key, table and list item of a valid TOML text.

    Everything in an inline table or a list gets the line of its outermost key.
    """
    lines: dict[Where, int] = {}
    sizes: dict[Where, int] = {}  # of each list of tables, so far
    table: Where = ()
    for number, statement in _statements(text):
        found = tomllib.loads(statement)
        if statement.startswith("["):
            table = _open_table(_header(found), statement.startswith("[["), sizes)
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
        else:
            for where in _places(found):
                lines.setdefault((*table, *where), number)
    return lines


def line_of(where: Where, lines: dict[Where, int]) -> int | None:
    """Return the line of a place, or of the nearest one around it; None for the whole file."""
    return next((lines[where[:n]] for n in range(len(where), 0, -1) if where[:n] in lines), None)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and key/value pairs, each with its line."""
    depth, start, number = 0, 0, 1
    for token in _TOKEN.finditer(text + "\n"):
        found = token.group()
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        elif found == "\n" and depth == 0:
            statement = text[start : token.start()]
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield number, statement.strip()
            number += statement.count("\n") + 1
            start = token.end()


def _header(found: dict[str, Any]) -> list[str]:
    """Return the keys of a header parsed on its own: [a.b] is {"a": {"b": {}}}."""
    keys: list[str] = []
    inner: Any = found
    while inner:
        inner = inner[0] if isinstance(inner, list) else inner
        if inner:
            key, inner = next(iter(inner.items()))
            keys.append(key)
    return keys


def _open_table(keys: list[str], is_item: bool, sizes: dict[Where, int]) -> Where:
    """Return the place of a header's table; for a list of tables, of its newest one."""
    where: Where = ()
    for k, key in enumerate(keys[:_DEEPEST]):
        where = (*where, key)
        if is_item and k == len(keys) - 1:
            sizes[where] = sizes.get(where, 0) + 1
        if where in sizes:
            where = (*where, sizes[where] - 1)
    return where


def _places(found: Any) -> Iterator[Where]:
    """Yield places in a value; without recursion, as files may nest to any depth."""
    waiting: list[tuple[Where, Any]] = [((), found)]
    while waiting:
        where, value = waiting.pop()
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield (*where, key)
            if isinstance(inner, (dict, list)) and len(where) < _DEEPEST:
                waiting.append(((*where, key), inner))
