"""Programs in words: what a key allows, what a goal means, what must be known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from unclench.training.programs.program import Program
from unclench.training.steps.goal import (
    BaselineGoal,
    FixedGoal,
    Goal,
    ReferenceGoal,
    ShapingGoal,
)
from unclench.wording import exactly

_BOUNDS = ("ge", "gt", "le", "min_length", "max_length")


def either(options: Sequence[object]) -> str:
    """Return '"a", "b" or "c"', as a file has them."""
    words = [f'"{option}"' if isinstance(option, str) else f"{option}" for option in options]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def allowed(field: FieldInfo) -> str:
    """Return what a key may be: "3 to 20 breaths a minute"."""
    for annotation in (field.annotation, *get_args(field.annotation)):
        if get_origin(annotation) is Literal:
            return either(get_args(annotation))
    bounds = _bounds(field)
    if field.annotation is str:
        return _text_allowed(bounds)
    if "min_length" in bounds:
        return f"{bounds['min_length']} to {bounds['max_length']} {field.description}"
    if "le" not in bounds:
        return str(field.description)
    low = f"more than {bounds['gt']:g}, at most" if "gt" in bounds else f"{bounds['ge']:g} to"
    number = f"{low} {bounds['le']:g}"
    return (
        f"a whole number, {number}" if field.annotation is int else f"{number} {field.description}"
    )


def item_allowed(field: FieldInfo) -> str:
    """Return what the items of a list may be."""
    of_item = get_args(get_args(field.annotation)[0])
    bounds = next((_bounds(info) for info in of_item if isinstance(info, FieldInfo)), None)
    return _text_allowed(bounds) if bounds else "a table with a kind, under its heading"


def _bounds(field: FieldInfo) -> dict[str, Any]:
    return {k: getattr(m, k) for m in field.metadata for k in _BOUNDS if hasattr(m, k)}


def _text_allowed(bounds: dict[str, Any]) -> str:
    least = f"{bounds['min_length']} to" if "min_length" in bounds else "at most"
    return f"a text of {least} {bounds['max_length']} characters"


def goal_words(goal: Goal) -> str:
    """Return what a goal asks for: "below 1.2 times your resting baseline"."""
    if isinstance(goal, FixedGoal):
        return f"below {goal.uv:g} µV"
    if isinstance(goal, ReferenceGoal):
        return f"below {goal.percent:g} % of your reference contraction"
    if isinstance(goal, BaselineGoal):
        return f"below {goal.times:g} times your resting baseline"
    return (
        f"below what you reached {goal.percentile:g} % of the last {exactly(goal.last_s)}, "
        f"from {goal.highest_times:g} down to {goal.lowest_times:g} times your resting baseline"
    )


@dataclass(frozen=True)
class Needs:
    """What a program's goals go by and what it does not measure first itself."""

    baseline: bool
    reference: bool


def needs(program: Program) -> Needs:
    """Return what has to be known of a channel before a program starts."""
    known: set[str] = set()
    missing: set[str] = set()
    for step in program.flat():
        if step.measures:
            known.add(step.measures)
        if step.needs_baseline:
            missing |= {"baseline"} - known
        if step.goal and not step.measures:
            base = "baseline" if isinstance(step.goal, ShapingGoal) else step.goal.kind
            missing |= {base} - known
    return Needs("baseline" in missing, "reference" in missing)
