"""Finds lines in the last seconds of a signal, and measures them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.lines.spectrum import LineSpectrum
from unclench_dsp.lines.tracker import Family, waves
from unclench_dsp.mains import MAINS_HZ

WINDOW_S, HOP_S = 2.0, 1.0

_WINDOWS = 4  # in which a line has to stand out
_RATIO = 6.5  # by so much on average: noise does so once in 1000 h, a line of 5 % of the power does
_LEAST_RATIO = 2.5  # and by so much in each of them
_STRONG_WINDOWS, _STRONG_RATIO = 2, 40.0  # a strong line is believed sooner
_LEAST_SHARE = 0.01  # of the other power: a weaker line changes the RMS by less than 0.5 %
_LOUD = 4.0  # power of a chunk against the usual one from which on it is turned down
_MAINS_REACH_HZ = 0.35  # of a fundamental
_ZOOM_HZ, _ZOOM_STEP_HZ = 1.0, 0.02
_PIECE_N = 500  # samples of a product: the libraries do one of this size on one core
_DRIFTS_HZ = np.arange(-1.2, 1.21, 0.1)  # in a second


def turned_down(x_uv: FloatArray, chunk_n: int) -> FloatArray:
    """Turn loud chunks down to the usual power, so that none of them decides.

    Parameters
    ----------
    x_uv : ndarray, shape (n_samples, n_channels)
        Whole chunks.
    chunk_n : int
    """
    n, n_channels = x_uv.shape
    chunks = x_uv.reshape(n // chunk_n, chunk_n, n_channels)
    power = np.mean(np.square(chunks), axis=1)
    limit = _LOUD * np.median(power, axis=0)
    gain = np.sqrt(np.minimum(1.0, limit / np.maximum(power, 1e-30)))
    quieter: FloatArray = (chunks * gain[:, np.newaxis]).reshape(n, n_channels)
    return quieter


class LineFinder:
    """Decides, once a second, at which frequencies lines stand out.

    Parameters
    ----------
    fs_hz : float
    window_n : int
    low_hz, high_hz : float
    """

    def __init__(self, fs_hz: float, window_n: int, low_hz: float, high_hz: float) -> None:
        self._spectrum = LineSpectrum(fs_hz, window_n, low_hz, high_hz)
        self._ratios: deque[FloatArray] = deque(maxlen=_WINDOWS)

    def reset(self) -> None:
        """Forget the windows so far."""
        self._ratios.clear()

    def find(self, window_uv: FloatArray) -> list[tuple[float, int]]:
        """Take the latest window; return the lines that are believed now.

        Parameters
        ----------
        window_uv : ndarray, shape (window_n, n_channels)

        Returns
        -------
        list of (hz, channel)
            Frequency to half a bin, and the channel in which the line stands out most.
        """
        ratio, excess_uv2, total_uv2 = self._spectrum.measure(window_uv)
        self._ratios.append(ratio)
        matters = excess_uv2 >= _LEAST_SHARE * np.maximum(total_uv2 - excess_uv2, 0.0)
        known = [ratio, *(_dilated(old) for old in list(self._ratios)[-2::-1])]
        strong = np.zeros(ratio.shape, np.bool_)
        if len(known) >= _STRONG_WINDOWS:
            strong = np.minimum.reduce(known[:_STRONG_WINDOWS]) >= _STRONG_RATIO
        steady = np.zeros(ratio.shape, np.bool_)
        if len(known) == _WINDOWS:
            steady = np.mean(known, axis=0) >= _RATIO
            steady &= np.minimum.reduce(known) >= _LEAST_RATIO
        return self._peaks((strong | steady) & matters, ratio)

    def _peaks(self, found: BoolArray, ratio: FloatArray) -> list[tuple[float, int]]:
        best = np.where(found, ratio, 0.0)
        channel = best.argmax(axis=1)
        height = best.max(axis=1)
        lines: list[tuple[float, int]] = []
        while len(lines) < len(height) and height.max() > 0.0:
            at = int(height.argmax())
            lines.append((float(self._spectrum.hz[at]), int(channel[at])))
            height[max(0, at - 3) : at + 4] = 0.0
        return lines


def _dilated(ratio: FloatArray) -> FloatArray:
    """The largest of each bin and its neighbours: a line may move a little."""
    wider: FloatArray = ratio.copy()
    np.maximum(wider[1:], ratio[:-1], out=wider[1:])
    np.maximum(wider[:-1], ratio[1:], out=wider[:-1])
    return wider


def fine_hz(x_uv: FloatArray, fs_hz: float, near_hz: float) -> tuple[float, float]:
    """Return where a Hann window of the signal is strongest, if it may drift.

    Parameters
    ----------
    x_uv : ndarray, shape (n_samples,)
    fs_hz, near_hz : float

    Returns
    -------
    hz : float
        In the middle of the window.
    drift_hz : float
        Change in a second.
    """
    n = len(x_uv)
    t = (np.arange(n) - n / 2) / fs_hz
    base = x_uv * np.hanning(n) * np.exp(-2j * np.pi * near_hz * t)
    # The zoomed band is narrow: sums over stretches short against its period lose nothing.
    thin_n = max(1, int(fs_hz / 40.0))
    whole = n // thin_n * thin_n
    thin = base[:whole].reshape(-1, thin_n).sum(axis=1)
    at = t[:whole:thin_n] + (thin_n - 1) / 2 / fs_hz
    offsets_hz = np.arange(-_ZOOM_HZ, _ZOOM_HZ + 1e-9, _ZOOM_STEP_HZ)
    turns = np.exp(-2j * np.pi * np.outer(offsets_hz, at))
    bent = thin[:, np.newaxis] * np.exp(-1j * np.pi * np.outer(np.square(at), _DRIFTS_HZ))
    height = np.abs(turns @ bent)
    best, drift = np.unravel_index(height.argmax(), height.shape)
    best = int(np.clip(best, 1, len(offsets_hz) - 2))
    left, middle, right = np.log(np.maximum(height[best - 1 : best + 2, drift], 1e-30))
    curve = left - 2 * middle + right
    shift = 0.5 * (left - right) / curve if curve < 0 else 0.0
    hz = near_hz + offsets_hz[best] + np.clip(shift, -1, 1) * _ZOOM_STEP_HZ
    return float(hz), float(_DRIFTS_HZ[drift])


def mains_order(hz: float, mains_hz: float) -> int:
    """Return which multiple of a mains frequency this is; 0 if none."""
    order = round(hz / mains_hz)
    return order if order and abs(hz / order - mains_hz) <= _MAINS_REACH_HZ else 0


def mains_among(lines_hz: Sequence[float]) -> float | None:
    """Return the mains frequency whose family is among lines, if one is.

    A single multiple is not enough: that may be any tone. 300 Hz is a multiple of both.
    """
    best, most = None, 0
    for mains_hz in MAINS_HZ:
        orders = {mains_order(hz, mains_hz) for hz in lines_hz} - {0}
        shared = {order for order in orders if order * mains_hz % 300.0 == 0.0}
        n = len(orders - shared) + (2 if 1 in orders else 0)
        if n >= 2 and n > most:
            best, most = mains_hz, n
    return best


def measured(
    x_uv: FloatArray, fs_hz: float, hz: float, orders: NDArray[np.int64], drift_hz: float = 0.0
) -> tuple[NDArray[np.complex128], FloatArray]:
    """Fit a fundamental and its multiples by least squares.

    Parameters
    ----------
    x_uv : ndarray, shape (n_samples, n_channels)
    fs_hz : float
    hz, drift_hz : float
        At the end of the signal, and its change in a second.
    orders : ndarray of int64, shape (n_lines,)

    Returns
    -------
    amplitude_uv : complex ndarray, shape (n_lines, n_channels)
        With the phase at the end of the last sample.
    rest_uv2 : ndarray, shape (n_channels,)
        Power of the rest.
    """
    t = (np.arange(len(x_uv)) - len(x_uv) + 1) / fs_hz
    lines = waves(orders, 2 * np.pi * t * (hz + 0.5 * drift_hz * t)).T
    basis = np.concatenate([lines.real, -lines.imag], axis=1)
    seen = _products(basis, x_uv)
    parts = np.linalg.solve(_products(basis, basis), seen)
    rest_uv2 = (np.square(x_uv).sum(axis=0) - (parts * seen).sum(axis=0)) / len(x_uv)
    n = len(orders)
    return parts[:n] + 1j * parts[n:], np.maximum(rest_uv2, 0.0)


def _products(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return ``a.T @ b`` in pieces: a large product would keep every core of the machine busy."""
    pieces = range(0, len(a), _PIECE_N)
    products: FloatArray = sum(a[at : at + _PIECE_N].T @ b[at : at + _PIECE_N] for at in pieces)
    return products


def best_fundamental(
    x_uv: FloatArray,
    fs_hz: float,
    near_hz: float,
    orders: NDArray[np.int64],
    reach_hz: float,
    steps: int = 6,
) -> float:
    """Return the fundamental near `near_hz` that leaves the least of the signal."""
    for _ in range(2):
        tried = near_hz + np.linspace(-reach_hz, reach_hz, 2 * steps + 1)
        left = [float(np.log(measured(x_uv, fs_hz, hz, orders)[1]).sum()) for hz in tried]
        near_hz = float(tried[int(np.argmin(left))])
        reach_hz /= steps
    return near_hz


def family(
    mains_hz: float | None,
    hz: float,
    orders: NDArray[np.int64],
    amplitude_uv: NDArray[np.complex128],
    drift_hz: float = 0.0,
) -> Family:
    """Return a family as it is at the end of the signal in which it was measured."""
    mains = None if mains_hz is None else round(mains_hz)
    return Family(mains, orders, hz, 0.0, amplitude_uv, drift_hz)
