"""From frames with wrapping counters to one unbroken count of samples, with every loss exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.link.messages import SampleFrame

_INDEX_WRAP = 1 << 32
_US_WRAP = 1 << 32
# A gap must agree with the device's own clock; this much may differ between the two (a frame is
# stamped when the board gets to it, and its crystals are one and the same).
_TOLERANCE_S = 0.25
_TOLERANCE_SHARE = 0.01
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
    device's clock is taken for damaged (a 16-bit checksum passes one damaged frame in 65536).
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
        self._next_device_s = 0.0
        self._last_us: int | None = None
        self._device_s = 0.0
        self._last_overflows = 0
        self._senseless_run = 0

    def add(self, frame: SampleFrame) -> TrackedBlock | None:
        """Place one frame; None if its samples are already counted, or senseless."""
        n = len(frame.units)
        if frame.units.shape[1] != self._n_channels:
            return self._senseless()
        ahead = (frame.index - self._next) % _INDEX_WRAP
        if ahead >= _INDEX_WRAP // 2:  # behind: repeated or late
            if self._last_us is None or (self._next - frame.index) % _INDEX_WRAP > self._fs_hz * 60:
                return self._senseless()
            self.stale_frames += 1
            return None
        device_s = self._device_time(frame.device_us, ahead + n)
        if ahead and not self._plausible(ahead, device_s):
            return self._senseless()
        first = self._next + ahead
        self._senseless_run = 0
        self._next = first + n
        self._last_us = frame.device_us
        self._device_s = device_s
        self.overflows += (frame.overflows - self._last_overflows) & 0xFFFF
        self._last_overflows = frame.overflows
        if ahead:
            self.lost_samples += ahead
            self.gaps += 1
        return TrackedBlock(first, ahead, frame.units, device_s)

    def _senseless(self) -> None:
        self.senseless_frames += 1
        self._senseless_run += 1
        self.broken = self._senseless_run >= _BROKEN_AFTER

    def _device_time(self, device_us: int, n_since: int) -> float:
        if self._last_us is None:
            return n_since / self._fs_hz
        # Gaps longer than one turn of the counter (71 min) are told apart by the sample count.
        passed_us = (device_us - self._last_us) % _US_WRAP
        turns = round((n_since / self._fs_hz * 1e6 - passed_us) / _US_WRAP)
        return self._device_s + (passed_us + max(0, turns) * _US_WRAP) / 1e6

    def _plausible(self, ahead: int, device_s: float) -> bool:
        if self._last_us is None:  # lost before the first frame: no clock to hold it against
            return ahead < self._fs_hz * 60
        gap_s = ahead / self._fs_hz
        passed_s = device_s - self._device_s
        return abs(passed_s - gap_s) < _TOLERANCE_S + _TOLERANCE_SHARE * gap_s
