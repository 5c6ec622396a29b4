"""Charts that stand alone: the report's drawing and axes, with a ground and a look of theirs."""

from __future__ import annotations

from html import escape

from unclench.report.plots.axes import Scale
from unclench.report.plots.svg import Drawing, Point, num

WIDTH = 820.0
LEFT, RIGHT = 64.0, 784.0
INK, ORANGE, BLUE, GREEN, GREY = "#1d2430", "#b4541a", "#20609c", "#2c7a4b", "#8a93a3"
_LOOKS = {
    "text": f"fill:{INK};font-size:13px;font-family:'DejaVu Sans',Verdana,sans-serif",
    ".small": "font-size:12px",
    ".head": "font-size:16px;font-weight:bold",
    ".middle": "text-anchor:middle",
    ".end": "text-anchor:end",
    ".rule": "stroke:#dde1e8;stroke-width:1",
    ".edge": f"stroke:{INK};stroke-width:1.2",
    ".open": "fill:none;stroke-width:2.2;stroke-linejoin:round",
    ".orange": f"stroke:{ORANGE}",
    ".blue": f"stroke:{BLUE}",
    ".green": f"stroke:{GREEN}",
    ".grey": f"stroke:{GREY}",
    ".dashed": "stroke-dasharray:7 5",
    ".band": "fill:#e9f2ec",
    ".folded": "fill:#fbe6d8",
    ".known": f"fill:{BLUE}",
    ".step": f"fill:{ORANGE}",
    ".unverified": "fill:#c3c9d4",
}


class Chart(Drawing):
    """A drawing with a title above, whose axes lie where they are asked for."""

    def __init__(self, key: str, title: str, summary: str, height: float) -> None:
        super().__init__(key, title, summary, WIDTH, height)
        self.text(LEFT, 30, title, "head")

    def curve(self, points: list[Point], x: Scale, y: Scale, look: str) -> None:
        """Draw a line through values."""
        self.polyline([(x(a), y(b)) for a, b in points], look)

    def frame(self, top: float, bottom: float) -> None:
        """Draw the two axes' own lines."""
        self.line(LEFT, top, LEFT, bottom, "edge")
        self.line(LEFT, bottom, RIGHT, bottom, "edge")

    def key_line(self, x: float, y: float, words: str, look: str) -> None:
        """Say what a line is."""
        self.polyline([(x, y - 4), (x + 30, y - 4)], look)
        self.text(x + 38, y, words, "small")

    def key_box(self, x: float, y: float, words: str, look: str) -> None:
        """Say what a colour is."""
        self.rect(x, y - 11, 16, 13, look)
        self.text(x + 23, y, words, "small")

    def svg(self) -> str:
        """Return the picture as a file."""
        width, height = num(self.width), num(self.height)
        look = "".join(f"{name}{{{style}}}" for name, style in _LOOKS.items())
        lines = str(self.markup()).replace("><", ">\n<")  # a change shows where it is
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">\n<title>{escape(self.title)}</title>\n'
            f"<style>{look}</style>\n"
            f'<rect width="{width}" height="{height}" fill="#fcfcfa"/>\n'
            f"{lines}\n</svg>\n"
        )
