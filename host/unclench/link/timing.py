"""The time a host waits by: this computer's, or one that passes only while somebody waits.

Whoever waits for a board takes a `Clock`, and `TRUE_TIME` unless given another one: an emulated
board's second lasts longer than a true one, a virtual board's need not last at all.
"""

from __future__ import annotations

import math
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds, and a way to let them pass."""

    def now_s(self) -> float:
        """Seconds since a moment of its own; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Return when so much of this time has passed."""


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
    """Passes only in `sleep`, which returns at once.

    A virtual board and the program that talks to it share one. Both then measure the same as in
    true time, but neither waits, and neither notices how busy this computer is.
    """

    def __init__(self) -> None:
        self._now_ns = 0  # whole, or a wait too short for a float would never end

    def now_s(self) -> float:
        """See Clock.now_s."""
        return self._now_ns / 1e9

    def sleep(self, seconds: float) -> None:
        """See Clock.sleep."""
        self._now_ns += math.ceil(max(0.0, seconds) * 1e9)
