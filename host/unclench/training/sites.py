"""Where the electrodes go: the sites a person can choose, each with how well its place is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.values import Side
from unclench_wire.ids import MAX_CHANNELS

OWN = "own"
"""Key of the site that stands for words of a person's own."""

SNAPS = (
    "The snaps of a MyoWare 1.0 are about 30 mm apart, those of a 2.0 are not known: measure the "
    "distance on yours, and keep to it."
)
_ANY_BONE = (
    "On bone with little muscle under it, such as the bone at the base of the neck (C7). Not "
    "verified: the source gives none."
)


@dataclass(frozen=True)
class Site:
    """One place on the body, in plain words.

    Attributes
    ----------
    key : str
        As in settings and program files.
    name, short, muscle : str
        "Shoulder (upper trapezius)", "shoulder", "upper trapezius".
    sides : tuple of Side
        Which there are.
    placement, orientation, reference : str
        How to find the place, how the pair of electrodes lies, where the reference goes.
    spacing_mm : float or None
        Between the electrodes' centres; None where no source was read.
    status : str
        What of it is verified, and by which source.
    band_hint : {"wide", "narrow"}
        Narrow where the heart gets in (MyoTrac, Mindfield and J&J offer both).
    """

    key: str
    name: str
    short: str
    muscle: str
    sides: tuple[Side, ...]
    placement: str
    orientation: str
    reference: str
    spacing_mm: float | None
    status: str
    band_hint: Literal["wide", "narrow"]


_BOTH: tuple[Side, ...] = ("left", "right")
_ALL: tuple[Side, ...] = ("left", "right", "middle")

SITES = {
    site.key: site
    for site in (
        Site(
            key="shoulder",
            name="Shoulder (upper trapezius)",
            short="shoulder",
            muscle="upper trapezius",
            sides=_BOTH,
            placement=(
                "Feel for the bony tip of the shoulder (acromion) and for the bone that stands "
                "out most at the base of the neck (C7). The electrodes go midway between the two."
            ),
            orientation="Along the line from C7 to the tip of the shoulder.",
            reference="On C7 or on the wrist.",
            spacing_mm=20.0,
            status="verified: SENIAM's recommendation was read",
            band_hint="narrow",
        ),
        Site(
            key="neck",
            name="Neck (paraspinal muscles)",
            short="neck",
            muscle="cervical paraspinals",
            sides=_BOTH,
            placement=(
                "At the back of the neck, at about half its height (C4), 2 cm beside the midline. "
                "Keep hair out from under the electrodes."
            ),
            orientation="Upright, beside the spine.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status="not verified: from a table in a paper (JSSM); its own source was not read",
            band_hint="narrow",
        ),
        Site(
            key="jaw",
            name="Jaw (masseter)",
            short="jaw",
            muscle="masseter",
            sides=_BOTH,
            placement=(
                "Close the teeth firmly once and feel the muscle bulge between the cheekbone's "
                "arch and the angle of the jaw. The electrodes go on that bulge."
            ),
            orientation="Along the muscle, from the cheekbone's arch towards the angle of the jaw.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status="not verified: from a table in a paper; its own source was not read",
            band_hint="wide",
        ),
        Site(
            key="forehead",
            name="Forehead (frontalis)",
            short="forehead",
            muscle="frontalis",
            sides=_ALL,
            placement="Raise the eyebrows and feel the forehead wrinkle: above an eyebrow.",
            orientation="Not known.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status=(
                "not verified: the details of the usual source (Fridlund and Cacioppo 1986) were "
                "not seen"
            ),
            band_hint="wide",
        ),
        Site(
            key="lower-back",
            name="Lower back (lumbar erector spinae)",
            short="lower back",
            muscle="lumbar erector spinae (longissimus)",
            sides=_BOTH,
            placement=(
                "Beside the spine at the height of the first lumbar vertebra (L1), two finger "
                "widths from the midline, on the long muscle there."
            ),
            orientation="Upright, beside the spine.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status="not verified: SENIAM as others cite it; one paper says 3.5 cm at L2 and L4",
            band_hint="narrow",
        ),
        Site(
            key="hips",
            name="Hips and buttocks (gluteal muscles)",
            short="hip",
            muscle="gluteus medius",
            sides=_BOTH,
            placement=(
                "Midway between the upper edge of the hip bone (iliac crest) and the knob of the "
                "thigh bone at the side (trochanter). For the buttock (gluteus maximus): midway "
                "between the sacrum and that knob."
            ),
            orientation="Along the line between the two bones.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status="not verified: no source was read",
            band_hint="wide",
        ),
        Site(
            key=OWN,
            name="A place of your own",
            short="own place",
            muscle="",
            sides=_ALL,
            placement=(
                "On the thick middle of the muscle, which bulges when you tense it; away from its "
                "tendons."
            ),
            orientation="Along the muscle's fibres.",
            reference=_ANY_BONE,
            spacing_mm=None,
            status="not verified: the place is yours; put the electrodes there the same way again",
            band_hint="wide",
        ),
    )
}


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
    return words[0].upper() + words[1:]


def check_places(places: Sequence[Place], n_channels: int = MAX_CHANNELS) -> None:
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
