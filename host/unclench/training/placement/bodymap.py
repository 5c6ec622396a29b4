"""The map of the body: outlines, landmarks, and where each site's electrodes go.

Lengths are in centimetres for a person of average height, x from the midline, y down from the
crown; in the side view both start at the ear. The map shows roughly where a spot is; bodies
differ, and the words beside it say how to find it. Screen and guide draw from here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from unclench.training.placement.values import Side
from unclench.translation import tr

Point = tuple[float, float]
View = Literal["back", "face", "side"]
Step = tuple[Literal["M", "L", "C", "Q", "Z"], tuple[Point, ...]]
Shape = tuple[Step, ...]
"""A path as in SVG: move, line, cubic and quadratic curve, close."""

_BACK = (
    *((0.0, 0.0), (4.2, 0.8), (7.0, 4.5), (7.6, 10.0), (6.8, 15.5), (5.6, 19.5), (5.2, 23.0)),
    *((5.6, 26.5), (8.5, 29.6), (13.5, 31.8), (18.0, 33.6), (21.5, 37.0), (22.6, 43.0)),
    *((19.0, 46.5), (16.4, 52.0), (15.2, 59.0), (13.6, 66.0), (13.8, 72.0), (16.0, 79.0)),
    *((17.6, 87.0), (17.8, 96.0), (17.2, 106.0), (15.8, 118.0), (13.8, 128.0)),
    *((3.2, 128.0), (2.2, 112.0), (1.2, 100.0)),
)
_ARM = (
    *((15.0, 35.5), (21.0, 36.9), (23.2, 42.0), (24.4, 52.0), (26.2, 62.0), (28.2, 72.0)),
    *((29.6, 82.0), (30.6, 91.0), (30.2, 98.0), (28.2, 100.0), (26.8, 92.0), (25.2, 82.0)),
    *((22.8, 71.0), (20.2, 62.0), (18.4, 54.0), (16.4, 46.0)),
)
_FACE = (
    *((0.0, 0.0), (4.4, 0.8), (7.2, 4.6), (7.6, 9.5), (7.2, 14.5), (6.0, 18.5), (5.2, 21.0)),
    *((5.2, 24.5), (7.0, 27.6), (13.0, 30.4), (19.0, 33.0), (22.0, 38.0), (23.0, 46.0)),
    (0.0, 46.0),
)
_SIDE = (  # seen from the left: the nose points left
    *((0.0, -13.4), (-5.5, -12.2), (-8.8, -8.6), (-9.5, -5.0), (-9.2, -3.0), (-10.4, -0.8)),
    *((-12.0, 1.3), (-11.2, 2.3), (-9.9, 2.5), (-10.4, 3.9), (-9.6, 4.6), (-10.1, 5.5)),
    *((-9.2, 6.6), (-9.8, 8.6), (-8.6, 10.3), (-6.4, 10.4), (-3.6, 10.2), (-2.9, 12.4)),
    *((-3.4, 16.0), (-6.4, 20.0), (6.8, 20.0), (6.2, 13.0), (7.4, 7.4), (9.6, 2.4)),
    *((10.4, -3.6), (8.8, -9.0), (5.2, -12.4)),
)
_INSIDE: dict[View, tuple[tuple[Point, Point, Point], ...]] = {
    "back": (
        ((5.0, 40.5), (6.6, 52.0), (13.5, 48.5)),  # shoulder blade
        ((5.0, 40.5), (9.0, 36.8), (15.0, 37.2)),
        ((3.0, 77.5), (8.5, 72.0), (13.4, 75.5)),  # edge of the hip bone
        ((0.6, 99.0), (8.0, 103.0), (15.0, 97.5)),  # fold of the buttock
        ((0.0, 85.0), (0.4, 92.0), (0.5, 98.0)),
        ((7.5, 9.4), (9.2, 8.8), (8.4, 12.6)),  # ear
        ((8.4, 12.6), (8.0, 14.2), (7.1, 13.8)),
    ),
    "face": (
        ((1.7, 10.6), (3.2, 9.5), (4.8, 10.6)),  # eye
        ((1.7, 10.6), (3.2, 11.5), (4.8, 10.6)),
        ((1.4, 8.6), (3.3, 7.3), (5.4, 8.6)),  # brow
        ((0.0, 1.6), (4.6, 1.4), (6.6, 6.0)),  # hair
        ((0.8, 10.4), (1.0, 13.0), (1.4, 14.6)),  # nose
        ((1.4, 14.6), (0.8, 15.6), (0.0, 15.3)),
        ((0.0, 18.2), (1.4, 18.6), (2.6, 17.9)),  # mouth
        ((7.4, 9.8), (9.0, 9.6), (8.2, 13.0)),  # ear
        ((8.2, 13.0), (7.9, 14.4), (7.1, 14.0)),
        ((6.1, 18.2), (4.4, 22.6), (0.0, 23.2)),  # chin
    ),
    "side": (
        ((-8.6, -2.4), (-7.8, -2.9), (-7.0, -2.3)),  # eye
        ((-0.2, 3.2), (-0.8, 7.4), (-7.6, 9.6)),  # edge of the jaw
        ((-0.8, -0.4), (-3.6, 0.2), (-6.4, 1.0)),  # arch of the cheekbone
        ((-9.6, 4.6), (-8.9, 4.6), (-8.3, 4.9)),  # mouth
    ),
}


@dataclass(frozen=True)
class Landmark:
    """Something you can feel, and where it is on the map."""

    at: Point
    words: str
    above: bool  # whether its label goes above it


@dataclass(frozen=True)
class Reference:
    """The bone for the reference electrode, by the name in drawing and words."""

    at: Point
    words: str
    sure: bool = False  # a source names it


@dataclass(frozen=True)
class Spot:
    """Where a site's electrodes go. In `SPOTS` x is above 0; see `on`.

    Attributes
    ----------
    view : {"back", "face", "side"}
    crop : (float, float, float, float)
        The part of the view to draw: x, y, width, height.
    electrodes : two points
    reference : Reference
        On the same part of the body.
    line : two points or None
        Between landmarks that are easy to feel.
    landmarks : tuple of Landmark
    other : two points or None
        A second pair that the words describe, drawn lightly.
    other_words : str
        Its name.
    turned : bool
        Whether the view's own shapes are mirrored: a face that looks to the right.
    """

    view: View
    crop: tuple[float, float, float, float]
    electrodes: tuple[Point, Point]
    reference: Reference
    line: tuple[Point, Point] | None = None
    landmarks: tuple[Landmark, ...] = ()
    other: tuple[Point, Point] | None = None
    other_words: str = ""
    turned: bool = False

    def on(self, side: Side) -> Spot:
        """Return the spot on one side of the person, or over the midline."""
        if self.view == "side":  # defined as seen from the left
            return self._mirrored() if side == "right" else self
        if side == "middle":  # one electrode on each side of the midline, level
            x, y = self.electrodes[0]
            return replace(self, electrodes=((-abs(x), y), (abs(x), y)))
        # A back's right side is on the right of the picture; a face's is on the left.
        to_the_left = side == ("right" if self.view == "face" else "left")
        return self._mirrored() if to_the_left else self

    def _mirrored(self) -> Spot:
        x, y, width, height = self.crop
        a, b = self.electrodes
        return replace(
            self,
            crop=(-x - width, y, width, height),
            electrodes=(_mirror(a), _mirror(b)),
            reference=replace(self.reference, at=_mirror(self.reference.at)),
            line=None if self.line is None else (_mirror(self.line[0]), _mirror(self.line[1])),
            landmarks=tuple(replace(mark, at=_mirror(mark.at)) for mark in self.landmarks),
            other=None if self.other is None else (_mirror(self.other[0]), _mirror(self.other[1])),
            turned=self.view == "side",
        )


def _mirror(point: Point) -> Point:
    return -point[0], point[1]


def _along(a: Point, b: Point, apart_cm: float) -> tuple[Point, Point]:
    """Two points on the line from a to b, around its middle."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    half = apart_cm / 2 / math.hypot(dx, dy)
    return (
        (a[0] + dx * (0.5 - half), a[1] + dy * (0.5 - half)),
        (a[0] + dx * (0.5 + half), a[1] + dy * (0.5 + half)),
    )


