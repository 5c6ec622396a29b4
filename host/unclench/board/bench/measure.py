"""Measure one step of bench acceptance on a connected board."""

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
from unclench.translation import tr
from unclench_dsp import clipped_fraction
from unclench_dsp.tone import expected_tone_uv, fit_tone, mains_near, without_tone
from unclench_wire import ids
from unclench_wire.messages import Hello

_SETTLING_S = 0.5  # left out: a hand has just been taken away, filters settle


@dataclass(frozen=True)
class KnownSignal:
    """The signal fed into one sensor: `mv` RMS at `hz`, divided by `divider`."""

    mv: float
    divider: float
    hz: float
    channel: int  # from 1

    def expected_uv(self, fs_hz: float, sensor: SensorProfile = SENSOR) -> float:
        """Return the RMS in uV that a board should read of it through a sensor."""
        signal = self.mv, self.divider, self.hz, fs_hz
        return expected_tone_uv(*signal, sensor.band_hz, sensor.order)

    def expected_of(self, hello: Hello) -> float:
        """Return the RMS in uV that this board should read; an unknown sensor counts as usual."""
        sensor = sensor_of(hello.channels[self.channel - 1].gain_milli) or SENSOR
        return self.expected_uv(hello.fs_hz(), sensor)

    def check(self, hello: Hello) -> None:
        """Raise InputError if this signal cannot be measured on the board."""
        n = len(hello.channels)
        if not 1 <= self.channel <= n:
            raise InputError(
                tr(
                    "There is no channel {channel}: this board has channels 1 to {n}. Choose one "
                    "with --channel, or turn more on with `unclench board set --channels`.",
                    channel=self.channel,
                    n=n,
                )
            )
        low_hz, high_hz = TONE_HZ
        if not low_hz <= self.hz <= high_hz:
            raise InputError(
                tr(
                    "{hz:g} Hz is outside {low_hz:g} to {high_hz:g} Hz, the range in which the "
                    "sensor's response is known. Set the source to {best_hz:g} Hz.",
                    hz=self.hz,
                    low_hz=low_hz,
                    high_hz=high_hz,
                    best_hz=TONE_BEST_HZ,
                )
            )
        if (line_hz := mains_near(self.hz)) is not None:
            raise InputError(
                tr(
                    "{hz:g} Hz is too close to {line_hz:g} Hz, where mains hum would be mistaken "
                    "for the source. Set the source to {best_hz:g} Hz.",
                    hz=self.hz,
                    line_hz=line_hz,
                    best_hz=TONE_BEST_HZ,
                )
            )
        expected = self.expected_of(hello)
        there = _plain(self.mv * 1000.0 / self.divider, 3)
        given = tr(
            "{mv} mV divided by {divider}", mv=_plain(self.mv, 6), divider=_plain(self.divider, 6)
        )
        if not expected >= TONE_LEAST_UV:
            raise InputError(
                tr(
                    "{given} is {there} uV at the electrodes, which the board would read as "
                    "{expected} uV. That is too weak: at least {least_uv:g} uV RMS is needed. "
                    "Turn the source up.",
                    given=given,
                    there=there,
                    expected=_plain(expected, 3),
                    least_uv=TONE_LEAST_UV,
                )
            )
        most = TONE_ROOM * float(rails_uv(hello)[1][self.channel - 1]) / np.sqrt(2)
        if expected > most:
            raise InputError(
                tr(
                    "{given} is {there} uV at the electrodes, which the board would read as "
                    "{expected} uV. That is more than a sensor with this gain can pass ({most} uV "
                    "RMS). Check --mv and --divider, or turn the source down.",
                    given=given,
                    there=there,
                    expected=_plain(expected, 3),
                    most=_plain(most, 3),
                )
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
    """Let a board stream for `seconds`, stop it, and return the figures, not judged yet.

    `when` is recorded as the time of the measurement; None means now. Raises InputError if the
    signal cannot be measured, SourceError if the board fails.
    """
    stream = Stream(hello, connection.clock)
    try:
        connection.start()
        stream.listen(connection, seconds + _SETTLING_S, progress)
        connection.command(ids.CMD_STOP)
    except TransportClosed as error:
        raise SourceError(
            tr(
                "The board on {name} was disconnected during the step: {error}.",
                name=connection.name,
                error=error,
            )
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
    """Return the rows from `begin` to `end`, without lost ones: a board sends a few too many."""
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
    if tone is not None:  # the tone is neither noise nor hum
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
    """Return the runs with the tone removed from the sensor that it is fed into."""
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
        hz=round(fit.hz, 7),  # used to remove the tone
        rms_uv=_short(fit.rms_uv),
        rest_uv=_short(fit.rest_uv),
        distortion=_short(fit.distortion),
        strongest_hz=round(fit.strongest_hz, 1),
    )


def _plain(value: float, digits: int) -> str:
    """Write a number with this many digits and without an exponent."""
    return np.format_float_positional(value, digits, unique=False, fractional=False, trim="-")


def _short(value: float, digits: int = 5) -> float:
    """Round to this many digits, which keeps the sheet small."""
    return float(f"{value:.{digits}g}")
