"""Measures a board while it streams: rate, losses, answers, noise, where its inputs sit."""

from __future__ import annotations

import statistics
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.board.noise import DEAD_UV, converter_noise_uv, limits_uv
from unclench.board.stream import Stream, rails_uv, runs_in_uv
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.transport import TransportClosed
from unclench_dsp import (
    WIDE,
    MainsDetector,
    RateError,
    SosFilter,
    clipped_fraction,
    design_bandpass,
    settle_s,
)
from unclench_wire import ids
from unclench_wire.messages import Hello

MIN_SECONDS = 3.0  # less tells no rate


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
    stream = Stream(hello, clock or connection.clock)
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


def _result(
    connection: Connection, hello: Hello, stream: Stream, counters: dict[str, int]
) -> CheckResult:
    runs = stream.whole_runs(connection.name)
    fs_hz, tracker = stream.fs_hz, stream.tracker
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
    runs_uv = runs_in_uv(hello, runs)
    noise_uv, mains_uv, lines_hz = _noise(runs_uv, hello.fs_hz(), len(hello.channels))
    clipped = clipped_fraction(np.concatenate(runs_uv), rails_uv(hello))
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
