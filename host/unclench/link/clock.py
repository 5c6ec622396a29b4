"""Device time to host time, by regression over the arrivals of the last two minutes."""

from __future__ import annotations

from collections import deque

import numpy as np

_BIN_S = 0.5
_WINDOW_BINS = 240
_MIN_BINS = 4
_TRIM_ROUNDS = 5
_TRIM_FACTOR = 4.0  # of the median residual; for Gaussian ones, 2.7 standard deviations
_TRIM_FLOOR_S = 1e-3  # USB polls every millisecond: so much is never an outlier


class ClockFit:
    """Line through (device seconds, host monotonic seconds).

    Arrival times are late by a varying amount and never early, so of every half second only the
    earliest arrival (smallest host minus device) counts; the line goes through those of the last
    two minutes by least squares. Bunched arrivals therefore do not bend it, nor does a stall of
    seconds: its arrivals lie far from the line through the rest and are left out.
    """

    def __init__(self) -> None:
        self._bins: deque[tuple[int, float, float]] = deque(maxlen=_WINDOW_BINS)
        self._slope = 1.0
        self._device0_s = 0.0
        self._host0_s = 0.0
        self._fitted_bins = 0
        self._slope_error = 0.0

    def add(self, device_s: float, host_s: float) -> None:
        """Tell that a frame stamped `device_s` arrived at `host_s`."""
        number = int(device_s // _BIN_S)
        if self._bins and self._bins[-1][0] == number:
            _, device, host = self._bins[-1]
            if host_s - device_s < host - device:
                self._bins[-1] = (number, device_s, host_s)
        else:
            self._fit()
            self._bins.append((number, device_s, host_s))

    def host_s(self, device_s: float) -> float:
        """Host monotonic seconds at device time `device_s`."""
        if not self._bins:
            raise ValueError("no arrival has been seen yet")
        if not self._fitted_bins:
            _, device, host = self._bins[-1]
            return host + device_s - device
        return self._host0_s + self._slope * (device_s - self._device0_s)

    def device_s(self, host_s: float) -> float:
        """Device seconds at host monotonic time `host_s`: the inverse of `host_s`."""
        if not self._bins:
            raise ValueError("no arrival has been seen yet")
        if not self._fitted_bins:
            _, device, host = self._bins[-1]
            return device + host_s - host
        return self._device0_s + (host_s - self._host0_s) / self._slope

    @property
    def drift_ppm(self) -> float | None:
        """How much faster than the device the host's clock runs; None before 10 s of signal."""
        return (self._slope - 1.0) * 1e6 if self._fitted_bins * _BIN_S >= 10.0 else None

    @property
    def slope(self) -> tuple[float, float] | None:
        """Host seconds per device second, and its standard error; None before a first fit."""
        return (self._slope, self._slope_error) if self._fitted_bins else None

    def _fit(self) -> None:
        if len(self._bins) < _MIN_BINS:
            return
        points = np.array([(device, host) for _, device, host in self._bins])
        for _ in range(_TRIM_ROUNDS):
            middle = points.mean(axis=0)
            device, host = (points - middle).T
            slope = float(device @ host) / float(device @ device)
            if slope <= 0:  # all arrived at once, as after a stall: nothing is known of the rate
                return
            self._slope, self._fitted_bins = slope, len(self._bins)
            self._device0_s, self._host0_s = (float(v) for v in middle)
            residual = np.abs(host - self._slope * device)
            freedom = max(1, len(points) - 2)
            self._slope_error = float(np.sqrt(residual @ residual / freedom / (device @ device)))
            kept = residual <= max(_TRIM_FACTOR * float(np.median(residual)), _TRIM_FLOOR_S)
            if kept.all():
                return
            points = points[kept]
