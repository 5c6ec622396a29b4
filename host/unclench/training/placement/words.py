"""All words about each site on the body, for the placement screen and the guide.

Figures come from the sources named; what you can feel on yourself needs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.values import Side
from unclench.translation import tr

OWN = "own"
"""Key of the site for a place in the person's own words."""

SNAPS = tr(
    "The snaps of a MyoWare 1.0 are about 30 mm apart; for a 2.0 the distance is not known. "
    "Measure it on yours, and keep to it."
)
SKIN = (
    tr(
        "Choose whole, healthy skin, not freshly shaved, and clip hair that would lie under an "
        "electrode."
    ),
    tr("Wash off cream, oil and sweat, or wipe with an alcohol pad, and let the skin dry."),
    tr("Rub it gently with a dry cloth; stop before it hurts."),
    tr("Press each electrode on for a few seconds, and give the gel some minutes to settle."),
)
"""Preparation of the skin at every site, in order."""

Trouble = Literal["no contact", "heartbeat", "movement", "off the muscle"]
"""The most common problems of a trace: each has a picture in the guide."""

TROUBLE_WORDS: dict[Trouble, str] = {
    "no contact": tr("no contact"),
    "heartbeat": tr("heartbeat"),
    "movement": tr("movement"),
    "off the muscle": tr("off the muscle"),
}
SIDE_WORDS: dict[Side, str] = {
    "left": tr("left"),
    "right": tr("right"),
    "middle": tr("middle"),
}


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
    landmarks : tuple of str
        How to find the place, step by step; the last one says where the electrodes go.
    orientation, reference : str
        How the pair of electrodes lies, where the reference goes.
    spacing_mm : float or None
        Between the electrodes' centres; None if no source was read.
    leads : str
        Whether the sensor can sit there on its own snaps.
    skin : str
        What the skin needs there in addition to `SKIN`.
    movement : str
        A movement that must show in the trace if the electrodes are right.
    mistakes : tuple of str
        What goes wrong, and how it shows.
    trouble, trouble_words : Trouble, str
        The most common problem there, its cause, and what helps.
    status : str
        What is verified, and by which source.
    band_hint : {"wide", "narrow"}
        Narrow where the heart gets in (MyoTrac, Mindfield and J&J offer both).
    """

    key: str
    name: str
    short: str
    muscle: str
    sides: tuple[Side, ...]
    landmarks: tuple[str, ...]
    orientation: str
    reference: str
    spacing_mm: float | None
    leads: str
    skin: str
    movement: str
    mistakes: tuple[str, ...]
    trouble: Trouble
    trouble_words: str
    status: str
    band_hint: Literal["wide", "narrow"]

    @property
    def placement(self) -> str:
        """How to find the place, as one text."""
        return " ".join(self.landmarks)

    @property
    def lie(self) -> str:
        """How the pair lies and how far apart."""
        if self.spacing_mm is None:
            return self.orientation
        apart = tr("{spacing_mm:g} mm apart.", spacing_mm=self.spacing_mm)
        return f"{self.orientation} {apart}"


def _on(key: str) -> str:
    """Name the bone for a site's reference as the drawing does."""
    return tr("On the {words}", words=SPOTS[key].reference.words)


_BOTH: tuple[Side, ...] = ("left", "right")
_ALL: tuple[Side, ...] = ("left", "right", "middle")

_SHOULDER = Site(
    key="shoulder",
    name=tr("Shoulder (upper trapezius)"),
    short="shoulder",
    muscle=tr("upper trapezius"),
    sides=_BOTH,
    landmarks=(
        tr("Sit upright and let the arms hang."),
        tr(
            "Bend the head forward and feel for the bone that stands out most at the base of the "
            "neck (C7)."
        ),
        tr("Feel along the top of the shoulder for the bony tip at its end (acromion)."),
        tr("The electrodes go midway between the two."),
    ),
    orientation=tr("Along the line from C7 to the tip of the shoulder."),
    reference=tr(
        "{on}. SENIAM's other place is the wrist: take that of the same side, and a longer lead.",
        on=_on("shoulder"),
    ),
    spacing_mm=20.0,
    leads=tr(
        "The sensor may sit on its own snaps if they are about that far apart; leads always fit."
    ),
    skin=tr("Move straps and collar out of the way first."),
    movement=tr(
        "Pull that shoulder up towards the ear: tension must jump up, and fall when you let go. "
        "Moving the fingers must not show."
    ),
    mistakes=(
        tr("Too far out, on the bony tip: pulling the shoulder up hardly shows."),
        tr("Too close to the spine: holding the head shows as much as pulling the shoulder up."),
        tr("A strap or collar presses on the sensor: the trace jumps with every movement."),
    ),
    trouble="heartbeat",
    trouble_words=tr(
        "The heartbeat gets in, more on the left: the trace has evenly spaced spikes, about one a "
        "second. Use the narrow band."
    ),
    status=tr("verified: SENIAM's recommendation was read"),
    band_hint="narrow",
)

