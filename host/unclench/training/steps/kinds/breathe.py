"""Step "breathe": its pacer, which depends on time alone, and tension over the breath."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row
from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import BreathEffect, Counts, Setting
from unclench.training.steps.values import Seconds, Where, refuse
from unclench.translation import tr
from unclench.wording import exactly
from unclench_dsp import BreathAverage

_BINS = 20  # of the average breath
MIN_SHARE_OF_BREATH = 0.1  # inhaling and exhaling each take at least this share of a breath
BreathPart = Literal["inhale", "hold in", "exhale", "hold out"]
PARTS: tuple[BreathPart, ...] = ("inhale", "hold in", "exhale", "hold out")
BREATH_WORDS: dict[BreathPart, str] = {
    "inhale": tr("Breathe in"),
    "hold in": tr("Hold"),
    "exhale": tr("Breathe out"),
    "hold out": tr("Rest"),
}


@step_kind
class Breathe(TimedStep):
    """Breathe with the pacer."""

    kind: Literal["breathe"]
    seconds: Seconds = 300.0
    rate_per_min: float = Field(default=6.0, ge=3, le=20, description=tr("breaths a minute"))
    end_rate_per_min: float | None = Field(  # a ramp over the whole step
        default=None, ge=3, le=20, description=tr("breaths a minute")
    )
    # Parts of one breath, in any unit: 4, 0, 6, 0 is the same as 2, 0, 3, 0.
    inhale: float = Field(default=5.0, gt=0, le=20, description=tr("parts of the breath"))
    hold_in: float = Field(default=0.0, ge=0, le=20, description=tr("parts of the breath"))
    exhale: float = Field(default=5.0, gt=0, le=20, description=tr("parts of the breath"))
    hold_out: float = Field(default=0.0, ge=0, le=20, description=tr("parts of the breath"))

    listed = 2
    usual_title = tr("Breathe with the circle")
    usual_say = tr("Breathe in as it grows and out as it shrinks. Let go as you breathe out.")
    action = "breathe"
    picture = "pacer"
    takes_goal = True

    @model_validator(mode="after")
    def _room_to_breathe(self) -> Breathe:
        total = self.inhale + self.hold_in + self.exhale + self.hold_out
        mistakes: list[tuple[Where, str]] = []
        for name, part in (("inhale", self.inhale), ("exhale", self.exhale)):
            if part < MIN_SHARE_OF_BREATH * total:
                # The part itself is in the total, so compute its share from the others.
                least = (total - part) * MIN_SHARE_OF_BREATH / (1 - MIN_SHARE_OF_BREATH)
                words = tr(
                    "{part:g} is less than a tenth of the breath; give at least {least:g}",
                    part=part,
                    least=math.ceil(100 * least) / 100,
                )
                mistakes.append(((name,), words))
        refuse(*mistakes)
        return self

    def in_words(self) -> str:
        names = (tr("in"), tr("hold"), tr("out"), tr("hold"))
        parts = (self.inhale, self.hold_in, self.exhale, self.hold_out)
        pairs = zip(names, parts, strict=True)
        shape = ", ".join(f"{name} {part:g}" for name, part in pairs if part)
        duration = exactly(self.seconds)
        if self.end_rate_per_min is None:
            return tr(
                "Breathe at {rate:g} breaths a minute for {duration} ({shape})",
                rate=self.rate_per_min,
                duration=duration,
                shape=shape,
            )
        return tr(
            "Breathe at {begin:g} to {end:g} breaths a minute for {duration} ({shape})",
            begin=self.rate_per_min,
            end=self.end_rate_per_min,
            duration=duration,
            shape=shape,
        )

    def pacer(self) -> Pacer:
        return Pacer(self)

    def counts(self, setting: Setting) -> BreathWatch:
        return BreathWatch(self.pacer(), setting.channels, setting.stream.window_s)


@dataclass(frozen=True)
class Breath:
    """A moment of a breath."""

    number: int  # of the breath, from 0
    phase: float  # 0 to 1 over the whole breath; 0 is where inhaling begins
    part: BreathPart
    done: float  # share of the part that has passed, 0 to 1
    left_s: float  # of the part
    fullness: float  # 0 empty to 1 full, smooth: the size of the circle


@dataclass(frozen=True)
class Pacer:
    """One breathing step's pacer; times are seconds since the step began."""

    step: Breathe

    @property
    def bounds(self) -> tuple[float, float, float]:
        """Phases at which inhaling, holding in and exhaling end."""
        s = self.step
        total = s.inhale + s.hold_in + s.exhale + s.hold_out
        return s.inhale / total, (s.inhale + s.hold_in) / total, 1.0 - s.hold_out / total

    def rate_per_min(self, t_s: float) -> float:
        """Breaths a minute at a time."""
        start = self.step.rate_per_min
        end = start if self.step.end_rate_per_min is None else self.step.end_rate_per_min
        return start + (end - start) * min(1.0, max(0.0, t_s / self.step.seconds))

    def breaths(self, t_s: float) -> float:
        """Breaths since the step began; its fraction is the phase."""
        # The rate changes linearly, so its mean until now is the mean of both ends.
        return (self.step.rate_per_min + self.rate_per_min(t_s)) / 2 * max(0.0, t_s) / 60

    def at(self, t_s: float) -> Breath:
        """The moment of a breath at a time."""
        breaths = self.breaths(t_s)
        number = math.floor(breaths)
        phase = breaths - number
        ends = (*self.bounds, 1.0)
        k = next(k for k, end in enumerate(ends) if phase < end)
        begin = 0.0 if k == 0 else ends[k - 1]
        done = (phase - begin) / (ends[k] - begin)
        left_s = (ends[k] - phase) * 60 / self.rate_per_min(t_s)
        soft = (1 - math.cos(math.pi * done)) / 2  # smooth where a part begins or ends
        fullness = (soft, 1.0, 1.0 - soft, 0.0)[k]
        return Breath(number, phase, PARTS[k], done, left_s, fullness)


