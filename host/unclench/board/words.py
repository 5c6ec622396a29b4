"""Numbers in words, as a person would say them."""

from __future__ import annotations


def counted(n: float, things: str) -> str:
    """Return "1 file" or "2 files" for `things` "files"; the plural must end in s."""
    return f"{n:g} {things.removesuffix('s') if n == 1 else things}"
