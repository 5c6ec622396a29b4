"""From frames with wrapping counters to one unbroken count of samples, with every loss exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.link.messages import SampleFrame

_INDEX_WRAP = 1 << 32
_US_WRAP = 1 << 32
# The index and the device's clock must agree this closely from frame to frame (3.8). They run from
# the same crystal or nearly so, but a board may stamp a frame late.
_TOLERANCE_S = 0.25
_TOLERANCE_SHARE = 100e-6
_FIRST_GAP_S = 60.0  # before the first frame there is no clock to check a gap against
# After this many invalid frames in a row, the board must have restarted its count unnoticed.
_BROKEN_AFTER = 10


@dataclass(frozen=True)
class TrackedBlock:
    """Samples with their index on the device's count."""

    first: int  # sample index since START, unwrapped
    lost_before: int  # samples lost just before `first`
    units: NDArray[np.int32]  # (n_samples, n_channels)
    device_s: float  # device time of the last sample, unwrapped, from the first frame's index


class SampleTracker:
    """Follows one stream from START on; takes every frame in order of arrival.

    The index shows every loss exactly (PROTOCOL.md 3.3). A frame that is repeated or late is
    dropped and counted. A frame whose index contradicts the device's clock counts as damaged (a
    16-bit checksum passes one damaged frame in 65536). A frame whose index continues the count is
    always accepted; if its stamp is wrong, the count replaces it.
    """

    def __init__(self, fs_hz: float, n_channels: int) -> None:
        self.lost_samples = 0
        self.gaps = 0
        self.stale_frames = 0
        self.senseless_frames = 0
        self.overflows = 0
        self.broken = False
        self._fs_hz = fs_hz
        self._n_channels = n_channels
        self._next = 0
        self._last_us: int | None = None
        self._device_s = 0.0
        self._last_overflows = 0
        self._senseless_run = 0

    def add(self, frame: SampleFrame) -> TrackedBlock | None:
        """Return a frame's samples with their index; None if they are repeated or invalid."""
        n = len(frame.units)
        if frame.units.shape[1] != self._n_channels:
            self._count_senseless()
            return None
        ahead = (frame.index - self._next + _INDEX_WRAP // 2) % _INDEX_WRAP - _INDEX_WRAP // 2
        passed_s = (ahead + n) / self._fs_hz
        if self._last_us is None:
            plausible = 0 <= ahead < self._fs_hz * _FIRST_GAP_S
            error_s = 0.0
        else:
            error_s = _clock_error_s(frame.device_us - self._last_us, passed_s)
            plausible = abs(error_s) < _TOLERANCE_S + _TOLERANCE_SHARE * abs(passed_s)
        if ahead and not plausible:
            self._count_senseless()
            return None
        if ahead < 0:
            self.stale_frames += 1
            return None
        first = self._next + ahead
        self._senseless_run = 0
        self._next = first + n
        self._last_us = frame.device_us
        if not plausible:  # only the stamp is wrong, as the index continues the count
            self._last_us -= round(error_s * 1e6)
            error_s = 0.0
        self._device_s += passed_s + error_s
        self.overflows += (frame.overflows - self._last_overflows) & 0xFFFF
        self._last_overflows = frame.overflows
        if ahead:
            self.lost_samples += ahead
            self.gaps += 1
        return TrackedBlock(first, ahead, frame.units, self._device_s)

    def _count_senseless(self) -> None:
        self.senseless_frames += 1
        self._senseless_run += 1
        self.broken = self._senseless_run >= _BROKEN_AFTER


def _clock_error_s(counter_us: int, passed_s: float) -> float:
    """Return how much more time than `passed_s` the wrapping counter shows, in its nearest turn.

    A gap may last longer than one turn of the counter (71 min); the sample count tells how many.
    """
    passed_us = passed_s * 1e6
    return ((counter_us - passed_us + _US_WRAP / 2) % _US_WRAP - _US_WRAP / 2) / 1e6
