"""What the virtual board converts: a synthetic muscle through the ADC, or a recording as it was."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from unclench.link.virtual.adc import Adc
from unclench.link.virtual.muscle import POINTS_HZ, Muscle, MuscleSignal
from unclench.link.virtual.person import PersonSignal
from unclench.link.virtual.scenarios import SCENARIOS
from unclench.link.virtual.situation import Situation
from unclench.profiles.kinds import BoardProfile, SensorProfile
from unclench.profiles.known import BOARD, SENSOR
from unclench_dsp import WIDE
from unclench_wire import ids
from unclench_wire.ids import FLAG_VIRTUAL, HISTOGRAM_CODES
from unclench_wire.messages import Channel, Hello

Units = NDArray[np.int32]


class AnalogInput(Protocol):
    """The analog side of a virtual board: constants, settings, samples."""

    def hello(self) -> Hello:
        """Return the constants as they are now."""

    def set_rate(self, hz: int) -> None:
        """Change the output rate. Raises ValueError with a sentence."""

    def set_channels(self, n: int) -> None:
        """Change the number of channels. Raises ValueError with a sentence."""

    def set_gain(self, channel: int, gain_milli: int) -> None:
        """Store the sensor's gain. Raises ValueError with a sentence."""

    def set_step(self, step_mlsb: int) -> None:
        """Set the correction of the step at code 2047. Raises ValueError with a sentence."""

    def set_noise(self, channel: int, noise_nv: int) -> None:
        """Store the channel's own noise. Raises ValueError with a sentence."""

    def set_defaults(self) -> None:
        """Take all settings back to what they were at first. Raises ValueError with a sentence."""

    def histogram(self, channel: int, first_code: int, readings: int) -> list[int]:
        """Count raw codes: those from `first_code` on, all below, all above (PROTOCOL.md 4.10).

        Raises ValueError with a sentence.
        """

    def noise(self, channel: int) -> tuple[int, int]:
        """Measure mean level in 1/1000 code and noise in nV RMS, 20-450 Hz (PROTOCOL.md 4.11).

        Raises ValueError with a sentence.
        """

    def restart(self) -> None:
        """Start again: the next sample is number 0."""

    def read(self, n: int) -> tuple[int, Units] | None:
        """Return the index of the next sample and at most `n` rows from there; None at the end."""


