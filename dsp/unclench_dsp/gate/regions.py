"""Stretches of a channel in which something is larger than its muscle could make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.gate.beats import REACH_OF_SHAPE
from unclench_dsp.gate.ring import Ring

BEFORE = 15
"""Slots back to which can be gated what turns out to be a disturbance: 60 ms."""
_LEAD = 3  # slots before the one that stands out that may be gated
_HELD = 10  # slots until a gate opens: by then it is known where the tension rose
_GOES_ON = 0.7  # of what lets a slot stand out: a region goes on
_APART = 10  # slots of calm that end a region
_WAIT = max(_APART, REACH_OF_SHAPE)  # slots after which a beat's shape is known
_CALM = 3  # slots in a row that are not raised close the gate of a beat
_RISE = 6  # slots from the begin of a beat to its peak, where none of them is raised
_SHORT, _SHORT_OF_HEART = 45, 75  # slots that a beat lasts, and with its P and T waves
_LASTING = 14  # slots that stand out in one region: no muscle does that


@dataclass
class Region:
    """A stretch of slots that stand out.

    Attributes
    ----------
    first, last : int
        Its first and last slot.
    peak : int
        Slot in which the slow signal is largest, `peak_uv`.
    start : int
        First slot that is gated; meaningless unless `sure`.
    clear : float
        Slow signal over what lets it stand out, where that is largest.
    sharpness : float
        Sharp signal over the usual one, where that is largest.
    reach : int
        Slot at which the filters have forgotten it.
    turns : int
        How often the slow signal has changed its sign.
    longest : int
        Slots that it may last until its time counts for nothing.
    gated_anyway : int
        Slot up to which is gated without it.
    sharp, sure, beyond_doubt : bool
        Whether it has a click; whether it is gated; whether it would be without a heart.
    marked : bool
        Whether its gate is open.
    """

    first: int
    last: int
    peak: int
    peak_uv: float
    reach: int
    longest: int
    gated_anyway: int = 0
    start: int = 0
    standing: int = 0
    turns: int = 0
    above: bool = False
    clear: float = 0.0
    sharpness: float = 0.0
    sharp: bool = False
    sure: bool = False
    beyond_doubt: bool = False
    marked: bool = False

    @property
    def short(self) -> bool:
        """Whether its time still counts, as that of a beat does."""
        return self.last - self.first <= self.longest

    @property
    def may_be_beat(self) -> bool:
        """Whether its shape can be a beat's."""
        return not self.sharp and self.last - self.first <= _SHORT_OF_HEART


@dataclass(frozen=True)
class ChannelSlots:
    """The slots of one channel in which regions are looked for, arrays of shape (n,).

    Attributes
    ----------
    first : int
        Number of the first slot.
    slow_uv, sharp_uv, band_uv : ndarray
        Slow signal, sharp signal and usual tension.
    clear, sharpness : ndarray
        Slow signal over what lets it stand out; sharp signal over the usual one.
    surely, click : ndarray of bool
        Where it stands out beyond doubt, and where a click is.
    """

    first: int
    slow_uv: FloatArray
    sharp_uv: FloatArray
    band_uv: FloatArray
    clear: FloatArray
    sharpness: FloatArray
    surely: BoolArray
    click: BoolArray


@dataclass(frozen=True)
class Marks:
    """The slots of one channel that can still be gated, arrays of shape (n,).

    Attributes
    ----------
    first : int
        Number of the first slot.
    gated, disturbed : ndarray of bool
        Filled in.
    raised : ndarray of bool
        Where the tension is clearly above the usual one.
    """

    first: int
    gated: BoolArray
    disturbed: BoolArray
    raised: BoolArray


