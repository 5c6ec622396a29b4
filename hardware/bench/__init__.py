"""The bench: how the known signal is connected, what is expected, and what a run looks like."""

from __future__ import annotations

from hardware.bench.drawing import divider
from hardware.bench.passages import commands, errors, example, expected, reach
from hardware.making import Made, Passage, Picture

_DOCUMENT = "hardware/acceptance.md"

MADE: tuple[Made, ...] = (
    Picture("hardware/pictures/bench-divider.svg", divider),
    Passage(_DOCUMENT, "expected", expected),
    Passage(_DOCUMENT, "reach", reach),
    Passage(_DOCUMENT, "errors", errors),
    Passage(_DOCUMENT, "commands", commands),
    Passage(_DOCUMENT, "example", example),
)