class SyntheticInput:
    """A scenario's muscles seen by sensors of one kind and a board's converter.

    Each output sample is the sum of its conversions, drawn at 8000 points a second, so that the
    sum's own low-pass (a boxcar of one sample) is there as on the board. What gain is set is only
    what the board believes; the sensors' own is their profile's.
    """

    def __init__(
        self,
        scenario: str,
        channels: int = 1,
        rate_hz: int = 2000,
        seed: int = 1,
        *,
        board: BoardProfile = BOARD,
        sensor: SensorProfile = SENSOR,
    ) -> None:
        if seed < 0:
            raise ValueError(f"a seed of {seed} is out of range; choose 0 or more")
        if board.max_channels > ids.MAX_CHANNELS:
            raise ValueError(
                f"{board.label} has {board.max_channels} inputs; the wire carries "
                f"{ids.MAX_CHANNELS} channels"
            )
        if sensor.high_hz.value >= POINTS_HZ / 2:
            raise ValueError(
                f"{sensor.label} passes up to {sensor.high_hz.value:g} Hz; less than "
                f"{POINTS_HZ // 2} Hz can be made up"
            )
        self._board, self._sensor = board, sensor
        self._converter = board.converter
        self._scenario = scenario
        self._seed = seed
        seeds = np.random.SeedSequence(seed).spawn(board.max_channels + 1)
        self.situation = Situation() if SCENARIOS[scenario].answers else None
        self._muscles = [
            self._muscle(SCENARIOS[scenario].muscle(k), np.random.default_rng(seeds[k]))
            for k in range(board.max_channels)
        ]
        self._rng = np.random.default_rng(seeds[-1])
        self._defaults = (rate_hz, channels)
        self.set_defaults()
        self.restart()

    @property
    def _conversions_hz(self) -> int:
        return round(self._converter.conversions_hz.value)

    @property
    def _oversampling(self) -> int:
        # Every channel's conversions last as long as the sample, shared between the channels.
        return self._conversions_hz // self._rate_hz // self._channels

    def hello(self) -> Hello:
        """See AnalogInput.hello."""
        over, codes = self._oversampling, self._converter.n_codes
        codes_rms = self._adc().noise_codes(codes / 2) / np.sqrt(over)
        # White noise, so the share of its power in the band is the share of the bandwidth.
        in_band = np.sqrt(min(1.0, (WIDE.high_hz - WIDE.low_hz) / (self._rate_hz / 2)))
        skew_ns = 1_000_000_000 // self._conversions_hz
        channels = []
        for k in range(self._channels):
            uv_per_code = self._uv_per_code(k)
            noise_nv = self._noise_nv[k]
            if noise_nv is None:  # nobody has measured it yet; the model knows
                sensor_codes = self._muscles[k].noise_uv / self._seen_uv_per_code
                noise_codes = np.hypot(codes_rms * in_band, sensor_codes)
                noise_nv = round(noise_codes * uv_per_code * 1000)
            channels.append(Channel(self._gain_milli[k], k * skew_ns, noise_nv))
        return Hello(
            channels,
            rate_num=self._rate_hz,
            oversampling=over,
            full_scale_uv=self._converter.full_scale_uv,
            codes=codes,
            zero_unit=codes // 2 * over,
            low_unit=0,
            high_unit=(codes - 1) * over - round(self._step_mlsb / 1000 * over),
            step_mlsb=self._step_mlsb,
            firmware=(0, 1, 0),
            board_id=b"virtual" + bytes([self._seed & 0xFF]),
            label=f"virtual board: {self._scenario}",
            flags=FLAG_VIRTUAL,
        )

    def set_rate(self, hz: int) -> None:
        """See AnalogInput.set_rate."""
        if hz not in self._board.rates_hz:
            *others, last = map(str, self._board.rates_hz)
            there = f"{', '.join(others)} or {last}" if others else last
            raise ValueError(f"a rate of {hz} Hz is not available; choose {there} Hz")
        self._rate_hz = hz

    def set_channels(self, n: int) -> None:
        """See AnalogInput.set_channels."""
        if not 1 <= n <= self._board.max_channels:
            raise ValueError(
                f"{n} channels are not available; choose 1 to {self._board.max_channels}"
            )
        self._channels = n

    def set_gain(self, channel: int, gain_milli: int) -> None:
        """See AnalogInput.set_gain."""
        self._check_channel(channel)
        if not 1000 <= gain_milli <= 100_000_000:
            raise ValueError(f"a gain of {gain_milli / 1000:g} is out of range; choose 1 to 100000")
        self._gain_milli[channel] = gain_milli

    def set_step(self, step_mlsb: int) -> None:
        """See AnalogInput.set_step."""
        if not 0 <= step_mlsb <= 4000:
            raise ValueError(f"a step of {step_mlsb / 1000:g} LSB is out of range; choose 0 to 4")
        self._step_mlsb = step_mlsb

    def set_noise(self, channel: int, noise_nv: int) -> None:
        """See AnalogInput.set_noise."""
        self._check_channel(channel)
        self._noise_nv[channel] = noise_nv

    def set_defaults(self) -> None:
        """See AnalogInput.set_defaults."""
        rate_hz, channels = self._defaults
        self.set_rate(rate_hz)
        self.set_channels(channels)
        self._gain_milli = [self._sensor.gain_milli] * self._board.max_channels
        self._step_mlsb = round(self._step_lsb * 1000)  # calibrated, as a board in use is
        self._noise_nv: list[int | None] = [None] * self._board.max_channels

    def histogram(self, channel: int, first_code: int, readings: int) -> list[int]:
        """See AnalogInput.histogram."""
        self._check_channel(channel)
        codes, most = self._converter.n_codes, self._conversions_hz
        if not 0 <= first_code < codes:
            raise ValueError(f"there is no code {first_code}; choose 0 to {codes - 1}")
        if not 1 <= readings <= most:  # a second of the converter's time (PROTOCOL.md 4.10)
            raise ValueError(f"{readings} readings are not possible; choose 1 to {most}")
        # At full speed some readings fall on each point of the muscle's second (62.5 on the Pico).
        point = np.arange(readings) * POINTS_HZ // self._conversions_hz
        read = self._adc().readings(self._next_levels(channel)[point], self._rng)
        counts = np.bincount(read, minlength=codes + HISTOGRAM_CODES)
        stop = first_code + HISTOGRAM_CODES
        outside = [counts[:first_code].sum(), counts[stop:].sum()]
        return [int(count) for count in (*counts[first_code:stop], *outside)]

    def noise(self, channel: int) -> tuple[int, int]:
        """See AnalogInput.noise."""

        from scipy import signal

        self._check_channel(channel)
        if channel >= self._channels:
            raise ValueError(f"channel {channel} is off; raise the number of channels first")
        codes = self._next_sums(channel) / self._oversampling
        density_hz, power = signal.periodogram(codes, self._rate_hz, "hann")
        inside = (density_hz >= WIDE.low_hz) & (density_hz <= WIDE.high_hz)
        rms_codes = float(np.sqrt(power[inside].sum() * density_hz[1]))
        return round(codes.mean() * 1000), round(rms_codes * self._uv_per_code(channel) * 1000)

    def restart(self) -> None:
        """See AnalogInput.restart."""
        # Only the count starts again: the muscle continues, connected or not.
        self._ready: Units = np.empty((0, self._channels), np.int32)
        self._index = 0

    def read(self, n: int) -> tuple[int, Units]:
        """See AnalogInput.read; this input never ends."""
        while len(self._ready) < n:
            self._ready = np.concatenate([self._ready, self._next_second()])
        block, self._ready = self._ready[:n], self._ready[n:]
        first = self._index
        self._index += n
        return first, block

    def _muscle(self, muscle: Muscle, rng: np.random.Generator) -> MuscleSignal:
        if self.situation is None:
            return MuscleSignal(muscle, rng, self._sensor)
        return PersonSignal(muscle, rng, self.situation, self._sensor)

    def _check_channel(self, channel: int) -> None:
        most = self._board.max_channels
        if not 0 <= channel < most:
            raise ValueError(f"there is no channel {channel}; choose 0 to {most - 1}")

    def _adc(self) -> Adc:
        noise_lsb = self._converter.noise_lsb.value
        return Adc(noise_lsb, self._step_lsb, self._step_mlsb / 1000, self._converter)

    @property
    def _step_lsb(self) -> float:
        return 0.0 if self._converter.step_lsb is None else self._converter.step_lsb.value

    def _uv_per_code(self, channel: int) -> float:
        return self._converter.uv_per_code / (self._gain_milli[channel] / 1000)

    @property
    def _seen_uv_per_code(self) -> float:
        """By the sensor's own gain, whatever the board believes."""
        return self._converter.uv_per_code / self._sensor.gain.value

    def _next_levels(self, channel: int) -> NDArray[np.float64]:
        """What the converter sees in the next second, in codes, shape (8000,)."""
        emg_uv = self._muscles[channel].next_second()
        rest_codes = self._converter.n_codes * self._sensor.rest.value
        return rest_codes + emg_uv / self._seen_uv_per_code

    def _next_sums(self, channel: int) -> NDArray[np.float64]:
        """One channel's samples of the next second."""
        adc, over = self._adc(), self._oversampling
        points = POINTS_HZ // self._rate_hz
        levels = self._next_levels(channel).reshape(-1, points)
        # `over / points` conversions fall on each point; no need for that to be whole.
        sums = np.rint(adc.sums(levels, over / points, self._rng).sum(axis=1))
        return np.asarray(np.clip(sums, 0, (self._converter.n_codes - 1) * over))

    def _next_second(self) -> Units:
        columns = [self._next_sums(k) for k in range(self._channels)]
        return np.stack(columns, axis=1).astype(np.int32)


