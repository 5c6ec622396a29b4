"""What is known of a channel that is trained: figures that stay as they are during a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Strength = Literal["gentle", "maximum"]
Side = Literal["left", "right", "middle"]

FLOOR_GATE = 1.25
"""Times the noise floor below which tension cannot be told from noise: a quarter of a second of
noise alone scatters by 5 % (1 / (2 sqrt(430 Hz x 0.25 s))), so this is five of its deviations."""


@dataclass(frozen=True)
class RestBaseline:
    """Resting tension, frozen once measured."""

    mean_uv: float
    sd_uv: float  # of the 1 s RMS
    used_s: float  # of the time measured, what went into it: a cough does not
    fast_sd_uv: float  # of the RMS that is shown, which scatters more than that of a second


@dataclass(frozen=True)
class ReferenceContraction:
    """The best stable second of a contraction, to which percentages refer."""

    uv: float
    strength: Strength


@dataclass(frozen=True)
class TrainedChannel:
    """A channel that takes part in training."""

    index: int  # in the stream, from 0
    label: str  # for people: "Left shoulder"
    noise_uv: float | None = None  # the instrument's own, in the band used
    baseline: RestBaseline | None = None
    reference: ReferenceContraction | None = None
    why_no_baseline: str = ""  # sentences, where they are missing and the reason is known
    why_no_reference: str = ""
