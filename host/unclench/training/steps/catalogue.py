"""All kinds of steps. What stands under [[step]] is one of them, selected by its `kind`.

Every module of `kinds/` is imported, so a new kind is a new module: see CONTRIBUTING.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from unclench.training.steps import kinds
from unclench.training.steps.goal import Goal
from unclench.training.steps.step import KINDS, Entry, Step, step_kind
from unclench.translation import tr, trn

__all__ = ["KINDS", "AnyEntry", "Repeat", "flattened", "kind_of"]


class _ByKind:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {name: handler.generate_schema(model) for name, model in KINDS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="kind")


AnyEntry: TypeAlias = Annotated[Entry, _ByKind()]


def flattened(entries: Sequence[Entry], goal: Goal | None) -> tuple[Step, ...]:
    """Return all steps in order, repetitions expanded, each with the goal that applies to it."""
    return tuple(step for entry in entries for step in entry.flat(goal))


def kind_of(name: str) -> type[Step]:
    """Return the kind with this name; a plain `Step` if unknown, as in a newer session."""
    kind = KINDS.get(name, Step)
    return kind if issubclass(kind, Step) else Step


def _read_kinds() -> None:
    for module in pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}."):
        importlib.import_module(module.name)
    in_order = sorted(KINDS.items(), key=lambda named: (named[1].listed, named[0]))
    KINDS.clear()
    KINDS.update(in_order)


_read_kinds()


@step_kind
class Repeat(Entry):
    """Steps that are repeated."""

    kind: Literal["repeat"]
    times: int = Field(ge=1, le=50, description=tr("times"))
    step: tuple[AnyEntry, ...] = Field(
        min_length=1, max_length=50, strict=False, description=tr("steps, each under [[step.step]]")
    )

    def inner(self) -> Sequence[Entry]:
        return self.step

    def flat(self, goal: Goal | None) -> tuple[Step, ...]:
        return flattened(self.step, goal) * self.times

    def n_steps(self) -> int:
        return self.times * sum(entry.n_steps() for entry in self.step)

    def longest_s(self) -> float:
        return self.times * sum(entry.longest_s() for entry in self.step)

    def in_words(self) -> str:
        return trn("Once:", "{n} times:", self.times)


Repeat.model_rebuild(force=True)  # a repeat may hold a repeat
