"""What a reader says of the format that it reads, and all formats that there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from unclench.importing import readers
from unclench.importing.found import Asked, Found
from unclench.importing.textrows import read_head

_BINARY = bytes(range(9)) + bytes(range(14, 27))
_FIRST_BYTES = 4096


class Beginning:
    """How a file begins: what its format is told by."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.first = file.read(_FIRST_BYTES)

    @property
    def empty(self) -> bool:
        """Whether there is nothing but white space."""
        return not self.first.strip()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """First lines of a text, at least one; () for anything else."""
        utf_16 = self.first.startswith((b"\xff\xfe", b"\xfe\xff"))
        if self.empty or (not utf_16 and any(byte in _BINARY for byte in self.first)):
            return ()
        return read_head(self.path).lines

    def line_starts(self, magic: str) -> bool:
        """Whether it is a text whose first line begins so."""
        return bool(self.lines) and self.lines[0].startswith(magic)


@dataclass(frozen=True)
class Format:
    """A format that can be imported.

    Attributes
    ----------
    name : str
        As `--format` has it.
    called : str
        In a list of what can be imported; "" where another format of the list says it already.
    read : callable
        Reads a file of it. Raises InputError, or whatever `found.BROKEN` holds.
    tells : callable
        Says whether a file begins as one of it does; the first module by name that says so has
        it. None: never told, but takes every text that no other does.
    """

    name: str
    called: str
    read: Callable[[Path, Asked], Found]
    tells: Callable[[Beginning], bool] | None


def all_formats() -> dict[str, Format]:
    """Return every format by its name, from all modules of `readers`."""
    modules = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    found = [
        each
        for module in modules
        for each in importlib.import_module(f"{readers.__name__}.{module}").FORMATS
    ]
    return {each.name: each for each in found}


def in_words(formats: dict[str, Format]) -> str:
    """Name the formats for people."""
    *others, last = sorted(
        (each for each in formats.values() if each.called), key=lambda each: each.tells is None
    )
    return f"{', '.join(each.called for each in others)}, and {last.called}"
