"""The sites in placement.md: the program's own words, as Markdown."""

from __future__ import annotations

import re

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES, Site
from unclench_dsp import BANDS

# The headings of the traces in placement.md, by what a site names as its most common problem.
_TRACE_OF = {
    "no contact": "Bad: an electrode comes off the skin",
    "mains hum": "Bad: hum of the mains, until it is removed",
    "heartbeat": "Not bad: the heart is in the signal",
    "movement": "Bad: electrodes or leads are moved",
    "off the muscle": "Bad: nothing but the board's own noise",
}


def sites() -> str:
    """Return a table of all sites, and a section for each."""
    table = (
        "| site | band | distance, centre to centre | most common problem | the place is |",
        "| --- | --- | --- | --- | --- |",
        *(_row(site) for site in SITES.values()),
    )
    return "\n\n".join(("\n".join(table), *(_section(site) for site in SITES.values())))


def _row(site: Site) -> str:
    band = BANDS[site.band_hint]
    good = f"Good, in the {band.name} band ({band.low_hz:g}-{band.high_hz:g} Hz)"
    apart = "-" if site.spacing_mm is None else f"{site.spacing_mm:g} mm"
    bad = _link(site.trouble, _TRACE_OF[site.trouble])
    cells = (site.name, _link(band.name, good), apart, bad, site.status)
    return f"| {' | '.join(cells)} |"


def _section(site: Site) -> str:
    drawing = "No drawing: the place is yours."
    if site.key in SPOTS:
        drawing = f"![Where the electrodes go: {site.name}](pictures/place-{site.key}.svg)"
    apart = "" if site.spacing_mm is None else f" {site.spacing_mm:g} mm apart, centre to centre."
    points = {
        "Direction": site.orientation + apart,
        "Reference": site.reference,
        "Snaps or leads": site.leads,
        "Skin": site.skin,
        "Test": site.movement,
        f"Most common problem, {site.trouble}": site.trouble_words,
    }
    return "\n\n".join(
        (
            f"### {site.name}",
            drawing,
            "\n".join(f"{k}. {step}" for k, step in enumerate(site.landmarks, 1)),
            "\n".join(f"- **{name}:** {words}" for name, words in points.items()),
            "Common mistakes:",
            "\n".join(f"- {mistake}" for mistake in site.mistakes),
        )
    )


def _link(words: str, heading: str) -> str:
    """Return a link to a heading of the same page."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"[{words}](#{anchor})"
