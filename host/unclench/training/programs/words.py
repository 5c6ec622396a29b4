"""Programs in words: what a key allows, what a step does, what a goal means, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from unclench.training.programs import program as p


def _kind(model: type[BaseModel]) -> str:
    return str(get_args(model.model_fields["kind"].annotation)[0])


_STEPS: tuple[type[BaseModel], ...] = (*get_args(p.LeafStep), p.Repeat)
_GOALS: tuple[type[BaseModel], ...] = get_args(get_args(p.Goal)[0])
STEPS = {_kind(model): model for model in _STEPS}
GOALS = {_kind(model): model for model in _GOALS}

_MEASURING = (p.Baseline, p.Reference)  # a goal means nothing in these
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
    bounds = next(_bounds(info) for info in of_item if isinstance(info, FieldInfo))
    return _text_allowed(bounds) if bounds else "a table with a kind, under its heading"


def _bounds(field: FieldInfo) -> dict[str, Any]:
    return {k: getattr(m, k) for m in field.metadata for k in _BOUNDS if hasattr(m, k)}


def _text_allowed(bounds: dict[str, Any]) -> str:
    least = f"{bounds['min_length']} to" if "min_length" in bounds else "at most"
    return f"a text of {least} {bounds['max_length']} characters"


def time_words(seconds: float) -> str:
    """Return "45 s", "2 min", "1 h 1 min 30 s"; to a tenth of a second below a minute."""
    if seconds < 60:
        return f"{round(seconds, 1):g} s"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def goal_words(goal: p.Goal) -> str:
    """Return what a goal asks for: "below 1.2 times your resting baseline"."""
    if isinstance(goal, p.FixedGoal):
        return f"below {goal.uv:g} µV"
    if isinstance(goal, p.ReferenceGoal):
        return f"below {goal.percent:g} % of your reference contraction"
    if isinstance(goal, p.BaselineGoal):
        return f"below {goal.times:g} times your resting baseline"
    return (
        f"below what you reached {goal.percentile:g} % of the last {time_words(goal.last_s)}, "
        f"from {goal.highest_times:g} down to {goal.lowest_times:g} times your resting baseline"
    )


def step_words(step: p.Step) -> str:
    """Return what a step asks of a person, with its times; its title left out."""
    if isinstance(step, p.Settle):
        return f"Settle for {time_words(step.seconds)}"
    if isinstance(step, p.Baseline):
        return f"Rest for {time_words(step.seconds)}: your resting baseline"
    if isinstance(step, p.Breathe):
        return _breathe_words(step)
    if isinstance(step, p.Relax):
        times = "once" if step.times == 1 else f"{step.times} times"
        return (
            f"Tense for {time_words(step.tense_s)}, release for {time_words(step.release_s)}, "
            f"{times} each: {', '.join(step.groups)}"
        )
    if isinstance(step, p.Hold):
        most = time_words(step.at_most_s)
        return f"Stay below the goal for {time_words(step.seconds)} in one piece; at most {most}"
    if isinstance(step, p.RestCredit):
        moment = time_words(step.moment_s)
        return f"Collect moments of rest of {moment} for {time_words(step.seconds)}"
    if isinstance(step, p.Task):
        return f"Do something and stay low for {time_words(step.seconds)}"
    if isinstance(step, p.Stressor):
        return f"Something that stresses for {time_words(step.seconds)}"
    if isinstance(step, p.Recover):
        return f"Let go for {time_words(step.seconds)}"
    if isinstance(step, p.Reference):
        strength = "gently" if step.strength == "gentle" else "as hard as you can"
        times = "once" if step.times == 1 else f"{step.times} times"
        return (
            f"Tense {strength} for {time_words(step.tense_s)}, release for "
            f"{time_words(step.release_s)}, {times}: your reference contraction"
        )
    if isinstance(step, p.Reflect):
        how = "in words" if step.answer == "words" else f"0 {step.low}, 10 {step.high}"
        return f"{step.question} ({how})"
    return f"{step.times} times:"


def _breathe_words(step: p.Breathe) -> str:
    ramp = "" if step.end_rate_per_min is None else f" to {step.end_rate_per_min:g}"
    rate = f"{step.rate_per_min:g}{ramp} breaths a minute"
    parts = (
        *(("in", step.inhale), ("hold", step.hold_in)),
        *(("out", step.exhale), ("hold", step.hold_out)),
    )
    shape = ", ".join(f"{name} {part:g}" for name, part in parts if part)
    return f"Breathe at {rate} for {time_words(step.seconds)} ({shape})"


@dataclass(frozen=True)
class Needs:
    """What a program's goals go by and what it does not measure first itself."""

    baseline: bool
    reference: bool


def needs(program: p.Program) -> Needs:
    """Return what has to be known of a channel before a program starts."""
    known: set[str] = set()
    missing: set[str] = set()
    for step in program.flat():
        if isinstance(step, p.Baseline | p.Reference):
            known.add(step.kind)
        if isinstance(step, p.RestCredit):  # rest is told from the baseline, whatever the goal
            missing |= {"baseline"} - known
        if step.goal and not isinstance(step, _MEASURING):
            base = "baseline" if isinstance(step.goal, p.ShapingGoal) else step.goal.kind
            missing |= {base} - known
    return Needs("baseline" in missing, "reference" in missing)
