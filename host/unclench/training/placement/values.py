"""What is known about a trained channel: figures that are frozen during a session."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from unclench.translation import tr
from unclench_dsp.abovefloor import times_above_floor
from unclench_dsp.version import CHAIN_VERSION, FIRST_CHAIN

Strength = Literal["gentle", "maximum"]
Side = Literal["left", "right", "middle"]
STRENGTH_WORDS: dict[Strength, str] = {"gentle": tr("gentle"), "maximum": tr("maximum")}

FLOOR_GATE = 1.25
"""Tension below this many times the noise floor is indistinguishable from noise: a quarter of a
second of noise scatters by 5 % (1 / (2 sqrt(430 Hz x 0.25 s))), and this is five deviations."""

UNSEEN = tr("below what this instrument can see")

REST_S = 0.2  # an EMG gap, by convention
STAYS_S = 3.0  # the 1 s RMS must stay calm this long to count as recovered
YOUR_BASELINE = tr("your resting baseline")
_REST_PERCENT = 0.5  # of a maximum contraction: the convention for EMG gaps


@dataclass(frozen=True)
class RestBaseline:
    """Resting tension, frozen once measured."""

    mean_uv: float
    sd_uv: float  # of the 1 s RMS
    used_s: float  # the part of the measured time that was used: without coughs
    fast_sd_uv: float  # of the RMS on the screen, which scatters more than the 1 s RMS
    chain: int = CHAIN_VERSION  # version of the chain that measured it

    @property
    def quick_sd_uv(self) -> float:
        """SD of the RMS over 0.1 s, from those over 0.25 s and 1 s.

        Its square is a + b / window: what wanders slowly, and chance, which the window evens out.
        """
        slow, fast = self.sd_uv**2, self.fast_sd_uv**2
        return math.sqrt(slow + 3 * max(0.0, fast - slow))


@dataclass(frozen=True)
class ReferenceContraction:
    """The best stable second of a contraction: 100 % in "% of reference"."""

    uv: float
    strength: Strength
    chain: int = CHAIN_VERSION  # version of the chain that measured it


@dataclass(frozen=True)
class TrainedChannel:
    """A channel that takes part in training."""

    index: int  # in the stream, from 0
    label: str  # for people: "Left shoulder"
    noise_uv: float | None = None  # the instrument's own, in the band used
    baseline: RestBaseline | None = None
    reference: ReferenceContraction | None = None
    own_baseline: bool = False  # measured in this session, not by a calibration before it
    why_no_baseline: str = ""  # a sentence, if it is missing and the reason is known
    why_no_reference: str = ""


def with_chain(stored: Any) -> Any:
    """Return a stored baseline or reference with its chain: one without is of the first."""
    return {"chain": FIRST_CHAIN, **stored} if isinstance(stored, dict) else stored


def older(measured: RestBaseline | ReferenceContraction | None) -> bool:
    """Return True if another version of the chain measured it: it cannot be compared with now."""
    return measured is not None and measured.chain != CHAIN_VERSION


def floor_uv(channel: TrainedChannel) -> float:
    """Tension below which a muscle looks like noise; 0 if the noise was never measured."""
    return FLOOR_GATE * (channel.noise_uv or 0.0)


def too_quiet(channel: TrainedChannel, fast_uv: float) -> bool:
    """Return True if a tension looks like noise; NaN does not."""
    return fast_uv < floor_uv(channel)


def rest_level(channel: TrainedChannel, baseline: str = YOUR_BASELINE) -> tuple[float | None, str]:
    """Return the tension below which a channel counts as at rest, and its basis in words.

    `baseline` is the name of the channel's baseline in these words.

    The convention is 0.5 % of a maximum contraction. It can be below the noise floor, or below the
    resting baseline of a small muscle (a jaw at rest has 0.7 % of its clench: Ferrario 1993), and
    then nobody would ever be at rest. So the highest of three levels applies. It is compared with
    the RMS over 0.1 s (see `training.rest`), so the deviation is that of this RMS.
    """
    levels = []
    if channel.reference is not None and channel.reference.strength == "maximum":
        percent_uv = times_above_floor(
            channel.reference.uv, _REST_PERCENT / 100, channel.noise_uv or 0.0
        )
        levels.append(
            (percent_uv, tr("{rest_percent:g} % of your maximum", rest_percent=_REST_PERCENT))
        )
    if channel.baseline is not None:
        calm = channel.baseline.mean_uv + 2 * channel.baseline.quick_sd_uv
        levels.append((calm, tr("{baseline} plus two standard deviations", baseline=baseline)))
    if not levels:
        return None, tr("no baseline yet")
    if channel.noise_uv is not None:
        levels.append((floor_uv(channel), tr("the lowest tension that stands out of the noise")))
    return max(levels)


def calm_uv(channel: TrainedChannel) -> float | None:
    """Baseline mean + 2 SD: recovery from a contraction ends below it."""
    if channel.baseline is None:
        return None
    return max(channel.baseline.mean_uv + 2 * channel.baseline.sd_uv, floor_uv(channel))
