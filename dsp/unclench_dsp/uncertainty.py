"""How sure a figure is: bootstrap over blocks of time, because neighbouring values are one another's.

Tension of one moment is much like that of the moment before, so an hour of 50 rows a second is not
180,000 observations. Resampling whole blocks of time keeps what hangs together in one piece.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % confidence interval.

    Attributes
    ----------
    value : float
    low, high : float or None
        None where there is too little to tell how sure the figure is.
    n_blocks : int
        Blocks of time that went into it: how many observations there really were, about.
    """

    value: float
    low: float | None
    high: float | None
    n_blocks: int
