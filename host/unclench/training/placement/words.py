"""What is said of each place on the body, once: the placement screen and the guide read it here.

Figures are those of the sources named; what can be felt on oneself needs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.values import Side

OWN = "own"
"""Key of the site that stands for words of a person's own."""

SNAPS = (
    "The snaps of a MyoWare 1.0 are about 30 mm apart, those of a 2.0 are not known: measure the "
    "distance on yours, and keep to it."
)
SKIN = (
    "Choose whole, healthy skin, not freshly shaved, and clip hair that would lie under an "
    "electrode.",
    "Wash off cream, oil and sweat, or wipe with an alcohol pad, and let the skin dry.",
    "Rub it gently with a dry cloth; stop before it hurts.",
    "Press each electrode on for a few seconds, and give the gel some minutes to settle.",
)
"""What is done at every site, in order."""

Trouble = Literal["no contact", "heartbeat", "movement", "off the muscle"]
"""What most often spoils a trace: each has a picture in the guide."""


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
        Between the electrodes' centres; None where no source was read.
    leads : str
        Whether the sensor can sit there on its own snaps.
    skin : str
        What the skin needs there beside `SKIN`.
    movement : str
        What must show in the trace if the electrodes lie right.
    mistakes : tuple of str
        What goes wrong, and how it shows.
    trouble, trouble_words : Trouble, str
        What is most usual there, why, and what helps.
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
        """How to find the place, in one piece."""
        return " ".join(self.landmarks)

    @property
    def lie(self) -> str:
        """How the pair lies and how far apart."""
        apart = "" if self.spacing_mm is None else f" {self.spacing_mm:g} mm apart."
        return f"{self.orientation}{apart}"


def _on(key: str) -> str:
    """On which bone a site's reference lies, by its name in the drawing."""
    return f"On the {SPOTS[key].reference.words}"


_BOTH: tuple[Side, ...] = ("left", "right")
_ALL: tuple[Side, ...] = ("left", "right", "middle")

_SHOULDER = Site(
    key="shoulder",
    name="Shoulder (upper trapezius)",
    short="shoulder",
    muscle="upper trapezius",
    sides=_BOTH,
    landmarks=(
        "Sit upright and let the arms hang.",
        "Bend the head forward and feel for the bone that stands out most at the base of the neck "
        "(C7).",
        "Feel along the top of the shoulder for the bony tip at its end (acromion).",
        "The electrodes go midway between the two.",
    ),
    orientation="Along the line from C7 to the tip of the shoulder.",
    reference=(
        f"{_on('shoulder')}. SENIAM's other place is the wrist: take that of the same side, and a "
        "longer lead."
    ),
    spacing_mm=20.0,
    leads="The sensor may sit on its own snaps if they are about as far apart; leads fit always.",
    skin="Move straps and collar out of the way first.",
    movement=(
        "Pull that shoulder up towards the ear: tension must leap up, and fall when you let go. "
        "Moving the fingers must not show."
    ),
    mistakes=(
        "Too far out, on the bony tip: pulling the shoulder up hardly shows.",
        "Too close to the spine: holding the head shows as much as pulling the shoulder up.",
        "A strap or collar presses on the sensor: the trace jumps with every movement.",
    ),
    trouble="heartbeat",
    trouble_words=(
        "The heart gets in, more so on the left: the trace has an even row of spikes, about one a "
        "second. Use the narrow band."
    ),
    status="verified: SENIAM's recommendation was read",
    band_hint="narrow",
)

