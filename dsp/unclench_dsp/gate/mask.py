"""Which samples hold muscle, and which a heartbeat, a pop, a tug or the flutter of a cable.

A muscle's slow signal (12 to 40 Hz) is bounded by its loudness (60 to 450 Hz), at rest as in a
contraction. Beats, tugs and flutter break that bound, clicks of an electrode are sharper than any
muscle. Such stretches are gated until the filters have forgotten them; a beat only while it raises
the tension, so that a window of 0.25 s around it keeps a fifth of its samples. At rest gating errs
least of the known ways to remove a heart. A contraction hides the beats, and there they hardly
matter (Marker and Maluf 2014, doi 10.1016/j.jelekin.2014.09.002; Drake and Callaghan 2006, doi
10.1016/j.jelekin.2005.07.003).
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
from unclench_dsp.gate.regions import BEFORE, ChannelSlots, Marks, Region, RegionFinder
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
_RAISED = 1.65  # tension over the usual one, where a gate begins and ends
_CLICK_USUAL = 12.0  # sharp signal over the usual one
_CLICK_BESIDE = 12.0  # over that a little before and after: a contraction goes on
_STEP = 2000.0  # over the usual one: no contraction begins like that, even if it goes on
_CLICK_LOUD = 0.65  # over the loudness of its own 12 ms: a motor unit's potential is rounder


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
        self._raised = np.zeros((self._n_channels, BEFORE), dtype=np.bool_)
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
            for channel, finder in enumerate(self._finders):
                finder.finish(self._marks(channel, self._carry, self._raised))
            blocks.append(self._carry)
        block = self._block(blocks)
        left_n = self._seen_n - self._given_n
        whole_n = len(block.kept) + left_n  # without what filled the last slot up
        block = MaskBlock(block.kept[:whole_n], block.disturbed[:whole_n])
        for finder in self._finders:
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
        raised = np.concatenate([self._raised, features.tension() > _RAISED * usual.band], axis=1)
        self._raised = raised[:, -BEFORE:]
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
            finder.process(slots, self._marks(channel, marks, raised))
        self._findings.tell(features.first + features.slow.shape[1])
        self._slow_first += max(0, self._slow.shape[1] - _HISTORY)
        self._slow = self._slow[:, -_HISTORY:]

    def _marks(self, channel: int, marks: BoolArray, raised: BoolArray) -> Marks:
        """The slots of a channel up to the newest one."""
        first = self._slow_first + self._slow.shape[1] - marks.shape[2]
        return Marks(first, marks[0, channel], marks[1, channel], raised[channel])

    def _ended(self, channel: int, region: Region, at: int) -> None:
        around_uv = None
        if region.may_be_beat:
            around = region.peak - self._slow_first + np.arange(-REACH_OF_SHAPE, REACH_OF_SHAPE + 1)
            known = (around >= 0) & (around < self._slow.shape[1])
            around_uv = np.full(len(around), np.nan)
            around_uv[known] = self._slow[channel, around[known]]
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
    clicks = np.zeros(features.sharp.shape, dtype=np.bool_)
    channel, slot = np.nonzero(features.sharp > _CLICK_USUAL * usual.sharp)
    if len(slot):
        sharp = features.sharp[channel, slot]
        calm = sharp > _CLICK_BESIDE * features.beside(channel, slot)
        step = sharp > _STEP * usual.sharp[channel, slot]
        alone = calm.all(axis=0) | (calm.any(axis=0) & step)
        clicks[channel, slot] = alone & (sharp > _CLICK_LOUD * features.loud_in(channel, slot))
    return clicks
