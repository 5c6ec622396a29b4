"""What the engine shows of itself: immutable, replaced as a whole, safe to read from any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench.training.steps.kinds.breathe import Pacer
from unclench.training.steps.step import Cue, Step
from unclench.training.steps.underway import BreathEffect

Phase = Literal["running", "paused", "lost", "done", "ended"]
"""lost: the board is away and the session waits. done: came to its end. ended: ended early."""


@dataclass(frozen=True)
class Score:
    """How a stretch went, for the channel it names; times in seconds of trusted signal.

    All of it is confirmed: it lags by the time in which lost contact is noticed.
    """

    channel: str
    scored_s: float = 0.0
    mean_uv: float | None = None
    lowest_uv: float | None = None
    with_goal_s: float = 0.0  # of the scored time, how long there was a goal
    below_goal_s: float = 0.0
    with_rest_s: float = 0.0  # of the scored time, how long the rest level was known
    rest_s: float = 0.0  # below it
    rests: int = 0  # moments of rest of 0.2 s and longer
    longest_rest_s: float = 0.0
    credits: int = 0
    contractions: int = 0
    recovery_s: tuple[float, ...] = ()  # of each contraction that was recovered from

    @property
    def below_goal(self) -> float | None:
        """Share of the time with a goal that was spent below it."""
        return self.below_goal_s / self.with_goal_s if self.with_goal_s else None

    @property
    def rest_share(self) -> float | None:
        """Share of the time with a known rest level that was spent at rest."""
        return self.rest_s / self.with_rest_s if self.with_rest_s else None


@dataclass(frozen=True)
class Snapshot:
    """How a session stands."""

    sample: int  # of the newest row seen, on the stream's count
    phase: Phase
    step_number: int  # from 0
    n_steps: int
    step: Step
    part: int  # of the step, from 0
    step_s: float  # seconds into the step, pauses left out
    step_left_s: float | None  # None: waits for a person
    session_s: float  # seconds since the session began, pauses left out
    session_left_s: float  # at most, questions left out
    cue: Cue
    pacer: Pacer | None
    goal_uv: tuple[float | None, ...]  # for each channel trained
    tension_uv: tuple[float | None, ...]  # of the newest row; None where there is none to trust
    below: bool | None  # every trained channel is below its goal; None: no goal, or not known
    scoring: bool
    why_not: str  # in words, where not scoring: "no contact on Left shoulder"
    rest_level_uv: tuple[float | None, ...]
    rest_level_why: str
    score: tuple[Score, ...]  # of the session, for each channel trained
    step_score: tuple[Score, ...]  # of this step
    breath: tuple[BreathEffect, ...]  # of this breathing step; empty outside of one
    progress: str  # in words: how far the step is, where there is more to say than the time
    recovering_s: float | None  # since the last contraction ended, while not yet recovered
    notes: tuple[str, ...]  # what a person should know: "goal raised to the noise floor ..."
