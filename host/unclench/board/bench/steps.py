"""The steps of bench acceptance: what to connect, what each shows, what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from unclench.translation import tr

StepName: TypeAlias = Literal["shorted", "signal", "hands-off", "hands-on", "battery", "charger"]


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    name, title : str
    connect : str
        What to do before it, in a few sentences.
    shows : str
        What it shows, in a sentence.
    before : str or None
        The step on the same sheet that it is compared with.
    worn : bool
        True if the unit may be worn like this. Other steps do not count in the sheet's verdict.
    after : str
        What to do afterwards, whatever the result.
    """

    name: StepName
    title: str
    connect: str
    shows: str
    before: StepName | None = None
    worn: bool = True
    after: str = ""


STEPS = (
    Step(
        "shorted",
        tr("Inputs shorted: the noise floor"),
        tr(
            "Connect all electrodes of each sensor to each other with foil or wire. They lie on "
            "the bench; nobody wears them. The computer runs on its battery."
        ),
        tr(
            "What the unit measures without a signal: its own noise, hum, and the level at which "
            "the sensor rests."
        ),
    ),
    Step(
        "signal",
        tr("A known signal: the gain"),
        tr(
            "Connect the divider to one sensor on the bench; nobody wears the electrodes. Connect "
            "its output between the middle and the end electrode, and its ground side to the "
            "reference electrode too. The source is a phone on its battery, never the sound "
            "output of this computer. The computer runs on its battery, too. Measure the source "
            "in front of the divider with a multimeter (AC, RMS)."
        ),
        tr("Whether the unit shows a microvolt at the electrodes as a microvolt."),
    ),
    Step(
        "hands-off",
        tr("Mains pick-up, hands off"),
        tr(
            "Leave the electrodes connected to each other on the bench; nobody wears them. The "
            "computer runs on its battery. Take your hands and other cables away from the unit."
        ),
        tr("How much hum the unit itself picks up from lamps and cables."),
    ),
    Step(
        "hands-on",
        tr("Mains pick-up, hand on the cable"),
        tr(
            "Leave the electrodes connected to each other on the bench; nobody wears them. The "
            "computer runs on its battery. Put one hand around the sensor's cable, close to the "
            "board."
        ),
        tr("How much hum a body near the cable adds."),
        before="hands-off",
    ),
    Step(
        "battery",
        tr("Computer on its battery"),
        tr(
            "Leave the electrodes connected to each other on the bench; nobody wears them. Unplug "
            "the computer's charger, dock and monitor."
        ),
        tr("The unit as you wear it, for comparison with the charger."),
    ),
    Step(
        "charger",
        tr("Computer on its charger"),
        tr(
            "NOBODY MAY WEAR THE ELECTRODES. Take them off, connect them to each other, and lay "
            "them on the bench. Then plug the charger in."
        ),
        tr(
            "What a charger adds. This does not test safety: never wear the unit with a charger "
            "plugged in, whatever this step finds."
        ),
        before="battery",
        worn=False,
        after=tr("Unplug the charger now. Never wear the unit with it, whatever this step found."),
    ),
)
STEP_OF = {step.name: step for step in STEPS}
ABOUT = tr(
    "The verdict is about the signal, not about safety. The step with the charger does not count, "
    "because you never wear the unit with it."
)
assert tuple(STEP_OF) == get_args(StepName)
