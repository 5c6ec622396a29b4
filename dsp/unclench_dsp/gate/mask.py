"""Which samples hold muscle, and which a heartbeat, a pop, a tug or the flutter of a cable.

A muscle's slow signal (8 to 28 Hz) is bounded by its loudness (60 to 450 Hz), at rest as in a
contraction. Beats, tugs and flutter break that bound, clicks of an electrode are sharper than any
muscle. Such stretches are gated, from a little before until the filters have forgotten them: at
rest gating errs least of the known ways to remove a heart, and in a contraction, which hides the
beats, they hardly matter (Marker and Maluf 2014, doi 10.1016/j.jelekin.2014.09.002; Drake and
Callaghan 2006, doi 10.1016/j.jelekin.2005.07.003).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.bands import Band
from unclench_dsp.gate.beats import REACH_OF_SHAPE
from unclench_dsp.gate.findings import Findings
from unclench_dsp.gate.kinds import Disturbance, Heart, MaskBlock
from unclench_dsp.gate.levels import Usual, UsualLevels
from unclench_dsp.gate.regions import BEFORE, ChannelSlots, Region, RegionFinder
from unclench_dsp.gate.ring import design_rings
from unclench_dsp.gate.slots import REACH, Features, SlotFeatures, slot_length

_HISTORY = 128  # slots of the slow signal that are kept for the shapes of beats
_CHUNK = 8  # slots worked on at once at least: 32 ms
_PIECE = 8192  # and at most
_SURE = (
    12.0,
    2.5,
    10.0,
)  # slow signal over ratio times loudness, loudness, usual slow signal: no muscle
_MAYBE = (6.0, 0.8, 6.0)  # the same: a weak beat, or the edge of something larger
_CLICK_USUAL = 8.0  # sharp signal over the usual one
_CLICK_LOUD, _CLICK_SLOW = 2.9, 0.45  # and, with this share of the slow one, over the loudness
_CONTRACTED, _CLICK_IN_LOUD = 4.0, 3.6  # loudness over the usual one, and the bound in its place
_CLICK_OWN = 3.0  # times the channel's own sharp over loud
_LONES = ((14.0, 2.5), (60.0, 2.0), (300.0, 1.7))  # alone; others may then be near
_LONE_SLOW = 0.6
_LONE = 6.0  # times what is sharp a little before and after


class MuscleMask:
    """Finds what in a stream is no muscle.

    Works `delay_n` samples behind at most. Any split of the input gives the same bits.

    Parameters
    ----------
    fs_hz : float
    n_channels : int
    band : Band
        The band of the tension.
    """

    def __init__(self, fs_hz: float, n_channels: int, band: Band) -> None:
        self._slot_n = slot_length(fs_hz)
        self._n_channels = n_channels
        slow, sharp = design_rings(band, fs_hz)
        self._features = SlotFeatures(fs_hz, n_channels)
        self._levels = UsualLevels(n_channels)
        self._findings = Findings(self._slot_n, fs_hz / self._slot_n, n_channels)
        self._finders = [
            RegionFinder(slow, sharp, heart.expects, partial(self._ended, channel))
            for channel, heart in enumerate(self._findings.hearts)
        ]
        self.delay_n = (BEFORE + REACH + _CHUNK) * self._slot_n
        self._start()

    def _start(self) -> None:
        self._pending = np.empty((2, 0, self._n_channels))
        self._carry = np.zeros((2, self._n_channels, BEFORE), dtype=np.bool_)
        self._slow = np.zeros((self._n_channels, 0))
        self._slow_first = 0
        self._seen_n = self._given_n = 0

    @property
    def heart(self) -> tuple[Heart | None, ...]:
        """The heart in each channel as it is now; None where none is found."""
        slot = self._slow_first + self._slow.shape[1]
        return tuple(heart.now(slot) for heart in self._findings.hearts)

    @property
    def found(self) -> list[Disturbance]:
        """What was found so far, in the order of the moments when that was sure."""
        return self._findings.found

    def process(self, clean_uv: FloatArray, band_uv: FloatArray) -> MaskBlock:
        """Take the next block.

        Parameters
        ----------
        clean_uv : ndarray, shape (n_samples, n_channels)
            EMG without mains lines, unfiltered otherwise.
        band_uv : ndarray, shape (n_samples, n_channels)
            The same samples, band-passed.

        Returns
        -------
        MaskBlock
            Of the next samples that are final, in order; often more or fewer than went in.
        """
        self._seen_n += len(clean_uv)
        both = np.concatenate([self._pending, np.stack([clean_uv, band_uv])], axis=1)
        chunk_n = _CHUNK * self._slot_n
        whole_n = both.shape[1] // chunk_n * chunk_n
        self._pending = both[:, whole_n:].copy()
        blocks = []
        for start in range(0, whole_n, _PIECE * self._slot_n):
            piece = both[:, start : min(start + _PIECE * self._slot_n, whole_n)]
            blocks.append(self._take(self._features.process(piece[0], piece[1])))
        return self._block(blocks)

    def finish(self) -> MaskBlock:
        """Give out what is held back; the next sample starts afresh."""
        rest_n = self._pending.shape[1]
        blocks = []
        if rest_n:  # the last slot is filled up with its last sample
            fill_n = -rest_n % self._slot_n
            last = np.repeat(self._pending[:, -1:], fill_n, axis=1)
            whole = np.concatenate([self._pending, last], axis=1)
            blocks.append(self._take(self._features.process(whole[0], whole[1])))
        if self._seen_n:
            blocks.append(self._take(self._features.finish()))
            blocks.append(self._carry)
        block = self._block(blocks)
        left_n = self._seen_n - self._given_n
        whole_n = len(block.kept) + left_n  # without what filled the last slot up
        block = MaskBlock(block.kept[:whole_n], block.disturbed[:whole_n])
        for finder in self._finders:
            finder.finish()
            finder.restart()
        self._findings.finish(self._seen_n)
        self._features.restart()
        self._levels.restart()
        self._start()
        return block

    def _take(self, features: Features) -> BoolArray:
        """Gate the next slots; give out those that are final, as (2, n_channels, n_slots)."""
        slots = features.slow.shape[1]
        marks = np.concatenate(
            [self._carry, np.zeros((2, self._n_channels, slots), dtype=np.bool_)], axis=2
        )
        if slots:
            usual = self._levels.process(features)
            self._find(features, usual, marks)
        self._carry = marks[:, :, slots:].copy()
        skipped = max(0, BEFORE - features.first)  # slots before the first
        return marks[:, :, min(skipped, slots) : slots]

    def _find(self, features: Features, usual: Usual, marks: BoolArray) -> None:
        size_uv = np.abs(features.slow)
        clear = size_uv / _bound(_MAYBE, features, usual)
        click = _clicks(features, usual)
        busy = [bool(row.any()) for row in (clear > 1.0) | click]
        surely = np.greater(size_uv, _bound(_SURE, features, usual))
        self._slow = np.concatenate([self._slow, features.slow], axis=1)
        self._slow_first = features.first + features.slow.shape[1] - self._slow.shape[1]
        for channel, finder in enumerate(self._finders):
            if not busy[channel] and finder.idle(features.first):
                continue
            slots = ChannelSlots(
                features.first,
                features.slow[channel],
                features.sharp[channel],
                usual.band[channel],
                clear[channel],
                features.sharp[channel] / usual.sharp[channel],
                surely[channel],
                click[channel],
            )
            finder.process(slots, marks[0, channel], marks[1, channel])
        self._findings.tell(features.first + features.slow.shape[1])
        self._slow_first += max(0, self._slow.shape[1] - _HISTORY)
        self._slow = self._slow[:, -_HISTORY:]

    def _ended(self, channel: int, region: Region, at: int) -> None:
        around_uv = None
        if region.short and not region.sharp:
            peak = region.peak - self._slow_first
            first = max(0, peak - REACH_OF_SHAPE)
            around_uv = self._slow[channel, first : peak + REACH_OF_SHAPE + 1]
            if len(around_uv) <= 2 * REACH_OF_SHAPE:
                around_uv = None
        self._findings.add(channel, region, at, around_uv)

    def _block(self, blocks: list[BoolArray]) -> MaskBlock:
        marks = np.concatenate(
            [np.zeros((2, self._n_channels, 0), dtype=np.bool_), *blocks], axis=2
        )
        samples = np.repeat(marks, self._slot_n, axis=2)
        self._given_n += samples.shape[2]
        return MaskBlock(~samples[0].T, samples[1].T)


def _bound(times: tuple[float, float, float], features: Features, usual: Usual) -> FloatArray:
    bound_uv = np.maximum(times[0] * usual.ratio, times[1]) * features.loud
    bound: FloatArray = np.maximum(bound_uv, times[2] * usual.slow)
    return bound


def _clicks(features: Features, usual: Usual) -> BoolArray:
    """Slots that are sharper than a muscle, whose motor units have little above 300 Hz."""
    sharp = features.sharp
    both = (sharp + _CLICK_SLOW * np.abs(features.slow)) / features.loud
    # In a contraction there are many more chances, and a click does less harm.
    bound = np.where(features.loud > _CONTRACTED * usual.band, _CLICK_IN_LOUD, _CLICK_LOUD)
    # A signal that is white by itself is no click: sharp over loud, as at rest.
    bound = np.maximum(bound, _CLICK_OWN * usual.sharp * usual.ratio / usual.slow)
    clicks = np.greater(sharp, _CLICK_USUAL * usual.sharp) & (both > bound)
    near = np.greater(sharp, _LONE * features.sharp_near)
    near &= np.abs(features.slow) > _LONE_SLOW * features.loud  # not so the onset of a contraction
    for over_usual, over_loud in _LONES:
        clicks |= near & (sharp > over_usual * usual.sharp) & (both > over_loud)
    return clicks
