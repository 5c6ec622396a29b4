"""A step under way: what its kind does with confirmed rows, and what it counts of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.settings import Sustained
from unclench.store.events.event import Payload
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row, Stream


@dataclass(frozen=True)
class Setting:
    """What a step is done with."""

    channels: tuple[TrainedChannel, ...]  # those that are trained
    stream: Stream
    limits: Sustained  # when to speak up: the person's own


@dataclass(frozen=True)
class News:
    """Something that the rows have shown."""

    payload: Payload
    duration_s: float | None = None


@dataclass(frozen=True)
class BreathEffect:
    """Tension over the breath, for one channel."""

    channel: str
    breaths: int  # that went into it
    phase: tuple[float, ...]  # middle of each bin, 0 to 1
    mean_uv: tuple[float, ...]
    spread_uv: tuple[float, ...]  # standard deviation between breaths
    change: float | None  # exhale against inhale: -0.2 is 20 % lower; None: too few breaths
    change_low: float | None  # 95 % confidence interval
    change_high: float | None
    falls: bool | None  # lower on the exhale beyond chance; None: too few breaths to tell


@dataclass(frozen=True)
class Measured:
    """What a step has measured."""

    channels: tuple[TrainedChannel, ...]  # with it
    payloads: tuple[Payload, ...]  # of those that could be measured
    failures: tuple[str, ...]  # a sentence for each that could not


class UnderWay:
    """What a kind does as long as its step lasts. This one waits until the time is over."""

    def add(
        self, row: Row, part: int, usable: Sequence[bool], goal_uv: Sequence[float | None]
    ) -> Payload | None:
        """Take a confirmed row; once the step has done what it is for, say so, to end it.

        Parameters
        ----------
        part
            Of the step, in which the row lies.
        usable, goal_uv
            For each channel trained: whether the row can be used, and what to stay below.
        """
        return None

    def measured(self) -> Measured | None:
        """At the end of the time: what was measured, if that is what the step is for."""
        return None

    def words(self) -> str:
        """How far it is, where there is more to say than the time."""
        return ""


class Counts:
    """What a kind counts of its own while its step is scored. This one counts nothing."""

    moment_s: float | None = None
    """How long rest lasts to earn a credit; None where none is earned."""

    def channel(self, k: int, row: Row) -> list[News]:
        """Take a confirmed row that can be used, for one channel trained."""
        return []

    def row(self, step_s: float, row: Row, usable: Sequence[bool]) -> None:
        """Take a confirmed row, `step_s` into the step, for all channels."""

    def close(self) -> None:
        """All rows of the step have been taken."""

    def breath(self) -> tuple[BreathEffect, ...]:
        """Tension over the breath for each channel, where the breath is paced."""
        return ()
