"""The result of a session: kept in session.json, shown at the end."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Phase, Score
from unclench.training.steps.underway import BreathEffect
from unclench.translation import tr, trn

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
    moved: tuple[int, ...] = ()  # channels whose sensor was moved since their calibration

    def to_json(self) -> dict[str, Any]:
        """Return plain values, rounded to meaningful digits.

        Of a score only what the session alone knows: the review computes the rest.
        """
        plain = asdict(self)
        for holder in (plain, *plain["steps"]):
            holder["score"] = [{key: score[key] for key in _OF_SCORE} for score in holder["score"]]
        for channel in plain["channels"]:  # sentences for before a session, not for the record
            del channel["why_no_baseline"], channel["why_no_reference"]
        plain["answers"] = [{"question": q, "answer": a} for q, a in self.answers]
        return dict(_rounded(plain))


def breath_words(effect: BreathEffect, whole: bool = True) -> str:
    """Say whether tension falls on the exhale, with its 95 % confidence interval.

    During a step (not `whole`) the words give only the difference: testing for chance after every
    breath would find an effect by chance in one of twelve sessions.
    """
    change, low, high = effect.change, effect.change_low, effect.change_high
    if change is None or low is None or high is None or effect.falls is None:
        if whole:
            return tr("Too few breaths ({n}).", n=effect.breaths)
        return tr("Too few breaths yet ({n}).", n=effect.breaths)
    percent = abs(100 * change)
    if not whole:
        if percent < 0.5:
            return tr("So far the same on the exhale.")
        if change < 0:
            return tr("So far {percent:.0f} % lower on the exhale.", percent=percent)
        return tr("So far {percent:.0f} % higher on the exhale.", percent=percent)
    if not effect.falls:
        return trn(
            "No clear fall on the exhale in {n} breath.",
            "No clear fall on the exhale in {n} breaths.",
            effect.breaths,
        )
    return tr(
        "You let go as you breathe out: {percent:.0f} % lower ({least:.0f} to {most:.0f} %).",
        percent=percent,
        least=-100 * high,
        most=-100 * low,
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return value
