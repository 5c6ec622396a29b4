"""Above which tension a muscle is not at rest: the limit of alerts, and how it follows rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unclench.errors import InputError
from unclench.training.placement.resting import WANDERS
from unclench.training.placement.values import YOUR_BASELINE, TrainedChannel, floor_uv
from unclench.translation import tr
from unclench_dsp.abovefloor import times_above_floor

USUAL_SPREAD = WANDERS
"""Standard deviation of the logarithm of resting tension over the hours of a day, as long as the
person's own days do not tell (`day.spread`)."""

_DRIFTS_S = 1200.0  # time constant with which the limit follows rest
_MOST_DRIFT = 1.2  # and by how much at most


@dataclass(frozen=True)
class Limit:
    """The tension above which a channel is not at rest, and its basis.

    `times` is the limit in resting tensions if rest decides it, so that it can follow rest; None if
    the person's percentage or the noise decides. It never falls below `least_uv`.
    """

    uv: float
    words: str
    times: float | None = None
    least_uv: float = 0.0


def limit_of(
    channel: TrainedChannel,
    percent: float,
    baseline: str = YOUR_BASELINE,
    spread: float = USUAL_SPREAD,
) -> Limit:
    """Return a channel's limit: the highest of three levels, as a lower one would mean nothing.

    The levels are the person's percentage of the reference contraction, the lowest tension that
    stands out of the noise, and rest: baseline x exp(2 s), where s combines the spread of days with
    that of the baseline's own minute, s^2 = spread^2 + (SD / mean)^2. Without a reference the limit
    follows from the baseline; `baseline` is its name in words, `spread` the standard deviation of
    the logarithm of resting tension.

    Raises InputError, in a sentence, without a reference or a baseline.
    """
    limits: list[Limit] = []
    if channel.reference is not None:
        whole_uv = channel.reference.uv
        words = tr(
            "{percent:g} % of your reference of {reference_uv:.0f} µV",
            percent=percent,
            reference_uv=whole_uv,
        )
        uv = times_above_floor(whole_uv, percent / 100, channel.noise_uv or 0.0)
        limits.append(Limit(uv, words))
    if channel.noise_uv is not None and (limits or channel.baseline is not None):
        words = tr(
            "the lowest tension that stands out of the noise floor of {noise_uv:.2f} µV",
            noise_uv=channel.noise_uv,
        )
        limits.append(Limit(floor_uv(channel), words))
    if channel.baseline is not None:
        least_uv = max((limit.uv for limit in limits), default=0.0)
        limits.append(_of_rest(channel, baseline, spread, least_uv))
    if not limits:
        raise InputError(
            tr(
                "There is no limit for {label}: it needs a resting baseline or a reference "
                "contraction. Measure them with `unclench calibrate`.",
                label=channel.label,
            )
        )
    return max(limits, key=lambda limit: limit.uv)


def _of_rest(channel: TrainedChannel, baseline: str, spread: float, least_uv: float) -> Limit:
    rest = channel.baseline
    assert rest is not None
    varies = math.hypot(spread, rest.sd_uv / rest.mean_uv)
    if channel.reference is None:
        words = tr(
            "{baseline} plus two standard deviations of {varies:.0f} %, because there is no "
            "reference contraction",
            baseline=baseline,
            varies=100 * varies,
        )
    else:
        words = tr(
            "{baseline} plus two standard deviations of {varies:.0f} %",
            baseline=baseline,
            varies=100 * varies,
        )
    times = math.exp(2 * varies)
    return Limit(times * rest.mean_uv, words, times, least_uv)


class DriftingLimit:
    """A limit that follows rest slowly, within 20 % of where it began.

    Only rest moves it: rows at or below the limit. Its logarithm approaches that of `times` their
    1 s RMS with a time constant of 20 minutes. So a person whose rest drifts is not alerted all
    day, and a person who tenses slowly is, once tension exceeds 1.2 times the first limit.

    Parameters
    ----------
    limit
        Where it begins; one that rest does not decide stays.
    row_s
        Seconds from row to row.
    """

    def __init__(self, limit: Limit, row_s: float) -> None:
        self.uv = limit.uv
        self._times = limit.times
        self._share = row_s / _DRIFTS_S
        self._least_uv = max(limit.least_uv, limit.uv / _MOST_DRIFT)
        self._most_uv = limit.uv * _MOST_DRIFT

    def row(self, slow_uv: float) -> bool:
        """Take the 1 s RMS of the next trusted row; return whether it is above the limit."""
        if slow_uv > self.uv:
            return True
        if self._times is not None and slow_uv > 0:
            step = self._share * math.log(self._times * slow_uv / self.uv)
            self.uv = min(self._most_uv, max(self._least_uv, self.uv * math.exp(step)))
        return False
