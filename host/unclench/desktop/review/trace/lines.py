"""Draws one lane: the band and mean of tension, and the sampled signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.Qt import QtCore, QtGui

from unclench.desktop.review.trace.axes import TensionScale, TimeScale, round_up
from unclench.desktop.review.trace.pyramid import Buckets, Pyramid, fixed_extremes
from unclench.store import Recording

FloatArray = NDArray[np.float64]
RAW_BELOW_S = 10.0  # a view no longer than this shows the samples
_BAND_ALPHA = 96
_PIECE = 32  # buckets per polygon, as one of thousands is slow; also fixed to the data


def draw_tension(
    painter: QtGui.QPainter,
    pyramid: Pyramid,
    time: TimeScale,
    scale: TensionScale,
    rect: QtCore.QRectF,
    colour: str,
) -> None:
    """Draw each bucket's lowest to highest value as a band, and its mean as a line."""
    buckets = pyramid.between(time.view.start_s, time.view.stop_s, time.pixel_s)
    soft = QtGui.QColor(colour)
    soft.setAlpha(_BAND_ALPHA)
    for part in _runs(np.isfinite(buckets.mean)):
        x = time.xs(_middles(buckets, part))
        low, high, mean = (
            rect.bottom() - scale.heights(values[part]) * rect.height()
            for values in (buckets.low, buckets.high, buckets.mean)
        )
        if len(x) == 1:  # a single bucket has no width of its own
            half = max(1.0, buckets.length_s / time.pixel_s) / 2
            x = np.array([x[0] - half, x[0] + half])
            low, high, mean = (np.repeat(values, 2) for values in (low, high, mean))
        if np.any(low - high > 1.0):
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
            painter.setBrush(soft)
            number = round(float(buckets.start_s[part.start]) / buckets.length_s)
            for at in range(-(number % _PIECE), len(x) - 1, _PIECE):
                piece = slice(max(at, 0), at + _PIECE + 1)
                edges_x = np.concatenate([x[piece], x[piece][::-1]])
                edges_y = np.concatenate([high[piece], low[piece][::-1]])
                painter.drawPolygon(_polygon(edges_x, edges_y))
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.setPen(pg.mkPen(colour))
        painter.drawPolyline(_polygon(x, mean))


def draw_raw(
    painter: QtGui.QPainter,
    recording: Recording,
    origin: int,
    channel: int,
    time: TimeScale,
    rect: QtCore.QRectF,
    colour: str,
) -> float:
    """Draw the samples around their median; return the uV from the middle to the edge."""
    fs_hz = recording.fs_hz
    first, last = (
        int(np.searchsorted(recording.sample, np.int64(origin + at_s * fs_hz)))
        for at_s in (time.view.start_s - time.pixel_s, time.view.stop_s + time.pixel_s)
    )
    if first == last:
        return 0.0
    index = recording.sample[first:last] - origin
    emg_uv = recording.emg_uv[first:last, channel]
    emg_uv = emg_uv - np.median(emg_uv)
    half_uv = round_up(float(np.abs(emg_uv).max()))
    length = 2 ** int(np.log2(max(1.0, time.pixel_s * fs_hz)))
    at, low, high = fixed_extremes(index, emg_uv, length)
    painter.setPen(pg.mkPen(colour))
    for part in _runs(np.ones(len(at), np.bool_), np.diff(at) > length):
        x = time.xs((at[part] + length / 2) / fs_hz)
        y = [rect.center().y() - v[part] / half_uv * rect.height() / 2 for v in (low, high)]
        if length == 1:
            painter.drawPolyline(_polygon(x, y[0]))
        else:
            painter.drawPolyline(_polygon(np.repeat(x, 2), np.stack(y, axis=1).ravel()))
    return half_uv


def _middles(buckets: Buckets, part: slice) -> FloatArray:
    return buckets.start_s[part] + buckets.length_s / 2


def _runs(there: NDArray[np.bool_], torn: NDArray[np.bool_] | None = None) -> Iterator[slice]:
    """Yield stretches of True, also cut after each item that `torn` marks."""
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        cuts = [] if torn is None else (np.flatnonzero(torn[start : stop - 1]) + 1).tolist()
        for a, b in zip([0, *cuts], [*cuts, stop - start], strict=True):
            yield slice(start + a, start + b)


def _polygon(x: FloatArray, y: FloatArray) -> QtGui.QPolygonF:
    return pg.functions.arrayToQPolygonF(np.ascontiguousarray(x), np.ascontiguousarray(y))
