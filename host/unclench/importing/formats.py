"""What a reader says about the format that it reads, and the list of all formats."""

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
    """The beginning of a file, by which its format is recognized."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.first = file.read(_FIRST_BYTES)

    @property
    def empty(self) -> bool:
        """True if there is only white space."""
        return not self.first.strip()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """First lines of a text, at least one; () for a binary file."""
        utf_16 = self.first.startswith((b"\xff\xfe", b"\xfe\xff"))
        if self.empty or (not utf_16 and any(byte in _BINARY for byte in self.first)):
            return ()
        return read_head(self.path).lines

    def line_starts(self, magic: str) -> bool:
        """Return True for a text whose first line starts with `magic`."""
        return bool(self.lines) and self.lines[0].startswith(magic)


@dataclass(frozen=True)
class Format:
    """A format that can be imported.

    Attributes
    ----------
    name : str
        As given to `--format`.
    title : str
        For the list of formats that people read; "" if the title of another format covers it.
    read : callable
        Reads a file. Raises InputError, or an error of `found.BROKEN`.
    recognizes : callable or None
        Returns True if a file begins like this format; the first module by name that returns
        True reads the file. None: reads every text that no other format recognizes.
    """

    name: str
    title: str
    read: Callable[[Path, Asked], Found]
    recognizes: Callable[[Beginning], bool] | None


def all_formats() -> dict[str, Format]:
    """Return every format by its name, from all modules of `readers`."""
    modules = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    found = [
        each
        for module in modules
        for each in importlib.import_module(f"{readers.__name__}.{module}").FORMATS
    ]
    return {each.name: each for each in found}


def list_formats(formats: dict[str, Format]) -> str:
    """List the titles of all formats, the one for every other text last."""
    titled = (each for each in formats.values() if each.title)
    return ", ".join(
        each.title for each in sorted(titled, key=lambda each: each.recognizes is None)
    )
