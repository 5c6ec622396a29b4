"""What a session amounts to: kept in session.json, shown at the end."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Phase, Score
from unclench.training.steps.underway import BreathEffect

_OF_SCORE = ("channel", "scored_s", "with_goal_s", "below_goal_s", "credits")


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
        """Plain values, rounded to what they mean.

        Of a score only what the session alone knows: all else is the review's to say.
        """
        plain = asdict(self)
        for holder in (plain, *plain["steps"]):
            holder["score"] = [{key: score[key] for key in _OF_SCORE} for score in holder["score"]]
        for channel in plain["channels"]:  # for sentences before a session, not for its record
            del channel["why_no_baseline"], channel["why_no_reference"]
        plain["answers"] = [{"question": q, "answer": a} for q, a in self.answers]
        return dict(_rounded(plain))


def breath_words(effect: BreathEffect, whole: bool = True) -> str:
    """Whether the exhale lets go, and how sure that is (95 %).

    While a step is under way (not `whole`) only the difference is told: who looks at every breath
    whether it is beyond chance finds that by chance in every twelfth session.
    """
    change, low, high = effect.change, effect.change_low, effect.change_high
    if change is None or low is None or high is None or effect.falls is None:
        have = f" ({effect.breaths})" if effect.breaths else ""
        return f"Too few breaths{'' if whole else ' yet'}{have}."
    if not whole:
        side = "lower" if change < 0 else "higher"
        return f"So far {abs(100 * change):.0f} % {side} on the exhale."
    if not effect.falls:
        return f"No sure fall on the exhale, over {effect.breaths} breaths."
    between = f"{-100 * high:.0f} to {-100 * low:.0f} %"
    return f"Your exhale lets go: {-100 * change:.0f} % lower ({between})."


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return value
