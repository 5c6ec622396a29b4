"""Programs in words: what a key allows, what a goal means, what a program needs beforehand."""

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
from unclench.translation import tr
from unclench.wording import exactly

_BOUNDS = ("ge", "gt", "le", "min_length", "max_length")


def either(options: Sequence[object]) -> str:
    """Return '"a", "b" or "c"', as in a file."""
    words = [f'"{option}"' if isinstance(option, str) else f"{option}" for option in options]
    if len(words) == 1:
        return words[0]
    return tr("{first} or {last}", first=", ".join(words[:-1]), last=words[-1])


def allowed(field: FieldInfo) -> str:
    """Return the allowed values of a key: "3 to 20 breaths a minute"."""
    for annotation in (field.annotation, *get_args(field.annotation)):
        if get_origin(annotation) is Literal:
            return either(get_args(annotation))
    bounds = _bounds(field)
    if field.annotation is str:
        return _text_allowed(bounds)
    unit = str(field.description)
    if "min_length" in bounds:
        low, high = bounds["min_length"], bounds["max_length"]
        return tr("{low} to {high} {unit}", low=low, high=high, unit=unit)
    if "le" not in bounds:
        return unit
    high = f"{bounds['le']:g}"
    if "gt" in bounds:
        low = f"{bounds['gt']:g}"
        return tr("more than {low}, at most {high} {unit}", low=low, high=high, unit=unit)
    low = f"{bounds['ge']:g}"
    if field.annotation is int:
        return tr("a whole number, {low} to {high}", low=low, high=high)
    return tr("{low} to {high} {unit}", low=low, high=high, unit=unit)


def item_allowed(field: FieldInfo) -> str:
    """Return the allowed items of a list."""
    of_item = get_args(get_args(field.annotation)[0])
    bounds = next((_bounds(info) for info in of_item if isinstance(info, FieldInfo)), None)
    return _text_allowed(bounds) if bounds else tr("a table with a kind, under its heading")


def _bounds(field: FieldInfo) -> dict[str, Any]:
    return {k: getattr(m, k) for m in field.metadata for k in _BOUNDS if hasattr(m, k)}


def _text_allowed(bounds: dict[str, Any]) -> str:
    most = bounds["max_length"]
    if "min_length" in bounds:
        least = bounds["min_length"]
        return tr("a text of {least} to {most} characters", least=least, most=most)
    return tr("a text of at most {most} characters", most=most)


def goal_words(goal: Goal) -> str:
    """Return a goal in words: "below 1.2 times your resting baseline"."""
    if isinstance(goal, FixedGoal):
        return tr("below {uv:g} µV", uv=goal.uv)
    if isinstance(goal, ReferenceGoal):
        return tr("below {percent:g} % of your reference contraction", percent=goal.percent)
    if isinstance(goal, BaselineGoal):
        return tr("below {times:g} times your resting baseline", times=goal.times)
    return tr(
        "below the tension you stayed under for {percentile:g} % of the last {last}, from "
        "{highest:g} down to {lowest:g} times your resting baseline",
        percentile=goal.percentile,
        last=exactly(goal.last_s),
        highest=goal.highest_times,
        lowest=goal.lowest_times,
    )


@dataclass(frozen=True)
class Needs:
    """What a program's goals need, unless the program measures it first."""

    baseline: bool
    reference: bool


def needs(program: Program) -> Needs:
    """Return what a channel needs before a program starts."""
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
