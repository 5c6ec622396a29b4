"""Tension averaged over the breath, and whether it falls in the exhale.

The breath is a pacer's: there is no breath sensor, only the phase that the caller passes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray, IntArray

MIN_BREATHS = 6
ONE_SIDED_LEVEL = 0.01
_QUANTILE = 0.25  # of the rows of a part: bursts in three quarters of it change nothing
_BURST = 6.0  # standard deviations above the same part of the neighbouring breaths
_CHANCE = 0.01  # least deviation, by noise alone: 1 / (2 sqrt(430 Hz x 5 s))


@dataclass(frozen=True)
class BreathProfile:
    """Tension by phase of the breath, over the breaths that were used.

    Attributes
    ----------
    phase : ndarray, shape (n_bins,)
        Middle of each bin, 0 to 1.
    mean_uv, spread_uv : ndarray, shape (n_bins, n_channels)
        Mean over breaths of each breath's own mean in the bin, in uV, and its standard deviation
        between breaths. NaN where no breath has a row; for the deviation, fewer than two.
    breaths : ndarray of int64, shape (n_channels,)
        Breaths that were used.
    """

    phase: FloatArray
    mean_uv: FloatArray
    spread_uv: FloatArray
    breaths: IntArray


@dataclass(frozen=True)
class Effect:
    """Tension in the exhale compared with the inhale, for one channel.

    Attributes
    ----------
    breaths : int
        Exhales that were compared with the inhales before and after them.
    change : float or None
        -0.2 means 20 % lower in the exhale. All are None with fewer than `MIN_BREATHS`.
    low, high : float or None
        95 % confidence interval of `change`.
    falls : bool or None
        True if it is significantly lower at `ONE_SIDED_LEVEL`. That level holds for one test;
        tested after every breath, several per cent of the sessions show a false fall at some time.
        It says nothing about size, and no size that matters has been verified, so show `change`
        with it.
    """

    breaths: int
    change: float | None = None
    low: float | None = None
    high: float | None = None
    falls: bool | None = None


class BreathAverage:
    """Averages tension over the phase of the breath as rows come in.

    A breath is complete when a row of a later one arrives, or with `finish`. For each channel it is
    used if at least half of its rows are there and usable: of the whole breath, and of the parts
    of inhale and exhale that are compared. The expected number follows from the steps of the phase.

    Parameters
    ----------
    n_bins : int
        Bins of the profile, equal parts of the phase.
    bounds : tuple of float
        Phases at which inhaling, holding in and exhaling end; inhaling begins at 0.
    n_channels : int
    """

    def __init__(self, n_bins: int, bounds: tuple[float, float, float], n_channels: int) -> None:
        inhale_end, hold_in_end, exhale_end = bounds
        if n_bins < 1:
            raise ValueError(f"A breath cannot be divided into {n_bins} bins: use at least 1.")
        if not 0 < inhale_end <= hold_in_end < exhale_end <= 1:
            raise ValueError(
                f"A breath whose inhale ends at {inhale_end:g}, hold at {hold_in_end:g} and exhale "
                f"at {exhale_end:g} cannot be averaged: give phases that rise from 0 to 1."
            )
        self._n_bins = n_bins
        # Equally long middles: a longer part would have a lower quartile.
        half = min(inhale_end, exhale_end - hold_in_end) / 2
        inhale, exhale = inhale_end / 2, (hold_in_end + exhale_end) / 2
        self._inhale = (inhale - half, inhale + half)
        self._exhale = (exhale - half, exhale + half)
        self._breath: int | None = None
        self._n = 0  # rows of the current breath
        self._phase = np.empty(512)
        self._tension_uv = np.empty((512, n_channels))
        # Of the complete breaths:
        self._numbers: list[int] = []
        self._bins_uv: list[FloatArray] = []  # (n_bins, n_channels)
        self._levels: list[FloatArray] = []  # log tension of inhale, exhale: (2, n_channels)

    def add(self, breath: int, phase: float, tension_uv: FloatArray) -> None:
        """Take the next row.

        Parameters
        ----------
        breath : int
            Number of the breath; never lower than before.
        phase : float
            Phase of the measurement, 0 to 1; the caller has subtracted the envelope's lag.
        tension_uv : ndarray, shape (n_channels,)
            In uV. Channels that are NaN or not above 0 are not used.

        Raises
        ------
        ValueError
            If the breath is already complete.
        """
        if breath != self._breath:
            self.finish()
            if self._numbers and breath <= self._numbers[-1]:
                raise ValueError(
                    f"A row of breath {breath} comes too late: breaths up to {self._numbers[-1]} "
                    "are complete. Pass rows in order."
                )
            self._breath = breath
        n = self._n
        if n == len(self._phase):
            self._phase = np.concatenate([self._phase, np.empty_like(self._phase)])
            self._tension_uv = np.concatenate([self._tension_uv, np.empty_like(self._tension_uv)])
        self._phase[n] = phase
        self._tension_uv[n] = tension_uv
        self._n = n + 1

    def finish(self) -> None:
        """Complete the current breath, at the end of the breathing."""
        if self._breath is None:
            return
        phase, tension_uv = self._phase[: self._n], self._tension_uv[: self._n]
        usable = tension_uv > 0
        whole = usable.sum(axis=0) >= 0.5 * _rows_due(phase, 1.0)
        levels = np.empty((2, tension_uv.shape[1]))
        for level, (begin, end) in zip(levels, (self._inhale, self._exhale), strict=True):
            inside = (phase >= begin) & (phase < end)
            part = usable & inside[:, np.newaxis]
            whole &= part.sum(axis=0) >= max(1.0, 0.5 * _rows_due(phase, end - begin))
            for c in np.flatnonzero(whole):
                level[c] = math.log(np.quantile(tension_uv[part[:, c], c], _QUANTILE))
        levels[:, ~whole] = np.nan
        usable &= whole
        bins = np.minimum((phase * self._n_bins).astype(np.int64), self._n_bins - 1)
        counts = np.zeros((self._n_bins, tension_uv.shape[1]))
        sums = np.zeros_like(counts)
        np.add.at(counts, bins, usable)
        np.add.at(sums, bins, np.where(usable, tension_uv, 0.0))
        self._bins_uv.append(_divide(sums, counts))
        self._levels.append(levels)
        self._numbers.append(self._breath)
        self._breath, self._n = None, 0

    def profile(self) -> BreathProfile:
        """Return the average of the complete breaths."""
        n_channels = self._tension_uv.shape[1]
        bins_uv = np.reshape(self._bins_uv, (-1, self._n_bins, n_channels))
        there = ~np.isnan(bins_uv)
        counts = there.sum(axis=0)
        mean_uv = _divide(np.where(there, bins_uv, 0.0).sum(axis=0), counts)
        squares = np.where(there, np.square(bins_uv - mean_uv), 0.0).sum(axis=0)
        levels = np.reshape(self._levels, (-1, 2, n_channels))
        return BreathProfile(
            phase=(np.arange(self._n_bins) + 0.5) / self._n_bins,
            mean_uv=mean_uv,
            spread_uv=np.sqrt(_divide(squares, counts - 1)),
            breaths=np.count_nonzero(~np.isnan(levels[:, 0]), axis=0).astype(np.int64),
        )

    def effect(self, channel: int) -> Effect:
        """Compare the exhales of a channel with the inhales around them.

        The logarithm of the lower quartile of each part is compared, because bursts and coughs
        lie above it (with bursts it finds a fall three times as often as the median does). Only
        the middle of the longer part is used, as long as the shorter one. Parts far above those
        of the neighbouring breaths are left out.
        Each exhale is compared with the inhales before and after it, interpolated to its middle,
        so a steady fall over minutes has no effect. Neighbouring differences share an inhale and
        are not independent: the variance of their mean is therefore computed from their slow
        cosines, and Student's t has as many degrees of freedom as there are cosines.

        Parameters
        ----------
        channel : int

        Returns
        -------
        Effect

        References
        ----------
        Lazarus, Lewis, Stock, Watson, J. Business & Economic Statistics 36 (2018) 541-559: the
        equally weighted cosine estimator.
        """

        from scipy import special

        differences = self._differences(channel)
        n = len(differences)
        if n < MIN_BREATHS:
            return Effect(n)
        mean = float(differences.mean())
        n_cosines = n // 3
        angles = np.pi * np.outer(np.arange(1, n_cosines + 1), np.arange(n) + 0.5) / n
        weights = np.sqrt(2 / n) * (np.cos(angles) @ differences)
        error = math.sqrt(np.mean(np.square(weights)) / n)
        margin = float(special.stdtrit(n_cosines, 0.975)) * error
        beyond_chance = float(special.stdtrit(n_cosines, 1 - ONE_SIDED_LEVEL)) * error
        return Effect(
            breaths=n,
            change=math.expm1(mean),
            low=math.expm1(mean - margin),
            high=math.expm1(mean + margin),
            falls=mean < -beyond_chance,
        )

    def _differences(self, channel: int) -> FloatArray:
        """Return log tension of each exhale minus that of the inhales around it."""
        if not self._numbers:
            return np.empty(0)
        first = self._numbers[0]
        levels = np.full((2, self._numbers[-1] - first + 1), np.nan)
        levels[:, np.array(self._numbers) - first] = np.array(self._levels)[:, :, channel].T
        inhale, exhale = _without_bursts(levels)
        after = (
            sum(self._exhale) - sum(self._inhale)
        ) / 2  # position of the exhale between both inhales
        differences = exhale[:-1] - ((1 - after) * inhale[:-1] + after * inhale[1:])
        return np.asarray(differences[~np.isnan(differences)])


def _without_bursts(levels: FloatArray) -> FloatArray:
    """Set parts far above their neighbours to NaN, by one rule for inhales and exhales.

    Clipping the differences instead would be wrong: a burst in an inhale lowers two of them, one
    in an exhale raises one, so bursts alone would look like a fall.
    """
    padded = np.pad(levels, ((0, 0), (2, 2)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1)
    there = ~np.isnan(levels)
    excess = np.full_like(levels, np.nan)
    excess[there] = levels[there] - np.nanmedian(windows[there], axis=1)
    if not there.any():
        return levels
    scale = max(1.4826 * np.median(np.abs(excess[there])), _CHANCE)
    return np.asarray(np.where(excess > _BURST * scale, np.nan, levels))


def _rows_due(phase: FloatArray, length: float) -> float:
    """Return the rows expected in a stretch of the phase, from the median step between rows."""
    step = float(np.median(np.diff(phase))) if len(phase) > 1 else 0.0
    return length / step if step > 0 else math.inf


def _divide(sums: FloatArray, counts: FloatArray | IntArray) -> FloatArray:
    """Divide; NaN where the count is not above 0."""
    ratio: FloatArray = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=ratio, where=counts > 0)
    return ratio
