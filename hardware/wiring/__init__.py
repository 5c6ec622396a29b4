"""."""

from __future__ import annotations

from hardware.making import Made

MADE: tuple[Made, ...] = ()
