"""Samples to tension and its quality: what thread 2 does with them, and a review again.

The review of a recording takes this very way, so it trusts what the session trusted.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.live.blocks import FloatArray, LiveBlock, SignalInfo, States, Trust
from unclench.store.events.event import Disturbed, Event, HeartFound, LinesRemoved, SignalChanged
from unclench_dsp import (
    Assessment,
    ChainBlock,
    ChainSettings,
    QualityMeter,
    RateError,
    SignalState,
    TensionChain,
)

_MUSCLE: tuple[SignalState, ...] = ("good", "movement")
"""States in which tension can be a muscle's; disturbed samples are left out one by one."""

_HEART_AGAIN_S = 30.0  # without a beat, after which it counts as found again


class Processing:
    """Processes the signal of one stream and judges its quality.

    Samples come out late, by at most `CHAIN_DELAY_S`. Raises InputError: rate below the band.
    """

    def __init__(self, info: SignalInfo) -> None:
        self._info = info
        n = len(info.channels)
        settings = info.settings
        try:
            self.chain = TensionChain(
                ChainSettings(info.fs_hz, n, settings.band, settings.window_s, settings.mains)
            )
        except RateError as error:
            raise InputError(str(error)) from error
        self.meter = QualityMeter(
            info.fs_hz,
            n,
            settings.band,
            rails_uv=info.rails_uv,
            noise_uv=np.array([noise_uv or 0.0 for noise_uv in info.device_noise_uv]),
        )
        settling: SignalState = "settling"
        self.state: States = (settling,) * n
        self._shown: States = self.state
        self.left_hz = (0.0,) * n
        self._held: deque[tuple[NDArray[np.int32], FloatArray]] = deque()
        self._held_n = 0
        self._next = 0  # sample that comes out next
        self._told_lines = self._told_disturbances = 0
        self._shift = 0  # from the chain's count of samples to the session's
        self._last_beat = [-np.inf] * n
        self._fresh = True
        self._waiting: list[Event] = []  # noticed, but of samples that are not final yet

    def samples(
        self, first: int, units: NDArray[np.int32], emg_uv: FloatArray, host_s: float = 0.0
    ) -> tuple[list[Event], LiveBlock]:
        """Take consecutive samples; return what was noticed, and the samples that are final.

        Parameters
        ----------
        first : int
            Number of the first sample since the session began. After one that is missing, call
            `finish` before.
        units, emg_uv : ndarray, shape (n_samples, n_channels)
            As they came, and in uV at the electrode.
        host_s : float
            When they arrived, on the host's monotonic clock.
        """
        chained = self.chain.process(emg_uv)
        if self._fresh:
            self._fresh = False
            settling: SignalState = "settling"
            self.state = self._shown = (settling,) * len(self.state)
            self.left_hz = (0.0,) * len(self.state)
            self._next = first
            self._shift = first - chained.first_index
        self._held.append((units, emg_uv))
        self._held_n += len(emg_uv)
        return self._out(chained, host_s)

    def finish(self, host_s: float = 0.0) -> tuple[list[Event], LiveBlock]:
        """Return the samples that are held: before a gap, and at the end."""
        self._fresh = True
        events, block = self._out(self.chain.finish(), host_s)
        return events + self._due(math.inf), block

    def _out(self, chained: ChainBlock, host_s: float) -> tuple[list[Event], LiveBlock]:
        first = self._next
        units, emg_uv = self._let_go(len(chained))
        self._next += len(chained)
        events: list[Event] = []
        states, shown = [(first, self.state)], [(first, self._shown)]
        left_hz = [(first, self.left_hz)]
        for assessment in self.meter.process(first, emg_uv, chained):
            known_from = assessment.first_index + self.meter.window_n
            events += self._state_events(known_from, assessment)
            self.state, self._shown = assessment.state, assessment.shown
            self.left_hz = assessment.left_hz
            left_hz.append((known_from, self.left_hz))
            states.append((known_from, self.state))
            shown.append((known_from, self._shown))
        events += self._line_events()
        events += self._disturbance_events()
        block = LiveBlock(
            first,
            units,
            emg_uv,
            chained.band_uv,
            chained.envelope_uv,
            chained.kept,
            chained.disturbed,
            chained.jumped,
            chained.settling,
            tuple(states),
            tuple(shown),
            tuple(
                (at, _trust(believed, seen))
                for (at, believed), (_, seen) in zip(states, shown, strict=True)
            ),
            tuple(left_hz),
            host_s,
        )
        self._waiting += events
        return self._due(self._next), block

    def _due(self, until: float) -> list[Event]:
        """Return the events up to a sample: in one order, however the input was split."""
        due = [event for event in self._waiting if event.sample <= until]
        self._waiting = [event for event in self._waiting if event.sample > until]
        return sorted(due, key=lambda event: (event.sample, str(event.kind)))

    def _let_go(self, n: int) -> tuple[NDArray[np.int32], FloatArray]:
        """Return the `n` oldest samples that are held."""
        self._held_n -= n
        units, emg_uv = [], []
        while n > 0:
            some, same_uv = self._held.popleft()
            units.append(some[:n])
            emg_uv.append(same_uv[:n])
            if len(same_uv) > n:
                self._held.appendleft((some[n:], same_uv[n:]))
            n -= len(emg_uv[-1])
        if len(units) == 1:
            return units[0], emg_uv[0]
        n_channels = len(self.state)
        return (
            np.concatenate([np.empty((0, n_channels), np.int32), *units]),
            np.concatenate([np.empty((0, n_channels)), *emg_uv]),
        )

    def _state_events(self, known_from: int, now: Assessment) -> list[Event]:
        of_each = zip(self._info.channels, self.state, now.state, now.left_hz, strict=True)
        return [
            Event(known_from, SignalChanged(name, state, round(hz, 1) or None))
            for name, was, state, hz in of_each
            if was != state
        ]

    def _line_events(self) -> list[Event]:
        changes = self.chain.line_changes[self._told_lines :]
        self._told_lines += len(changes)
        channels = self._info.channels
        return [
            Event(
                change.index + self._shift,
                LinesRemoved(
                    channels[change.channel],
                    tuple(round(line.hz, 2) for line in change.lines if line.kind == "hum"),
                    tuple(round(line.hz, 2) for line in change.lines if line.kind == "tone"),
                ),
            )
            for change in changes
        ]

    def _disturbance_events(self) -> list[Event]:
        events = []
        found = self.chain.disturbances[self._told_disturbances :]
        self._told_disturbances += len(found)
        fs_hz = self._info.fs_hz
        for one in found:
            name, known = self._info.channels[one.channel], one.known + self._shift
            if one.kind != "heart":
                length_s = round((one.stop - one.first) / fs_hz, 3)
                events.append(Event(known, Disturbed(name, one.kind), length_s))
                continue
            if known - self._last_beat[one.channel] > _HEART_AGAIN_S * fs_hz:
                events.append(Event(known, HeartFound(name)))
            self._last_beat[one.channel] = known
        return events

    @property
    def trusted(self) -> Trust:
        """Current trust in each channel."""
        return _trust(self.state, self._shown)


def _trust(believed: States, seen: States) -> Trust:
    """Words wait for a second window that shows the same; trust does not wait to be lost."""
    return tuple(
        state in _MUSCLE and now in _MUSCLE for state, now in zip(believed, seen, strict=True)
    )
