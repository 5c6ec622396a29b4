"""Measure a board while it streams: rate, losses, response time, noise and input levels."""

from __future__ import annotations

import math
import statistics
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench.board.limits import CLIPPED, MOST_STEADINESS, STEADY_S
from unclench.board.noise import DEAD_UV, converter_noise_uv, limits_uv, spectra
from unclench.board.stream import Stream, rails_uv, runs_in_uv
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.transport import TransportClosed
from unclench.translation import tr
from unclench_dsp import clipped_fraction
from unclench_dsp.noise import Spectrum
from unclench_wire import ids
from unclench_wire.messages import Hello

_HUM_UV = 0.1  # hum below this, or below this share of the other noise, may be chance
_HUM_SHARE = 0.5


@dataclass(frozen=True)
class ChannelCheck:
    """What was measured of one channel."""

    noise_uv: float | None  # RMS in 20-450 Hz, hum included; None if it could not be measured
    mains_uv: float  # RMS of the hum in it; 0 if there is none
    mains_hz: int | None  # frequency of the hum: 50 or 60
    stored_noise_uv: float  # the board's own noise as stored on it; 0: not measured
    level_code: float  # mean of the converter's readings, corrected
    level_v: float  # at the pin
    clipped_fraction: float
    converter_uv: float  # noise of the converter alone
    steadiness: float | None = None  # highest by lowest half second, see `noise.steadiness`


@dataclass(frozen=True)
class CheckResult:
    """What a check measured; `unclench.board.verdict` judges it."""

    name: str
    label: str
    firmware: str
    board_id: str
    level: int  # of the protocol
    virtual: bool
    rate_hz: float  # as announced in the hello
    measured_hz: float | None  # by the clock of the connection
    rate_ppm: float | None  # how much faster than announced
    rate_error_ppm: float | None  # standard error
    seconds: float  # of signal
    n_samples: int
    lost_samples: int
    gaps: int
    bad_frames: int
    counters: dict[str, int]
    echo_ms: float | None  # median round trip
    echo_max_ms: float | None
    echoes_lost: int
    step_lsb: float
    full_scale_v: float
    oversampling: int  # readings summed to one sample
    channels: tuple[ChannelCheck, ...]


def check_board(
    connection: Connection,
    seconds: float,
    *,
    hello: Hello | None = None,
    progress: Callable[[float], None] = lambda signal_s: None,
) -> CheckResult:
    """Let a board stream for `seconds`, then stop it.

    Parameters
    ----------
    connection
        Its clock measures the board's rate.
    seconds
        How much signal to measure.
    hello
        The board's hello; if None, wait for one first.
    progress
        Called with the seconds of signal received so far.

    Raises
    ------
    SourceError
        If the board disconnects, reports an error or sends too few counters.
    """
    if hello is None:
        hello = connection.handshake()
    stream = Stream(hello, connection.clock)
    try:
        connection.start()
        stream.listen(connection, seconds, progress)
        connection.command(ids.CMD_STOP)
        body = connection.command(ids.CMD_COUNTERS)
    except TransportClosed as error:
        raise SourceError(
            tr(
                "The board on {name} was disconnected during the check: {error}.",
                name=connection.name,
                error=error,
            )
        ) from error
    if len(body) < 4 * len(ids.COUNTER_NAMES):
        raise SourceError(
            tr(
                "The board on {name} sent {n_received} counters instead of {n}. Update its "
                "firmware (`unclench board install`).",
                name=connection.name,
                n_received=len(body) // 4,
                n=len(ids.COUNTER_NAMES),
            )
        )
    counted = struct.unpack_from(f"<{len(ids.COUNTER_NAMES)}I", body)
    return _result(connection, hello, stream, dict(zip(ids.COUNTER_NAMES, counted, strict=True)))


