"""What a session amounts to: kept in session.json, shown at the end."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from unclench.training.snapshot import BreathEffect, Phase, Score
from unclench.training.values import TrainedChannel


@dataclass(frozen=True)
class StepOutcome:
    """One step that was scored."""

    number: int  # from 0
    kind: str
    title: str
    score: tuple[Score, ...]  # for each channel trained
    breath: tuple[BreathEffect, ...]


@dataclass(frozen=True)
class Outcome:
    """A session, summed up."""

    program: str
    title: str
    state: Phase
    channels: tuple[TrainedChannel, ...]
    score: tuple[Score, ...]
    steps: tuple[StepOutcome, ...]
    answers: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to what they mean."""
        plain = asdict(self)
        plain["answers"] = [{"question": q, "answer": a} for q, a in self.answers]
        return dict(_rounded(plain))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return value
