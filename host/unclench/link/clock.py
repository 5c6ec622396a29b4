"""Device time to host time, by regression over the arrivals of the last two minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

_BIN_S = 0.5
_WINDOW_BINS = 240
_MIN_BINS = 4
_TRIM_ROUNDS = 5
_TRIM_FACTOR = 4.0  # of the median residual; for Gaussian ones, 2.7 standard deviations
_TRIM_FLOOR_S = 1e-3  # USB polls every millisecond, so less than this is never an outlier


@dataclass(frozen=True)
class _Line:
    """Host seconds over device seconds, through one point."""

    device0_s: float
    host0_s: float
    slope: float = 1.0
    slope_error: float = 0.0
    n_bins: int = 0  # number of fitted bins; 0: through the newest arrival only


class ClockFit:
    """Line through (device seconds, host monotonic seconds).

    Arrivals are late by a varying amount and never early, so only the earliest arrival of every
    half second (smallest host minus device) counts. The line is a least-squares fit through those
    of the last two minutes. So neither bunched arrivals nor a stall of seconds bend it: arrivals
    after a stall are far from the line through the others and are left out.

    One thread adds arrivals. Any thread may read, because the line is replaced as a whole.
    """

    def __init__(self) -> None:
        self._bins: deque[tuple[int, float, float]] = deque(maxlen=_WINDOW_BINS)
        self._line: _Line | None = None

    def add(self, device_s: float, host_s: float) -> None:
        """Add the arrival at `host_s` of a frame stamped `device_s`."""
        number = int(device_s // _BIN_S)
        if self._bins and self._bins[-1][0] == number:
            _, device, host = self._bins[-1]
            if host_s - device_s < host - device:
                self._bins[-1] = (number, device_s, host_s)
        else:
            self._line = self._fit() or self._line
            self._bins.append((number, device_s, host_s))
        if self._line is None or not self._line.n_bins:
            self._line = _Line(*self._bins[-1][1:])

    def host_s(self, device_s: float) -> float:
        """Return host monotonic seconds at device time `device_s`.

        Raises ValueError before the first arrival.
        """
        line = self._known()
        return line.host0_s + line.slope * (device_s - line.device0_s)

    def device_s(self, host_s: float) -> float:
        """Return device seconds at host monotonic time `host_s`: the inverse of `host_s`."""
        line = self._known()
        return line.device0_s + (host_s - line.host0_s) / line.slope

    @property
    def drift_ppm(self) -> float | None:
        """How much faster the host's clock runs than the device's; None before 10 s of signal."""
        line = self._line
        return (line.slope - 1.0) * 1e6 if line and line.n_bins * _BIN_S >= 10.0 else None

    @property
    def slope(self) -> tuple[float, float] | None:
        """Host seconds per device second, and its standard error; None before the first fit."""
        line = self._line
        return (line.slope, line.slope_error) if line and line.n_bins else None

    def _known(self) -> _Line:
        line = self._line
        if line is None:
            raise ValueError("no frame has arrived yet")
        return line

    def _fit(self) -> _Line | None:
        line = None
        if len(self._bins) < _MIN_BINS:
            return line
        points = np.array([(device, host) for _, device, host in self._bins])
        for _ in range(_TRIM_ROUNDS):
            middle_device, middle_host = (float(v) for v in points.mean(axis=0))
            device, host = (points - (middle_device, middle_host)).T
            spread = float(device @ device)
            slope = float(device @ host) / spread
            if slope <= 0:  # all arrived at once, as after a stall, so the rate is unknown
                break
            residual = np.abs(host - slope * device)
            error = float(np.sqrt(residual @ residual / max(1, len(points) - 2) / spread))
            line = _Line(middle_device, middle_host, slope, error, len(self._bins))
            kept = residual <= max(_TRIM_FACTOR * float(np.median(residual)), _TRIM_FLOOR_S)
            if kept.all():
                break
            points = points[kept]
        return line
