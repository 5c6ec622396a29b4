"""From electrode to code: gain, filters, noise, ripple and headroom of the sensor unit.

`python -m hardware.frontend` prints the noise budget; `hardware/frontend.md` says what it means.
"""

from __future__ import annotations

from hardware.frontend import pictures, tables, words
from hardware.making import Made, Passage, Picture

_PASSAGES = {
    "meaning": words.meaning,
    "budget": tables.budget_table,
    "parts": tables.parts_table,
    "code": words.code_words,
    "response": tables.response_table,
    "filter": words.filter_words,
    "step": tables.step_table,
    "rest": tables.rest_table,
    "ripple": tables.ripple_table,
    "ripple-words": words.ripple_words,
    "inrush": words.inrush_words,
    "headroom": tables.headroom_table,
    "headroom-words": words.headroom_words,
    "assumed": tables.assumed_table,
}

MADE: tuple[Made, ...] = (
    Picture("hardware/pictures/frontend-response.svg", pictures.response_svg),
    Picture("hardware/pictures/frontend-budget.svg", pictures.budget_svg),
    Picture("hardware/pictures/frontend-step.svg", pictures.step_svg),
    *(Passage("hardware/frontend.md", name, make) for name, make in _PASSAGES.items()),
)
