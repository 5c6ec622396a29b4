"""Measures a board while it streams: rate, losses, answers, noise, where its inputs sit."""

from __future__ import annotations

import random
import statistics
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from unclench.board.noise import DEAD_UV, converter_noise_uv, limits_uv
from unclench.errors import InputError, SourceError
from unclench.link.clock import ClockFit
from unclench.link.connection import Connection, trouble_of
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench.link.tracker import SampleTracker
from unclench.link.transport import TransportClosed
from unclench_dsp import (
    WIDE,
    MainsDetector,
    RateError,
    SosFilter,
    clipped_fraction,
    design_bandpass,
    settle_s,
    units_to_uv,
)
from unclench_wire import ids
from unclench_wire.messages import Hello

MIN_SECONDS = 3.0  # less tells no rate
_ECHO_EVERY_S = 0.1
_ECHO_LOST_S = 1.0
_SILENT_S = 2.0
_READ_S = 0.05
_PATIENCE = 1.5  # times as long as it should take, and a little more
_PATIENCE_S = 2.0


@dataclass(frozen=True)
class ChannelCheck:
    """One channel as it was while it was measured."""

    noise_uv: float | None  # RMS in 20-450 Hz, hum included; None where the rate does not allow it
    mains_uv: float  # RMS of the hum in it, 0 where none was found
    mains_lines_hz: tuple[float, ...]
    stored_noise_uv: float  # what the board says its own noise is; 0: not measured
    level_code: float  # mean of the converter's readings, correction taken off
    level_v: float  # at the pin
    clipped_fraction: float
    converter_uv: float  # the noise that its converter alone makes


@dataclass(frozen=True)
class CheckResult:
    """What a check has found; `unclench.board.verdict` says what it means."""

    name: str
    label: str
    firmware: str
    board_id: str
    level: int  # of the protocol
    virtual: bool
    rate_hz: float  # by its hello
    measured_hz: float | None  # by this computer's clock
    rate_ppm: float | None  # how much faster than its hello says
    rate_error_ppm: float | None  # standard error
    seconds: float  # of signal
    n_samples: int
    lost_samples: int
    gaps: int
    bad_frames: int
    counters: dict[str, int]
    echo_ms: float | None  # median there and back
    echo_max_ms: float | None
    echoes_lost: int
    step_lsb: float
    full_scale_v: float
    oversampling: int  # readings summed to one sample
    channels: tuple[ChannelCheck, ...]


def check_board(
    connection: Connection,
    seconds: float,
    clock: Callable[[], float] | None = None,
    *,
    hello: Hello | None = None,
    progress: Callable[[float], None] = lambda signal_s: None,
) -> CheckResult:
    """Let a board stream for `seconds` and stop it again.

    Parameters
    ----------
    clock
        What its rate is held against; the connection's own unless given.
    hello
        What it said of itself; unless given, it is listened for first.

    Raises SourceError.
    """
    if hello is None:
        hello = connection.handshake()
    stream = _Stream(hello, clock or connection.clock)
    try:
        connection.start()
        stream.listen(connection, seconds, progress)
        connection.command(ids.CMD_STOP)
        body = connection.command(ids.CMD_COUNTERS)
    except TransportClosed as error:
        raise SourceError(
            f"The board on {connection.name} went away during the check: {error}."
        ) from error
    if len(body) < 4 * len(ids.COUNTER_NAMES):
        raise SourceError(
            f"The board on {connection.name} sent {len(body) // 4} counters, "
            f"{len(ids.COUNTER_NAMES)} are expected: update its firmware (`unclench board "
            "install`)."
        )
    counted = struct.unpack_from(f"<{len(ids.COUNTER_NAMES)}I", body)
    return _result(connection, hello, stream, dict(zip(ids.COUNTER_NAMES, counted, strict=True)))


def store_noise(connection: Connection, result: CheckResult) -> Hello:
    """Tell the board that what was measured is its own noise; return what it says then.

    Raises InputError where it cannot be, SourceError if the board refuses.
    """
    _, most_uv = limits_uv(result.oversampling, result.rate_hz)
    for number, channel in enumerate(result.channels, start=1):
        if channel.noise_uv is None or not DEAD_UV < channel.noise_uv <= most_uv:
            measured = "none" if channel.noise_uv is None else f"{channel.noise_uv:.2f} uV"
            raise InputError(
                f"The noise of channel {number} ({measured}) is not stored: an instrument's own is "
                f"{DEAD_UV:g} to {most_uv:.3g} uV; connect the sensor's electrodes to each other "
                "and repeat the check."
            )
        if channel.mains_lines_hz:
            raise InputError(
                f"The noise of channel {number} is not stored: {channel.mains_uv:.2f} uV of it are "
                "mains hum; unplug the charger and repeat the check."
            )
    hello = None
    for k, channel in enumerate(result.channels):
        noise_nv = round((channel.noise_uv or 0.0) * 1000)
        hello = connection.setting(ids.CMD_SET_NOISE, struct.pack("<BI", k, noise_nv))
    assert hello is not None
    return hello


