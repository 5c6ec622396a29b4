"""Measures one step of bench acceptance on a board that is connected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from unclench import __version__
from unclench.board.bench.sheet import Record, SensorRecord, Setting, ToneRecord
from unclench.board.bench.steps import StepName
from unclench.board.limits import TONE_BEST_HZ, TONE_HZ, TONE_LEAST_UV, TONE_ROOM
from unclench.board.noise import converter_noise_uv, spectra
from unclench.board.stream import Stream, rails_uv, runs_in_uv
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.transport import TransportClosed
from unclench.profiles.kinds import SensorProfile
from unclench.profiles.known import SENSOR, sensor_of
from unclench_dsp import clipped_fraction
from unclench_dsp.tone import expected_tone_uv, fit_tone, mains_near, without_tone
from unclench_wire import ids
from unclench_wire.messages import Hello

_SETTLING_S = 0.5  # left out: a hand that has just let go, filters that begin


@dataclass(frozen=True)
class KnownSignal:
    """What is fed into one sensor: `mv` RMS at `hz`, divided by `divider`."""

    mv: float
    divider: float
    hz: float
    channel: int  # from 1

    def expected_uv(self, fs_hz: float, sensor: SensorProfile = SENSOR) -> float:
        """RMS that a board should read of it through a sensor."""
        signal = self.mv, self.divider, self.hz, fs_hz
        return expected_tone_uv(*signal, sensor.band_hz, sensor.order)

    def expected_of(self, hello: Hello) -> float:
        """RMS that this board should read; a sensor that is not known is taken for the usual."""
        sensor = sensor_of(hello.channels[self.channel - 1].gain_milli) or SENSOR
        return self.expected_uv(hello.fs_hz(), sensor)

    def check(self, hello: Hello) -> None:
        """Refuse what cannot be measured. Raises InputError."""
        n = len(hello.channels)
        if not 1 <= self.channel <= n:
            raise InputError(
                f"There is no channel {self.channel} on this board, which has {n}: choose with "
                "--channel, or turn more on with `unclench board set --channels`."
            )
        low_hz, high_hz = TONE_HZ
        if not low_hz <= self.hz <= high_hz:
            raise InputError(
                f"{self.hz:g} Hz is not in {low_hz:g} to {high_hz:g} Hz, where the sensor passes a "
                f"known share: set the source to {TONE_BEST_HZ:g} Hz."
            )
        if (line_hz := mains_near(self.hz)) is not None:
            raise InputError(
                f"{self.hz:g} Hz is too near {line_hz:g} Hz, where hum of the mains would be taken "
                f"for the source: set it to {TONE_BEST_HZ:g} Hz."
            )
        expected = self.expected_of(hello)
        there = _plain(self.mv * 1000.0 / self.divider, 3)
        given = f"{_plain(self.mv, 6)} mV divided by {_plain(self.divider, 6)}"
        if not expected >= TONE_LEAST_UV:
            raise InputError(
                f"{given} is {there} uV at the electrodes, which the board would read as "
                f"{_plain(expected, 3)} uV, too weak: {TONE_LEAST_UV:g} uV RMS at least are "
                "needed; turn the source up."
            )
        most = TONE_ROOM * float(rails_uv(hello)[1][self.channel - 1]) / np.sqrt(2)
        if expected > most:
            raise InputError(
                f"{given} is {there} uV at the electrodes, which the board would read as "
                f"{_plain(expected, 3)} uV, more than a sensor of this gain can pass "
                f"({_plain(most, 3)} uV RMS): look at --mv and --divider, or turn the source down."
            )


def measure_step(
    connection: Connection,
    hello: Hello,
    step: StepName,
    seconds: float,
    known: KnownSignal | None = None,
    *,
    when: datetime | None = None,
    progress: Callable[[float], None] = lambda signal_s: None,
) -> Record:
    """Let a board stream for `seconds`, stop it, and return what was measured, not judged yet.

    `when` is put down as its time; now, unless given. Raises InputError, SourceError.
    """
    stream = Stream(hello, connection.clock)
    try:
        connection.start()
        stream.listen(connection, seconds + _SETTLING_S, progress)
        connection.command(ids.CMD_STOP)
    except TransportClosed as error:
        raise SourceError(
            f"The board on {connection.name} went away during the step: {error}."
        ) from error
    begin, n = (round(s * hello.fs_hz()) for s in (_SETTLING_S, seconds))
    runs = _span(stream.whole_runs(connection.name), begin, begin + n)
    runs_uv = runs_in_uv(hello, runs)
    tone = None if known is None else _tone(known, runs_uv, hello)
    return Record(
        step=step,
        measured_at=when or datetime.now().astimezone(),
        seconds=sum(map(len, runs)) / hello.fs_hz(),
        lost_samples=stream.tracker.lost_samples,
        label=hello.label,
        firmware=".".join(str(part) for part in hello.firmware),
        unclench=__version__,
        virtual=bool(hello.flags & ids.FLAG_VIRTUAL),
        full_scale_v=hello.full_scale_uv / 1e6,
        oversampling=hello.oversampling,
        setting=Setting(
            rate_hz=hello.fs_hz(),
            gains=tuple(channel.gain_milli / 1000 for channel in hello.channels),
            step_lsb=hello.step_mlsb / 1000,
        ),
        sensors=_sensors(hello, runs, runs_uv, tone),
        tone=tone,
    )


def _span(runs: list[NDArray[np.int32]], begin: int, end: int) -> list[NDArray[np.int32]]:
    """Rows from `begin` to `end`, lost ones not counted: a board sends a few more than asked."""
    kept, at = [], 0
    for run in runs:
        kept.append(run[max(begin - at, 0) : max(end - at, 0)])
        at += len(run)
    return [run for run in kept if len(run)]


def _sensors(
    hello: Hello,
    runs: list[NDArray[np.int32]],
    runs_uv: list[NDArray[np.float64]],
    tone: ToneRecord | None,
) -> tuple[SensorRecord, ...]:
    code_v = hello.full_scale_uv / hello.codes / 1e6
    level_v = np.concatenate(runs).mean(axis=0) / hello.oversampling * code_v
    clipped = clipped_fraction(np.concatenate(runs_uv), rails_uv(hello))
    seen = calm = spectra(runs_uv, hello.fs_hz())
    if tone is not None:  # it is neither noise nor hum
        calm = spectra(_without(runs_uv, tone, hello.fs_hz()), hello.fs_hz())
    return tuple(
        SensorRecord(
            number=k + 1,
            noise_uv=_short(calm[k].noise_uv),
            hum_uv=_short(calm[k].hum_uv),
            mains_hz=50 if calm[k].mains_hz == 50 else 60,
            converter_uv=_short(converter_noise_uv(hello, k)),
            level_v=round(float(level_v[k]), 5),
            clipped_fraction=float(clipped[k]),
            density_uv=tuple(_short(value, 3) for value in seen[k].density_uv),
        )
        for k in range(len(seen))
    )


def _without(
    runs_uv: list[NDArray[np.float64]], tone: ToneRecord, fs_hz: float
) -> list[NDArray[np.float64]]:
    """The runs without the tone in the sensor that it is fed into."""
    calm = [run.copy() for run in runs_uv]
    for run in calm:
        run[:, tone.channel - 1] = without_tone(run[:, tone.channel - 1], fs_hz, tone.hz)
    return calm


def _tone(known: KnownSignal, runs_uv: list[NDArray[np.float64]], hello: Hello) -> ToneRecord:
    longest = max(runs_uv, key=len)[:, known.channel - 1]
    fit = fit_tone(longest, hello.fs_hz(), known.hz)
    return ToneRecord(
        channel=known.channel,
        mv=known.mv,
        divider=known.divider,
        asked_hz=known.hz,
        expected_uv=_short(known.expected_of(hello)),
        hz=round(fit.hz, 7),  # the tone is taken out by it
        rms_uv=_short(fit.rms_uv),
        rest_uv=_short(fit.rest_uv),
        distortion=_short(fit.distortion),
        strongest_hz=round(fit.strongest_hz, 1),
    )


def _plain(value: float, digits: int) -> str:
    """So many digits, and never an exponent."""
    return np.format_float_positional(value, digits, unique=False, fractional=False, trim="-")


def _short(value: float, digits: int = 5) -> float:
    """So many digits are enough, and keep the sheet small."""
    return float(f"{value:.{digits}g}")
