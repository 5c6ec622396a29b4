"""What a training program is: steps in order, and a goal. Values only; `file` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from unclench.training.steps.catalogue import AnyEntry, flattened
from unclench.training.steps.goal import GOAL_EXAMPLE, Goal
from unclench.training.steps.step import Entry, Step
from unclench.training.steps.values import Part, Where, Words, refuse

MAX_STEPS = 500  # repetitions written out
MAX_S = 4 * 3600.0
MAX_DEPTH = 3  # of repeats within repeats

SiteKey: TypeAlias = Literal["shoulder", "neck", "jaw", "forehead", "lower-back", "hips"]
SITE_KEYS: tuple[SiteKey, ...] = get_args(SiteKey)


class Program(Part):
    """One program, as its file has it."""

    format: Literal[1] = 1
    title: Words = Field(min_length=1, max_length=60)
    purpose: Words = Field(min_length=1, max_length=400)  # what it is for
    evidence: Words = Field(min_length=1, max_length=600)
    site: SiteKey | None = None  # the site it is meant for; any unless given
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)
    step: tuple[AnyEntry, ...] = Field(
        min_length=1, max_length=100, strict=False, description="steps, each under [[step]]"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Program:
        mistakes: list[tuple[Where, str]] = []
        for where, entry in _walk(self.step):
            if entry.inner() and len(where) // 2 == MAX_DEPTH + 1:
                allowed = f"at most {MAX_DEPTH} may lie within one another"
                mistakes.append((where, f"this repeat lies too deep; {allowed}"))
            if entry.lacks_goal(self.goal):
                needed = "give it one, or give one to the whole program"
                mistakes.append((where, f"there is no goal to stay below; {needed}"))
        n_steps = sum(entry.n_steps() for entry in self.step)
        if n_steps > MAX_STEPS:
            found = f"there are {n_steps} steps, repetitions written out"
            mistakes.append((("step",), f"{found}; at most {MAX_STEPS} are allowed"))
        hours = self.longest_s() / 3600
        if hours > MAX_S / 3600:
            found = f"the steps take up to {hours:.3g} hours"
            mistakes.append((("step",), f"{found}; at most {MAX_S / 3600:g} are allowed"))
        refuse(*mistakes)
        return self

    def flat(self) -> tuple[Step, ...]:
        """All steps in order, repetitions written out, each with the goal that holds in it."""
        return flattened(self.step, self.goal)

    def longest_s(self) -> float:
        """How long it takes at most, questions left out."""
        return sum(entry.longest_s() for entry in self.step)


def _walk(entries: Sequence[Entry], above: Where = ()) -> Iterator[tuple[Where, Entry]]:
    """Every entry as it is written, with its place in the file."""
    for k, entry in enumerate(entries):
        where = (*above, "step", k)
        yield where, entry
        yield from _walk(entry.inner(), where)
