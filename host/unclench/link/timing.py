"""The clock a host waits by: real time, or simulated time that passes only while someone waits.

Code that waits for a board takes a `Clock`, by default `TRUE_TIME`. A second of an emulated board
takes longer than a real one, and a second of a virtual board need not take any time.
"""

from __future__ import annotations

import math
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds, and a way to let them pass."""

    def now_s(self) -> float:
        """Return seconds since an arbitrary start; they never decrease."""

    def sleep(self, seconds: float) -> None:
        """Return after this many seconds of this clock."""


class TrueTime:
    """This computer's monotonic clock."""

    def now_s(self) -> float:
        """See Clock.now_s."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        time.sleep(seconds)


TRUE_TIME: Clock = TrueTime()


class SimulatedTime:
    """Time that passes only in `sleep`, which returns at once.

    A virtual board and the program that talks to it share one. Both then measure the same as in
    real time, but neither waits, and a busy computer changes nothing.
    """

    def __init__(self) -> None:
        self._now_ns = 0  # an integer, because a wait below a float's resolution would never end

    def now_s(self) -> float:
        """See Clock.now_s."""
        return self._now_ns / 1e9

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        self._now_ns += math.ceil(max(0.0, seconds) * 1e9)
