"""Measuring steps: confirmed rows in, each channel's baseline or reference out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from unclench.live.blocks import FloatArray, IntArray
from unclench.store.events.event import Payload
from unclench.training.placement.resting import MeasurementError
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Row, Stream
from unclench.training.steps.underway import Measured, UnderWay


class Measurement(UnderWay):
    """Collects the rows of a measuring step."""

    def __init__(self, channels: Sequence[TrainedChannel], stream: Stream) -> None:
        self._channels = list(channels)
        self._row_hz = 1 / stream.row_s
        self._window_s = stream.window_s  # of the fast RMS
        self._parts: list[int] = []
        self._fast_uv: list[list[float]] = []
        self._slow_uv: list[list[float]] = []

    def add(
        self, row: Row, part: int, usable: Sequence[bool], goal_uv: Sequence[float | None] = ()
    ) -> None:
        nan = float("nan")
        pairs = list(zip(self._channels, usable, strict=True))
        self._parts.append(part)
        self._fast_uv.append([row.fast_uv[c.index] if ok else nan for c, ok in pairs])
        self._slow_uv.append([row.slow_uv[c.index] if ok else nan for c, ok in pairs])

    def measured(self) -> Measured:
        """See UnderWay.measured; one sensor that fails does not affect the others."""
        channels: list[TrainedChannel] = []
        payloads: list[Payload | None] = []
        failures = []
        parts = np.array(self._parts)
        for k, channel in enumerate(self._channels):
            fast_uv = np.array([row[k] for row in self._fast_uv])
            slow_uv = np.array([row[k] for row in self._slow_uv])
            try:
                now, payload = self._measure(channel, parts, fast_uv, slow_uv)
            except MeasurementError as failure:
                failures.append(str(failure))
                channels.append(self._unmeasured(channel, str(failure)))
                payloads.append(None)
            else:
                payloads.append(payload)
                channels.append(now)
        return Measured(tuple(channels), tuple(payloads), tuple(failures))

    def _unmeasured(self, channel: TrainedChannel, why: str) -> TrainedChannel:
        """Return a channel that could not be measured, with the reason."""
        return channel

    @abstractmethod
    def _measure(
        self, channel: TrainedChannel, parts: IntArray, fast_uv: FloatArray, slow_uv: FloatArray
    ) -> tuple[TrainedChannel, Payload]:
        """Return the channel with its new value, and the event. Raises MeasurementError."""
