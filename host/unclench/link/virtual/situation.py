"""What a virtual person is in: told by a session as it goes, so that the muscle can answer to it.

The board makes its signal ahead of the session. A person reacts to a cue only after `REACTION_S`,
so the muscle of a second can be drawn once the session has come within that of it: the signal
depends on the cues alone, not on how fast anything ran.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

REACTION_S = 1.5
"""A second of signal is made at once, and the session follows it by the delay of the chain (0.3 s)
and a bit for the way. With less, board and session would wait for each other."""
_PATIENCE_S = 120.0  # a session that says nothing for so long has gone; the muscle lives on

Asked: TypeAlias = Literal["nothing", "rest", "breathe", "tense", "release", "stress", "free"]


@dataclass(frozen=True)
class Moment:
    """What is asked of a person from a moment on; seconds are those of the stream."""

    since_s: float
    asked: Asked
    session_s: float  # how long the session had lasted by then
    exhaling: Callable[[float], bool] | None = None  # with the pacer, by seconds since `since_s`
    goal_uv: float | None = None


_BEFORE = Moment(float("-inf"), "nothing", 0.0)


class Situation:
    """Cues from a session to a virtual person, by the stream's time. Safe between threads."""

    def __init__(self) -> None:
        self._moments = [_BEFORE]
        self._told_until_s = float("inf")  # nobody leads: there is nothing to wait for
        self._changed = threading.Condition()

    def lead(self) -> None:
        """Begin to lead: from now on the person waits to be told."""
        with self._changed:
            self._told_until_s = 0.0

    def tell(self, moment: Moment) -> None:
        """Say what is asked from a moment on; moments come in order."""
        with self._changed:
            self._moments.append(moment)

    def told_until(self, until_s: float) -> None:
        """Say that all moments before `until_s` are told; infinity: nobody leads any more."""
        with self._changed:
            self._told_until_s = until_s
            self._changed.notify_all()

    def wait_for(self, until_s: float) -> None:
        """Wait until all that a person can react to before `until_s` is told."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._told_until_s >= until_s - REACTION_S, timeout=_PATIENCE_S
            )

    def during(self, from_s: float, until_s: float) -> list[tuple[float, Moment]]:
        """What a person reacts to in a stretch: from which second on to what, ascending."""
        with self._changed:
            since = [moment.since_s + REACTION_S for moment in self._moments]
            first, last = bisect_right(since, from_s) - 1, bisect_right(since, until_s)
            return list(zip(since[first:last], self._moments[first:last], strict=True))
