"""Says which lines are left in a signal from which lines were removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.bands import Band
from unclench_dsp.lines.finder import HOP_S, WINDOW_S, mains_order
from unclench_dsp.lines.spectrum import LineSpectrum, searched_hz
from unclench_dsp.mains import MAINS_HZ

LineKind: TypeAlias = Literal["", "hum", "tone"]

MOST_SHARE = 0.08
"""Power of lines against that of the rest from which on tension is not trusted: they raise the RMS
by 4 %. One may have it alone, or the multiples of a mains together, as where its size swings."""

_MAINS_HZ = 0.25  # how far a grid is off its frequency at most
_HALF_BIN_HZ = 0.5 / WINDOW_S  # how well a frequency is known
_LEAST_SHARE = 0.01  # of one of several
_RATIO = 8.0  # by which it stands out of its surroundings, in two windows in a row
_STRONG_RATIO, _STRONG_SHARE = 60.0, 0.3  # one window is enough


@dataclass(frozen=True)
class LineVerdict:
    """The strongest line that is left in a window.

    Attributes
    ----------
    first_index, window_n : int
        The window: its first sample, and how many.
    kind : tuple of {"", "hum", "tone"}
        For each channel; "" where no line matters.
    hz : tuple of float
        Its frequency, to half a hertz; 0 where none matters.
    share : ndarray, shape (n_channels,)
        Power of the line against that of the rest; 0 where none matters.
    """

    first_index: int
    window_n: int
    kind: tuple[LineKind, ...]
    hz: tuple[float, ...]
    share: FloatArray

    @property
    def stop_index(self) -> int:
        """Index behind the window."""
        return self.first_index + self.window_n


class LineJudge:
    """Judges a treated signal in windows of 2 s, one a second.

    Parameters
    ----------
    fs_hz : float
    n_channels : int
    band : Band
        The band in use: a line outside does no harm.
    """

    def __init__(self, fs_hz: float, n_channels: int, band: Band) -> None:
        self._hop_n = round(HOP_S * fs_hz)
        self._window_n = round(WINDOW_S / HOP_S) * self._hop_n
        self._spectrum = LineSpectrum(fs_hz, self._window_n, *searched_hz(band, fs_hz))
        self._orders = [
            np.array([[mains_order(hz, mains_hz)] for hz in self._spectrum.hz])
            for mains_hz in MAINS_HZ
        ]
        self._n_channels = n_channels
        self._held_uv: FloatArray
        self._start_at(0)

    def process(self, first_index: int, band_uv: FloatArray, kept: BoolArray) -> list[LineVerdict]:
        """Take the next samples.

        Parameters
        ----------
        first_index : int
            Absolute index of the first sample; a window with a gap in it is not judged.
        band_uv : ndarray, shape (n_samples, n_channels)
            Treated and band-passed.
        kept : ndarray of bool, shape (n_samples, n_channels)
            False for samples that are left out.

        Returns
        -------
        list of LineVerdict
            One for each window that is finished now.
        """
        if first_index != self._first_index + len(self._held_uv):
            self._start_at(first_index)
        self._held_uv = np.concatenate([self._held_uv, band_uv * kept])
        verdicts = []
        done = -self._first_index % self._hop_n
        while len(self._held_uv) - done >= self._window_n:
            window_uv = self._held_uv[done : done + self._window_n]
            verdicts.append(self._judge(self._first_index + done, window_uv))
            done += self._hop_n
        if verdicts:
            self._held_uv = self._held_uv[done:].copy()
            self._first_index += done
        return verdicts

    def _start_at(self, first_index: int) -> None:
        self._first_index = first_index
        self._held_uv = np.empty((0, self._n_channels))
        self._before: BoolArray | None = None

    def _judge(self, first_index: int, window_uv: FloatArray) -> LineVerdict:
        ratio, excess_uv2, total_uv2 = self._spectrum.measure(window_uv)
        rest_uv2 = np.maximum(total_uv2 - excess_uv2, 1e-12)
        share = np.maximum(excess_uv2, 0.0) / rest_uv2
        stands = (ratio >= _RATIO) & (share >= _LEAST_SHARE)
        found = stands & (share >= MOST_SHARE)
        for orders in self._orders:
            mains = (stands & (orders == 1)).any(axis=0)  # other combs are not the mains'
            family = stands & (orders > 0) & mains
            family_uv2 = _together(excess_uv2, family)
            found |= family & (family_uv2 >= MOST_SHARE * (total_uv2 - family_uv2))
        before = np.ones_like(found) if self._before is None else self._before
        near = before.copy()
        near[1:] |= before[:-1]
        near[:-1] |= before[1:]
        self._before = found
        left = (found & near) | ((ratio >= _STRONG_RATIO) & (share >= _STRONG_SHARE))
        share = np.where(left, share, 0.0)
        at = share.argmax(axis=0)
        most: FloatArray = share.max(axis=0)
        hz = tuple(
            float(self._spectrum.hz[k]) if some > 0.0 else 0.0
            for k, some in zip(at, most, strict=True)
        )
        kind = tuple(_kind(one) for one in hz)
        return LineVerdict(first_index, self._window_n, kind, hz, most)


def _together(excess_uv2: FloatArray, stands: BoolArray) -> FloatArray:
    """Return the power of all lines that stand out, (n_channels,); each is some bins wide."""
    together_uv2 = np.zeros(excess_uv2.shape[1])
    for channel in np.flatnonzero(stands.any(axis=0)):
        bins = np.flatnonzero(stands[:, channel])
        for line in np.split(bins, np.flatnonzero(np.diff(bins) > 1) + 1):
            together_uv2[channel] += excess_uv2[line, channel].max()
    return together_uv2


def _kind(hz: float) -> LineKind:
    if not hz:
        return ""
    mains = any(
        abs(hz - order * mains_hz) <= order * _MAINS_HZ + _HALF_BIN_HZ
        for mains_hz in MAINS_HZ
        if (order := round(hz / mains_hz))
    )
    return "hum" if mains else "tone"
