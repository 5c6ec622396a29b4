"""From electrode to code: gain, filters, noise, ripple and headroom of the sensor unit.

`python -m hardware.frontend` prints the noise budget; `hardware/frontend.md` says what it means.
"""

from __future__ import annotations

from hardware.frontend import tables
from hardware.making import Made, Passage

_DOCUMENT = "hardware/frontend.md"

MADE: tuple[Made, ...] = (
    Passage(_DOCUMENT, "budget", tables.budget_table),
    Passage(_DOCUMENT, "parts", tables.parts_table),
)
