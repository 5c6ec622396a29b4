"""Everything that is generated, in the order in which a reader meets it."""

from __future__ import annotations

from hardware import frontend, placement, safety, wiring
from hardware.making import Made

EVERYTHING: tuple[Made, ...] = (*wiring.MADE, *frontend.MADE, *placement.MADE, *safety.MADE)
