"""Where the electrodes go: the sites a person can choose, their labels, and choices that can be."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.placement.words import OWN, SITES, Site
from unclench.wording import capital

__all__ = ["OWN", "SITES", "Site", "check_places", "place_label", "site_of", "word_of_caution"]


def site_of(place: Place) -> Site:
    """Return the site of a place; words of one's own have the site for those."""
    return SITES.get(place.site, SITES[OWN])


def place_label(place: Place) -> str:
    """Return a place in words: "Left shoulder", "Forehead", "my calf (left)"."""
    site = site_of(place)
    if site.key == OWN:
        words = site.short if place.site == OWN else place.site
        return words if place.side == "middle" else f"{words} ({place.side})"
    words = site.short if place.side == "middle" else f"{place.side} {site.short}"
    return capital(words)


def word_of_caution(places: Sequence[Place]) -> str:
    """Return what more than one sensor on a body means, in one sentence; "" for fewer."""
    if len(places) < 2:
        return ""
    return (
        "More than one sensor: should one break, up to 3.3 mA could flow from its reference to "
        "another's, through the body between them, more than a medical device may pass: use one at "
        "a time, or choose places without the chest between them (figures: the project's "
        "hardware/safety.md)."
    )


def check_places(places: Sequence[Place], n_channels: int) -> None:
    """Raise InputError, in one sentence, for places that cannot all be."""
    by_channel: dict[int, Place] = {}
    by_spot: dict[tuple[str, str], Place] = {}
    for place in places:
        label, site = place_label(place), site_of(place)
        if place.channel > n_channels:
            there = "1 channel" if n_channels == 1 else f"{n_channels} channels"
            raise InputError(
                f"{label} is on channel {place.channel}, but the board has {there}: choose a "
                "channel that it has, or set the board to more."
            )
        if place.side not in site.sides:
            raise InputError(
                f"The {site.short} has no '{place.side}': choose {' or '.join(site.sides)}."
            )
        if (other := by_channel.setdefault(place.channel, place)) is not place:
            raise InputError(
                f"Channel {place.channel} is named twice, for {place_label(other)} and for "
                f"{label}: a sensor is in one place; give each channel one."
            )
        spot = (place.site.strip().casefold(), place.side)
        if (other := by_spot.setdefault(spot, place)) is not place:
            raise InputError(
                f"{label} is on two channels, {other.channel} and {place.channel}: choose another "
                "site or side for one of them."
            )
