"""Samples to tension, with what it is worth: what thread 2 does with them, and a review again.

The review of a recording takes this very way, so it trusts what the session trusted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.live.blocks import (
    FloatArray,
    LiveBlock,
    SignalInfo,
    States,
    Trust,
)
from unclench.store.events.event import Event, HumRemoved, SignalChanged
from unclench_dsp import ChainSettings, QualityMeter, RateError, SignalState, TensionChain


class Processing:
    """Filters, signal states and trust of one stream. Raises InputError: rate below the band."""

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
        self._meter = QualityMeter(
            info.fs_hz,
            n,
            rails_uv=info.rails_uv,
            noise_uv=np.array([noise_uv or 0.0 for noise_uv in info.device_noise_uv]),
        )
        settling: SignalState = "settling"
        self.state: States = (settling,) * n
        self._shown: States = self.state
        self._told_changes = 0
        fixed = settings.mains in ("50", "60")  # is removed from the first sample on
        # For each channel the sample from which on hum is removed, and is known to be another's.
        self._notched_from: dict[int, int] = dict.fromkeys(range(n), 0) if fixed else {}
        self._left_from: dict[int, int] = {}

    def restart(self) -> None:
        """Begin anew behind a gap, which is never bridged."""
        self.chain.restart()
        settling: SignalState = "settling"
        self.state = self._shown = (settling,) * len(self.state)

    def samples(
        self, first: int, units: NDArray[np.int32], emg_uv: FloatArray, host_s: float = 0.0
    ) -> tuple[list[Event], LiveBlock]:
        """Take consecutive samples; return what was noticed, and the block.

        Parameters
        ----------
        first : int
            Number of the first sample since the session began.
        units, emg_uv : ndarray, shape (n_samples, n_channels)
            As they came, and in uV at the electrode.
        host_s : float
            When they arrived, on the host's monotonic clock.
        """
        channels = self._info.channels
        events: list[Event] = []
        chained = self.chain.process(emg_uv)
        states, shown = [(first, self.state)], [(first, self._shown)]
        trust_changes = {first}
        for assessment in self._meter.process(first, emg_uv, chained.settling):
            known_from = assessment.first_index + self._meter.window_n
            for name, was, state in zip(channels, self.state, assessment.state, strict=True):
                if was != state:
                    events.append(Event(known_from, SignalChanged(name, state)))
            self.state = assessment.state
            states.append((known_from, self.state))
            self._shown = assessment.shown
            shown.append((known_from, self._shown))
            trust_changes.add(known_from)
        for change in self.chain.notch_changes[self._told_changes :]:
            self._told_changes += 1
            at = first + change.index - chained.first_index
            lines_hz = tuple(float(hz) for hz in change.lines_hz)
            events.append(Event(at, HumRemoved(channels[change.channel], lines_hz)))
            self._notched_from.setdefault(change.channel, at)
            trust_changes.add(at)
        for channel, index in self.chain.hum_left_from.items():
            if channel not in self._left_from:
                self._left_from[channel] = at = first + index - chained.first_index
                trust_changes.add(at)
        block = LiveBlock(
            first,
            units,
            emg_uv,
            chained.band_uv,
            chained.envelope_uv,
            chained.settling,
            tuple(states),
            tuple(shown),
            tuple((at, self._trust(states, shown, at)) for at in sorted(trust_changes)),
            host_s,
        )
        return events, block

    def trusted(self, at: int) -> Trust:
        """Trust in each channel from sample `at` on, as it stands."""
        return self._trust([(0, self.state)], [(0, self._shown)], at)

    def _trust(
        self, states: Sequence[tuple[int, States]], shown: Sequence[tuple[int, States]], at: int
    ) -> Trust:
        """Hum is no muscle's until it is removed; without contact or cut off, nothing is.

        Words wait for a second window that shows the same; trust does not wait to be lost.
        """

        def is_muscle(k: int, word: SignalState) -> bool:
            removed = self._notched_from.get(k, at + 1) <= at < self._left_from.get(k, at + 1)
            return word == "good" or (word == "mains hum" and removed)

        believed, seen = (
            next(known for since, known in reversed(line) if at >= since)
            for line in (states, shown)
        )
        return tuple(
            is_muscle(k, state) and is_muscle(k, now)
            for k, (state, now) in enumerate(zip(believed, seen, strict=True))
        )
