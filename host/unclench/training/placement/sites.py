"""Where the electrodes go: the sites to choose from, their labels, and checks of the choice."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.placement.words import OWN, SITES, Site
from unclench.translation import tr, trn
from unclench.wording import capital

__all__ = ["OWN", "SITES", "Site", "check_places", "place_label", "sensor_warning", "site_of"]


def site_of(place: Place) -> Site:
    """Return the site of a place; `OWN`'s for a place in the person's own words."""
    return SITES.get(place.site, SITES[OWN])


def place_label(place: Place) -> str:
    """Return a place in words: "Left shoulder", "Forehead", "my calf (left)".

    Sessions keep this label and the history compares sites by it, so it is the same in every
    language.
    """
    site = site_of(place)
    if site.key == OWN:
        words = site.short if place.site == OWN else place.site
        return words if place.side == "middle" else f"{words} ({place.side})"
    words = site.short if place.side == "middle" else f"{place.side} {site.short}"
    return capital(words)


def sensor_warning(places: Sequence[Place]) -> str:
    """Return a warning for more than one sensor on a body; "" for fewer."""
    if len(places) < 2:
        return ""
    return tr(
        "More than one sensor: if one breaks, up to 3.3 mA could flow from its reference electrode "
        "to another's, through the body between them. That is more than a medical device may pass. "
        "Use one at a time, or choose places without the chest between them (figures: the "
        "project's hardware/safety.md)."
    )


def check_places(places: Sequence[Place], n_channels: int) -> None:
    """Raise InputError, in one sentence, for places that are impossible or in conflict."""
    by_channel: dict[int, Place] = {}
    by_spot: dict[tuple[str, str], Place] = {}
    for place in places:
        label, site = place_label(place), site_of(place)
        if place.channel > n_channels:
            raise InputError(
                trn(
                    "{label} is on channel {channel}, but the board has 1 channel: choose "
                    "channel 1, or set the board to more channels.",
                    "{label} is on channel {channel}, but the board has {n} channels: choose one "
                    "of these, or set the board to more channels.",
                    n_channels,
                    label=label,
                    channel=place.channel,
                )
            )
        if place.side not in site.sides:
            raise InputError(
                tr(
                    "The {short} has no side '{side}': choose {sides}.",
                    short=site.short,
                    side=place.side,
                    sides=" or ".join(site.sides),
                )
            )
        if (other := by_channel.setdefault(place.channel, place)) is not place:
            raise InputError(
                tr(
                    "Channel {channel} is given twice, for {other} and for "
                    "{label}: give each channel one place.",
                    channel=place.channel,
                    other=place_label(other),
                    label=label,
                )
            )
        spot = (place.site.strip().casefold(), place.side)
        if (other := by_spot.setdefault(spot, place)) is not place:
            raise InputError(
                tr(
                    "{label} is given for two channels, {first} and {second}: choose "
                    "another site or side for one of them.",
                    label=label,
                    first=other.channel,
                    second=place.channel,
                )
            )
