"""A recording in memory, wherever it came from."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from unclench.store.constants import BoardConstants
from unclench.store.provenance import Provenance

Mains = Literal["auto", "50", "60", "off"]


class BandMeta(BaseModel):
    """The band the tension was computed in; values of different bands must never be compared."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str
    low_hz: float = Field(gt=0)
    high_hz: float = Field(gt=0)
    order: int = Field(gt=0)


@dataclass(frozen=True)
class Recording:
    """Samples in uV at the electrode, and what is known of their making.

    Attributes
    ----------
    name : str
        Of the file or folder.
    rate : Fraction
        Samples per second and channel.
    channels : tuple of str
    sample : ndarray of int64, shape (n_samples,)
        Place of each row on the device's count, strictly increasing. A jump is a gap: missing
        samples are missing rows.
    emg_uv : ndarray, shape (n_samples, n_channels)
        Unfiltered. Of our own sessions bit-identical to what the live chain saw.
    constants : BoardConstants or None
        The board's, for our own sessions.
    band, mains : stored with the session, or None
    origin : Provenance
        Of the session; a file that is not a session's counts as imported.
    notes : tuple of str
        What had to be assumed or was found odd, each a sentence for the user.
    """

    name: str
    rate: Fraction
    channels: tuple[str, ...]
    sample: NDArray[np.int64]
    emg_uv: NDArray[np.float64]
    constants: BoardConstants | None = None
    band: BandMeta | None = None
    mains: Mains | None = None
    origin: Provenance = Provenance.IMPORTED
    notes: tuple[str, ...] = ()

    @property
    def fs_hz(self) -> float:
        """Samples per second and channel, as a float."""
        return float(self.rate)

    @property
    def n_samples(self) -> int:
        """Rows that are there."""
        return len(self.sample)

    @property
    def lost_samples(self) -> int:
        """Rows that are missing between the first and the last."""
        return self._span - self.n_samples

    @property
    def duration_s(self) -> float:
        """From the first row to the end of the last, gaps included."""
        return float(self._span / self.rate)

    @property
    def noise_uv(self) -> tuple[float | None, ...]:
        """RMS noise of the device per channel in 20-450 Hz, None where it is not known."""
        return (None,) * len(self.channels) if self.constants is None else self.constants.noise_uv

    @property
    def rails_uv(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Lowest and highest value the device can give per channel, None where not known."""
        return None if self.constants is None else self.constants.rails_uv

    def units(self) -> NDArray[np.int32]:
        """Return the integers the board sent, (n_samples, n_channels).

        Raises
        ------
        ValueError
            The recording is not one of a board whose constants are known.
        """
        if self.constants is None:
            raise ValueError(f"{self.name} holds no constants of a board, so no units.")
        return self.constants.to_units(self.emg_uv)

    def segments(self) -> list[tuple[int, int]]:
        """Row ranges [start, stop) without a gap inside."""
        if self.n_samples == 0:
            return []
        jumps: list[int] = []
        if self.lost_samples:
            jumps = (np.flatnonzero(np.diff(self.sample) != 1) + 1).tolist()
        return list(zip([0, *jumps], [*jumps, self.n_samples], strict=True))

    @property
    def _span(self) -> int:
        return int(self.sample[-1] - self.sample[0]) + 1 if self.n_samples else 0
