"""Microvolts as the integers of EDF (16 bit) and BDF (24 bit), the lowest of them kept for losses.

Sources: EDF+ specification (Kemp & Olivan 2003, edfplus.info), 2.1.1: the physical extremes stand
in 8 characters and belong to the digital ones, which makes gain and offset. So a gain is only as
exact as 8 characters, unless the extremes are chosen well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHARACTERS = 7  # of 8, one being for the sign
_SEARCHED = 1 << 18  # extremes looked at to find one whose voltage is short in writing
_TRIED = 50
_CLOSE = 1e-3  # of a unit: that far off at the very most


@dataclass(frozen=True)
class Scaled:
    """One channel in integers.

    Attributes
    ----------
    digital : ndarray of int32, shape (n_samples,)
        All of them above ``digital_range[0]``, which means "no sample here".
    digital_range : tuple of int
    physical_range : tuple of float
        The same in uV, each of 8 characters at most.
    exact : bool
        Whether every unit of the original has an integer of its own.
    """

    digital: NDArray[np.int32]
    digital_range: tuple[int, int]
    physical_range: tuple[float, float]
    exact: bool

    @property
    def step_uv(self) -> float:
        """Microvolts per integer."""
        low, high = self.physical_range
        return (high - low) / (self.digital_range[1] - self.digital_range[0])


def scale_units(units: NDArray[np.int64], uv_per_unit: float, bits: int) -> Scaled | None:
    """Keep whole units (n_samples,), 0 being 0 uV; None where they do not fit.

    Parameters
    ----------
    units : ndarray of int
    uv_per_unit : float
    bits : {16, 24}
    """
    most = 2 ** (bits - 1) - 1
    top = int(np.abs(units).max(initial=0))
    tops = np.arange(most, max(top, most - _SEARCHED), -1)
    found = _short_voltage(tops, uv_per_unit)
    if found is None:
        return None
    digital_max, uv_max = found
    return Scaled(
        units.astype(np.int32), (-digital_max, digital_max), (-uv_max, uv_max), exact=True
    )


def scale_values(emg_uv: NDArray[np.float64], bits: int) -> Scaled:
    """Spread the integers over the span of the values (n_samples,): the best these bits can do."""
    digital_min, digital_max = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    low, high = float(emg_uv.min(initial=0.0)), float(emg_uv.max(initial=0.0))
    if len(emg_uv):
        low, high = float(emg_uv.min()), float(emg_uv.max())
    # A few integers at either end stay free: for losses, and for what writing 8 characters moves.
    margin = max((high - low) * 4 / 2**bits, 1e-4, abs(low) * 1e-6, abs(high) * 1e-6)
    low, high = _written(low - margin, math.floor), _written(high + margin, math.ceil)
    per_uv = (digital_max - digital_min) / (high - low)
    digital = np.rint((emg_uv - low) * per_uv).astype(np.int64) + digital_min
    return Scaled(
        digital.clip(digital_min + 1, digital_max).astype(np.int32),
        (digital_min, digital_max),
        (low, high),
        exact=False,
    )


def _short_voltage(tops: NDArray[np.int64], uv_per_unit: float) -> tuple[int, float] | None:
    """Return the number of units whose voltage is closest to one of 7 characters, and that."""
    best: tuple[float, int, float] | None = None
    for decimals in range(_CHARACTERS - 1):
        tops_uv = np.round(tops * uv_per_unit, decimals)
        off = np.abs(tops_uv / uv_per_unit - tops)
        for at in np.argsort(off)[:_TRIED].tolist():
            value_uv = float(tops_uv[at])
            fits = 0 < value_uv < 10**_CHARACTERS and off[at] < _CLOSE
            # As the lower end, with its sign, it is the longer one.
            if fits and _written(-value_uv, math.floor) == -value_uv:
                if best is None or off[at] < best[0]:
                    best = (float(off[at]), int(tops[at]), value_uv)
                break
    return None if best is None else best[1:]


def _written(value_uv: float, outwards: Callable[[float], int]) -> float:
    """Return what the 8 characters of a header say, rounded as edfio does it."""
    while True:
        whole = str(float(value_uv)).find(".")
        factor = 10 ** max(0, _CHARACTERS - whole)
        if value_uv.is_integer() or outwards(value_uv * factor) / factor == value_uv:
            return value_uv
        value_uv = outwards(value_uv * factor) / factor