_NECK = Site(
    key="neck",
    name="Neck (paraspinal muscles)",
    short="neck",
    muscle="cervical paraspinals",
    sides=_BOTH,
    landmarks=(
        "Feel for the row of bony knobs down the middle of the back of the neck.",
        "Go to about half the neck's height (C4).",
        "The electrodes go 2 cm beside the midline.",
    ),
    orientation="Upright, beside the spine.",
    reference=f"{_on('neck')}, which stands out most at the neck's base. Not verified.",
    spacing_mm=None,
    leads="Leads are better: a sensor on its snaps is large there, and a collar pushes it.",
    skin="Pin the hair up: none may lie under an electrode.",
    movement=(
        "Press the back of the head gently against your hand: tension must leap up, and fall when "
        "you let go."
    ),
    mistakes=(
        "Hair under an electrode: contact comes and goes.",
        "On the midline: there is bone, and pressing the head back hardly shows.",
        "Too far to the side: turning the head shows more than pressing it back.",
        "A collar or scarf rubs on sensor or lead: the trace jumps when the head moves.",
    ),
    trouble="no contact",
    trouble_words=(
        "Hair lifts an electrode. The heart can get in as well: then use the narrow band."
    ),
    status="not verified: from a table in a paper (JSSM); its own source was not read",
    band_hint="narrow",
)

_JAW = Site(
    key="jaw",
    name="Jaw (masseter)",
    short="jaw",
    muscle="masseter",
    sides=_BOTH,
    landmarks=(
        "Feel for the bony arch that runs from the cheekbone to the ear.",
        "Feel for the angle of the jaw below the ear.",
        "Close the teeth firmly once and feel the muscle bulge between the two.",
        "The electrodes go on that bulge.",
    ),
    orientation="Along the muscle, from the cheekbone's arch towards the angle of the jaw.",
    reference=f"{_on('jaw')} (mastoid) of the same side, free of hair. Not verified.",
    spacing_mm=None,
    leads="Use leads: a sensor on its snaps is large for a cheek and pulls on it.",
    skin=("Wipe off make-up. Clip a beard short, or shave the day before, or choose another site."),
    movement=(
        "Close the teeth firmly for a moment: tension must leap up, and fall when the jaw hangs "
        "loose again."
    ),
    mistakes=(
        "Too high, on the bony arch: closing the teeth hardly shows.",
        "Too far forward: smiling shows as much as closing the teeth.",
        "Beard or make-up under an electrode: contact comes and goes.",
        "Talking, chewing and swallowing are tension, too: keep the mouth still while you measure.",
    ),
    trouble="no contact",
    trouble_words="Stubble, make-up and a moving cheek lift an electrode: press it on again.",
    status="not verified: from a table in a paper; its own source was not read",
    band_hint="wide",
)

_FOREHEAD = Site(
    key="forehead",
    name="Forehead (frontalis)",
    short="forehead",
    muscle="frontalis",
    sides=_ALL,
    landmarks=(
        "Raise the eyebrows and feel the forehead wrinkle.",
        "The electrodes go there, above an eyebrow; in the middle, one above each.",
    ),
    orientation="Not known.",
    reference=f"{_on('forehead')}, in its middle, right below the hair. Not verified.",
    spacing_mm=None,
    leads="Use leads: a sensor on its snaps is heavy for a forehead and slides.",
    skin="Wipe off make-up and sun cream as far as the hair, and pin the hair back.",
    movement=(
        "Raise the eyebrows: tension must leap up, and fall when the forehead is smooth again."
    ),
    mistakes=(
        "On the eyebrow: frowning shows more than raising the eyebrows.",
        "Close to the hair: hair lifts an electrode, and contact comes and goes.",
        "Sweat under the electrodes: the trace wanders, and they slide.",
    ),
    trouble="movement",
    trouble_words="Blinking and looking about make slow swings: rest the eyes while you measure.",
    status=(
        "not verified: the details of the usual source (Fridlund and Cacioppo 1986) were not seen"
    ),
    band_hint="wide",
)

