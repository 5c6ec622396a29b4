"""From frames with wrapping counters to one unbroken count of samples, with every loss exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.link.messages import SampleFrame

_INDEX_WRAP = 1 << 32
_US_WRAP = 1 << 32
# The index and the device's own clock must agree to so much from frame to frame (3.8): their
# crystals are one and the same or nearly so, but a board may stamp a frame when it gets to it.
_TOLERANCE_S = 0.25
_TOLERANCE_SHARE = 100e-6
_FIRST_GAP_S = 60.0  # before the first frame there is no clock to hold a gap against
# So many frames in a row that make no sense: the board has restarted its count unnoticed.
_BROKEN_AFTER = 10


@dataclass(frozen=True)
class TrackedBlock:
    """Samples in their place on the device's count."""

    first: int  # sample index since START, unwrapped
    lost_before: int  # samples missing just before `first`
    units: NDArray[np.int32]  # (n_samples, n_channels)
    device_s: float  # device time of the last sample, unwrapped, from the first frame's index


class SampleTracker:
    """Follows one stream from START on; feed it every frame in order of arrival.

    Loss is what the index shows (PROTOCOL.md 3.3), so it is exact however the frames were lost.
    A frame that repeats or comes late is dropped and counted; one whose index contradicts the
    device's clock is taken for damaged (a 16-bit checksum passes one damaged frame in 65536), but
    one whose index follows is never: then its stamp is replaced by what the count says.
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
        """Place one frame; None if its samples are already counted, or senseless."""
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
        if not plausible:  # the stamp, that is: the index follows
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
    """How much more time than `passed_s` the wrapping counter tells, in the reading nearest to it.

    A gap may last longer than one turn of the counter (71 min); the count of samples tells turns
    apart.
    """
    passed_us = passed_s * 1e6
    return ((counter_us - passed_us + _US_WRAP / 2) % _US_WRAP - _US_WRAP / 2) / 1e6