class BreathWatch(Counts):
    """Averages confirmed rows over the pacer's breath; there is no breath sensor.

    `window_s` is the window of the fast RMS.
    """

    def __init__(self, pacer: Pacer, channels: Sequence[TrainedChannel], window_s: float) -> None:
        self._pacer = pacer
        self._channels = list(channels)
        self._lag_s = window_s / 2  # of the fast RMS
        self._average = BreathAverage(_BINS, pacer.bounds, len(channels))
        self._breath = -1
        self._effects: tuple[BreathEffect, ...] | None = None

    def row(self, step_s: float, row: Row, usable: Sequence[bool]) -> None:
        now = self._pacer.at(max(0.0, step_s - self._lag_s))
        if now.number != self._breath:
            self._breath = now.number
            self._effects = None
        tension_uv = np.array(
            [
                row.fast_uv[channel.index] if ok else np.nan
                for channel, ok in zip(self._channels, usable, strict=True)
            ]
        )
        self._average.add(now.number, now.phase, tension_uv)

    def close(self) -> None:
        """See Counts.close; the last breath counts too."""
        self._average.finish()
        self._effects = None

    def breath(self) -> tuple[BreathEffect, ...]:
        """See Counts.breath; changes with every breath."""
        if self._effects is None:
            self._effects = tuple(self._effect(k) for k in range(len(self._channels)))
        return self._effects

    def _effect(self, k: int) -> BreathEffect:
        profile, effect = self._average.profile(), self._average.effect(k)
        return BreathEffect(
            self._channels[k].label,
            effect.breaths,
            tuple(profile.phase.tolist()),
            tuple(profile.mean_uv[:, k].tolist()),
            tuple(profile.spread_uv[:, k].tolist()),
            effect.change,
            effect.low,
            effect.high,
            effect.falls,
        )
