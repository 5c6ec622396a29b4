"""Markdown of the tables in frontend.md."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from hardware.design import Figure

_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M"}
_COLUMNS = 105
_PREFIXED = ("V", "ohm", "F", "A", "Hz")


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def wrapped(text: str) -> str:
    """Return a paragraph, or the points of a list, each begun by a dash, in even lines."""
    points = re.split(r"\n(?=- )", text.strip())
    return "\n".join(
        textwrap.fill(
            " ".join(words.split()),
            _COLUMNS,
            subsequent_indent="  " if words.startswith("- ") else "",
            break_on_hyphens=False,
        )
        for words in points
    )


def quantity(figure: Figure) -> str:
    """Return a figure with its unit, the unit with a prefix: 22 nF."""
    unit, _, more = figure.unit.partition(" ")
    root, _, per = unit.partition("/")
    if root not in _PREFIXED:
        return f"{figure.value:g} {figure.unit}".replace(" u", " µ").strip()
    power = max((p for p in _PREFIXES if figure.value >= 10.0**p), default=-12)
    unit = f"{_PREFIXES[power]}{root}{'/' + per if per else ''}"
    return f"{figure.value / 10.0**power:.6g} {unit} {more}".strip()


def status_words(status: str) -> str:
    """Return a status; one that warns stands out."""
    return f"*{status}*" if status == "unverified" else status
