"""The drawing of a site: the body's map as SVG, each mark with a line to its name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hardware.placement.sheet import page, path
from unclench.report.plots.svg import Anchor, Drawing, num, text_width
from unclench.training.placement.bodymap import SPOTS, Point, Shape, Spot, features, outlines
from unclench.training.placement.words import Site

NOTE = (
    "Right side shown; the left mirrors it. Not to scale: bodies differ, and the electrodes are "
    "drawn large."
)
_WIDTH, _TOP, _BODY_PX, _NAMES_PX = 800.0, 40.0, 420.0, 224.0  # names stand beside the body
_LINE_PX = 36.0  # from name to name
_LIGHT = "electrode light"  # of a second pair
_SEEN = {"back": "from behind", "face": "from in front", "side": "from the right"}


@dataclass(frozen=True)
class Mark:
    """A place in the picture and its name, in pixels."""

    at: Point
    words: str
    look: str
    below: str = ""  # a second line, smaller


class Place:
    """Converts the map's centimetres to pixels of the picture."""

    def __init__(self, spot: Spot) -> None:
        x, y, width, height = spot.crop
        room = _WIDTH - 2 * _NAMES_PX
        self.zoom = min(room / width, _BODY_PX / height)
        self.left = (_WIDTH - self.zoom * width) / 2 - self.zoom * x
        self.top = _TOP - self.zoom * y
        self.shown = (self.left + self.zoom * x, _TOP, self.zoom * width, self.zoom * height)
        self.height = _TOP + self.zoom * height + 40.0
        self._flip = -1.0 if spot.turned else 1.0

    def __call__(self, point: Point) -> Point:
        """Return the pixel of a point of a spot."""
        return self.left + self.zoom * point[0], self.top + self.zoom * point[1]

    def shape(self, shape: Shape) -> Shape:
        """Return a shape of the view in pixels."""
        return tuple(
            (kind, tuple(self((self._flip * x, y)) for x, y in points)) for kind, points in shape
        )


def draw_site(site: Site) -> str:
    """Return the picture of where a site's electrodes go, on the right side of the body."""
    spot = SPOTS[site.key].on("right")
    place = Place(spot)
    title = f"Where the electrodes go: {site.name}"
    about = f"Seen {_SEEN[spot.view]}. {site.placement} {NOTE}"
    marks = _marks(spot, place)
    drawing = Drawing(site.key, title, about, _WIDTH, place.height)
    if spot.line is not None:
        drawing.line(*place(spot.line[0]), *place(spot.line[1]), "between")
    radius = max(7.0, 1.1 * place.zoom)
    _name(drawing, marks)
    if spot.other is not None:
        drawing.circle(*place(spot.other[1]), radius, _LIGHT)
    for mark in marks:  # over the lines to their names
        drawing.circle(*mark.at, 3.5 if mark.look == "landmark" else radius, mark.look)
    drawing.text(12, 26, f"{site.name}, seen {_SEEN[spot.view]}", "name")
    drawing.text(12, place.height - 14, NOTE, "small")
    return page(title, about, _WIDTH, place.height, f"{_body(spot, place)}\n{drawing.markup()}")


def _marks(spot: Spot, place: Place) -> list[Mark]:
    marks = [
        Mark(place(at), f"electrode {k + 1}", "electrode") for k, at in enumerate(spot.electrodes)
    ]
    words, look = "reference", "reference"
    if not spot.reference.sure:
        words, look = "reference (not verified)", "reference unsure"
    marks.append(Mark(place(spot.reference.at), words, look, spot.reference.words))
    if spot.other is not None:
        marks.append(Mark(place(spot.other[0]), spot.other_words, _LIGHT, "another pair"))
    marks += [Mark(place(mark.at), mark.words, "landmark") for mark in spot.landmarks]
    return marks


def _name(drawing: Drawing, marks: list[Mark]) -> None:
    """Write each name on the nearer side of the body."""
    middle = _WIDTH / 2
    right = [mark for mark in marks if mark.at[0] > middle + 1 and mark.look != _LIGHT]
    left = [mark for mark in marks if mark not in right]
    for side, outwards in ((left, -1.0), (right, 1.0)):
        edge = middle + outwards * (middle - _NAMES_PX + 6)
        side.sort(key=lambda mark: mark.at[1])
        for mark, y in zip(side, _apart([mark.at[1] for mark in side]), strict=True):
            assert text_width(mark.words, 15) < _NAMES_PX, mark.words
            bend = mark.at[0] + outwards * abs(y - mark.at[1])
            drawing.polyline([mark.at, (bend, y), (edge, y)], "leader")
            anchor: Anchor = "start" if outwards > 0 else "end"
            drawing.text(edge + 6 * outwards, y + 5, mark.words, "", anchor)
            if mark.below:
                drawing.text(edge + 6 * outwards, y + 21, mark.below, "small", anchor)


def _apart(wanted: list[float]) -> list[float]:
    """Return ascending heights, moved apart until a line of text fits between them."""
    heights = list(wanted)
    for _ in range(50):
        for k, (above, below) in enumerate(pairwise(heights)):
            push = max(0.0, _LINE_PX - (below - above)) / 2
            heights[k], heights[k + 1] = above - push, below + push
    return heights


def _body(spot: Spot, place: Place) -> str:
    """Draw outlines, their contents and inner lines, faded at the edges of the picture."""
    parts = [place.shape(shape) for shape in outlines(spot.view)]
    x, y, width, height = place.shown
    frame = _frame(x, y, width, height)
    over = _frame(x - 2, y - 2, width + 4, height + 4)  # so that nothing shows at the very edge
    fades = "".join(
        f'<linearGradient id="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
        '<stop offset="0.01" stop-color="#fff"/>'
        '<stop offset="0.11" stop-color="#fff" stop-opacity="0"/></linearGradient>'
        for name, x1, y1, x2, y2 in (
            ("up", 0, 1, 0, 0),
            ("down", 0, 0, 0, 1),
            ("across", 0, 0, 1, 0),
            ("back", 1, 0, 0, 0),
        )
    )
    lines = [
        f'<defs><clipPath id="shown"><rect {frame}/></clipPath>{fades}</defs>',
        '<g clip-path="url(#shown)">',
        *(path(part, "edge") for part in parts),
        *(path(part, "skin") for part in parts),
        path(place.shape(features(spot.view)), "soft"),
        "</g>",
        *(f'<rect {over} fill="url(#{name})"/>' for name in ("up", "down", "across", "back")),
    ]
    return "\n".join(lines)


def _frame(x: float, y: float, width: float, height: float) -> str:
    return f'x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"'
