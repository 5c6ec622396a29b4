"""When to alert: lasting tension and too little rest. Rows in, alerts out; no clock."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from unclench.errors import InputError
from unclench.store.events.event import S_DECIMALS, UV_DECIMALS, Alerted
from unclench.training.placement.values import (
    STAYS_S,
    YOUR_BASELINE,
    TrainedChannel,
    floor_uv,
)
from unclench.training.rest import RestRun
from unclench.translation import tr

FORGIVEN_S = 10.0
"""A gap or lost contact up to this long is left out, and does not end what it interrupts."""

_LONG_REST_S = 10.0  # a long rest counts again after each of these: it is not a lack of rest


@dataclass(frozen=True)
class Limit:
    """The tension above which a channel is not at rest, and its basis."""

    uv: float
    words: str


def limit_of(channel: TrainedChannel, percent: float, baseline: str = YOUR_BASELINE) -> Limit:
    """Return a channel's limit: the highest of three levels, as a lower one would mean nothing.

    The levels are the person's percentage of the reference contraction, the lowest tension that
    stands out of the noise, and rest (baseline mean + 2 SD). Without a reference the limit follows
    from the baseline; `baseline` is its name in words.

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
        limits.append(Limit(percent / 100 * whole_uv, words))
    if channel.baseline is not None:
        rest_uv = channel.baseline.mean_uv + 2 * channel.baseline.sd_uv
        if limits:
            words = tr("{baseline} plus two standard deviations", baseline=baseline)
        else:
            words = tr(
                "{baseline} plus two standard deviations, as there is no reference contraction",
                baseline=baseline,
            )
        limits.append(Limit(rest_uv, words))
    if not limits:
        raise InputError(
            tr(
                "There is no limit for {label}: it needs a resting baseline or a reference "
                "contraction. Measure them with `unclench calibrate`.",
                label=channel.label,
            )
        )
    if channel.noise_uv is not None:
        words = tr(
            "the lowest tension that stands out of the noise floor of {noise_uv:.2f} µV",
            noise_uv=channel.noise_uv,
        )
        limits.append(Limit(floor_uv(channel), words))
    return max(limits, key=lambda limit: limit.uv)


class SustainedAlert:
    """Alerts when the 1 s RMS of a channel has been above its limit for `minutes` without a break.

    The default of 4 minutes above 0.5 % is Hanvold's (2013). The tension is over once it has stayed
    at or below the limit for 3 s, as for a recovery. A shorter dip, such as from breathing, does
    not end it and is left out of the time. The next alerts come after twice and four times as
    long. Only trusted rows are used.

    Parameters
    ----------
    label
        The channel's name.
    limit_uv
        See `limit_of`.
    minutes
        The time after which to alert.
    row_n
        Samples from row to row.
    fs_hz
        Samples a second.
    """

    def __init__(
        self, label: str, limit_uv: float, minutes: float, row_n: int, fs_hz: float
    ) -> None:
        self.longest_s = 0.0
        self.above_s = 0.0  # so far, without a break
        self._label, self._limit_uv, self._minutes = label, limit_uv, minutes
        self._row_s = row_n / fs_hz
        self._forgiven_n = round(FORGIVEN_S * fs_hz) + row_n
        self._above_n = self._below_n = 0  # rows
        self._over_n = round(STAYS_S * fs_hz / row_n)
        self._times = 1  # which alert comes next
        self._last_trusted: int | None = None  # the last sample that was trusted

    def row(self, sample: int, slow_uv: float, trusted: bool) -> Alerted | None:
        """Take the next row; NaN counts as not trusted."""
        if not trusted or math.isnan(slow_uv):
            return None
        if self._last_trusted is not None and sample - self._last_trusted > self._forgiven_n:
            self._end()
        self._last_trusted = sample
        if slow_uv <= self._limit_uv:
            self._below_n += 1
            if self._below_n >= self._over_n:
                self._end()
            return None
        self._below_n = 0
        self._above_n += 1
        self.above_s = self._above_n * self._row_s
        self.longest_s = max(self.longest_s, self.above_s)
        if self.above_s < self._times * self._minutes * 60:
            return None
        self._times *= 2  # an alert every four minutes all day would be too much
        above_s, limit_uv = round(self.above_s, S_DECIMALS), round(self._limit_uv, UV_DECIMALS)
        return Alerted("sustained", self._label, above_s, limit_uv=limit_uv)

    def _end(self) -> None:
        self._above_n, self._times = 0, 1
        self.above_s = 0.0


class TooFewRests:
    """Alerts after fewer than `rests` moments of rest in the last `minutes` of trusted signal.

    A moment of rest is at least 0.2 s long (a convention; see `training.rest`); a longer one counts
    again for each further 10 s. The next alert comes after `minutes` more at the earliest, then
    after twice as many, and so on, until there was enough rest.

    Parameters
    ----------
    label
        The channel's name.
    rest_uv
        The rest level.
    rests, minutes
        How many moments of rest are enough, in how much time.
    row_n
        Samples from row to row.
    fs_hz
        Samples a second.
    """

    def __init__(
        self, label: str, rest_uv: float, rests: int, minutes: float, row_n: int, fs_hz: float
    ) -> None:
        self._label, self._rest_uv, self._rests, self._minutes = label, rest_uv, rests, minutes
        self._row_n = row_n
        self._long_n = round(_LONG_REST_S * fs_hz / row_n)  # rows
        self._window_n = round(minutes * 60 * fs_hz / row_n)
        self._forget_n = round(minutes * 60 * fs_hz)  # samples
        self._moments: deque[int] = deque()  # rows trusted until each
        self._trusted_n = self._since_n = 0  # rows: in all, and at the latest beginning
        self._spoke_n, self._wait_n = (
            0,
            self._window_n,
        )  # rows: at the last word, and until the next
        self._rest = RestRun(row_n / fs_hz)
        self._latest = 0  # sample of the latest row
        self._last_trusted: int | None = None

    def row(self, sample: int, quick_uv: float, trusted: bool) -> Alerted | None:
        """Take the next row; NaN has no time that counts."""
        if not trusted or sample - self._latest > self._row_n:
            self._rest.reset()  # what was in between is not known
        self._latest = sample
        if not trusted or math.isnan(quick_uv):
            return None
        if self._last_trusted is not None and sample - self._last_trusted > self._forget_n:
            self._since_n = self._trusted_n
        self._last_trusted = sample
        self._trusted_n += 1
        before_n = self._rest.length_n
        if self._rest.add(quick_uv, self._rest_uv):
            # The first counts at once, another each ten seconds.
            run_n = self._rest.length_n
            times = -(-run_n // self._long_n) - -(-before_n // self._long_n)
            self._moments += [self._trusted_n] * times
        begin_n = self._trusted_n - self._window_n
        while self._moments and self._moments[0] <= begin_n:
            self._moments.popleft()
        if len(self._moments) >= self._rests:
            self._wait_n = self._window_n
            return None
        if self._since_n > begin_n or self._trusted_n - self._spoke_n < self._wait_n:
            return None
        self._spoke_n, self._wait_n = self._trusted_n, 2 * self._wait_n
        within_s = round(self._minutes * 60, S_DECIMALS)
        return Alerted("few rests", self._label, within_s, rests=len(self._moments))
