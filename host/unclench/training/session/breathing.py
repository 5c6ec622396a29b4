"""Tension over the breath in a breathing step, for each channel that is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.training.placement.values import TrainedChannel
from unclench.training.programs.program import Breathe
from unclench.training.rows import Row
from unclench.training.session.pacer import Pacer
from unclench.training.session.snapshot import BreathEffect
from unclench_dsp import BreathAverage

_BINS = 20


class BreathWatch:
    """Averages confirmed rows over the pacer's breath; there is no breath sensor."""

    def __init__(self, step: Breathe, channels: Sequence[TrainedChannel]) -> None:
        self._channels = list(channels)
        self._average = BreathAverage(_BINS, Pacer(step).bounds, len(channels))
        self._breath = -1
        self._effects: tuple[BreathEffect, ...] | None = None

    def add(self, breath: int, phase: float, row: Row, usable: Sequence[bool]) -> None:
        """Take a row."""
        if breath != self._breath:
            self._breath = breath
            self._effects = None
        tension_uv = np.array(
            [
                row.fast_uv[channel.index] if ok else np.nan
                for channel, ok in zip(self._channels, usable, strict=True)
            ]
        )
        self._average.add(breath, phase, tension_uv)

    def finish(self) -> None:
        """Take in the last breath, at the end of the step."""
        self._average.finish()
        self._effects = None

    def effects(self) -> tuple[BreathEffect, ...]:
        """What the whole breaths so far show; news with every breath."""
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
