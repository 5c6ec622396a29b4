"""A drawing as a separate file, with background, colours and title."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from unclench.report.plots.svg import num
from unclench.training.placement.bodymap import Point, Shape

_TEXT, _QUIET, _GRID = "#22282b", "#5d676c", "#e7e9e4"
_ACCENT = "#0062a3"
_STYLE = f"""
text {{ font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 15px; fill: {_TEXT}; }}
.small {{ font-size: 13px; fill: {_QUIET}; }}
.name {{ font-size: 17px; font-weight: bold; }}
.end {{ text-anchor: end; }}
.skin {{ fill: {_GRID}; }}
.edge {{ fill: none; stroke: {_QUIET}; stroke-width: 2.8; }}
.soft {{ fill: none; stroke: {_QUIET}; stroke-width: 1.2; stroke-opacity: 0.45; }}
.between {{ stroke: {_QUIET}; stroke-width: 1.8; stroke-dasharray: 7 5; }}
.leader {{ fill: none; stroke: {_TEXT}; stroke-width: 1; }}
.electrode {{ fill: {_ACCENT}; stroke: #fff; stroke-width: 2; }}
.reference {{ fill: #fff; stroke: {_ACCENT}; stroke-width: 3.5; }}
.light {{ fill-opacity: 0.35; }}
.unsure {{ stroke-dasharray: 6 4; }}
.landmark {{ fill: {_TEXT}; }}
"""


def page(title: str, about: str, width: float, height: float, inside: str) -> str:
    """Return an SVG file; lengths are CSS pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{num(width)}" height="{num(height)}" '
        f'viewBox="0 0 {num(width)} {num(height)}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(about)}</desc>\n"
        f"<style>{_STYLE}</style>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n{inside}\n</svg>\n'
    )


def path(shape: Shape, look: str) -> str:
    """Return a path; lengths are those of the shape."""
    steps = "".join(f"{kind}{_numbers(points)}" for kind, points in shape)
    return f'<path class="{look}" d="{steps}"/>'


def _numbers(points: Iterable[Point]) -> str:
    return " ".join(num(number) for point in points for number in point)
