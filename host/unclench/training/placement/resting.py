"""What counts as a resting baseline: enough of the time usable, steady, neither falling nor rising.

Steps, `watch` and reviews measure rest with this one rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unclench.live.blocks import FloatArray
from unclench.training.placement.values import RestBaseline
from unclench.translation import tr

if TYPE_CHECKING:
    from unclench_dsp import Baseline

LEAST_S, MOST_S = 20.0, 600.0
"""Length of the time in which rest is measured."""
RESTLESS = 0.25
"""Standard deviation over the mean above which it was not rest."""
WANDERS, _WANDERS_S = 0.10, 600.0
"""How rest wanders by itself: standard deviation of its logarithm, and time constant."""
_DRIFTING, _MOST_DRIFT = 3.0, 1.35
"""Standard deviations between the thirds that are no chance, and the ratio that never is."""
_SAME_REST = (0.67, 1.5)  # times another baseline: within this it may be the same rest


class MeasurementError(Exception):
    """A channel that could not be measured; the message is a sentence."""


def measured_rest(
    label: str, fast_uv: FloatArray, slow_uv: FloatArray, row_hz: float, window_s: float
) -> RestBaseline:
    """Return the resting baseline of one channel.

    Parameters
    ----------
    label
        Of the channel, for sentences.
    fast_uv, slow_uv : ndarray, shape (n,)
        RMS over `window_s` and over 1 s, in uV; NaN where it must not be used.
    row_hz, window_s
        Rows a second; length of the fast window in s.

    Raises
    ------
    MeasurementError
        Too little of it could be used, it varied too much, or it was still falling or rising.
    """
    from unclench_dsp import resting_baseline

    try:
        found = resting_baseline(slow_uv, round(row_hz))
        fast = resting_baseline(fast_uv, round(window_s * row_hz))
    except ValueError as error:
        raise MeasurementError(
            tr("Resting baseline of {label}: {error}", label=label, error=error)
        ) from error
    change, steady = 100 * abs(found.drift - 1), _steady(found, row_hz)
    if found.drift < 1 / steady:
        raise MeasurementError(
            tr(
                "The tension of {label} was still falling, by {change:.0f} % from the first third "
                "of the time to the last, so it is not a resting baseline yet.",
                label=label,
                change=change,
            )
        )
    if found.drift > steady:
        raise MeasurementError(
            tr(
                "The tension of {label} was rising, by {change:.0f} % from the first third of the "
                "time to the last, so it is not a resting baseline. Sit back, let go, and measure "
                "again.",
                label=label,
                change=change,
            )
        )
    if found.sd_uv > RESTLESS * found.mean_uv:
        raise MeasurementError(
            tr(
                "The tension of {label} varied too much for a resting baseline: {mean_uv:.1f} µV "
                "with a standard deviation of {sd_uv:.1f} µV; at rest it is less than a quarter. "
                "Sit still, let go, and measure again.",
                label=label,
                mean_uv=found.mean_uv,
                sd_uv=found.sd_uv,
            )
        )
    return RestBaseline(found.mean_uv, found.sd_uv, found.n / row_hz, fast.sd_uv)


def _steady(found: Baseline, row_hz: float) -> float:
    """Return how far the last third of a rest may be from the first, as a ratio above 1.

    Rest wanders a little between them, and both have errors: 12 % in a usual minute.
    """
    third_s = found.n / row_hz / 3
    wander = WANDERS * math.sqrt(2 * (1 - math.exp(-2 * third_s / _WANDERS_S)))
    return min(_MOST_DRIFT, math.exp(_DRIFTING * math.hypot(wander, found.chance)))


@dataclass(frozen=True)
class Ratio:
    """One baseline over another, with a 95 % confidence interval."""

    value: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """Whether the two can hardly be the same rest."""
        return self.high < _SAME_REST[0] or self.low > _SAME_REST[1]


def compared(now: RestBaseline, before: RestBaseline) -> Ratio:
    """Compare two baselines; seconds of the 1 s RMS count as independent."""
    value = now.mean_uv / before.mean_uv
    spread = math.hypot(*(_relative_error(each) for each in (now, before)))
    return Ratio(value, value * math.exp(-1.96 * spread), value * math.exp(1.96 * spread))


def _relative_error(rest: RestBaseline) -> float:
    return rest.sd_uv / rest.mean_uv / math.sqrt(max(1.0, rest.used_s))
