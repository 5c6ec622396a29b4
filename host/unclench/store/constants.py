"""A board's constants as session.json keeps them: all that leads from a value back to a code."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from unclench_dsp import units_to_uv, uv_to_units
from unclench_wire.ids import FLAG_VIRTUAL
from unclench_wire.messages import Channel, Hello


class ChannelConstants(BaseModel):
    """What HELLO says of one channel (PROTOCOL.md 2.4)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    gain_milli: int = Field(gt=0, lt=2**32)
    skew_ns: int = Field(default=0, ge=0, lt=2**32)
    noise_nv: int = Field(default=0, ge=0, lt=2**32)  # 0 = not measured


class BoardConstants(BaseModel):
    """Everything HELLO says (PROTOCOL.md 2), and the arithmetic that follows from it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    rate_num: int = Field(gt=0, lt=2**32)  # the bounds are those of the wire's fields
    rate_den: int = Field(gt=0, lt=2**32)
    oversampling: int = Field(gt=0, lt=2**16)
    full_scale_uv: int = Field(gt=0, lt=2**32)
    codes: int = Field(gt=0, lt=2**32)
    zero_unit: int = Field(ge=-(2**31), lt=2**31)
    low_unit: int = Field(ge=-(2**31), lt=2**31)
    high_unit: int = Field(ge=-(2**31), lt=2**31)
    step_mlsb: int = Field(default=0, ge=-(2**15), lt=2**15)
    firmware: tuple[int, int, int] = (0, 0, 0)
    board_id: str = Field(default="00" * 8, pattern=r"^([0-9a-f]{2}){8}$")
    label: str = ""
    flags: int = Field(default=0, ge=0, lt=2**8)
    level: int = Field(ge=0, lt=2**8)
    channels: tuple[ChannelConstants, ...] = Field(min_length=1)

    @classmethod
    def from_hello(cls, hello: Hello) -> "BoardConstants":
        """Keep what a board announced."""
        return cls(
            rate_num=hello.rate_num,
            rate_den=hello.rate_den,
            oversampling=hello.oversampling,
            full_scale_uv=hello.full_scale_uv,
            codes=hello.codes,
            zero_unit=hello.zero_unit,
            low_unit=hello.low_unit,
            high_unit=hello.high_unit,
            step_mlsb=hello.step_mlsb,
            firmware=hello.firmware,
            board_id=hello.board_id.hex(),
            label=hello.label,
            flags=hello.flags,
            level=hello.level,
            channels=tuple(
                ChannelConstants(gain_milli=c.gain_milli, skew_ns=c.skew_ns, noise_nv=c.noise_nv)
                for c in hello.channels
            ),
        )

    @property
    def virtual(self) -> bool:
        """Whether the board was a virtual one; whose signal it was: `SessionMeta.origin`."""
        return bool(self.flags & FLAG_VIRTUAL)

    def to_hello(self) -> Hello:
        """Return the announcement again, so that a replay speaks as the board spoke."""
        return Hello(
            [Channel(c.gain_milli, c.skew_ns, c.noise_nv) for c in self.channels],
            rate_num=self.rate_num,
            rate_den=self.rate_den,
            oversampling=self.oversampling,
            full_scale_uv=self.full_scale_uv,
            codes=self.codes,
            zero_unit=self.zero_unit,
            low_unit=self.low_unit,
            high_unit=self.high_unit,
            step_mlsb=self.step_mlsb,
            firmware=self.firmware,
            board_id=bytes.fromhex(self.board_id),
            label=self.label,
            flags=self.flags,
            level=self.level,
        )

    def only(self, indices: tuple[int, ...]) -> "BoardConstants":
        """Return the constants of some of the channels."""
        return self.model_copy(update={"channels": tuple(self.channels[i] for i in indices)})

    @property
    def rate(self) -> Fraction:
        """Samples per second and channel, exactly."""
        return Fraction(self.rate_num, self.rate_den)

    @property
    def uv_per_unit(self) -> NDArray[np.float64]:
        """Microvolts at the electrode per unit, one value per channel (PROTOCOL.md 2.5)."""
        hello = self.to_hello()
        return np.array([hello.uv_per_unit(i) for i in range(len(self.channels))])

    @property
    def noise_uv(self) -> tuple[float | None, ...]:
        """Own RMS noise of each channel at the electrode in uV, None where it was not measured."""
        return tuple(c.noise_nv / 1000 or None for c in self.channels)

    @property
    def rails_uv(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest value each channel can show, in uV."""
        per_unit = self.uv_per_unit
        return (self.low_unit - self.zero_unit) * per_unit, (
            self.high_unit - self.zero_unit
        ) * per_unit

    def to_uv(self, units: NDArray[np.int32]) -> NDArray[np.float64]:
        """Convert units (n, c) to uV at the electrode, by the very function of the live chain."""
        return units_to_uv(units, self.zero_unit, self.uv_per_unit)

    def to_units(self, emg_uv: NDArray[np.float64]) -> NDArray[np.int32]:
        """Convert uV (n, c) back to the integers they were made from."""
        return uv_to_units(emg_uv, self.zero_unit, self.uv_per_unit)


def decimals_for(uv_per_unit: float) -> int:
    """Return how many decimals of a uV keep the unit: rounding moves it by a quarter at most."""
    decimals = 0
    while 10.0**-decimals > uv_per_unit / 2:
        decimals += 1
    return decimals
