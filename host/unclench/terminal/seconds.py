"""A line for each second of signal: for pipes, files and terminals that cannot be drawn on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from unclench.live.blocks import FloatArray, LiveBlock, StreamInfo
from unclench.live.reading import Reading, reading
from unclench.live.words import NO_NUMBER, loss_words, tension_words
from unclench.store.events.event import BoardLost, Event
from unclench_dsp import PickEvery


@dataclass(frozen=True)
class Second:
    """A second of signal: the mean tension of each channel, and its state at the end."""

    number: int  # since the session began, from 1
    readings: tuple[Reading, ...]  # one for each channel
    lost_samples: int  # since the second before that has a line


class Seconds:
    """A sink that sums up each second, the same however the samples were split into blocks.

    A second whose last sample was lost is left out.
    """

    def __init__(self, info: StreamInfo) -> None:
        self._fs_hz = info.fs_hz
        self._pick = PickEvery(info.hop_n)
        self._number = 1  # of the second under way
        self._rows: list[FloatArray] = []  # of tension, of the second under way
        self._lost_samples = 0
        self._ready: deque[Second] = deque()
        self._interruptions: deque[str] = deque()

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        while self._end <= block.first:
            self._begin_next()
        offsets = self._pick.offsets(block.first, len(block.units))
        rows = block.envelope_uv[offsets]
        rows[block.settling[offsets]] = np.nan
        done = 0
        while self._end <= block.stop:
            stop = int(np.searchsorted(block.first + offsets, self._end))
            self._rows.append(rows[done:stop])
            self._sum_up(block, self._end - 1)
            done = stop
        self._rows.append(rows[done:])

    def event(self, event: Event) -> None:
        """See Sink.event."""
        self._lost_samples += event.lost_samples or 0
        if isinstance(event.payload, BoardLost):
            self._interruptions.append(event.payload.reason)

    def take(self) -> Iterator[Second]:
        """Yield the seconds that are complete and were not taken yet."""
        while self._ready:
            yield self._ready.popleft()

    def interruptions(self) -> Iterator[str]:
        """Yield the reason of each disconnection that was not taken yet."""
        while self._interruptions:
            yield self._interruptions.popleft()

    @property
    def _end(self) -> int:
        """Sample behind the second under way."""
        return round(self._number * self._fs_hz)

    def _begin_next(self) -> None:
        self._number += 1
        self._rows = []

    def _sum_up(self, block: LiveBlock, last: int) -> None:
        tension_uv = np.concatenate(self._rows)
        at_last = block.state_at(last), block.trusted_at(last), block.left_hz_at(last)
        readings = tuple(
            reading(rows_uv, state, trusted, left_hz=left_hz)
            for rows_uv, state, trusted, left_hz in zip(tension_uv.T, *at_last, strict=True)
        )
        self._ready.append(Second(self._number, readings, self._lost_samples))
        self._lost_samples = 0
        self._begin_next()


def line(second: Second, names: Sequence[str], fs_hz: float, shown: bool = True) -> str:
    r"""Put a second into words, separated by tabs: '12 s\tChannel 1\t2.3 µV\tGood signal'.

    `shown` is False in a block of a self-trial in which tension is hidden.
    """
    fields = [f"{second.number} s"]
    for name, now in zip(names, second.readings, strict=True):
        number = now.tension_uv if shown else None
        value = NO_NUMBER if number is None else f"{tension_words(number)} µV"
        fields += [name, value, now.words.word]
    if second.lost_samples:
        fields.append(loss_words(second.lost_samples, fs_hz))
    return "\t".join(fields)