class RecordedInput:
    """A recording, sample for sample and gap for gap.

    Parameters
    ----------
    hello
        The constants under which `units` are what was measured.
    sample
        Index of each row, strictly increasing, shape (n_samples,); jumps are gaps.
    units
        Samples in units of the wire, shape (n_samples, n_channels).
    """

    def __init__(self, hello: Hello, sample: NDArray[np.int64], units: Units) -> None:
        self._hello = hello
        self._sample = sample
        self._units = units
        self._breaks = np.append(np.flatnonzero(np.diff(sample) != 1) + 1, len(sample))
        self._at = 0

    def hello(self) -> Hello:
        """See AnalogInput.hello."""
        return copy(self._hello)

    def set_rate(self, hz: int) -> None:
        """See AnalogInput.set_rate."""
        raise ValueError("a recording's rate cannot be changed")

    def set_channels(self, n: int) -> None:
        """See AnalogInput.set_channels."""
        raise ValueError("a recording's channels cannot be changed")

    def set_gain(self, channel: int, gain_milli: int) -> None:
        """See AnalogInput.set_gain."""
        raise ValueError("a recording's gain cannot be changed")

    def set_step(self, step_mlsb: int) -> None:
        """See AnalogInput.set_step."""
        raise ValueError("a recording's correction cannot be changed")

    def set_noise(self, channel: int, noise_nv: int) -> None:
        """See AnalogInput.set_noise."""
        raise ValueError("a recording's noise cannot be changed")

    def set_defaults(self) -> None:
        """See AnalogInput.set_defaults."""
        raise ValueError("a recording's settings cannot be changed")

    def histogram(self, channel: int, first_code: int, readings: int) -> list[int]:
        """See AnalogInput.histogram."""
        raise ValueError("a recording has no converter whose codes could be counted")

    def noise(self, channel: int) -> tuple[int, int]:
        """See AnalogInput.noise."""
        raise ValueError("a recording has no converter whose noise could be measured")

    def restart(self) -> None:
        """See AnalogInput.restart."""
        self._at = 0

    def read(self, n: int) -> tuple[int, Units] | None:
        """See AnalogInput.read."""
        if self._at >= len(self._sample):
            return None
        stop = min(
            self._at + n, int(self._breaks[np.searchsorted(self._breaks, self._at, "right")])
        )
        first, block = int(self._sample[self._at]), self._units[self._at : stop]
        self._at = stop
        return first, block


