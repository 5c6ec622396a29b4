"""Step "hold"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import model_validator

from unclench.store.events.event import HoldDone
from unclench.training.rows import Row
from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Setting, UnderWay
from unclench.training.steps.values import Seconds, refuse
from unclench.translation import tr
from unclench.wording import exactly


@step_kind
class Hold(TimedStep):
    """Stay below the goal for `seconds` without a break; ends after `at_most_s` in any case."""

    kind: Literal["hold"]
    seconds: Seconds = 20.0
    at_most_s: Seconds = 180.0

    listed = 4
    usual_title = tr("Stay low")
    usual_say = tr("Let the line sink below the goal and rest there.")
    unseen_say = tr("Let go and rest.")
    takes_goal = True
    needs_goal = True

    @model_validator(mode="after")
    def _can_be_done(self) -> Hold:
        if self.at_most_s < self.seconds:
            refuse(
                (
                    ("at_most_s",),
                    tr(
                        "{at_most_s:g} is shorter than the hold; give at least "
                        "{seconds:g}, or reduce seconds",
                        at_most_s=self.at_most_s,
                        seconds=self.seconds,
                    ),
                )
            )
        return self

    def longest_s(self) -> float:
        return self.at_most_s

    def in_words(self) -> str:
        most = exactly(self.at_most_s)
        return tr(
            "Stay below the goal for {seconds} without a break; takes at most {most}",
            seconds=exactly(self.seconds),
            most=most,
        )

    def begin(self, setting: Setting) -> Holding:
        return Holding(self.seconds, setting)


class Holding(UnderWay):
    """Counts consecutive rows in which all channels are below their goals."""

    def __init__(self, seconds: float, setting: Setting) -> None:
        self._seconds = seconds
        self._channels = setting.channels
        self._stream = setting.stream
        self._sample = 0  # of the newest row
        self._below_n = 0

    @property
    def held_s(self) -> float:
        """Seconds below the goal so far, without a break."""
        return self._below_n * self._stream.row_s

    def add(
        self, row: Row, part: int, usable: Sequence[bool], goal_uv: Sequence[float | None]
    ) -> HoldDone | None:
        low = row.sample - self._sample == self._stream.row_n
        self._sample = row.sample
        for channel, goal, ok in zip(self._channels, goal_uv, usable, strict=True):
            low &= ok and goal is not None and row.slow_uv[channel.index] < goal
        self._below_n = self._below_n + 1 if low else 0
        return HoldDone(self._seconds) if self.held_s >= self._seconds else None

    def words(self) -> str:
        return tr("Held {held_s} of {seconds:g} s", held_s=int(self.held_s), seconds=self._seconds)
