"""Which bins of a spectrum stand out of their surroundings."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from unclench_dsp.arrays import FloatArray
from unclench_dsp.bands import Band

_NEAR_HZ = 9.0  # to either side: the surroundings that a line is compared with
_NEAR_STEP = 4  # bins from one median to the next
_SKIRTS = (0.8, 1.25)  # of a band's edges: as far out, a line still comes through the filter
_MOST_HZ = 0.485  # of the rate
_LINE_BINS = 1  # to either side: what of a line's power a Hann window spreads


def searched_hz(band: Band, fs_hz: float) -> tuple[float, float]:
    """Where lines matter to a band: a little beyond its edges, too."""
    return _SKIRTS[0] * band.low_hz, min(_SKIRTS[1] * band.high_hz, _MOST_HZ * fs_hz)


class LineSpectrum:
    """Hann spectra of windows of one length, whitened by the median of what is near.

    Parameters
    ----------
    fs_hz : float
    window_n : int
        Window length in samples.
    low_hz, high_hz : float
        Where lines are looked for.
    """

    def __init__(self, fs_hz: float, window_n: int, low_hz: float, high_hz: float) -> None:
        from scipy import signal

        self.bin_hz = fs_hz / window_n
        low = max(_LINE_BINS + 1, math.ceil(low_hz / self.bin_hz))
        high = min(window_n // 2 - _LINE_BINS - 1, math.floor(high_hz / self.bin_hz))
        self.bins = np.arange(low, high + 1)
        self.hz: FloatArray = np.asarray(self.bins * self.bin_hz, np.float64)
        self._taper = signal.windows.hann(window_n, sym=False)
        self._uv2_per_power = 2.0 / (window_n * float(np.sum(self._taper**2)))
        self._near_n = 2 * round(_NEAR_HZ / self.bin_hz) + 1

    def measure(self, window_uv: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Measure one window.

        Parameters
        ----------
        window_uv : ndarray, shape (window_n, n_channels)

        Returns
        -------
        ratio : ndarray, shape (n_bins, n_channels)
            Power about each bin of `hz`, as a line there would have it, over that of its
            surroundings: 1 on average where there is no line.
        excess_uv2 : ndarray, shape (n_bins, n_channels)
            The same power less the surroundings.
        total_uv2 : ndarray, shape (n_channels,)
            Power from `low_hz` to `high_hz`.
        """
        from scipy import fft

        spectrum = fft.rfft(window_uv.T * self._taper, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2) * self._uv2_per_power
        here = power[:, self.bins[0] - _LINE_BINS : self.bins[-1] + _LINE_BINS + 1]
        # The power of a noise bin is exponentially distributed: its median is ln 2 of its mean.
        reached = np.pad(here, ((0, 0), (self._near_n // 2,) * 2), "reflect")
        near = np.median(sliding_window_view(reached, self._near_n, 1)[:, ::_NEAR_STEP], axis=2)
        near = np.repeat(near / math.log(2.0), _NEAR_STEP, axis=1)[:, : here.shape[1]]
        width = 2 * _LINE_BINS + 1
        line: FloatArray = sum(here[:, k : k + len(self.bins)] for k in range(width))
        around = width * near[:, _LINE_BINS:-_LINE_BINS]
        ratio = np.divide(line, around, out=np.zeros_like(line), where=around > 0)
        total_uv2 = here[:, _LINE_BINS:-_LINE_BINS].sum(axis=1)
        return ratio.T, (line - around).T, total_uv2
