"""The guide's passages: what is said of the skin, of each site and of each trace, as Markdown."""

from __future__ import annotations

import re
import shlex

from hardware.design import ELECTRODE_LEAD_M
from hardware.placement.traces import MADE_UP, TRACES, Trace, bad_of, good_of
from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES, SKIN, SNAPS, Site
from unclench_dsp import BANDS


def skin() -> str:
    """What is done at every site."""
    return "\n".join(f"{k}. {step}" for k, step in enumerate(SKIN, 1))


def snaps() -> str:
    """What is known of the sensor's own snaps."""
    return SNAPS


def reach() -> str:
    """How far a reference may be."""
    return (
        "Every reference named below lies within reach of an electrode lead of "
        f"{ELECTRODE_LEAD_M.value:g} m ({ELECTRODE_LEAD_M.status}), but the wrist, which a "
        "shoulder may have: it needs a longer one, and that picks up more of the mains."
    )


def sites() -> str:
    """Everything that is said of each site."""
    return "\n\n".join(_site(site) for site in SITES.values())


def traces() -> str:
    """Each picture of a trace and what can be seen in it."""
    return "\n\n".join(map(_trace, TRACES))


def place_file(site: Site) -> str:
    """Name of a site's picture."""
    return f"place-{site.key}.svg"


def _site(site: Site) -> str:
    drawing = "No drawing: the place is yours."
    if site.key in SPOTS:
        drawing = f"![Where the electrodes go: {site.name}](pictures/{place_file(site)})"
    apart = "no source that was read gives one: keep to the one you have."
    if site.spacing_mm is not None:
        apart = f"{site.spacing_mm:g} mm, centre to centre."
    band = BANDS[site.band_hint]
    parts = (
        f"### {site.name}",
        drawing,
        "\n".join(f"{k}. {step}" for k, step in enumerate(site.landmarks, 1)),
        "\n".join(
            (
                f"- **How the pair lies:** {site.orientation}",
                f"- **Distance:** {apart}",
                f"- **Reference:** {site.reference}",
                f"- **Snaps or leads:** {site.leads}",
                f"- **Skin:** {site.skin}",
                f"- **Band:** {band.name}, {band.low_hz:g}-{band.high_hz:g} Hz.",
                f"- **It lies right if this shows:** {site.movement}",
            )
        ),
        "Common mistakes:",
        "\n".join(f"- {mistake}" for mistake in site.mistakes),
        f"A good trace: {_link(good_of(site))}.",
        f"Most usual trouble, {site.trouble}: {site.trouble_words} So it looks: "
        f"{_link(bad_of(site))}.",
        f"Status: *{site.status}*.",
    )
    return "\n\n".join(parts)


def _trace(trace: Trace) -> str:
    parts = (
        f"### {trace.title}",
        f"![{trace.title}](pictures/{trace.file})",
        f"{trace.look} {MADE_UP}",
        _as_recorded(trace),
    )
    return "\n\n".join(parts)


def _link(trace: Trace) -> str:
    return f"[{trace.title}](#{slug(trace.title)})"


def slug(heading: str) -> str:
    """Return the anchor that a heading has where Markdown is shown as a page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _as_recorded(trace: Trace) -> str:
    """How to make the trace; `unclench record` cannot tell a virtual person what to do when."""
    last_s = trace.from_s + trace.seconds
    source = shlex.quote(trace.source)
    shown = f"shown from second {trace.from_s:g} on"
    if not trace.cues:
        command = f"unclench record --source {source} --seconds {last_s:g} --speed max --out DIR"
        return f"To record it: `{command}`; {shown}."
    told = ", ".join(
        f"at second {max(0.0, trace.from_s + cue.from_s):g} *{cue.asked}*" for cue in trace.cues
    )
    return (
        f"Made with `python -m hardware --only {trace.key}`: the virtual person `{source}` is told "
        f"{told}, which `unclench record` cannot tell it; {shown}."
    )