_NECK = Site(
    key="neck",
    name=tr("Neck (paraspinal muscles)"),
    short="neck",
    muscle=tr("cervical paraspinals"),
    sides=_BOTH,
    landmarks=(
        tr("Feel for the row of bony knobs down the middle of the back of the neck."),
        tr("Go to about half the neck's height (C4)."),
        tr("The electrodes go 2 cm beside the midline."),
    ),
    orientation=tr("Upright, beside the spine."),
    reference=tr("{on}, which stands out most at the neck's base. Not verified.", on=_on("neck")),
    spacing_mm=None,
    leads=tr("Leads are better: a sensor on its snaps is large there, and a collar pushes it."),
    skin=tr("Pin the hair up: keep it out from under the electrodes."),
    movement=tr(
        "Press the back of the head gently against your hand: tension must jump up, and fall when "
        "you let go."
    ),
    mistakes=(
        tr("Hair under an electrode: contact comes and goes."),
        tr("On the midline: there is bone, and pressing the head back hardly shows."),
        tr("Too far to the side: turning the head shows more than pressing it back."),
        tr("A collar or scarf rubs on sensor or lead: the trace jumps when the head moves."),
    ),
    trouble="no contact",
    trouble_words=tr(
        "Hair lifts an electrode. The heartbeat can get in, too: then use the narrow band."
    ),
    status=tr("not verified: from a table in a paper (JSSM); its own source was not read"),
    band_hint="narrow",
)

_JAW = Site(
    key="jaw",
    name=tr("Jaw (masseter)"),
    short="jaw",
    muscle=tr("masseter"),
    sides=_BOTH,
    landmarks=(
        tr("Feel for the bony arch that runs from the cheekbone to the ear."),
        tr("Feel for the angle of the jaw below the ear."),
        tr("Close the teeth firmly once and feel the muscle bulge between the two."),
        tr("The electrodes go on that bulge."),
    ),
    orientation=tr("Along the muscle, from the cheekbone's arch towards the angle of the jaw."),
    reference=tr("{on} (mastoid) of the same side, free of hair. Not verified.", on=_on("jaw")),
    spacing_mm=None,
    leads=tr("Use leads: a sensor on its snaps is large for a cheek and pulls on it."),
    skin=tr(
        "Wipe off make-up. Clip a beard short, or shave the day before, or choose another site."
    ),
    movement=tr(
        "Close the teeth firmly for a moment: tension must jump up, and fall when the jaw hangs "
        "loose again."
    ),
    mistakes=(
        tr("Too high, on the bony arch: closing the teeth hardly shows."),
        tr("Too far forward: smiling shows as much as closing the teeth."),
        tr("Beard or make-up under an electrode: contact comes and goes."),
        tr(
            "Talking, chewing and swallowing show as tension: keep the mouth still while you "
            "measure."
        ),
    ),
    trouble="no contact",
    trouble_words=tr("Stubble, make-up and a moving cheek lift an electrode: press it on again."),
    status=tr("not verified: from a table in a paper; its own source was not read"),
    band_hint="wide",
)

_FOREHEAD = Site(
    key="forehead",
    name=tr("Forehead (frontalis)"),
    short="forehead",
    muscle=tr("frontalis"),
    sides=_ALL,
    landmarks=(
        tr("Raise the eyebrows and feel the forehead wrinkle."),
        tr("The electrodes go there, above an eyebrow; in the middle, one above each."),
    ),
    orientation=tr("Not known."),
    reference=tr("{on}, in the middle, just below the hair. Not verified.", on=_on("forehead")),
    spacing_mm=None,
    leads=tr("Use leads: a sensor on its snaps is heavy for a forehead and slides."),
    skin=tr("Wipe off make-up and sun cream as far as the hair, and pin the hair back."),
    movement=tr(
        "Raise the eyebrows: tension must jump up, and fall when the forehead is smooth again."
    ),
    mistakes=(
        tr("On the eyebrow: frowning shows more than raising the eyebrows."),
        tr("Close to the hair: hair lifts an electrode, and contact comes and goes."),
        tr("Sweat under the electrodes: the trace wanders, and they slide."),
    ),
    trouble="movement",
    trouble_words=tr(
        "Blinking and looking around make slow swings: rest the eyes while you measure."
    ),
    status=tr(
        "not verified: the details of the usual source (Fridlund and Cacioppo 1986) were not seen"
    ),
    band_hint="wide",
)

