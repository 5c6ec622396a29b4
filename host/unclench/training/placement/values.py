"""What is known of a channel that is trained: figures that stay as they are during a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Strength = Literal["gentle", "maximum"]
Side = Literal["left", "right", "middle"]

FLOOR_GATE = 1.25
"""Times the noise floor below which tension cannot be told from noise: a quarter of a second of
noise alone scatters by 5 % (1 / (2 sqrt(430 Hz x 0.25 s))), so this is five of its deviations."""

REST_S = 0.2  # an EMG gap, by convention
STAYS_S = 3.0  # for so long the 1 s RMS must stay calm to count as recovered
YOUR_BASELINE = "your resting baseline"
_REST_PERCENT = 0.5  # of a maximum contraction: the convention of EMG gaps


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


def floor_uv(channel: TrainedChannel) -> float:
    """Tension below which nothing can be told from noise; 0 where the noise was never measured."""
    return FLOOR_GATE * (channel.noise_uv or 0.0)


def rest_level(channel: TrainedChannel, baseline: str = YOUR_BASELINE) -> tuple[float | None, str]:
    """Tension below which a channel counts as at rest, and why, in words.

    `baseline` is what to call the channel's.

    The convention is 0.5 % of a maximum contraction. It can lie below the noise floor, and below
    the resting level of a small muscle (a jaw at rest has 0.7 % of its clench: Ferrario 1993),
    where nobody would ever be at rest; so the highest of three levels counts, and is named.
    """
    levels = []
    if channel.reference is not None and channel.reference.strength == "maximum":
        percent_uv = _REST_PERCENT / 100 * channel.reference.uv
        levels.append((percent_uv, f"{_REST_PERCENT:g} % of your maximum"))
    if channel.baseline is not None:
        calm = channel.baseline.mean_uv + 2 * channel.baseline.fast_sd_uv
        levels.append((calm, f"{baseline} and two of its deviations"))
    if not levels:
        return None, "no baseline yet"
    if channel.noise_uv is not None:
        levels.append((floor_uv(channel), "what the instrument can tell from noise"))
    return max(levels)


def calm_uv(channel: TrainedChannel) -> float | None:
    """Baseline mean + 2 SD: where a contraction counts as recovered from."""
    if channel.baseline is None:
        return None
    return max(channel.baseline.mean_uv + 2 * channel.baseline.sd_uv, floor_uv(channel))
