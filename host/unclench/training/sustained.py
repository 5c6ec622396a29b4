"""When to alert: lasting tension and too little rest. Rows in, alerts out; no clock."""

from __future__ import annotations

import math
from collections import deque

from unclench.store.events.event import S_DECIMALS, UV_DECIMALS, Alerted
from unclench.training.limit import DriftingLimit, Limit
from unclench.training.placement.values import STAYS_S
from unclench.training.rest import RestRun

FORGIVEN_S = 10.0
"""A gap or lost contact up to this long is left out, and does not end what it interrupts."""

_WITHIN_TIMES, _PIECES = 5, 240
_MOST_SHARE, _ENOUGH_SHARE = 0.75, 0.5  # above the limit: too much, and little enough

_LONG_REST_S = 10.0  # a long rest counts again after each of these: it is not a lack of rest


class SustainedAlert:
    """Alerts when the 1 s RMS of a channel has been above its limit for `minutes` without a break.

    The default of 4 minutes above 0.5 % is Hanvold's (2013). The tension is over once it has stayed
    at or below the limit for 3 s, as for a recovery. A shorter dip, such as from breathing, does
    not end it and is left out of the time. The next alerts come after twice and four times as
    long. Only trusted rows are used.

    Tension with many short breaks does not escape: it also alerts when three quarters of the last 5
    x `minutes` were above the limit, if there was no alert in that time; then after twice as
    long, and so on. An absence of `minutes` forgets them.

    Parameters
    ----------
    label
        The channel's name.
    limit
        See `limit_of`; it follows rest (`DriftingLimit`).
    minutes
        The time after which to alert.
    row_n
        Samples from row to row.
    fs_hz
        Samples a second.
    """

    def __init__(self, label: str, limit: Limit, minutes: float, row_n: int, fs_hz: float) -> None:
        self.longest_s = 0.0
        self.above_s = 0.0  # so far, without a break
        self._label, self._minutes = label, minutes
        self._row_s = row_n / fs_hz
        self._limit = DriftingLimit(limit, self._row_s)
        self._forgiven_n = round(FORGIVEN_S * fs_hz) + row_n
        self._forget_n = self._forgiven_n + round(minutes * 60 * fs_hz)
        self._above_n = self._below_n = 0  # rows
        self._over_n = round(STAYS_S * fs_hz / row_n)
        self._times = 1  # which alert comes next
        self._last_trusted: int | None = None  # the last sample that was trusted
        self._share = _ShareAbove(_WITHIN_TIMES * minutes * 60, self._row_s)

    def row(self, sample: int, slow_uv: float, trusted: bool) -> Alerted | None:
        """Take the next row; NaN counts as not trusted."""
        if not trusted or math.isnan(slow_uv):
            return None
        if self._last_trusted is not None and sample - self._last_trusted > self._forgiven_n:
            self._end()
            if sample - self._last_trusted > self._forget_n:
                self._share.reset()
        self._last_trusted = sample
        above = self._limit.row(slow_uv)
        above_s = self._share.row(above)
        long = self._row(above)
        if long:
            self._share.alerted()
            return self._alert(self.above_s)
        return None if above_s is None else self._alert(above_s, self._share.within_s)

    def _row(self, above: bool) -> bool:
        if not above:
            self._below_n += 1
            if self._below_n >= self._over_n:
                self._end()
            return False
        self._below_n = 0
        self._above_n += 1
        self.above_s = self._above_n * self._row_s
        self.longest_s = max(self.longest_s, self.above_s)
        if self.above_s < self._times * self._minutes * 60:
            return False
        self._times *= 2  # an alert every four minutes all day would be too much
        return True

    def _alert(self, above_s: float, within_s: float | None = None) -> Alerted:
        limit_uv, above_s = round(self._limit.uv, UV_DECIMALS), round(above_s, S_DECIMALS)
        return Alerted("sustained", self._label, above_s, limit_uv=limit_uv, within_s=within_s)

    def _end(self) -> None:
        self._above_n, self._times = 0, 1
        self.above_s = 0.0


class _ShareAbove:
    """Tells when three quarters of the last `within_s` were above the limit."""

    def __init__(self, within_s: float, row_s: float) -> None:
        self.within_s = within_s
        self._row_s = row_s
        self._piece_n = max(1, round(within_s / _PIECES / row_s))  # rows
        self.reset()

    def reset(self) -> None:
        """Start over: what came in between is not known."""
        self._pieces = deque[int](maxlen=_PIECES)  # rows above the limit, in each
        self._rows_n = self._above_n = 0  # of the piece under way
        self._silent_n, self._wait_n = 0, _PIECES  # pieces since the latest alert; until the next

    def row(self, above: bool) -> float | None:
        """Take a row; return the time above the limit if it is time for an alert."""
        self._rows_n += 1
        self._above_n += above
        if self._rows_n < self._piece_n:
            return None
        self._pieces.append(self._above_n)
        self._rows_n = self._above_n = 0
        self._silent_n += 1
        share = sum(self._pieces) / (_PIECES * self._piece_n)
        if share < _ENOUGH_SHARE:
            self._wait_n = _PIECES
        if share < _MOST_SHARE or self._silent_n < self._wait_n:
            return None
        self._silent_n, self._wait_n = 0, 2 * self._wait_n
        return share * self.within_s

    def alerted(self) -> None:
        """There was another alert: wait."""
        self._silent_n = 0


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
        if not trusted:
            return None
        before_n = self._rest.length_n
        rested = self._rest.add(quick_uv, self._rest_uv) > 0
        if math.isnan(quick_uv):
            return None
        if self._last_trusted is not None and sample - self._last_trusted > self._forget_n:
            self._since_n = self._trusted_n
        self._last_trusted = sample
        self._trusted_n += 1
        if rested:
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
