"""What a contraction is, and how long it takes to let go: one rule, live and in reviews."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from unclench.training.placement.values import STAYS_S, TrainedChannel, calm_uv

_TIMES = 3.0  # times the baseline: a contraction from there on
_AGAIN_TIMES = 2.0  # times the lowest since the last one: a slow fall is not a new contraction

LASTING_S = 0.3
"""How long tension must be high to be a contraction: longer than a click, which fills one window of
0.25 s."""

Ending = Literal["recovered", "again", "lost", "end"]
"""recovered: at rest again. again: another contraction began before. lost: the signal was lost.
end: the recording ended."""


@dataclass(frozen=True)
class Found:
    """A contraction that is over, or a recovery that a step asked for (`start` is None).

    `start` and `stop` are samples; `recovery_s` is known if it ended with recovery.
    """

    start: int | None
    stop: int
    peak_uv: float
    ending: Ending
    recovery_s: float | None = None


class ContractionWatch:
    """Finds contractions of one channel and measures the recovery time, row by row.

    A contraction is tension (RMS envelope) at or above three times the baseline for 0.3 s. It
    begins with the first such row and ends with the last row of at least half its height. The next
    contraction begins where tension has doubled since then; a slow fall does not start one. The
    recovery time runs from the end until the 1 s RMS stays at or below baseline mean + 2 SD for
    3 s. There is no norm for it: compare with the person's own history.

    Parameters
    ----------
    channel
        Needs a baseline.
    fs_hz
        Samples a second.
    since
        Rows before this sample are passed over: the baseline was not known yet.
    """

    def __init__(self, channel: TrainedChannel, fs_hz: float, since: int = 0) -> None:
        calm = calm_uv(channel)
        assert calm is not None
        assert channel.baseline is not None
        self.baseline = channel.baseline
        self._calm_uv = calm
        self._high_uv = max(_TIMES * channel.baseline.mean_uv, calm)
        self._fs_hz, self._since = fs_hz, since
        self._lasting_n, self._stays_n = round(LASTING_S * fs_hz), round(STAYS_S * fs_hz)
        self._reset()

    def _reset(self) -> None:
        self.began = False  # whether a contraction has become certain with the latest row
        self.recovering = False  # after a contraction, before recovery
        self._start: int | None = None  # of the current contraction, or the last one
        self._stop: int | None = None  # None: there is none, and no recovery is timed
        self._peak_uv, self._trough_uv = math.inf, math.inf
        self._rising: int | None = None  # sample since which tension is high enough
        self._rising_uv = 0.0  # its highest since then
        self._calm_from: int | None = None

    @property
    def released(self) -> int | None:
        """Sample at which the contraction ended whose recovery is being timed."""
        return self._stop if self.recovering else None

    def start_recovery(self, sample: int) -> None:
        """Time recovery from here on, unless recovery from a contraction is being timed."""
        if self._stop is None:
            self._stop = sample

    def add(self, sample: int, fast_uv: float, slow_uv: float) -> Found | None:
        """Take the next trusted row; return what ended with it."""
        self.began = False
        if sample < self._since:
            return None
        done = self._rise(sample, fast_uv)
        if self._stop is None:
            return done
        self.recovering = fast_uv < self._peak_uv / 2
        if self.recovering:
            self._trough_uv = min(self._trough_uv, fast_uv)
        elif self._rising is None:  # still the same contraction
            self._stop, self._peak_uv = sample, max(self._peak_uv, fast_uv)
        if not (self.recovering and slow_uv <= self._calm_uv):
            self._calm_from = None
        elif self._calm_from is None:
            self._calm_from = sample
        elif sample - self._calm_from >= self._stays_n:
            recovery_s = max(0.0, (self._calm_from - self._stop) / self._fs_hz)
            return self._close("recovered", recovery_s)
        return done

    def lose(self) -> Found | None:
        """Take a missing or untrusted row; return the contraction that this cuts short."""
        return self._close("lost")

    def finish(self) -> Found | None:
        """End: return the contraction without recovery yet."""
        return self._close("end")

    def _rise(self, sample: int, fast_uv: float) -> Found | None:
        """Begin a contraction if tension is high for long enough; return the one before it."""
        needed_uv = self._high_uv
        if self._start is not None:
            needed_uv = max(needed_uv, _AGAIN_TIMES * self._trough_uv)
        if fast_uv < needed_uv:
            self._rising = None
            return None
        if self._rising is None:
            self._rising, self._rising_uv = sample, fast_uv
        self._rising_uv = max(self._rising_uv, fast_uv)
        if sample - self._rising < self._lasting_n:
            return None
        begin, peak_uv = self._rising, self._rising_uv
        before = self._close("again")
        self._start, self._stop, self._peak_uv, self.began = begin, sample, peak_uv, True
        return before

    def _close(self, ending: Ending, recovery_s: float | None = None) -> Found | None:
        start, stop, peak_uv = self._start, self._stop, self._peak_uv
        self._reset()
        if stop is None or (start is None and recovery_s is None):
            return None
        return Found(start, stop, peak_uv, ending, recovery_s)