class RegionFinder:
    """Joins the slots of one channel that stand out to regions, and gates them.

    Parameters
    ----------
    slow_ring, sharp_ring : Ring
    expects : callable
        Whether a beat may come in a slot: then a region need not be sure to be gated.
    ended : callable
        Called with each region and the slot in which it and the shape of its peak were known.
    """

    def __init__(
        self,
        slow_ring: Ring,
        sharp_ring: Ring,
        expects: Callable[[int], bool],
        ended: Callable[[Region, int], None],
    ) -> None:
        self._slow_ring, self._sharp_ring = slow_ring, sharp_ring
        self._expects, self._ended = expects, ended
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        self._open: Region | None = None
        self._waiting: Region | None = None  # ended, but its shape is not known yet
        self._gated_until = 0
        self._disturbed_until = 0

    def idle(self, slot: int) -> bool:
        """Whether nothing is under way at a slot."""
        return self._open is None and self._waiting is None and self._gated_until <= slot

    def process(self, slots: ChannelSlots, marks: Marks) -> None:
        """Take the next slots of the channel; `marks` begin `BEFORE` slots earlier."""
        marks.gated[BEFORE : max(BEFORE, self._gated_until - marks.first)] = True
        marks.disturbed[BEFORE : max(BEFORE, self._disturbed_until - marks.first)] = True
        begins = (slots.clear > 1.0) | slots.click
        for at in np.flatnonzero((slots.clear > _GOES_ON) | begins):
            slot = slots.first + int(at)
            self._pass_to(slot, marks)
            if self._open is None:
                if not begins[at]:
                    continue
                longest = _SHORT_OF_HEART if self._expects(slot) else _SHORT
                self._open = Region(slot, slot, slot, 0.0, slot, longest)
            region = self._open
            self._extend(region, slots, int(at))
            if region.marked or (region.sure and (region.sharp or slot >= region.first + _HELD)):
                self._mark(region, slot, marks)
        self._pass_to(slots.first + len(slots.slow_uv), marks)

    def finish(self, marks: Marks) -> None:
        """End what is under way."""
        if self._open is not None and self._open.sure:
            self._mark(self._open, marks.first + len(marks.gated), marks)
        for region in (self._waiting, self._open):
            if region is not None:
                self._ended(region, region.last + _WAIT)
        self._waiting = self._open = None

    def _pass_to(self, slot: int, marks: Marks) -> None:
        """Open the gate that is held, and close regions, before a slot."""
        region = self._open
        if region is not None and region.sure and not region.marked:
            opens = region.first + _HELD
            if opens < slot:
                self._mark(region, opens, marks)
        if region is not None and slot - region.last > _APART:
            at = region.last + _APART
            self._shorten(region, at, marks)
            if self._waiting is not None:
                self._ended(self._waiting, min(at, self._waiting.last + _WAIT))
            self._waiting, self._open = region, None
        region = self._waiting
        if region is not None and slot - region.last > _WAIT:
            if self._open is None:
                self._shorten(region, region.last + _WAIT, marks)
            self._ended(region, region.last + _WAIT)
            self._waiting = None

    def _extend(self, region: Region, slots: ChannelSlots, at: int) -> None:
        slot, slow_uv = slots.first + at, float(slots.slow_uv[at])
        size_uv, usual_uv = abs(slow_uv), float(slots.band_uv[at])
        region.last = slot
        region.reach = max(region.reach, slot + 1 + self._slow_ring.slots(size_uv / usual_uv))
        region.turns += region.above != (slow_uv > 0)
        region.above = slow_uv > 0
        region.sharpness = max(region.sharpness, float(slots.sharpness[at]))
        region.standing += bool(slots.clear[at] > 1.0)
        region.clear = max(region.clear, float(slots.clear[at]))
        if size_uv > region.peak_uv:
            region.peak, region.peak_uv = slot, size_uv
        if slots.click[at]:
            region.sharp = True
            size = float(slots.sharp_uv[at]) / usual_uv
            region.reach = max(region.reach, slot + 1 + self._sharp_ring.slots(size))
        if not region.beyond_doubt:
            region.beyond_doubt = bool(
                slots.surely[at] or slots.click[at] or region.standing >= _LASTING
            )
        if not region.sure and (region.beyond_doubt or self._expects(slot)):
            region.sure, region.start = True, max(0, slot - _LEAD)
        if region.standing == _LASTING or not region.short:  # no beat: back to its first slot
            region.start = min(region.start, max(0, region.first - _LEAD, slot - BEFORE))

    def _mark(self, region: Region, slot: int, marks: Marks) -> None:
        if not region.marked:
            region.start = self._rise(region, slot, marks)
            region.marked, region.gated_anyway = True, self._gated_until
        earliest = max(region.start, slot - BEFORE)
        here = slice(earliest - marks.first, region.reach - marks.first)
        marks.gated[here] = True
        self._gated_until = max(self._gated_until, region.reach)
        if region.sharp or not region.short:
            marks.disturbed[here] = True
            self._disturbed_until = max(self._disturbed_until, region.reach)

    def _rise(self, region: Region, slot: int, marks: Marks) -> int:
        """Where the tension rises: later than the slow signal of a beat, earlier than a click."""
        back = max(0, slot - BEFORE)
        start = max(region.start, back)
        if not region.sharp:
            raised = marks.raised[start - marks.first : max(start, region.peak) - marks.first]
            later = start + int(raised.argmax()) if raised.any() else region.peak - _RISE
            start = max(start, later)
        while start > back and marks.raised[start - 1 - marks.first]:
            start -= 1
        return start

    def _shorten(self, region: Region, slot: int, marks: Marks) -> None:
        """Close the gate of a beat as soon as the tension is the usual one again."""
        if not region.marked or region.sharp or not region.short:
            return
        earliest = max(region.peak, slot + 1 - BEFORE)
        raised = np.flatnonzero(marks.raised[earliest - marks.first : slot + 1 - marks.first])
        calm_from = earliest + (int(raised[-1]) + 1 if len(raised) else 0)
        if slot + 1 - calm_from < _CALM or calm_from >= region.reach:
            return
        region.reach = calm_from
        self._gated_until = max(region.gated_anyway, region.reach)
        marks.gated[self._gated_until - marks.first :] = False
