"""The steps of bench acceptance: what to connect, what each shows, and with what it is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

StepName: TypeAlias = Literal["shorted", "signal", "hands-off", "hands-on", "battery", "charger"]


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    name, title : str
    connect : str
        What to do before it, in a sentence or two.
    shows : str
        What it is good for, in a sentence.
    before : str or None
        The step it is compared with, of the same sheet.
    worn : bool
        Whether the unit is ever worn like this; what is not does not count in the sheet's verdict.
    after : str
        What must be done when it is over, whatever it found.
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
        "Inputs shorted: the noise floor",
        "Connect all electrodes of each sensor to each other, with foil or wire, on the bench and "
        "on no body. The computer runs on its battery.",
        "What the unit reads where there is nothing to read: its own noise, hum, and the level at "
        "which the sensor rests.",
    ),
    Step(
        "signal",
        "A known signal: the gain",
        "Connect the divider to one sensor, on the bench and on no body: its output between the "
        "middle and the end electrode, its cold side to the reference too. The source is a phone "
        "on its battery, never the sound output of this computer, which runs on its battery, too. "
        "Measure the source in front of the divider with a multimeter (AC, RMS).",
        "Whether a microvolt at the electrodes is shown as a microvolt.",
    ),
    Step(
        "hands-off",
        "Mains pick-up, hands off",
        "Leave the electrodes connected to each other, on the bench and on no body. The computer "
        "runs on its battery. Take your hands and other cables away from the unit.",
        "How much hum of lamps and cables the unit picks up by itself.",
    ),
    Step(
        "hands-on",
        "Mains pick-up, hand on the cable",
        "Leave the electrodes connected to each other, on the bench and on no body: nobody wears "
        "the unit. The computer runs on its battery. Put one hand around the sensor's cable, close "
        "to the board.",
        "How much hum a body near the cable brings into the unit.",
        before="hands-off",
    ),
    Step(
        "battery",
        "Computer on its battery",
        "Leave the electrodes connected to each other, on the bench and on no body. Unplug the "
        "computer's charger, dock and monitor.",
        "The unit as it is worn, to compare the charger with.",
    ),
    Step(
        "charger",
        "Computer on its charger",
        "NOBODY MAY WEAR THE ELECTRODES: take them off, connect them to each other, and lay them "
        "on the bench. Then plug the charger in.",
        "What a charger adds. It is no test of safety: the unit is never worn with a charger "
        "plugged in, whatever this step finds.",
        before="battery",
        worn=False,
        after="Unplug the charger now: the unit is never worn with it, whatever this step found.",
    ),
)
STEP_OF = {step.name: step for step in STEPS}
ABOUT = (
    "Good, usable or not usable is about the signal, not about safety. The step with the charger "
    "does not count, since the unit is never worn so."
)
assert tuple(STEP_OF) == get_args(StepName)