_C7: Point = (0.0, 30.5)
_ACROMION: Point = (17.8, 35.4)
_CREST: Point = (12.2, 75.0)
_TROCHANTER: Point = (16.2, 88.5)
_SACRUM: Point = (0.0, 79.6)
_CHEEKBONE: Point = (-4.1, 0.4)
_JAW_ANGLE: Point = (-2.0, 6.6)
_UPPER = (-26.0, -2.0, 52.0, 56.0)
_LOWER = (-32.0, 48.0, 64.0, 56.0)

SPOTS = {
    "shoulder": Spot(
        "back",
        _UPPER,
        _along(_C7, _ACROMION, 3.2),  # farther apart than in fact, so that both are visible
        Reference(_C7, tr("neck bone (C7)"), sure=True),
        line=(_C7, _ACROMION),
        landmarks=(Landmark(_ACROMION, tr("shoulder tip"), above=False),),
    ),
    "neck": Spot(
        "back",
        (-18.0, -2.0, 36.0, 39.0),
        ((2.3, 22.2), (2.3, 25.6)),
        Reference(_C7, tr("neck bone (C7)")),
    ),
    "lower-back": Spot(
        "back",
        _LOWER,
        ((3.6, 60.6), (3.6, 64.0)),
        Reference((8.4, 73.8), tr("hip bone's edge")),
    ),
    "hips": Spot(
        "back",
        (-33.0, 58.0, 66.0, 56.0),
        _along(_CREST, _TROCHANTER, 3.4),
        Reference(_SACRUM, "sacrum"),
        line=(_CREST, _TROCHANTER),
        landmarks=(
            Landmark(_CREST, tr("hip bone's edge"), above=True),
            Landmark(_TROCHANTER, tr("thigh bone's knob"), above=False),
        ),
        other=_along(_SACRUM, _TROCHANTER, 3.4),
        other_words="buttock",
    ),
    "jaw": Spot(
        "side",
        (-16.0, -15.0, 30.0, 33.0),
        _along(_CHEEKBONE, _JAW_ANGLE, 2.8),
        Reference((4.4, 1.6), tr("bone behind the ear")),
        line=(_CHEEKBONE, _JAW_ANGLE),
        landmarks=(
            Landmark(_CHEEKBONE, "cheekbone's arch", above=True),
            Landmark(_JAW_ANGLE, "jaw's angle", above=False),
        ),
    ),
    "forehead": Spot(
        "face",
        (-14.0, -2.0, 28.0, 31.0),
        ((2.2, 5.6), (4.9, 6.0)),
        Reference((0.0, 3.2), tr("top of the forehead")),
    ),
}
"""By site; a place in a person's own words has no spot."""


