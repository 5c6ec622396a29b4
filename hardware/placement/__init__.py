"""Where the electrodes go: words and a drawing of each site, the program's own."""

from __future__ import annotations

from functools import partial

from hardware.making import Made, Passage, Picture
from hardware.placement.drawing import draw_site
from hardware.placement.guide import sites
from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES


def picture_of(key: str) -> str:
    """Path of a site's picture, from the root of the repository."""
    return f"hardware/pictures/place-{key}.svg"


MADE: tuple[Made, ...] = (
    *(Picture(picture_of(key), partial(draw_site, SITES[key])) for key in SPOTS),
    Passage("hardware/placement.md", "sites", sites),
)
