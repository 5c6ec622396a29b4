"""Scores, counted row by row: time below the goal and rest; contractions are counted here, too."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from unclench.training.rest import RestRun
from unclench.training.session.snapshot import Score


@dataclass
class Tally:
    """One channel's counts over a stretch: the session, or one step. Rows are `row_s` long."""

    channel: str
    row_s: float
    scored_n: int = 0
    sum_uv: float = 0.0
    lowest_uv: float = math.inf
    with_goal_n: int = 0
    below_goal_n: int = 0
    with_rest_n: int = 0  # with a known rest level
    rest_n: int = 0
    rests: int = 0
    longest_rest_n: int = 0
    credits: int = 0
    contractions: int = 0
    recovery_s: list[float] = field(default_factory=list)
    _rest: RestRun = field(init=False)

    def __post_init__(self) -> None:
        self._rest = RestRun(self.row_s)

    def score(self) -> Score:
        """The score so far."""
        n, row_s = self.scored_n, self.row_s
        return Score(
            self.channel,
            scored_s=n * row_s,
            mean_uv=self.sum_uv / n if n else None,
            lowest_uv=self.lowest_uv if math.isfinite(self.lowest_uv) else None,
            with_goal_s=self.with_goal_n * row_s,
            below_goal_s=self.below_goal_n * row_s,
            with_rest_s=self.with_rest_n * row_s,
            rest_s=self.rest_n * row_s,
            rests=self.rests,
            longest_rest_s=self.longest_rest_n * row_s,
            credits=self.credits,
            contractions=self.contractions,
            recovery_s=tuple(self.recovery_s),
        )

    def miss(self) -> None:
        """Take a missing or untrusted row: nothing counts, and a rest ends."""
        self._rest.reset()

    def add(
        self,
        fast_uv: float,
        slow_uv: float,
        quick_uv: float,
        goal_uv: float | None,
        rest_uv: float | None,
        moment_s: float | None,
    ) -> int:
        """Count a row; return the credits it earns.

        `moment_s` is how long a moment of rest must be to earn a credit; None: no credits.
        """
        self.scored_n += 1
        self.sum_uv += fast_uv
        self.lowest_uv = min(self.lowest_uv, slow_uv)
        if goal_uv is not None:
            self.with_goal_n += 1
            self.below_goal_n += fast_uv < goal_uv
        if rest_uv is None:
            self._rest.reset()
            return 0
        self.with_rest_n += not math.isnan(quick_uv)
        new_n = self._rest.add(quick_uv, rest_uv)
        run_n = self._rest.length_n
        self.rests += new_n == run_n > 0
        self.rest_n += new_n
        self.longest_rest_n = max(self.longest_rest_n, run_n)
        if moment_s is None or not new_n:
            return 0
        second_n, moment_n = round(1 / self.row_s), round(moment_s / self.row_s)
        seconds = run_n // second_n - (run_n - new_n) // second_n
        return seconds + (run_n - new_n < moment_n <= run_n)
