"""The kinds of profile: sensor, converter, board, and all three as a session keeps them.

Every figure carries its unit, its source and how well it is known. Keys of later versions are kept,
so that a session of a newer program keeps all that it said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from unclench.translation import tr

Status = Literal["measured", "reported", "computed", "chosen", "unverified"]
_LARGEST_SUM = 2**23  # PROTOCOL.md 2.5


@dataclass(frozen=True)
class Figure:
    """A number with its unit and its source.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        "V", "ohm", "F", "Hz", "LSB RMS", ...
    source : str
        Who says so, or how it was computed; for `chosen`, why.
    status : Status
        `measured` on published data or in emulation for this project, `reported` by somebody
        else, `computed` from others here, `chosen` by us, `unverified`: not seen proven by us.
    """

    value: float
    unit: str
    source: str
    status: Status


class _Profile(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(min_length=1, max_length=40)  # as files and the command line call it
    label: str = Field(min_length=1, max_length=80)  # as people call it


class SensorProfile(_Profile):
    """An amplifier on the electrodes: Butterworth corners of one order around an even gain."""

    gain: Figure  # V/V, from the electrodes to its output
    low_hz: Figure
    high_hz: Figure
    order: int = Field(ge=1, le=8)  # of the high-pass, and of the low-pass
    rest: Figure  # where its output rests, as a share of the supply

    @property
    def band_hz(self) -> tuple[float, float]:
        """Its corners."""
        return self.low_hz.value, self.high_hz.value

    @property
    def band_known(self) -> bool:
        """Whether anybody has told the corners, so that other files may repeat them."""
        return "unverified" not in (self.low_hz.status, self.high_hz.status)

    @property
    def gain_milli(self) -> int:
        """The gain as the wire carries it (PROTOCOL.md 2.4)."""
        return round(self.gain.value * 1000)

    @model_validator(mode="after")
    def _can_be(self) -> SensorProfile:
        _expect(self, "gain", self.gain.value, 1, 100_000)
        _expect(self, "low_hz", self.low_hz.value, 1e-3, self.high_hz.value)
        _expect(self, "high_hz", self.high_hz.value, self.low_hz.value, 1e6)
        _expect(self, "rest", self.rest.value, 0, 1)
        return self


class ConverterProfile(_Profile):
    """What makes numbers of volts."""

    codes: Figure
    full_scale_v: Figure  # over all codes
    conversions_hz: Figure  # of all channels together, at most
    noise_lsb: Figure  # RMS of one reading, rounding not included
    missing_code: int | None = Field(default=None, ge=0)  # that never comes ...
    step_lsb: Figure | None = None  # ... and by how much readings above it are too high

    @property
    def full_scale_uv(self) -> int:
        """Full scale as the wire carries it (PROTOCOL.md 2.2)."""
        return round(self.full_scale_v.value * 1e6)

    @property
    def n_codes(self) -> int:
        """How many codes there are."""
        return round(self.codes.value)

    @property
    def uv_per_code(self) -> float:
        """Microvolts at its own input."""
        return self.full_scale_uv / self.n_codes

    @model_validator(mode="after")
    def _can_be(self) -> ConverterProfile:
        _expect(self, "codes", self.codes.value, 2, 2**24)
        _expect(self, "full_scale_v", self.full_scale_v.value, 1e-3, 1e3)
        _expect(self, "conversions_hz", self.conversions_hz.value, 1, 1e9)
        _expect(self, "noise_lsb", self.noise_lsb.value, 1e-3, self.codes.value)
        if (self.missing_code is None) != (self.step_lsb is None):
            raise ValueError(
                tr("{name}: missing_code and step_lsb go together; give both", name=self.name)
            )
        if self.missing_code is not None and self.step_lsb is not None:
            _expect(self, "missing_code", self.missing_code, 1, self.codes.value - 2)
            _expect(self, "step_lsb", self.step_lsb.value, 0, 4)
        return self


class BoardProfile(_Profile):
    """A converter on a board, with the inputs that sensors can have."""

    converter: ConverterProfile
    inputs: tuple[str, ...] = Field(min_length=1)  # pins, in the order of the channels
    rates_hz: tuple[int, ...] = Field(min_length=1)  # samples a second and channel

    @property
    def max_channels(self) -> int:
        """How many channels there may be."""
        return len(self.inputs)

    @model_validator(mode="after")
    def _can_be(self) -> BoardProfile:
        if len(set(self.inputs)) != len(self.inputs):
            raise ValueError(
                tr(
                    "{name}: {inputs} name one input twice",
                    name=self.name,
                    inputs=", ".join(self.inputs),
                )
            )
        conversions_hz, codes = self.converter.conversions_hz.value, self.converter.codes.value
        for rate_hz in self.rates_hz:  # the sum of a sample's readings has 24 signed bits
            least_hz = conversions_hz * codes / _LARGEST_SUM
            _expect(self, "rates_hz", rate_hz, least_hz, conversions_hz / self.max_channels)
        return self


class Profile(BaseModel):
    """An instrument: its board, and the sensor on each channel, None where it is not known."""

    model_config = ConfigDict(extra="allow", frozen=True)

    board: BoardProfile
    sensors: tuple[SensorProfile | None, ...] = Field(min_length=1)

    def only(self, indices: tuple[int, ...]) -> Profile:
        """Return the profile of some of the channels."""
        return self.model_copy(update={"sensors": tuple(self.sensors[i] for i in indices)})


def _expect(profile: _Profile, what: str, value: float, low: float, high: float) -> None:
    """Raise ValueError in one sentence if a figure is out of range."""
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(
            tr(
                "{name}: {field} is {value:g}, but a number from {low:g} to {high:g} is expected",
                name=profile.name,
                field=what,
                value=value,
                low=low,
                high=high,
            )
        )
