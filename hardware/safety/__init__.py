"""Safety: the fault table, computed. Words and the drawing of the risk are in `safety.md`."""

from __future__ import annotations

from hardware.making import Made, Passage
from hardware.safety.table import faults_passage, limits_passage, options_passage

_DOCUMENT = "hardware/safety.md"

MADE: tuple[Made, ...] = (
    Passage(_DOCUMENT, "faults", faults_passage),
    Passage(_DOCUMENT, "limits", limits_passage),
    Passage(_DOCUMENT, "options", options_passage),
)
