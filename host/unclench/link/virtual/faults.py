"""Trouble on the line, switched on by name, so that the link can be seen to cope with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport

_MAX_PPM = 100_000.0  # a tenth: far beyond any crystal, still a clock


@dataclass(frozen=True)
class Faults:
    """What goes wrong. Shares are per byte sent by the board; 0 is off."""

    drop: float = 0.0
    repeat: float = 0.0
    swap: float = 0.0  # with the byte before it
    corrupt: float = 0.0
    stall_every_s: float = 0.0
    stall_s: float = 0.0  # nothing passes for so long; it all arrives afterwards
    unplug_every_s: float = 0.0
    unplug_s: float = 1.0  # the port is gone for so long
    clock_ppm: float = 0.0  # the board's crystal against true time

    def __post_init__(self) -> None:
        """Raise ValueError with a sentence where a figure makes no sense."""
        for name in ("drop", "repeat", "swap", "corrupt"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name):g} is not a share; choose 0 to 1")
        for name in ("stall_every_s", "stall_s", "unplug_every_s", "unplug_s"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(
                    f"{name} {getattr(self, name):g} is out of range; choose 0 seconds or more"
                )
        if self.stall_every_s and self.stall_s >= self.stall_every_s:
            raise ValueError(
                f"stall_s {self.stall_s:g}; a stall must be shorter than stall_every_s "
                f"({self.stall_every_s:g})"
            )
        if not abs(self.clock_ppm) <= _MAX_PPM:
            raise ValueError(
                f"clock_ppm {self.clock_ppm:g} is out of range; choose up to ±{_MAX_PPM:g}"
            )

    @property
    def damage(self) -> bool:
        """Whether bytes are harmed on their way."""
        return any((self.drop, self.repeat, self.swap, self.corrupt, self.stall_every_s))


NO_FAULTS = Faults()


class FaultyTransport:
    """Harms what the board writes; what the host writes passes."""

    def __init__(
        self, inner: Transport, faults: Faults, seed: int, clock: Clock = TRUE_TIME
    ) -> None:
        self._inner = inner
        self._faults = faults
        self._rng = np.random.default_rng(seed)
        self._held = bytearray()
        self._clock = clock
        self._born_s = clock.now_s()

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        return self._inner.read(timeout_s)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        self._held += self._harm(bytes(data))
        every_s = self._faults.stall_every_s
        age_s = self._clock.now_s() - self._born_s
        if every_s and age_s > every_s and age_s % every_s < self._faults.stall_s:
            return len(data)
        del self._held[: self._inner.write(bytes(self._held))]
        return len(data)

    def drain(self) -> None:
        """See Transport.drain; a stall ends here."""
        held, self._held = self._held, bytearray()
        self._inner.write(held)
        self._inner.drain()

    def close(self) -> None:
        """See Transport.close."""
        self._inner.close()

    def _harm(self, data: bytes) -> bytes:
        f = self._faults
        array = np.frombuffer(data, np.uint8).copy()
        if f.corrupt:
            hit = self._rng.random(len(array)) < f.corrupt
            array[hit] ^= self._rng.integers(1, 256, hit.sum(), dtype=np.uint8)
        if f.swap:
            for i in 1 + np.flatnonzero(self._rng.random(max(0, len(array) - 1)) < f.swap):
                array[[i - 1, i]] = array[[i, i - 1]]
        copies = np.ones(len(array), np.intp)
        copies[self._rng.random(len(array)) < f.drop] = 0
        copies[self._rng.random(len(array)) < f.repeat] = 2
        return np.repeat(array, copies).tobytes()
