"""A drawing: SVG elements, all text escaped, with a title and a summary in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

TEXT_PX = 13.0
# Widths of characters, times the size of the text: those of wide sans-serif faces, to be safe.
_NARROW, _WIDE, _USUAL, _CAPITAL = 0.42, 0.98, 0.64, 0.74
_NARROW_ONES, _WIDE_ONES = frozenset("fijlrt.,:;'|!()[]/ "), frozenset("mwMW%@&<>=+~…–−")
_BOLD = 1.12

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of all following text."""

_NO_TEXT = ("Cc", "Cs", "Co", "Cn")  # control and half characters, private and unassigned ones

_CHANNEL_COLOURS = 8  # c0, c1, ... of style.css

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


def colour_of(channel: int) -> str:
    """Return the class of a channel's colour; after the last one they start again."""
    return f"c{channel % _CHANNEL_COLOURS}"


class Drawing:
    """An SVG picture. Lengths are CSS pixels at full size; y grows downwards.

    Parameters
    ----------
    key : str
        Unique on the page: prefix of all ids.
    title, summary : str
        What the picture is, and what it shows, in words.
    width, height : float
    """

    def __init__(self, key: str, title: str, summary: str, width: float, height: float) -> None:
        self.key, self.title, self.summary = key, title, summary
        self.width, self.height = width, height
        self._root = Element(
            "svg",
            {
                "viewBox": f"0 0 {num(width)} {num(height)}",
                "role": "img",
                "aria-labelledby": f"{key}-t",
                "aria-describedby": f"{key}-d",
                "style": f"max-width:{num(width * 1.25)}px",
            },
        )
        SubElement(self._root, "title", {"id": f"{key}-t"}).text = clean(title)
        SubElement(self._root, "desc", {"id": f"{key}-d"}).text = clean(summary)

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        """Draw a straight line."""
        self._add("line", look, x1=x1, y1=y1, x2=x2, y2=y2)

    def rect(
        self, x: float, y: float, width: float, height: float, look: str, hint: str = ""
    ) -> None:
        """Fill a rectangle; `hint` shows under the mouse."""
        element = self._add("rect", look, x=x, y=y, width=max(width, 0.0), height=height)
        _hint(element, hint)

    def hatch(self, x: float, y: float, width: float, height: float, hint: str = "") -> None:
        """Hatch a rectangle: time that is left out."""
        name = f"{self.key}-hatch"
        if self._root.find(f"./pattern[@id='{name}']") is None:
            pattern = Element(
                "pattern",
                {
                    "id": name,
                    "width": "6",
                    "height": "6",
                    "patternUnits": "userSpaceOnUse",
                    "patternTransform": "rotate(45)",
                },
            )
            SubElement(pattern, "rect", {"width": "6", "height": "6", "class": "hatchground"})
            SubElement(
                pattern, "line", {"x1": "0", "y1": "0", "x2": "0", "y2": "6", "class": "hatchline"}
            )
            self._root.insert(2, pattern)
        element = self._add("rect", "hatched", x=x, y=y, width=width, height=height)
        element.set("fill", f"url(#{name})")
        _hint(element, hint)

    def circle(self, x: float, y: float, r: float, look: str, hint: str = "") -> None:
        """Draw a dot."""
        _hint(self._add("circle", look, cx=x, cy=y, r=r), hint)

    def diamond(self, x: float, y: float, r: float, look: str, hint: str = "") -> None:
        """Draw a mark for a single moment."""
        corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
        element = self._add("path", look)
        element.set("d", f"{_path(corners)}Z")
        _hint(element, hint)

    def polyline(self, points: Sequence[Point], look: str) -> None:
        """Draw a line through points."""
        if len(points) > 1:
            self._add("path", f"{look} open").set("d", _path(points))

    def polygon(self, points: Sequence[Point], look: str) -> None:
        """Fill the inside of points."""
        self._add("path", look).set("d", f"{_path(points)}Z")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        look: str = "",
        anchor: Anchor = "start",
        turned: bool = False,
    ) -> None:
        """Write words with their base line at y; `turned` words read upwards."""
        element = self._add("text", f"{look} {anchor}".strip(), x=x, y=y)
        element.text = clean(words)
        if turned:
            element.set("transform", f"rotate(-90 {num(x)} {num(y)})")

    def markup(self) -> Markup:
        """Return the element for a page."""
        return Markup(tostring(self._root, encoding="unicode"))

    def _add(self, tag: str, look: str, **numbers: float) -> Element:
        element = SubElement(self._root, tag, {k: num(v) for k, v in numbers.items()})
        if look:
            element.set("class", look)
        return element


def clean(text: str) -> str:
    """Return text without what a page cannot hold, such as bytes of an odd file name."""
    return "".join(
        "\ufffd" if unicodedata.category(c) in _NO_TEXT and c not in "\t\n" else c
        for c in text
        if c not in TURNING
    )


def num(value: float) -> str:
    """Return a length to a tenth of a pixel, as short as possible."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: no minus before a zero


def text_width(words: str, size_px: float = TEXT_PX, *, bold: bool = False) -> float:
    """Return an upper estimate of the width of words, in pixels."""
    return sum(map(_width, words)) * size_px * (_BOLD if bold else 1.0)


def fitting(words: str, width: float, size_px: float = TEXT_PX, *, bold: bool = False) -> str:
    """Shorten words to a width; "" if there is no room for a few characters."""
    if text_width(words, size_px, bold=bold) <= width:
        return words
    n = len(words)
    while n and text_width(f"{words[:n]}…", size_px, bold=bold) > width:
        n -= 1
    return f"{words[:n].rstrip()}…" if n >= 3 else ""


def _width(character: str) -> float:
    if character in _NARROW_ONES:
        return _NARROW
    if character in _WIDE_ONES or unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    return _CAPITAL if character.isupper() else _USUAL


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def _hint(element: Element, words: str) -> None:
    if words:
        SubElement(element, "title").text = clean(words)
