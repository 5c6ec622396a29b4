"""The heart in the signal: beats that are alike and come on time.

A beat's QRS complex has most of its energy below 30 Hz, where a muscle has little and the mains
nothing. A muscle's burst is no beat: it is not alike and does not come again on time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from unclench_dsp.arrays import FloatArray, IntArray

_QRS_HZ = (8.0, 28.0)
_PEAK_HZ = (2.0, 35.0)  # what of a beat is measured: above drift, below the hum of the mains
_WORK_HZ = 250.0  # rate at which is searched, at least
_SLOWEST_S, _FASTEST_S = 1.5, 0.33  # between beats: 40 to 180 a minute
_MIN_S = 6.0  # so that even the slowest heart has beaten a few times
_MIN_BEATS = 5
_AS_HIGH = 0.5  # height of a beat against that of the usual one, at least; at most 1 / _AS_HIGH
_ALIKE = 0.88  # correlation of the usual beat with the others' mean; bursts reach 0.84, beats 0.93
_ON_TIME = 0.25  # by how much of the usual interval one may differ from it
_REGULAR = 0.7  # share of the stretch that such intervals must fill
_LEAST_UV = 1.0  # a smaller beat hides nothing; rounding alone can be regular too
_BEAT_S = 0.1  # what belongs to a beat, to either side of its peak


@dataclass(frozen=True)
class Heartbeat:
    """A heartbeat that was found.

    Attributes
    ----------
    bpm : float
        Beats per minute.
    peak_uv : float
        Largest excursion of the mean beat, 2-35 Hz: about the height of the R peak.
    """

    bpm: float
    peak_uv: float


def find_heartbeat(emg_uv: FloatArray, fs_hz: float) -> Heartbeat | None:
    """Look for a heartbeat in one channel.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples,)
        Unfiltered, without gaps; 10 s do well, less than 6 s are never enough.
    fs_hz : float

    Returns
    -------
    Heartbeat or None
        None where no beats can be told from what else there is.
    """
    step = max(1, math.floor(fs_hz / _WORK_HZ))
    work_hz = fs_hz / step
    if len(emg_uv) < _MIN_S * fs_hz:
        return None
    around_uv = _between(emg_uv, fs_hz, _PEAK_HZ)[::step]
    qrs_uv = _between(emg_uv, fs_hz, _QRS_HZ)[::step]
    beats = _beats(np.abs(qrs_uv), work_hz)
    if beats is None:
        return None
    reach_n = round(_BEAT_S * work_hz)
    beats = _aligned(qrs_uv, beats, reach_n)
    if len(beats) < _MIN_BEATS or _likeness(_each(qrs_uv, beats, reach_n)) < _ALIKE:
        return None
    peak_uv = float(np.abs(_each(around_uv, beats, reach_n).mean(axis=0)).max())
    bpm = 60 * work_hz / float(np.median(np.diff(beats)))
    return Heartbeat(bpm, peak_uv) if peak_uv >= _LEAST_UV else None


def _between(emg_uv: FloatArray, fs_hz: float, edges_hz: tuple[float, float]) -> FloatArray:
    from scipy import signal

    filtered: FloatArray = signal.sosfiltfilt(_bandpass(edges_hz, fs_hz), emg_uv)
    return filtered


@cache  # a design takes longer than filtering ten seconds with it
def _bandpass(edges_hz: tuple[float, float], fs_hz: float) -> FloatArray:
    from scipy import signal

    sos: FloatArray = signal.butter(4, edges_hz, "bandpass", fs=fs_hz, output="sos")
    return sos


def _each(x_uv: FloatArray, beats: IntArray, reach_n: int) -> FloatArray:
    """The signal about each beat, (n_beats, 2 * reach_n + 1)."""
    each_uv: FloatArray = x_uv[beats[:, np.newaxis] + np.arange(-reach_n, reach_n + 1)]
    return each_uv


def _aligned(qrs_uv: FloatArray, beats: IntArray, reach_n: int) -> IntArray:
    """Beats have several lobes: take of each the one that is the highest as a rule."""
    inside = beats[(beats >= 2 * reach_n) & (beats < len(qrs_uv) - 2 * reach_n)]
    each_uv = _each(qrs_uv, inside, reach_n)
    upright = np.median(each_uv.max(axis=1)) >= np.median(-each_uv.min(axis=1))
    aligned: IntArray = inside + (each_uv if upright else -each_uv).argmax(axis=1) - reach_n
    return aligned


def _likeness(each_uv: FloatArray) -> float:
    """Median correlation of each beat with the mean of the others."""
    others_uv = each_uv.sum(axis=0) - each_uv
    both = np.sqrt((each_uv**2).sum(axis=1) * (others_uv**2).sum(axis=1))
    return float(np.median((each_uv * others_uv).sum(axis=1) / both))


def _beats(size_uv: FloatArray, work_hz: float) -> IntArray | None:
    """Where beats are, if they are beats."""

    from scipy import signal

    # Every stretch of the slowest interval holds a beat; a burst raises a few of them only.
    n = round(_SLOWEST_S * work_hz)
    usual_uv = float(np.median([part.max() for part in np.array_split(size_uv, len(size_uv) // n)]))
    peaks, _ = signal.find_peaks(
        size_uv, height=_AS_HIGH * usual_uv, distance=max(1, round(_FASTEST_S * work_hz))
    )
    beats = peaks[size_uv[peaks] <= usual_uv / _AS_HIGH]
    if len(beats) < _MIN_BEATS:
        return None
    intervals = np.diff(beats)
    usual = float(np.median(intervals))
    on_time = np.abs(intervals - usual) <= _ON_TIME * usual
    in_range = _FASTEST_S <= usual / work_hz <= _SLOWEST_S
    regular = float(intervals[on_time].sum()) >= _REGULAR * len(size_uv)
    return beats if in_range and regular else None
