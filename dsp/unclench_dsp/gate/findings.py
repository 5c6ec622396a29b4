"""What each disturbance is called, and in which order that is told."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.gate.beats import MEMORY_S, HeartFinder
from unclench_dsp.gate.kinds import Disturbance, DisturbanceKind
from unclench_dsp.gate.regions import Region

_POP = 5.0  # sharp signal over the usual one
_TUG_HZ = 11.0  # zero crossings of the slow signal: what swings faster is flutter


class Findings:
    """Names the regions of all channels.

    A lone short one waits 20 s: it may turn out to be a beat. Below 900 Hz no pop can be told from
    a tug.

    Parameters
    ----------
    slot_n : int
        Samples in a slot.
    slot_hz : float
    n_channels : int
    """

    def __init__(self, slot_n: int, slot_hz: float, n_channels: int) -> None:
        self._slot_n, self._slot_hz = slot_n, slot_hz
        self.hearts = [HeartFinder(slot_hz) for _ in range(n_channels)]
        self.found: list[Disturbance] = []
        self._start_index = 0  # of slot 0
        self._undecided: list[deque[Region]] = [deque() for _ in range(n_channels)]
        self._new: list[tuple[float, Disturbance]] = []  # with the slot that decided it

    def add(self, channel: int, region: Region, at: int, around_uv: FloatArray | None) -> None:
        """Take a region of a channel.

        Parameters
        ----------
        channel : int
        region : Region
        at : int
            The slot in which it turned out to have ended.
        around_uv : ndarray, shape (2 * REACH_OF_SHAPE + 1,), or None
            The slow signal about its peak, if it may be a beat; NaN beyond the signal's ends.
        """
        self._settle(channel, at)
        if around_uv is None:
            if region.sure:
                self._decide(at, self._name(region), channel, region)
            return
        heart = self.hearts[channel]
        was_found = heart.found
        # A beat that a gap cuts off is told by its moment alone.
        beat = bool(np.isnan(around_uv).any()) and heart.expects(region.peak)
        beat = heart.take(region.peak, np.nan_to_num(around_uv), region.clear) or beat
        if heart.found and not was_found:
            for earlier in self._undecided[channel]:
                earlier_beat = earlier.peak in heart.peaks
                self._decide(at, "heart" if earlier_beat else self._name(earlier), channel, earlier)
            self._undecided[channel].clear()
        if not region.sure:
            return
        if beat:
            self._decide(at, "heart", channel, region)
        elif heart.found and region.beyond_doubt:
            self._decide(at, self._name(region), channel, region)
        elif not heart.found:
            self._undecided[channel].append(region)

    def tell(self, slot: float) -> None:
        """Tell what is decided before a slot, in one order however the input was split."""
        for channel in range(len(self.hearts)):
            self._settle(channel, slot)
        self._new.sort(key=lambda new: (new[0], new[1].channel))
        self.found += [one for _, one in self._new]
        self._new.clear()

    def finish(self, seen_n: int) -> None:
        """Tell the rest and forget everything; the next slot 0 begins `seen_n` samples later."""
        self.tell(math.inf)
        for heart in self.hearts:
            heart.restart()
        self._start_index += seen_n

    def _settle(self, channel: int, slot: float) -> None:
        """Name what has waited long enough for a heart."""
        undecided = self._undecided[channel]
        while undecided and undecided[0].peak + MEMORY_S * self._slot_hz < slot:
            region = undecided.popleft()
            at = region.peak + MEMORY_S * self._slot_hz
            self._decide(at, self._name(region), channel, region)

    def _name(self, region: Region) -> DisturbanceKind:
        if region.short:
            return "pop" if region.sharpness >= _POP else "tug"
        swings_hz = region.turns / 2 * self._slot_hz / (region.last - region.first + 1)
        return "flutter" if swings_hz > _TUG_HZ else "tug"

    def _decide(self, at: float, kind: DisturbanceKind, channel: int, region: Region) -> None:
        first, stop = (
            self._start_index + slot * self._slot_n for slot in (region.start, region.reach)
        )
        known = self._start_index + math.ceil(at) * self._slot_n
        self._new.append((at, Disturbance(kind, first, stop, channel, known)))
