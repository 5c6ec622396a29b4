"""What placement.md says of each site: the program's own words, as Markdown."""

from __future__ import annotations

import re

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES, Site
from unclench_dsp import BANDS

# The headings of the traces in placement.md, by what a site names as its most usual trouble.
_TRACE_OF = {
    "no contact": "Bad: an electrode comes off the skin",
    "mains hum": "Bad: hum of the mains, until it is removed",
    "heartbeat": "Bad in the wide band: the heart is in the signal",
    "movement": "Bad: electrodes or leads are moved",
    "off the muscle": "Bad: nothing but the board's own noise",
}


def sites() -> str:
    """Everything that is said of each site."""
    return "\n\n".join(_site(site) for site in SITES.values())


def _site(site: Site) -> str:
    drawing = "No drawing: the place is yours."
    if site.key in SPOTS:
        drawing = f"![Where the electrodes go: {site.name}](pictures/place-{site.key}.svg)"
    apart = "we have read no source that gives one: keep to the one you have."
    if site.spacing_mm is not None:
        apart = f"{site.spacing_mm:g} mm, centre to centre."
    band = BANDS[site.band_hint]
    band_words = f"{band.name} band ({band.low_hz:g}-{band.high_hz:g} Hz)"
    points = {
        "Direction of the pair": site.orientation,
        "Distance": apart,
        "Reference": site.reference,
        "Snaps or leads": site.leads,
        "Skin": site.skin,
        "Band": f"{band.name}, {band.low_hz:g}-{band.high_hz:g} Hz.",
        "It is in the right place if this shows": site.movement,
    }
    return "\n\n".join(
        (
            f"### {site.name}",
            drawing,
            "\n".join(f"{k}. {step}" for k, step in enumerate(site.landmarks, 1)),
            "\n".join(f"- **{name}:** {words}" for name, words in points.items()),
            "Common mistakes:",
            "\n".join(f"- {mistake}" for mistake in site.mistakes),
            f"A good trace: {_link(f'Good, in the {band_words}')}.",
            f"Most common problem, {site.trouble}: {site.trouble_words} It looks like this: "
            f"{_link(_TRACE_OF[site.trouble])}.",
            f"Status: *{site.status}*.",
        )
    )


def _link(heading: str) -> str:
    """A link to a heading of the same page."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"[{heading}](#{anchor})"