_LOWER_BACK = Site(
    key="lower-back",
    name=tr("Lower back (lumbar erector spinae)"),
    short="lower back",
    muscle=tr("lumbar erector spinae (longissimus)"),
    sides=_BOTH,
    landmarks=(
        tr(
            "Stand, with the hands on the upper edges of the hip bones and the thumbs at the "
            "spine: they are at about the height of the fourth lumbar vertebra (L4)."
        ),
        tr("Count the knobs of the spine from there upwards to the first (L1)."),
        tr("The electrodes go beside it, two finger widths from the midline, on the long muscle."),
    ),
    orientation=tr("Upright, beside the spine."),
    reference=tr(
        "{on}, on the same side; never at the neck: the chest would lie between. Not verified.",
        on=_on("lower-back"),
    ),
    spacing_mm=None,
    leads=tr("The sensor may sit on its own snaps while you stand; with a backrest use leads."),
    skin=tr("Fold the waistband away, and ask somebody to help: the place is hard to see."),
    movement=tr(
        "Stand, and lean forward a little with the back straight: tension must rise, and fall when "
        "you stand upright."
    ),
    mistakes=(
        tr("On the midline: there is bone, and leaning forward hardly shows."),
        tr("Too low, on the flat bone between the hips: nothing you do shows much."),
        tr("A backrest or belt presses on the sensor: the trace jumps with every movement."),
    ),
    trouble="heartbeat",
    trouble_words=tr(
        "The heartbeat gets in: the trace has evenly spaced spikes, about one a second. Use the "
        "narrow band."
    ),
    status=tr("not verified: SENIAM as others cite it; one paper says 3.5 cm at L2 and L4"),
    band_hint="narrow",
)

_HIPS = Site(
    key="hips",
    name=tr("Hips and buttocks (gluteal muscles)"),
    short="hip",
    muscle=tr("gluteus medius"),
    sides=_BOTH,
    landmarks=(
        tr("Feel for the upper edge of the hip bone at the side (iliac crest)."),
        tr(
            "Feel for the knob of the thigh bone below it (trochanter): it moves under the hand "
            "when you turn the leg in and out."
        ),
        tr("The electrodes go midway between the two."),
        tr("For the buttock (gluteus maximus): midway between the sacrum and that knob."),
    ),
    orientation=tr("Along the line between the two bones."),
    reference=tr(
        "{on}, the flat bone between the hips; never at the neck: the chest would lie "
        "between. Not verified.",
        on=_on("hips"),
    ),
    spacing_mm=None,
    leads=tr("Use leads if you sit: do not sit or lean on the sensor or the electrodes."),
    skin=tr("Wear clothes that leave the place free."),
    movement=tr(
        "Stand, and lift that leg out to the side: tension must jump up, and fall when the foot "
        "is down again. For the buttock: squeeze it."
    ),
    mistakes=(
        tr("Too far forward: lifting the knee shows more than lifting the leg to the side."),
        tr("Too high, on the bone's edge: lifting the leg hardly shows."),
        tr(
            "Sitting on an electrode, or tight trousers over it: the trace jumps with every "
            "movement."
        ),
        tr("A thick layer over the muscle makes all figures smaller: compare only with yourself."),
    ),
    trouble="movement",
    trouble_words=tr("Clothes and chairs push the electrodes: tape the leads to the skin."),
    status=tr("not verified: no source was read"),
    band_hint="wide",
)

_OWN = Site(
    key=OWN,
    name=tr("A place of your own"),
    short="own place",
    muscle="",
    sides=_ALL,
    landmarks=(
        tr("Tense the muscle and feel for its thick middle, which bulges."),
        tr("The electrodes go there, away from its tendons. Never across the chest."),
    ),
    orientation=tr("Along the muscle's fibres."),
    reference=tr(
        "On bone of the same limb or the same part of the body, near the pair, such as elbow, "
        "wrist, kneecap or ankle; never where the chest would lie between. Not verified."
    ),
    spacing_mm=None,
    leads=tr("The sensor may sit on its own snaps if it lies flat; otherwise use leads."),
    skin=tr("Choose a place that clothes do not rub."),
    movement=tr(
        "Use that muscle, and only that one: tension must jump up, and fall when you let go."
    ),
    mistakes=(
        tr("On a tendon or a bone: the movement hardly shows."),
        tr("Across the fibres: little shows, and neighbouring muscles show as much."),
        tr("In another place the next time: figures from different days cannot be compared."),
    ),
    trouble="off the muscle",
    trouble_words=tr("With no muscle below, there is only noise: feel for the muscle again."),
    status=tr("not verified: the place is yours; put the electrodes on the same way each time"),
    band_hint="wide",
)

SITES = {site.key: site for site in (_SHOULDER, _NECK, _JAW, _FOREHEAD, _LOWER_BACK, _HIPS, _OWN)}
