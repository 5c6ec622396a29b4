"""A running step: what its kind does with confirmed rows, and what it counts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.settings import Sustained
from unclench.store.events.event import Payload
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row, Stream


@dataclass(frozen=True)
class Setting:
    """What a step runs with."""

    channels: tuple[TrainedChannel, ...]  # those being trained
    stream: Stream
    limits: Sustained  # when to alert: the person's own


@dataclass(frozen=True)
class News:
    """Something found in the rows."""

    payload: Payload
    duration_s: float | None = None


@dataclass(frozen=True)
class BreathEffect:
    """Tension over the breath, for one channel."""

    channel: str
    breaths: int  # averaged
    phase: tuple[float, ...]  # middle of each bin, 0 to 1
    mean_uv: tuple[float, ...]
    spread_uv: tuple[float, ...]  # standard deviation between breaths
    change: float | None  # exhale against inhale: -0.2 is 20 % lower; None: too few breaths
    change_low: float | None  # 95 % confidence interval
    change_high: float | None
    falls: bool | None  # clearly lower on the exhale (95 %); None: too few breaths


@dataclass(frozen=True)
class Measured:
    """What a step has measured."""

    channels: tuple[TrainedChannel, ...]  # with what was measured
    payloads: tuple[Payload | None, ...]  # an event for each channel; None: it was not measured
    failures: tuple[str, ...]  # a sentence for each channel that was not


class UnderWay:
    """Processes a step's rows. This default waits until the time is over."""

    def add(
        self, row: Row, part: int, usable: Sequence[bool], goal_uv: Sequence[float | None]
    ) -> Payload | None:
        """Take a confirmed row; return an event to end the step early.

        Parameters
        ----------
        part
            Number of the step's part in which the row lies.
        usable, goal_uv
            For each trained channel: whether to use the row, and the goal.
        """
        return None

    def measured(self) -> Measured | None:
        """Return what was measured, at the end of a measuring step; None for any other step."""
        return None

    def words(self) -> str:
        """Describe the progress, if there is more to say than the time."""
        return ""


class Counts:
    """Counts beyond the usual scores. This default counts nothing."""

    moment_s: float | None = None
    """Seconds at rest that earn a credit; None: no credits."""

    def channel(self, k: int, row: Row) -> list[News]:
        """Take a confirmed, usable row of one trained channel."""
        return []

    def row(self, step_s: float, row: Row, usable: Sequence[bool]) -> None:
        """Take a confirmed row of all channels, `step_s` into the step."""

    def close(self) -> None:
        """Finish: all rows of the step have been taken."""

    def breath(self) -> tuple[BreathEffect, ...]:
        """Return tension over the breath for each channel; empty without a pacer."""
        return ()
