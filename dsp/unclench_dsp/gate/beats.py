"""A channel's heart: short disturbances that are alike, of similar height, and on time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.gate.kinds import Heart

_SHAPE = 10  # slots to either side of a beat's peak that make its shape: 40 ms
_SLACK = 8  # slots by which two peaks may lie apart, as beats have several lobes
REACH_OF_SHAPE = _SHAPE + _SLACK
"""Slots to either side that are given with a beat."""
_ENOUGH = 8  # beats that make a heart
_CLEARLY = (
    1.4  # times what lets it stand out: the largest of a train of motor units do not reach it
)
_ALIKE, _STILL_ALIKE = 0.85, 0.75  # correlation to be found, and to stay so
_AS_HIGH = 0.5  # ratio of heights, at least
_FASTEST_S, _SLOWEST_S = 0.33, 1.5  # between beats: 40 to 180 a minute
_ON_TIME = 0.2  # by how much of the usual an interval may differ
_REGULAR = 0.75  # share of the time that such intervals must fill
_TOO_SOON = 0.55  # of the usual interval: no weak beat comes so early
MEMORY_S = 20.0
"""How long a beat counts."""
_UNSEEN_S = 6.0  # without a beat for that long, the rate is not sure


@dataclass(frozen=True)
class _Beat:
    peak: int
    slot: int  # of the peak, or of the lobe that the others have for one
    height_uv: float
    clear: float
    shape: FloatArray  # of unit energy, REACH_OF_SHAPE to either side


class HeartFinder:
    """Finds the heart of one channel among its short disturbances.

    Parameters
    ----------
    slot_hz : float
    """

    def __init__(self, slot_hz: float) -> None:
        self._slot_hz = slot_hz
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        self._beats: deque[_Beat] = deque(maxlen=2 * _ENOUGH)
        self._found = False
        self._interval = 0.0
        self._height_uv = 0.0
        self._shape = np.zeros(2 * REACH_OF_SHAPE + 1)

    @property
    def found(self) -> bool:
        """Whether there is a heart."""
        return self._found

    @property
    def peaks(self) -> set[int]:
        """Slots of the peaks of the latest beats, as they were given."""
        return {beat.peak for beat in self._beats}

    def now(self, slot: int) -> Heart | None:
        """The heart as it is at a slot."""
        if not self._found:
            return None
        unseen_s = (slot - self._beats[-1].slot) / self._slot_hz
        interval = self._regular_interval(list(self._beats)[-_ENOUGH:])
        if unseen_s > _UNSEEN_S or interval is None:
            return Heart(None, self._height_uv)
        return Heart(60.0 * self._slot_hz / interval, self._height_uv)

    def expects(self, slot: int) -> bool:
        """Whether a weak beat may be believed here."""
        if not self._found:
            return False
        since = slot - self._beats[-1].slot
        return _TOO_SOON * self._interval <= since <= MEMORY_S * self._slot_hz

    def take(self, slot: int, slow_uv: FloatArray, clear: float) -> bool:
        """Take a short disturbance; say whether it is a beat of the heart.

        Parameters
        ----------
        slot : int
            Of its peak.
        slow_uv : ndarray, shape (2 * REACH_OF_SHAPE + 1,)
            The slow signal about the peak.
        clear : float
            How far it stands out: to find a heart, beats must do so clearly.
        """
        if self._found and slot - self._beats[-1].slot > MEMORY_S * self._slot_hz:
            self.restart()
        energy = float(np.sqrt(np.square(slow_uv).sum()))
        beat = _Beat(slot, slot, float(np.abs(slow_uv).max()), clear, slow_uv / max(energy, 1e-12))
        if self._found:
            return self._follow(beat)
        self._beats.append(beat)
        self._look(beat)
        return self._found

    def _follow(self, beat: _Beat) -> bool:
        lag = self._lag(beat, self._shape, self._height_uv, _STILL_ALIKE)
        if lag is None:
            return False
        self._beats.append(replace(beat, slot=beat.slot + lag))
        self._height_uv += 0.1 * (beat.height_uv - self._height_uv)
        self._shape = self._shape + 0.1 * (_shifted(beat.shape, lag) - self._shape)
        interval = self._regular_interval(list(self._beats)[-_ENOUGH:])
        self._interval = interval or self._interval
        return True

    def _look(self, newest: _Beat) -> None:
        since = newest.slot - MEMORY_S * self._slot_hz
        alike = [
            replace(beat, slot=beat.slot + lag, shape=_shifted(beat.shape, lag))
            for beat in self._beats
            if beat.slot >= since
            and (lag := self._lag(beat, newest.shape, newest.height_uv, _ALIKE)) is not None
        ]
        if len(alike) < _ENOUGH or np.median([beat.clear for beat in alike]) < _CLEARLY:
            return
        interval = self._regular_interval(alike)
        if interval is None:
            return
        self._found, self._interval = True, interval
        self._beats = deque(alike, maxlen=2 * _ENOUGH)
        self._height_uv = float(np.median([beat.height_uv for beat in alike]))
        self._shape = np.mean([beat.shape for beat in alike], axis=0)

    def _lag(self, beat: _Beat, shape: FloatArray, height_uv: float, alike: float) -> int | None:
        """By how much a beat comes after another, if it is like it."""
        if not _AS_HIGH <= beat.height_uv / height_uv <= 1 / _AS_HIGH:
            return None
        inner = shape[_SLACK:-_SLACK]
        windows = np.lib.stride_tricks.sliding_window_view(beat.shape, len(inner))
        sizes = np.square(windows).sum(axis=1) * np.square(inner).sum()
        likeness = (windows * inner).sum(axis=1) / np.sqrt(np.maximum(sizes, 1e-12))
        best = int(likeness.argmax())
        return best - _SLACK if likeness[best] >= alike else None

    def _regular_interval(self, beats: list[_Beat]) -> float | None:
        """The usual interval in slots, if enough of the intervals are about as long.

        One missed beat doubles an interval, an extra one cuts it in two.
        """
        intervals = np.diff([beat.slot for beat in beats]).astype(np.float64)
        if len(intervals) < _ENOUGH // 2:
            return None
        usual = float(np.median(intervals))
        if not _FASTEST_S <= usual / self._slot_hz <= _SLOWEST_S:
            return None
        missed = np.abs(intervals - 2 * usual) <= _ON_TIME * usual
        on_time = np.abs(intervals - usual) <= _ON_TIME * usual
        regular = float(intervals[on_time | missed].sum()) >= _REGULAR * float(intervals.sum())
        return float(intervals[on_time].mean()) if regular else None


def _shifted(shape: FloatArray, lag: int) -> FloatArray:
    """The shape `lag` slots later; zeros where nothing is known."""
    shifted = np.zeros_like(shape)
    if lag >= 0:
        shifted[: len(shape) - lag] = shape[lag:]
    else:
        shifted[-lag:] = shape[:lag]
    return shifted