def recording_hello(
    emg_uv: NDArray[np.float64],
    rate: tuple[int, int],
    label: str,
    noise_uv: Sequence[float | None],
    rails_uv: tuple[float, float] | None = None,
) -> tuple[Hello, Units]:
    """Constants and units that carry any signal in uV over the wire.

    The unit is the finest power of ten (1e-6 uV at the finest) in which the signal fits 24 bits:
    figures with so few decimals arrive exactly, others are rounded to half a unit. Where the rails
    of what recorded it are unknown they are those of 24 bits: then nothing is taken for clipped.
    """
    top_uv = max(float(np.abs(emg_uv).max(initial=0.0)), 1e-6)
    places = min(6, int(np.floor(np.log10((2**23 - 1) / top_uv))))
    units = np.rint(emg_uv * 10.0**places).astype(np.int32)
    low, high = -(2**23), 2**23 - 1
    if rails_uv is not None:
        low, high = (round(rail * 10.0**places) for rail in rails_uv)
    hello = Hello(
        [Channel(1000, 0, round((noise or 0.0) * 1000)) for noise in noise_uv],
        rate_num=rate[0],
        rate_den=rate[1],
        oversampling=1,
        full_scale_uv=10 ** max(0, -places),
        codes=10 ** max(0, places),
        zero_unit=0,
        low_unit=low,
        high_unit=high,
        board_id=b"replayed",
        label=label,
        flags=FLAG_VIRTUAL,
    )
    return hello, units