def store_noise(connection: Connection, result: CheckResult) -> Hello:
    """Store the measured noise on the board as its own; return the board's new hello.

    Its size does not matter: the noisiest instruments need a known noise most. `noise_warnings`
    says what a large one means.

    Raises InputError if the noise cannot be the board's own, SourceError if the board refuses.
    """
    _, usable_uv = limits_uv(result.oversampling, result.rate_hz)
    for number, channel in enumerate(result.channels, start=1):
        if channel.noise_uv is None:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored because it could not be "
                    "measured. Repeat the check.",
                    number=number,
                )
            )
        if channel.noise_uv <= DEAD_UV:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored: {noise_uv:.2f} uV is too "
                    "little, because no converter is below {dead_uv:g} uV. Check the sensor's "
                    "wires and repeat the check.",
                    number=number,
                    noise_uv=channel.noise_uv,
                    dead_uv=DEAD_UV,
                )
            )
        if channel.clipped_fraction > CLIPPED:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored: {clipped:.1%} of its samples "
                    "are at the end of the range. Check the sensor's supply and its electrodes, "
                    "and repeat the check.",
                    number=number,
                    clipped=channel.clipped_fraction,
                )
            )
        if channel.mains_hz:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored: {mains_uv:.2f} uV of it is "
                    "mains hum. Unplug the charger and repeat the check.",
                    number=number,
                    mains_uv=channel.mains_uv,
                )
            )
        if channel.steadiness is not None and channel.steadiness > MOST_STEADINESS:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored: it varies by a factor of "
                    "{factor:.1f} within the check, and an instrument's own noise is steady. "
                    "Connect the sensor's electrodes to each other and repeat the check.",
                    number=number,
                    factor=channel.steadiness,
                )
            )
        if channel.noise_uv > usable_uv and result.seconds < STEADY_S:
            raise InputError(
                tr(
                    "The noise of channel {number} was not stored: {noise_uv:.2f} uV is more than "
                    "the usable {usable_uv:.3g} uV, and {seconds:.1f} s are too short to tell it "
                    "from a muscle. Repeat the check with --seconds {least_s:.0f}.",
                    number=number,
                    noise_uv=channel.noise_uv,
                    usable_uv=usable_uv,
                    seconds=result.seconds,
                    least_s=STEADY_S,
                )
            )
    hello = None
    for k, channel in enumerate(result.channels):
        noise_nv = round((channel.noise_uv or 0.0) * 1000)
        hello = connection.setting(ids.CMD_SET_NOISE, struct.pack("<BI", k, noise_nv))
    assert hello is not None
    return hello


def noise_warnings(result: CheckResult) -> tuple[str, ...]:
    """Return a sentence for each channel whose noise would hide a relaxed muscle."""
    _, usable_uv = limits_uv(result.oversampling, result.rate_hz)
    return tuple(
        tr(
            "Warning: channel {number} has {noise_uv:.2f} uV of noise, more than the usable "
            "{usable_uv:.3g} uV, and a relaxed muscle makes 1 to 5 uV. Low tension will often be "
            "too quiet to see. If the electrodes are not connected to each other, connect them and "
            "repeat the check.",
            number=number,
            noise_uv=channel.noise_uv,
            usable_uv=usable_uv,
        )
        for number, channel in enumerate(result.channels, start=1)
        if channel.noise_uv is not None and channel.noise_uv > usable_uv
    )


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
    runs_uv = runs_in_uv(hello, runs)
    clipped = clipped_fraction(np.concatenate(runs_uv), rails_uv(hello))
    level = np.concatenate(runs).mean(axis=0) / hello.oversampling
    seen: tuple[Spectrum | None, ...]
    try:
        seen = spectra(runs_uv, hello.fs_hz())
    except InputError:  # the rate is too low, or no second is whole: the rest is still known
        seen = (None,) * len(hello.channels)
    return tuple(
        ChannelCheck(
            *_noise(spectrum),
            hello.channels[k].noise_nv / 1000,
            float(level[k]),
            float(level[k] * hello.full_scale_uv / hello.codes / 1e6),
            float(clipped[k]),
            converter_noise_uv(hello, k),
            spectrum.steadiness if spectrum is not None else None,
        )
        for k, spectrum in enumerate(seen)
    )


def _noise(spectrum: Spectrum | None) -> tuple[float | None, float, int | None]:
    """Return the RMS with hum, the RMS of the hum, and the hum's frequency (None: no hum)."""
    if spectrum is None:
        return None, 0.0, None
    noise_uv = math.hypot(spectrum.noise_uv, spectrum.hum_uv)
    if spectrum.hum_uv < max(_HUM_UV, _HUM_SHARE * spectrum.noise_uv):
        return noise_uv, 0.0, None
    return noise_uv, spectrum.hum_uv, spectrum.mains_hz