def outlines(view: View) -> tuple[Shape, ...]:
    """Return a view's outline in overlapping parts: stroke all of them, then fill all."""
    if view == "side":
        return (_smooth(_SIDE),)
    half = _BACK if view == "back" else _FACE
    body = _smooth((*half, *(_mirror(point) for point in reversed(half) if point[0])))
    if view == "face":
        return (body,)
    return body, _smooth(_ARM), _smooth(tuple(map(_mirror, _ARM)))


def features(view: View) -> Shape:
    """Return lines inside the outline, for orientation."""
    if view == "side":
        return (*_ellipse((1.0, -0.2), 1.6, 2.8), *_curves(_INSIDE[view]))
    both = tuple((_mirror(a), _mirror(b), _mirror(c)) for a, b, c in _INSIDE[view])
    spine: Shape = (("M", ((0.0, 24.0),)), ("L", ((0.0, 80.0),))) if view == "back" else ()
    return (*_curves(_INSIDE[view]), *_curves(both), *spine)


def _curves(curves: tuple[tuple[Point, Point, Point], ...]) -> Shape:
    steps: list[Step] = []
    for a, b, c in curves:
        steps += [("M", (a,)), ("Q", (b, c))]
    return tuple(steps)


def _ellipse(middle: Point, across: float, down: float) -> Shape:
    """Four cubic curves; `across` and `down` are the radii."""
    x, y = middle
    bow = 4 / 3 * (math.sqrt(2) - 1)  # length of a quarter's handles, in radii
    turns = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0))
    steps: list[Step] = [("M", ((x + across, y),))]
    for (ax, ay), (bx, by) in pairwise(turns):
        ways = ((ax + bow * bx, ay + bow * by), (bx + bow * ax, by + bow * ay), (bx, by))
        steps.append(("C", tuple((x + across * u, y + down * v) for u, v in ways)))
    return (*steps, ("Z", ()))


def _smooth(points: tuple[Point, ...]) -> Shape:
    """Return a closed curve through all points (Catmull-Rom)."""
    n = len(points)
    steps: list[Step] = [("M", (points[0],))]
    for k in range(n):
        before, a, b, after = (points[(k + j) % n] for j in (-1, 0, 1, 2))
        leaving = (a[0] + (b[0] - before[0]) / 6, a[1] + (b[1] - before[1]) / 6)
        coming = (b[0] - (after[0] - a[0]) / 6, b[1] - (after[1] - a[1]) / 6)
        steps.append(("C", (leaving, coming, b)))
    return (*steps, ("Z", ()))
