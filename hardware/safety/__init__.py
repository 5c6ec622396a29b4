"""Safety: the drawing of the risk, the fault table, and the short form that the program shows."""

from __future__ import annotations

from hardware.making import Made, Passage, Picture
from hardware.safety.drawing import risk
from hardware.safety.table import faults_passage, limits_passage, options_passage, short_form

_DOCUMENT = "hardware/safety.md"

MADE: tuple[Made, ...] = (
    Picture("hardware/pictures/safety-risk.svg", risk),
    Passage(_DOCUMENT, "short form", short_form),
    Passage(_DOCUMENT, "limits", limits_passage),
    Passage(_DOCUMENT, "faults", faults_passage),
    Passage(_DOCUMENT, "options", options_passage),
)
