"""When to speak up: tension that lasts, and too little rest. Rows in, alerts out; no clock."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from unclench.errors import InputError
from unclench.store.events.event import S_DECIMALS, UV_DECIMALS, Alerted
from unclench.training.placement.values import (
    REST_S,
    STAYS_S,
    YOUR_BASELINE,
    TrainedChannel,
    floor_uv,
)
from unclench.translation import tr

FORGIVEN_S = 10.0
"""A gap or lost contact for up to so long neither counts nor breaks off what it interrupts."""

_LONG_REST_S = 10.0  # a rest counts once more for each further so long: resting is no lack of rest


@dataclass(frozen=True)
class Limit:
    """The tension above which a channel is not at rest, and what decided it."""

    uv: float
    words: str


def limit_of(channel: TrainedChannel, percent: float, baseline: str = YOUR_BASELINE) -> Limit:
    """A channel's limit: the highest of what it must lie above to mean anything.

    That is the person's own percentage of their reference contraction; what the instrument can
    tell from its noise; and rest itself (baseline mean + 2 SD): under that, a muscle at rest
    would count as tense. Without a reference it is the baseline's; `baseline` is what to call it.

    Raises InputError in a sentence if there is neither a reference nor a baseline.
    """
    limits: list[Limit] = []
    if channel.reference is not None:
        whole_uv = channel.reference.uv
        words = f"{percent:g} % of your reference of {whole_uv:.0f} µV"
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
            f"There is no limit for {channel.label}: it takes a resting baseline or a reference "
            "contraction; measure them with `unclench calibrate`."
        )
    if channel.noise_uv is not None:
        words = f"the least that stands out of the instrument's noise of {channel.noise_uv:.2f} µV"
        limits.append(Limit(floor_uv(channel), words))
    return max(limits, key=lambda limit: limit.uv)


class SustainedAlert:
    """Speaks up when the 1 s RMS of a channel has been above its limit for `minutes` in one piece.

    The default of 4 minutes above 0.5 % is Hanvold's (2013). It is over once the tension has stayed
    at or below the limit for 3 s, as a recovery is: a shorter dip, such as breathing makes, is no
    letting go, and does not count either. It speaks again after twice, four times so long. Only
    trusted rows count.

    Parameters
    ----------
    label
        What to call the channel.
    limit_uv
        See `limit_of`.
    minutes
        How long is too long.
    row_n
        Samples from row to row.
    fs_hz
        Samples a second.
    """

    def __init__(
        self, label: str, limit_uv: float, minutes: float, row_n: int, fs_hz: float
    ) -> None:
        self.longest_s = 0.0
        self.above_s = 0.0  # so far, in one piece
        self._label, self._limit_uv, self._minutes = label, limit_uv, minutes
        self._row_s = row_n / fs_hz
        self._forgiven_n = round(FORGIVEN_S * fs_hz) + row_n
        self._above_n = self._below_n = 0  # rows
        self._over_n = round(STAYS_S * fs_hz / row_n)
        self._times = 1  # which alert comes next
        self._heard: int | None = None  # the last sample that was trusted

    def row(self, sample: int, slow_uv: float, trusted: bool) -> Alerted | None:
        """Take the next row; NaN is as good as not trusted."""
        if not trusted or math.isnan(slow_uv):
            return None
        if self._heard is not None and sample - self._heard > self._forgiven_n:
            self._end()
        self._heard = sample
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
        self._times *= 2  # an alert that comes every four minutes all day is no quiet one
        above_s, limit_uv = round(self.above_s, S_DECIMALS), round(self._limit_uv, UV_DECIMALS)
        return Alerted("sustained", self._label, above_s, limit_uv=limit_uv)

    def _end(self) -> None:
        self._above_n, self._times = 0, 1
        self.above_s = 0.0


class TooFewRests:
    """Speaks up after fewer than `rests` moments of rest in the last `minutes` of trusted signal.

    A moment of rest is at least 0.2 s below the rest level (a convention); one that goes on counts
    once more for each further 10 s. It speaks again after `minutes` more at the
    earliest, then after twice as many, and so on, until there was rest enough.

    Parameters
    ----------
    label
        What to call the channel.
    rest_uv
        The rest level.
    rests, minutes
        How few are too few, in how much time.
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
        self._moment_n = round(REST_S * fs_hz / row_n)  # rows
        self._long_n = round(_LONG_REST_S * fs_hz / row_n)
        self._window_n = round(minutes * 60 * fs_hz / row_n)
        self._forget_n = round(minutes * 60 * fs_hz)  # samples
        self._moments: deque[int] = deque()  # rows trusted until each
        self._trusted_n = self._since_n = 0  # rows: in all, and at the latest beginning
        self._spoke_n, self._wait_n = (
            0,
            self._window_n,
        )  # rows: at the last word, and until the next
        self._run_n = 0  # rows of the rest under way
        self._heard: int | None = None

    def row(self, sample: int, fast_uv: float, trusted: bool) -> Alerted | None:
        """Take the next row; NaN is as good as not trusted."""
        if not trusted or math.isnan(fast_uv):
            return None
        if self._heard is not None and sample - self._heard > self._row_n:
            self._run_n = 0  # nobody knows what was in between
            if sample - self._heard > self._forget_n:
                self._since_n = self._trusted_n
        self._heard = sample
        self._trusted_n += 1
        self._run_n = self._run_n + 1 if fast_uv < self._rest_uv else 0
        if self._run_n and self._run_n % self._long_n == self._moment_n:
            self._moments.append(self._trusted_n)
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
