"""A training program: steps in order, and a goal. Values only; `file` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from unclench.training.steps.catalogue import AnyEntry, flattened
from unclench.training.steps.goal import GOAL_EXAMPLE, Goal
from unclench.training.steps.step import Entry, Step
from unclench.training.steps.values import Part, Where, Words, refuse
from unclench.translation import tr

MAX_STEPS = 500  # repetitions included
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
    site: SiteKey | None = None  # the site it is meant for; None: any
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)
    step: tuple[AnyEntry, ...] = Field(
        min_length=1, max_length=100, strict=False, description=tr("steps, each under [[step]]")
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Program:
        mistakes: list[tuple[Where, str]] = []
        for where, entry in _walk(self.step):
            if entry.inner() and len(where) // 2 == MAX_DEPTH + 1:
                words = tr(
                    "too many repeats within one another; at most {n} are allowed", n=MAX_DEPTH
                )
                mistakes.append((where, words))
            if entry.lacks_goal(self.goal):
                words = tr("there is no goal to stay below; give the step or the program a goal")
                mistakes.append((where, words))
        n_steps = sum(entry.n_steps() for entry in self.step)
        if n_steps > MAX_STEPS:
            words = tr(
                "{n} steps, repetitions included, are too many; at most {most} are allowed",
                n=n_steps,
                most=MAX_STEPS,
            )
            mistakes.append((("step",), words))
        hours = self.longest_s() / 3600
        if hours > MAX_S / 3600:
            words = tr(
                "the steps take up to {hours:.3g} hours; at most {most:g} are allowed",
                hours=hours,
                most=MAX_S / 3600,
            )
            mistakes.append((("step",), words))
        refuse(*mistakes)
        return self

    def flat(self) -> tuple[Step, ...]:
        """Return all steps in order, repetitions expanded, each with the goal that applies."""
        return flattened(self.step, self.goal)

    def longest_s(self) -> float:
        """Longest time in seconds, without questions."""
        return sum(entry.longest_s() for entry in self.step)


def _walk(entries: Sequence[Entry], above: Where = ()) -> Iterator[tuple[Where, Entry]]:
    """Yield every entry of the file, with its place in it."""
    for k, entry in enumerate(entries):
        where = (*above, "step", k)
        yield where, entry
        yield from _walk(entry.inner(), where)
