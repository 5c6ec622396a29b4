"""Tables and figures as text, for documents and drawings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hardware.design import Figure

_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M"}
_PREFIXED = ("V", "ohm", "F", "A", "W", "Hz")


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def quantity(figure: Figure) -> str:
    """Return a figure with its unit, the unit with a prefix: 22 nF."""
    unit, _, more = figure.unit.partition(" ")
    root, _, per = unit.partition("/")
    if root not in _PREFIXED:
        return f"{figure.value:g} {figure.unit}".replace(" u", " µ").strip()
    power = max((p for p in _PREFIXES if figure.value >= 10.0**p * (1 - 1e-9)), default=-12)
    unit = f"{_PREFIXES[power]}{root}{'/' + per if per else ''}"
    return f"{figure.value / 10.0**power:.6g} {unit} {more}".strip()


def shown(figure: Figure) -> str:
    """Return a figure as parts and drawings have it, in plain letters: 220 uF."""
    return quantity(figure).replace("µ", "u")


def status_words(status: str) -> str:
    """Return a status; one that warns stands out."""
    return f"*{status}*" if status == "unverified" else status