@dataclass
class _Stream:
    """What comes in, as it comes in."""

    hello: Hello
    clock: Callable[[], float]
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
        began_s = heard_s = self.clock()
        patience_s = seconds * _PATIENCE + _PATIENCE_S
        while self._rows < seconds * self.fs_hz:
            self._ask(connection)
            messages = connection.read(_READ_S)
            now_s = self.clock()
            if self._take(connection.name, messages, now_s):
                heard_s = now_s
                progress(self._rows / self.fs_hz)
            if now_s - heard_s > _SILENT_S:
                raise SourceError(
                    f"The board on {connection.name} sent no samples for {_SILENT_S:g} s: unplug "
                    "it, plug it in again and repeat the check."
                )
            if now_s - began_s > patience_s:
                return  # far too slow a rate, which the figures will show

    def _ask(self, connection: Connection) -> None:
        """Keep one echo under way, ten a second."""
        now_s = self.clock()
        if self._tag is not None and now_s - self._sent_s > _ECHO_LOST_S:
            self._tag = None
            self.echoes_lost += 1
        if self._tag is None and now_s - self._sent_s > _ECHO_EVERY_S:
            self._tag = connection.send(ids.CMD_ECHO, random.randbytes(4))
            self._sent_s = self.clock()

    def _take(self, name: str, messages: list[Message], now_s: float) -> bool:
        """Sort what came; whether there were samples in it."""
        heard = False
        for message in messages:
            if isinstance(message, SampleFrame):
                heard = True
                self._place(message, now_s)
            elif trouble := trouble_of(message):
                raise SourceError(f"The board on {name} reports: {trouble}.")
            elif isinstance(message, Hello):
                raise SourceError(
                    f"The board on {name} restarted during the check: look at its cable and its "
                    "supply, and repeat it."
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


def _result(
    connection: Connection, hello: Hello, stream: _Stream, counters: dict[str, int]
) -> CheckResult:
    if not stream.runs:
        raise SourceError(
            f"The board on {connection.name} sent no samples that make sense: update its firmware "
            "(`unclench board install`)."
        )
    fs_hz, tracker = stream.fs_hz, stream.tracker
    runs = [np.concatenate(run) for run in stream.runs]
    n = sum(len(run) for run in runs)
    ppm = error_ppm = None
    if stream.fit.slope is not None:
        slope, error = stream.fit.slope
        ppm, error_ppm = (1.0 / slope - 1.0) * 1e6, error * 1e6
    echoes = stream.echoes_s
    return CheckResult(
        name=connection.name,
        label=hello.label,
        firmware=".".join(str(part) for part in hello.firmware),
        board_id=hello.board_id.hex(),
        level=hello.level,
        virtual=bool(hello.flags & ids.FLAG_VIRTUAL),
        rate_hz=fs_hz,
        measured_hz=None if ppm is None else fs_hz * (1.0 + ppm * 1e-6),
        rate_ppm=ppm,
        rate_error_ppm=error_ppm,
        seconds=(n + tracker.lost_samples) / fs_hz,
        n_samples=n,
        lost_samples=tracker.lost_samples,
        gaps=tracker.gaps,
        bad_frames=connection.decoder.bad_frames + tracker.senseless_frames,
        counters=counters,
        echo_ms=statistics.median(echoes) * 1000 if echoes else None,
        echo_max_ms=max(echoes) * 1000 if echoes else None,
        echoes_lost=stream.echoes_lost,
        step_lsb=hello.step_mlsb / 1000,
        full_scale_v=hello.full_scale_uv / 1e6,
        oversampling=hello.oversampling,
        channels=_channels(hello, runs),
    )


def _channels(hello: Hello, runs: list[NDArray[np.int32]]) -> tuple[ChannelCheck, ...]:
    k = range(len(hello.channels))
    uv_per_unit = np.array([hello.uv_per_unit(channel) for channel in k])
    runs_uv = [units_to_uv(run, hello.zero_unit, uv_per_unit) for run in runs]
    noise_uv, mains_uv, lines_hz = _noise(runs_uv, hello.fs_hz(), len(hello.channels))
    rails_uv = (
        (hello.low_unit - hello.zero_unit) * uv_per_unit,
        (hello.high_unit - hello.zero_unit) * uv_per_unit,
    )
    clipped = clipped_fraction(np.concatenate(runs_uv), rails_uv)
    level = np.concatenate(runs).mean(axis=0) / hello.oversampling
    return tuple(
        ChannelCheck(
            None if noise_uv is None else float(noise_uv[channel]),
            float(mains_uv[channel]),
            lines_hz[channel],
            hello.channels[channel].noise_nv / 1000,
            float(level[channel]),
            float(level[channel] * hello.full_scale_uv / hello.codes / 1e6),
            float(clipped[channel]),
            converter_noise_uv(hello, channel),
        )
        for channel in k
    )


def _noise(
    runs_uv: list[NDArray[np.float64]], fs_hz: float, n_channels: int
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64], tuple[tuple[float, ...], ...]]:
    """RMS in the wide band, RMS of the mains in it, and its lines, per channel."""
    none: tuple[float, ...] = ()
    try:
        sos = design_bandpass(WIDE, fs_hz)
    except RateError:
        return None, np.zeros(n_channels), (none,) * n_channels
    settling_n = round(settle_s(sos, fs_hz) * fs_hz)
    bandpass = SosFilter(sos, n_channels)
    detector = MainsDetector(fs_hz, n_channels, WIDE)
    squares, n = np.zeros(n_channels), 0
    for run_uv in runs_uv:  # a gap is never bridged
        bandpass.reset()
        detector.restart()
        band_uv = bandpass.process(run_uv)[settling_n:]
        detector.process(band_uv)
        squares += np.square(band_uv).sum(axis=0)
        n += len(band_uv)
    if n == 0:
        return None, np.zeros(n_channels), (none,) * n_channels
    noise_uv = np.sqrt(squares / n)
    found = np.array([bool(lines) for lines in detector.lines_hz])
    return noise_uv, noise_uv * np.sqrt(detector.mains_fraction) * found, detector.lines_hz