_LOWER_BACK = Site(
    key="lower-back",
    name="Lower back (lumbar erector spinae)",
    short="lower back",
    muscle="lumbar erector spinae (longissimus)",
    sides=_BOTH,
    landmarks=(
        "Stand, with the hands on the upper edges of the hip bones and the thumbs at the spine: "
        "they are at about the height of the fourth lumbar vertebra (L4).",
        "Count the knobs of the spine from there upwards to the first (L1).",
        "The electrodes go beside it, two finger widths from the midline, on the long muscle.",
    ),
    orientation="Upright, beside the spine.",
    reference=(
        f"{_on('lower-back')}, on the same side; never at the neck: the chest would lie between. "
        "Not verified."
    ),
    spacing_mm=None,
    leads="The sensor may sit on its own snaps while you stand; with a backrest use leads.",
    skin="Fold the waistband away, and let somebody help: the place is hard to see.",
    movement=(
        "Stand, and lean forward a little with the back straight: tension must rise, and fall when "
        "you stand upright."
    ),
    mistakes=(
        "On the midline: there is bone, and leaning forward hardly shows.",
        "Too low, on the flat bone between the hips: little shows, whatever you do.",
        "A backrest or belt presses on the sensor: the trace jumps with every movement.",
    ),
    trouble="heartbeat",
    trouble_words=(
        "The heart gets in: the trace has an even row of spikes, about one a second. Use the "
        "narrow band."
    ),
    status="not verified: SENIAM as others cite it; one paper says 3.5 cm at L2 and L4",
    band_hint="narrow",
)

_HIPS = Site(
    key="hips",
    name="Hips and buttocks (gluteal muscles)",
    short="hip",
    muscle="gluteus medius",
    sides=_BOTH,
    landmarks=(
        "Feel for the upper edge of the hip bone at the side (iliac crest).",
        "Feel for the knob of the thigh bone below it (trochanter): it moves under the hand when "
        "you turn the leg in and out.",
        "The electrodes go midway between the two.",
        "For the buttock (gluteus maximus): midway between the sacrum and that knob.",
    ),
    orientation="Along the line between the two bones.",
    reference=(
        f"{_on('hips')}, the flat bone between the hips; never at the neck: the chest would lie "
        "between. Not verified."
    ),
    spacing_mm=None,
    leads="Use leads if you sit: nothing may be sat on, or leaned on.",
    skin="Wear clothes that leave the place free.",
    movement=(
        "Stand, and lift that leg out to the side: tension must leap up, and fall when the foot "
        "stands again. For the buttock: squeeze it."
    ),
    mistakes=(
        "Too far forward: lifting the knee shows more than lifting the leg to the side.",
        "Too high, on the bone's edge: lifting the leg hardly shows.",
        "Sitting on an electrode, or tight trousers over it: the trace jumps with every movement.",
        "A thick layer over the muscle makes everything smaller: compare only with yourself.",
    ),
    trouble="movement",
    trouble_words="Clothes and chairs push the electrodes: tape the leads to the skin.",
    status="not verified: no source was read",
    band_hint="wide",
)

_OWN = Site(
    key=OWN,
    name="A place of your own",
    short="own place",
    muscle="",
    sides=_ALL,
    landmarks=(
        "Tense the muscle and feel for its thick middle, which bulges.",
        "The electrodes go there, away from its tendons. Never across the chest.",
    ),
    orientation="Along the muscle's fibres.",
    reference=(
        "On bone of the same limb or the same part of the body, near the pair, such as elbow, "
        "wrist, kneecap or ankle; never where the chest would lie between. Not verified."
    ),
    spacing_mm=None,
    leads="The sensor may sit on its own snaps where it lies flat; else use leads.",
    skin="Choose a place that clothes do not rub.",
    movement=(
        "Do what that muscle does, and only that: tension must leap up, and fall when you let go."
    ),
    mistakes=(
        "On a tendon or a bone: the movement hardly shows.",
        "Across the fibres: little shows, and neighbours show as much.",
        "Put elsewhere the next time: figures of different days do not compare.",
    ),
    trouble="off the muscle",
    trouble_words="Where no muscle lies below, there is nothing but noise: feel for it again.",
    status="not verified: the place is yours; put the electrodes there the same way again",
    band_hint="wide",
)

SITES = {site.key: site for site in (_SHOULDER, _NECK, _JAW, _FOREHEAD, _LOWER_BACK, _HIPS, _OWN)}
