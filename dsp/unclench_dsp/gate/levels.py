"""What is usual in a channel, from the quiet part of the last seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.gate.slots import LEAST_UV, Features

HOP = 16
"""Slots after which levels are renewed."""
_PAST = 128  # hops: about 8 s
_YOUNG = 48  # hops, about 3 s: until a calm stretch has come, flutter must not pass for the usual
_YOUNG_RATIO, _YOUNG_BAND = 0.3, 1.5  # of slow signal and tension over loudness, at most, till then
_UNKNOWN = 1e12
_FEW = 8  # hops: with fewer the median is safer than the quiet
_QUIET = 0.25  # quantile of the hops that is taken for the usual: hearts and bursts stay above it


@dataclass(frozen=True)
class Usual:
    """Usual levels slot by slot, each (n_channels, n_slots).

    Before they are known they lie beyond any signal.

    Attributes
    ----------
    slow, sharp, band : ndarray
        Of the quiet hops' means, in uV.
    ratio : ndarray
        Slow over loud.
    """

    slow: FloatArray
    sharp: FloatArray
    band: FloatArray
    ratio: FloatArray


class UsualLevels:
    """Follows the levels of a stream; any split of the input gives the same bits."""

    def __init__(self, n_channels: int) -> None:
        self._n_channels = n_channels
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        self._open = np.zeros((5, self._n_channels, 0))
        self._past = np.full((5, self._n_channels, _PAST), np.nan)
        self._known = self._hops = 0
        self._now = np.full((5, self._n_channels, 1), _UNKNOWN)

    def process(self, features: Features) -> Usual:
        """Take the next slots.

        Returns
        -------
        Usual
            For these slots, from the hops before the one that each lies in.
        """
        slots = features.slow.shape[1]
        loud = features.loud
        new = np.stack([np.abs(features.slow), features.sharp, features.band, loud, loud])
        open_n = self._open.shape[2]
        both = np.concatenate([self._open, new], axis=2)
        hops = both.shape[2] // HOP
        levels = self._now
        if hops:
            whole = both[:, :, : hops * HOP].reshape(5, self._n_channels, hops, HOP)
            levels = np.concatenate(
                [self._now, self._follow(np.add.reduce(whole, axis=3) / HOP)], 2
            )
            self._now = levels[:, :, -1:]
        self._open = both[:, :, hops * HOP :].copy()
        of_slot = np.repeat(levels, HOP, axis=2)[:, :, open_n : open_n + slots]
        return Usual(of_slot[0], of_slot[1], of_slot[2], of_slot[3])

    def _follow(self, means: FloatArray) -> FloatArray:
        np.maximum(means, LEAST_UV, out=means)
        means[3] = means[0] / means[3]
        both = np.concatenate([self._past, means], axis=2)
        self._past = both[:, :, -_PAST:]
        levels = np.empty_like(means)
        for hop in range(min(means.shape[2], max(0, _PAST - self._known))):
            levels[:, :, hop] = _quantile(both[:, :, _PAST - self._known : _PAST + hop + 1])
        full = max(0, _PAST - self._known)
        for start in range(full, means.shape[2], 1024):  # in pieces, as each is 128 times as large
            stop = min(start + 1024, means.shape[2])
            windows = np.lib.stride_tricks.sliding_window_view(
                both[:, :, start + 1 : stop + _PAST], _PAST, axis=2
            )
            levels[:, :, start:stop] = _quantile(windows)
        young = max(0, _YOUNG - self._hops)
        self._hops += means.shape[2]
        slow, _, band, ratio, loud = (level[:, :young] for level in levels)
        np.minimum(ratio, _YOUNG_RATIO, out=ratio)
        np.minimum(slow, _YOUNG_RATIO * loud, out=slow)
        np.minimum(band, _YOUNG_BAND * loud, out=band)
        self._known = min(_PAST, self._known + means.shape[2])
        return levels


def _quantile(x: FloatArray) -> FloatArray:
    n = x.shape[-1]
    k = int(_QUIET * n) if n >= _FEW else n // 2
    return np.partition(x, k, axis=-1)[..., k]
