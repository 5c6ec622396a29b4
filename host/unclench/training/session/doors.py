"""The types at the engine's doors, beside `Snapshot`, `Outcome` and `Rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.step import Action


@dataclass(frozen=True)
class Asked:
    """What is asked of a person from a moment on; for one who is virtual."""

    sample: int
    action: Action | Literal["nothing"]  # nothing: paused, or over
    step_s: float  # into the step at that moment
    session_s: float
    pacer: Pacer | None
    goal_uv: float | None  # the lowest of the channels'
