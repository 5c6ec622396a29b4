"""The engine's state for others: immutable, replaced as a whole, safe to read from any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.step import Cue, Question, Step
from unclench.training.steps.underway import BreathEffect

Phase = Literal["running", "paused", "asked", "lost", "done", "ended"]
"""asked: it waits for an answer. lost: it waits for the board. done: complete. ended: early."""


@dataclass(frozen=True)
class Score:
    """Score of one channel over a session or step; times in seconds of trusted signal.

    It uses confirmed rows: it lags by the time in which lost contact shows.
    """

    channel: str
    scored_s: float = 0.0
    mean_uv: float | None = None
    lowest_uv: float | None = None
    with_goal_s: float = 0.0  # scored time with a goal
    below_goal_s: float = 0.0
    with_rest_s: float = 0.0  # scored time with a known rest level
    rest_s: float = 0.0  # below it
    rests: int = 0  # moments of rest of 0.2 s and longer
    longest_rest_s: float = 0.0
    credits: int = 0
    contractions: int = 0
    recovery_s: tuple[float, ...] = ()  # of each contraction with a recovery

    @property
    def below_goal(self) -> float | None:
        """Share of the time with a goal that was below it."""
        return self.below_goal_s / self.with_goal_s if self.with_goal_s else None

    @property
    def rest_share(self) -> float | None:
        """Share of the time with a known rest level that was at rest."""
        return self.rest_s / self.with_rest_s if self.with_rest_s else None


@dataclass(frozen=True)
class Snapshot:
    """State of a session."""

    sample: int  # of the newest row, on the stream's count
    phase: Phase
    step_number: int  # from 0
    n_steps: int
    step: Step
    part: int  # of the step, from 0
    step_s: float  # seconds into the step, pauses left out
    step_left_s: float | None  # None: waits for the person
    session_s: float  # seconds since the session began, pauses left out
    session_left_s: float  # at most, questions left out
    cue: Cue
    pacer: Pacer | None
    question: Question | None  # that it waits for
    goal_uv: tuple[float | None, ...]  # for each channel trained
    tension_uv: tuple[float | None, ...]  # of the newest row; None if it is not trusted
    below: bool | None  # every trained channel is below its goal; None: no goal, or not known
    scoring: bool
    why_not: str  # why it is not scoring, in words: "no contact on Left shoulder"
    rest_level_uv: tuple[float | None, ...]
    rest_level_why: str
    score: tuple[Score, ...]  # of the session, for each channel trained
    step_score: tuple[Score, ...]  # of this step
    breath: tuple[BreathEffect, ...]  # of this step, if it has a pacer
    progress: str  # in words, if there is more to say than the time
    recovering_s: float | None  # since the last contraction ended, until recovery
    notes: tuple[str, ...]  # sentences for the person, such as a refused goal

    @property
    def picture(self) -> str:
        """Name of the picture in the middle of the page; a question comes first."""
        return "question" if self.question else self.step.picture
