"""A stretch of a board's stream: runs of samples between gaps, echoes, and the clock fit."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench.errors import SourceError
from unclench.link.clock import ClockFit
from unclench.link.connection import Connection, trouble_of
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench.link.timing import Clock
from unclench.link.tracker import SampleTracker
from unclench.translation import tr
from unclench_dsp import units_to_uv
from unclench_wire import ids
from unclench_wire.messages import Hello

_ECHO_EVERY_S = 0.1
_ECHO_LOST_S = 1.0
_SILENT_S = 2.0
_READ_S = 0.05
_PATIENCE = 1.5  # wait this many times as long as it should take, and a little more
_PATIENCE_S = 2.0


@dataclass
class Stream:
    """What arrives from the board; a gap ends a run of samples."""

    hello: Hello
    clock: Clock
    runs: list[list[NDArray[np.int32]]] = field(default_factory=list)  # between gaps
    echoes_s: list[float] = field(default_factory=list)
    echoes_lost: int = 0
    fit: ClockFit = field(default_factory=ClockFit)

    def __post_init__(self) -> None:
        self.fs_hz = self.hello.fs_hz()
        self.tracker = SampleTracker(self.fs_hz, len(self.hello.channels))
        self._rows = 0
        self._tag: int | None = None
        self._sent_s = 0.0

    def listen(
        self, connection: Connection, seconds: float, progress: Callable[[float], None]
    ) -> None:
        """Receive `seconds` of signal and ask for echoes meanwhile. Raises SourceError.

        A board that is far too slow gets half as much time again, then this returns.
        """
        began_s = heard_s = self.clock.now_s()
        patience_s = seconds * _PATIENCE + _PATIENCE_S
        while self._rows < seconds * self.fs_hz:
            self._ask(connection)
            messages = connection.read(_READ_S)
            now_s = self.clock.now_s()
            if self._take(connection.name, messages, now_s):
                heard_s = now_s
                progress(self._rows / self.fs_hz)
            if now_s - heard_s > _SILENT_S:
                raise SourceError(
                    tr(
                        "The board on {name} sent no samples for {silent_s:g} s. Unplug it, plug "
                        "it in again and repeat the check.",
                        name=connection.name,
                        silent_s=_SILENT_S,
                    )
                )
            if now_s - began_s > patience_s:
                return  # the rate is far too low, which the figures show

    def _ask(self, connection: Connection) -> None:
        """Send at most ten echo requests a second, one at a time."""
        now_s = self.clock.now_s()
        if self._tag is not None and now_s - self._sent_s > _ECHO_LOST_S:
            self._tag = None
            self.echoes_lost += 1
        if self._tag is None and now_s - self._sent_s > _ECHO_EVERY_S:
            self._tag = connection.send(ids.CMD_ECHO, random.randbytes(4))
            self._sent_s = self.clock.now_s()

    def _take(self, name: str, messages: list[Message], now_s: float) -> bool:
        """Sort the messages by kind; return True if samples were among them."""
        heard = False
        for message in messages:
            if isinstance(message, SampleFrame):
                heard = True
                self._place(message, now_s)
            elif trouble := trouble_of(message):
                raise SourceError(
                    tr("The board on {name} reports: {trouble}.", name=name, trouble=trouble)
                )
            elif isinstance(message, Hello):
                raise SourceError(
                    tr(
                        "The board on {name} restarted during the check. Look at its cable and "
                        "its supply, then repeat the check.",
                        name=name,
                    )
                )
            elif (message.command, message.tag) == (ids.CMD_ECHO, self._tag):
                self._tag = None
                if isinstance(message, Reply):
                    self.echoes_s.append(now_s - self._sent_s)
                elif isinstance(message, ErrorReply):
                    self.echoes_lost += 1
        return heard

    def _place(self, frame: SampleFrame, now_s: float) -> None:
        block = self.tracker.add(frame)
        if block is None:
            return
        if block.lost_before or not self.runs:
            self.runs.append([])
        self.runs[-1].append(block.units)
        self._rows = block.first + len(block.units)
        self.fit.add(self._rows / self.fs_hz, now_s)

    def whole_runs(self, name: str) -> list[NDArray[np.int32]]:
        """Return runs in units of the wire, each (n_samples, n_channels).

        Raises SourceError if there is none.
        """
        if not self.runs:
            raise SourceError(
                tr(
                    "The board on {name} sent no valid samples. Update its firmware (`unclench "
                    "board install`).",
                    name=name,
                )
            )
        return [np.concatenate(run) for run in self.runs]


def runs_in_uv(hello: Hello, runs: list[NDArray[np.int32]]) -> list[NDArray[np.float64]]:
    """Return runs in uV at the electrode, relative to half the supply."""
    uv_per_unit = np.array([hello.uv_per_unit(k) for k in range(len(hello.channels))])
    return [units_to_uv(run, hello.zero_unit, uv_per_unit) for run in runs]


def rails_uv(hello: Hello) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and highest value that each channel can read, in uV at the electrode."""
    uv_per_unit = np.array([hello.uv_per_unit(k) for k in range(len(hello.channels))])
    low, high = hello.low_unit - hello.zero_unit, hello.high_unit - hello.zero_unit
    return low * uv_per_unit, high * uv_per_unit
