"""What the processing thread hands on: the types at the live room's doors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from unclench.store.events.event import Event
from unclench_dsp import WIDE, Band, Heart, Line, MainsMode, SignalState, noise_in_band
from unclench_wire.ids import FLAG_VIRTUAL
from unclench_wire.messages import Hello

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
States = tuple[SignalState, ...]  # one for each channel
Trust = tuple[bool, ...]  # for each channel whether its tension is a muscle's

TENSION_RATE_HZ = 50  # rows of tension per second, for screen and disk alike
_NOISE_BAND_HZ = (WIDE.low_hz, WIDE.high_hz)  # what a board's noise figure refers to


@dataclass(frozen=True)
class LiveSettings:
    """How tension is computed; stored with every session."""

    band: Band = WIDE
    mains: MainsMode = "auto"
    window_s: float = 0.25


@dataclass(frozen=True)
class SignalInfo:
    """What must be known of a signal to make tension of it, live or recorded."""

    fs_hz: float  # samples per second and channel
    channels: tuple[str, ...]
    settings: LiveSettings
    rails_uv: tuple[FloatArray, FloatArray] | None  # lowest and highest value of each channel
    device_noise_uv: tuple[float | None, ...]  # each channel's own, RMS in the wide band

    @property
    def hop_n(self) -> int:
        """Samples from one row of tension to the next."""
        return max(1, round(self.fs_hz / TENSION_RATE_HZ))

    @property
    def noise_uv(self) -> tuple[float | None, ...]:
        """Each channel's own noise in the band used, RMS; None where it was never measured."""
        band = (self.settings.band.low_hz, self.settings.band.high_hz)
        return tuple(
            noise_in_band(noise_uv, _NOISE_BAND_HZ, band) if noise_uv else None
            for noise_uv in self.device_noise_uv
        )


@dataclass(frozen=True)
class StreamInfo:
    """A stream's constants, and what follows from them."""

    source: str
    hello: Hello
    channels: tuple[str, ...]
    settings: LiveSettings

    @cached_property
    def signal(self) -> SignalInfo:
        """What the processing must know of it."""
        noise_uv = tuple(channel.noise_nv / 1000 or None for channel in self.hello.channels)
        fs_hz = self.hello.fs_hz()
        return SignalInfo(fs_hz, self.channels, self.settings, self.rails_uv, noise_uv)

    @property
    def fs_hz(self) -> float:
        """Samples per second and channel."""
        return self.signal.fs_hz

    @property
    def rails_uv(self) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest value that each channel can show."""
        low = (self.hello.low_unit - self.hello.zero_unit) * self.uv_per_unit
        return low, (self.hello.high_unit - self.hello.zero_unit) * self.uv_per_unit

    @property
    def hop_n(self) -> int:
        """Samples from one row of tension to the next."""
        return self.signal.hop_n

    @property
    def noise_uv(self) -> tuple[float | None, ...]:
        """Each channel's own noise in the band used, RMS; None where it was never measured."""
        return self.signal.noise_uv

    @property
    def virtual(self) -> bool:
        """Whether the board is a virtual one; what it plays may be a person's recording."""
        return bool(self.hello.flags & FLAG_VIRTUAL)

    @cached_property
    def uv_per_unit(self) -> FloatArray:
        """Microvolts at the electrode per unit, shape (n_channels,)."""
        return np.array([self.hello.uv_per_unit(k) for k in range(len(self.channels))])


@dataclass(frozen=True)
class LiveBlock:
    """Consecutive samples and what became of them. Arrays are shared: nobody writes to them."""

    first: int  # index of the first sample since the session began
    units: NDArray[np.int32]  # (n_samples, n_channels), as they came
    emg_uv: FloatArray  # (n_samples, n_channels) at the electrode
    band_uv: FloatArray  # (n_samples, n_channels), band-passed, lines and tones removed
    envelope_uv: FloatArray  # (n_samples, n_channels), the tension: moving RMS of what is kept
    kept: BoolArray  # (n_samples, n_channels), False for a heartbeat, pop, tug or flutter
    disturbed: BoolArray  # (n_samples, n_channels), True during a pop, tug or flutter
    jumped: BoolArray  # (n_samples, n_channels), True where hum or a tone stops at once
    settling: BoolArray  # (n_samples,): no tension yet
    states: tuple[tuple[int, States], ...]  # from which sample on which states hold, ascending
    shown: tuple[tuple[int, States], ...]  # what each window alone shows, not yet confirmed
    trusts: tuple[tuple[int, Trust], ...]  # the same for trust
    left_hz: tuple[tuple[int, tuple[float, ...]], ...]  # of the hum or tone in a state; else 0
    host_s: float  # when its last byte arrived

    @property
    def state(self) -> States:
        """State of each channel at the block's end."""
        return self.states[-1][1]

    @property
    def trusted(self) -> Trust:
        """Trust in each channel at the block's end."""
        return self.trusts[-1][1]

    def state_at(self, sample: int) -> States:
        """State of each channel at one of the block's samples."""
        return next(states for since, states in reversed(self.states) if sample >= since)

    def left_hz_at(self, sample: int) -> tuple[float, ...]:
        """Frequency of the hum or tone in each channel's state at one of the block's samples."""
        return next(hz for since, hz in reversed(self.left_hz) if sample >= since)

    def trusted_at(self, sample: int) -> Trust:
        """Trust in each channel at one of the block's samples."""
        return next(trust for since, trust in reversed(self.trusts) if sample >= since)

    @property
    def stop(self) -> int:
        """Index behind the last sample."""
        return self.first + len(self.emg_uv)

    def between(self, start: int, stop: float) -> LiveBlock | None:
        """The part from sample `start` to before `stop`; None where nothing of it lies there."""
        if start <= self.first and self.stop <= stop:
            return self
        low, high = max(start, self.first), int(min(stop, self.stop))
        if high <= low:
            return None
        here = slice(low - self.first, high - self.first)
        return replace(
            self,
            first=low,
            units=self.units[here],
            emg_uv=self.emg_uv[here],
            band_uv=self.band_uv[here],
            envelope_uv=self.envelope_uv[here],
            kept=self.kept[here],
            disturbed=self.disturbed[here],
            jumped=self.jumped[here],
            settling=self.settling[here],
        )


class Sink(Protocol):
    """Anything that follows a stream; called by the processing thread alone, in order."""

    def block(self, block: LiveBlock) -> None:
        """Take the next samples."""

    def event(self, event: Event) -> None:
        """Take an event; its sample may lie behind the blocks seen."""


@dataclass(frozen=True)
class LiveStatus:
    """The current state of a stream."""

    connected: bool
    ended: bool  # nothing more will come
    why: str  # the last trouble or the reason for the end
    n_samples: int  # indices passed since the session began, losses included
    lost_samples: int
    bad_frames: int
    overflows: int
    reconnections: int
    state: States = ()
    trusted: tuple[bool, ...] = ()
    left_hz: tuple[float, ...] = ()  # of the hum or tone in a channel's state; else 0
    removed: tuple[tuple[Line, ...], ...] = ()  # lines, for each channel
    heart: tuple[Heart | None, ...] = ()  # for each channel, where it is gated
    mains_fraction: tuple[float, ...] = ()
    drift_ppm: float | None = None
    recent_events: tuple[Event, ...] = ()
    cut_short: bool = False  # the end was not meant: `why` says what happened
