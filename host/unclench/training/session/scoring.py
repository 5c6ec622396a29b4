"""How it goes, counted row by row: time below the goal, rest, contractions and recovery."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from unclench.training.placement.values import REST_S, STAYS_S, TrainedChannel, calm_uv
from unclench.training.session.snapshot import Score

_CONTRACTION_TIMES = 3.0  # times the baseline from which on it is a contraction
_CONTRACTION_S = 0.5
AGAIN_TIMES = 2.0  # times the lowest since the last one: a slow fall is no new contraction


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
    with_rest_n: int = 0  # while the rest level was known
    rest_n: int = 0
    rests: int = 0
    longest_rest_n: int = 0
    credits: int = 0
    contractions: int = 0
    recovery_s: list[float] = field(default_factory=list)
    _run_n: int = 0  # rows of the rest under way

    def score(self) -> Score:
        """What it amounts to."""
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
        """A row that is missing or not to be trusted: nothing counts, and a rest is over."""
        self._run_n = 0

    def add(
        self,
        fast_uv: float,
        slow_uv: float,
        goal_uv: float | None,
        rest_uv: float | None,
        moment_s: float | None,
    ) -> int:
        """Count a row; return the credits that it earns.

        `moment_s` is how long a moment of rest must be to earn one; None where none is earned.
        """
        self.scored_n += 1
        self.sum_uv += fast_uv
        self.lowest_uv = min(self.lowest_uv, slow_uv)
        if goal_uv is not None:
            self.with_goal_n += 1
            self.below_goal_n += fast_uv < goal_uv
        self.with_rest_n += rest_uv is not None
        if rest_uv is None or fast_uv >= rest_uv:
            self._run_n = 0
            return 0
        self._run_n += 1
        rest_n = round(REST_S / self.row_s)
        if self._run_n < rest_n:
            return 0
        first = self._run_n == rest_n
        self.rests += first
        self.rest_n += rest_n if first else 1
        self.longest_rest_n = max(self.longest_rest_n, self._run_n)
        if moment_s is None:
            return 0
        moment_n = max(rest_n, round(moment_s / self.row_s))
        return (self._run_n == moment_n) + (self._run_n % round(1 / self.row_s) == 0)


@dataclass(frozen=True)
class Recovered:
    """A contraction and how long the muscle took to let go of it."""

    released: int  # sample at which the contraction ended: it fell below half of its height
    recovery_s: float
    peak_uv: float


def contraction_uv(channel: TrainedChannel) -> float:
    """Tension from which on it is a contraction; of a channel with a baseline."""
    calm = calm_uv(channel)
    assert channel.baseline is not None
    assert calm is not None
    return max(_CONTRACTION_TIMES * channel.baseline.mean_uv, calm)


class RecoveryWatch:
    """Finds contractions of one channel and times the letting go.

    A contraction is tension above three times the baseline for half a second; behind another one,
    if it has doubled meanwhile. It ends where the tension last falls below half of its height.
    Recovery lasts from there until the 1 s RMS stays at or below baseline mean + 2 SD for 3 s (no
    norm: a person's own history is what to compare with).
    """

    def __init__(self, channel: TrainedChannel, row_n: int, fs_hz: float) -> None:
        calm = calm_uv(channel)
        assert calm is not None
        self._calm_uv = calm
        self._high_uv = contraction_uv(channel)
        self._fs_hz = fs_hz
        self._long_n = round(_CONTRACTION_S * fs_hz / row_n)
        self._stays_n = round(STAYS_S * fs_hz)
        self.began = False
        self.reset()

    def reset(self) -> None:
        """Nothing is known any more: rows were missing or not to be trusted."""
        self._run_n = 0  # of rows that are high, one behind the other
        self._peak_uv: float | None = None  # of the contraction under way, or let go of
        self._trough_uv = math.inf  # lowest 1 s RMS since it was let go of
        self.letting_go = False  # the contraction is over, and not yet recovered from
        self.released: int | None = None
        self._calm_from: int | None = None

    def let_go(self, sample: int) -> None:
        """Time the letting go from here on, unless that of a contraction is under way."""
        if self._peak_uv is None:
            self.released = sample
            self._peak_uv = math.inf

    def add(self, sample: int, fast_uv: float, slow_uv: float) -> Recovered | None:
        """Take a row; return what was recovered from with it. `began` tells of a contraction."""
        self._run_n = self._run_n + 1 if fast_uv >= self._high_uv else 0
        lasting = self._run_n >= self._long_n
        again = slow_uv >= AGAIN_TIMES * self._trough_uv
        self.began = lasting and (self._peak_uv is None or again)
        if self.began:
            self._peak_uv, self._trough_uv = fast_uv, math.inf
        if self._peak_uv is None:
            return None
        if lasting and fast_uv > self._peak_uv:
            self._peak_uv = fast_uv
        self.letting_go = fast_uv < self._peak_uv / 2
        if not self.letting_go:
            self.released = sample
        else:
            self._trough_uv = min(self._trough_uv, slow_uv)
        if self.released is None or not slow_uv <= self._calm_uv:
            self._calm_from = None
            return None
        if self._calm_from is None:
            self._calm_from = sample
        if sample - self._calm_from < self._stays_n:
            return None
        recovery_s = max(0.0, (self._calm_from - self.released) / self._fs_hz)
        done = Recovered(self.released, recovery_s, self._peak_uv)
        self.reset()
        return done
