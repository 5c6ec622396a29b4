"""What the gate gives out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench_dsp.arrays import BoolArray

DisturbanceKind = Literal["heart", "pop", "tug", "flutter"]


@dataclass(frozen=True)
class Heart:
    """The heart as one channel sees it now.

    Attributes
    ----------
    bpm : float or None
        Beats a minute; None while that is not sure, as in a contraction that hides them.
    peak_uv : float
        Size of a usual beat, 12-40 Hz: about half the height of its R peak.
    """

    bpm: float | None
    peak_uv: float


@dataclass(frozen=True)
class Disturbance:
    """A stretch that something other than the muscle made.

    Attributes
    ----------
    kind : {"heart", "pop", "tug", "flutter"}
    first, stop : int
        Sample indices, from the first sample ever given; `stop` is behind the last one.
    channel : int
    known : int
        The sample at which its kind was sure: none before it has been given out as final then.
    """

    kind: DisturbanceKind
    first: int
    stop: int
    channel: int
    known: int


@dataclass(frozen=True)
class MaskBlock:
    """What counts of the next final samples; bool arrays of shape (n_samples, n_channels).

    Attributes
    ----------
    kept : ndarray of bool
        False where a sample holds something else than muscle.
    disturbed : ndarray of bool
        True where that is a pop, a tug or flutter: such time counts for nothing.
    """

    kept: BoolArray
    disturbed: BoolArray
