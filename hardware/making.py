"""What is generated and not edited: pictures, and passages of documents.

A picture is an SVG file under `hardware/`. One that a tool draws, whose versions draw differently,
keeps in its first comment a fingerprint of what it was made from; all others are drawn again to see
whether they are stale. A passage is the part of a Markdown file between ``<!-- made: NAME -->`` and
``<!-- end: NAME -->``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_MARK = re.compile(r"<!-- made from ([0-9a-f]{16}) by python -m hardware -->")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


class MakingError(Exception):
    """Why a picture or a passage cannot be generated, in a sentence."""


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes
    ----------
    path : str
        From the root of the repository: "hardware/pictures/wiring-tidy.svg".
    make : callable
        Returns the SVG. Raises MakingError where a tool is missing.
    sources : str
        Where a tool draws it: all text it is made from. Empty where drawing it again gives the
        same picture.
    """

    path: str
    make: Callable[[], str]
    sources: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the sources."""
        return hashlib.sha256(self.sources.encode()).hexdigest()[:16]

    def text(self) -> str:
        """Return the drawing, with its mark."""
        made_from = f"from {self.fingerprint} " if self.sources else ""
        mark = f"<!-- made {made_from}by python -m hardware -->"
        svg = self.make()
        start = svg.index("<svg")
        return f"{svg[:start]}{mark}\n{svg[start:].rstrip()}\n"

    def stale(self) -> str:
        """Return why the file is out of date, in a sentence; "" if it is not."""
        file = ROOT / self.path
        if not file.is_file():
            return f"{self.path} is not there"
        kept = file.read_text(encoding="utf-8")
        if self.sources:
            mark = _MARK.search(kept)
            fresh = mark is not None and mark[1] == self.fingerprint
        else:
            fresh = alike(self.text(), kept)
        return "" if fresh else f"{self.path} is out of date: its sources have changed"


@dataclass(frozen=True)
class Passage:
    """Lines of a document.

    Attributes
    ----------
    path : str
        Of the document, from the root of the repository.
    name : str
        As in its marks.
    make : callable
        Returns the Markdown between the marks.
    """

    path: str
    name: str
    make: Callable[[], str]

    def text(self) -> str:
        """Return the document with this passage generated; raise MakingError without marks."""
        begin, end = f"<!-- made: {self.name} -->", f"<!-- end: {self.name} -->"
        document = (ROOT / self.path).read_text(encoding="utf-8")
        before, found, rest = document.partition(begin)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            raise MakingError(
                f"{self.path} has no passage {self.name}: put {begin} and {end} in it"
            )
        return f"{before}{begin}\n\n{self.make().strip()}\n\n{end}{after}"

    def stale(self) -> str:
        """Return why the passage is out of date, in a sentence; "" if it is not."""
        if alike(self.text(), (ROOT / self.path).read_text(encoding="utf-8")):
            return ""
        return f"{self.path}: the passage {self.name} is out of date"


Made = Picture | Passage


def alike(one: str, other: str, within: float = 0.6) -> bool:
    """Return True if two texts differ at most in the last digit of their numbers.

    Libraries of mathematics differ in their last bits from version to version, and a figure may
    then be rounded the other way: numbers may differ by `within` times the last place written, and
    by 0.1 % where there are more than three digits.
    """
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(a == b or abs(float(a) - float(b)) <= _slack(a, b, within) for a, b in pairs)


def _slack(a: str, b: str, within: float) -> float:
    places = max(len(number.partition("e")[0].partition(".")[2]) for number in (a, b))
    step = 10.0**-places if places else 0.0  # whole numbers are counts
    return max((within + 0.5) * step, 1e-3 * abs(float(a)) if places else 0.0)
