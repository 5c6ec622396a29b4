"""Scores, counted row by row: time below the goal, rest, contractions and recovery."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from unclench.training.placement.values import STAYS_S, TrainedChannel, calm_uv
from unclench.training.rest import RestRun
from unclench.training.session.snapshot import Score

_CONTRACTION_TIMES = 3.0  # times the baseline: a contraction from there on
_CONTRACTION_S = 0.5
AGAIN_TIMES = 2.0  # times the lowest since the last one: a slow fall is not a new contraction


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
        if rest_uv is None or math.isnan(quick_uv):
            return 0
        self.with_rest_n += 1
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


@dataclass(frozen=True)
class Recovered:
    """A contraction and its recovery time."""

    released: int  # sample at which the contraction ended: it fell below half of its peak
    recovery_s: float
    peak_uv: float


def contraction_uv(channel: TrainedChannel) -> float:
    """Return the tension from which it is a contraction; the channel needs a baseline."""
    calm = calm_uv(channel)
    assert channel.baseline is not None
    assert calm is not None
    return max(_CONTRACTION_TIMES * channel.baseline.mean_uv, calm)


class RecoveryWatch:
    """Finds contractions of one channel and measures the recovery time.

    A contraction is tension above three times the baseline for half a second; after another one
    the tension must also have doubled. It ends where the tension last falls below half of its peak.
    Recovery lasts from there until the 1 s RMS stays at or below baseline mean + 2 SD for 3 s.
    There is no norm: compare with the person's own history.
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
        """Start over: rows were missing or untrusted."""
        self._run_n = 0  # consecutive high rows
        self._peak_uv: float | None = None  # of the current or latest contraction
        self._trough_uv = math.inf  # lowest 1 s RMS since its end
        self.recovering = False  # after a contraction, before recovery
        self.released: int | None = None
        self._calm_from: int | None = None

    def start_recovery(self, sample: int) -> None:
        """Time recovery from here on, unless recovery from a contraction is being timed."""
        if self._peak_uv is None:
            self.released = sample
            self._peak_uv = math.inf

    def add(self, sample: int, fast_uv: float, slow_uv: float) -> Recovered | None:
        """Take a row; return a finished recovery. `began` is set when a contraction begins."""
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
        self.recovering = fast_uv < self._peak_uv / 2
        if not self.recovering:
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
