"""Hearts as electrodes on a muscle see them, with the moments of their beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.rooms.muscle import FS_HZ, sensor
from unclench_dsp.arrays import BoolArray, FloatArray

_BEFORE_S, _AFTER_S = 0.4, 0.7
_COMPLEXES = {  # height, place and width of each wave of the QRS, the last two in widths of R
    "R": ((1.0, 0.0, 1.0),),
    "qR": ((-0.25, -2.4, 0.7), (1.0, 0.0, 1.0)),
    "qRs": ((-0.15, -2.2, 0.7), (1.0, 0.0, 1.0), (-0.3, 2.4, 0.9)),
    "Rs": ((1.0, 0.0, 1.0), (-0.45, 2.6, 1.1)),
    "rS": ((0.35, -2.2, 0.7), (-1.0, 0.0, 1.0)),
    "rSr": ((0.3, -2.1, 0.6), (-1.0, 0.0, 0.9), (0.4, 2.5, 0.9)),
}


@dataclass(frozen=True)
class Beats:
    """A heart's signal and its truth."""

    uv: FloatArray
    at_s: FloatArray  # of the main wave of each beat
    extra: BoolArray  # too early and of another shape


def heart(rng: np.random.Generator, n: int, per_min: tuple[float, float] = (50.0, 110.0)) -> Beats:
    """R peaks of 20 to 100 uV. Lead, widths, waves, rhythm, and breath are each seed's own.

    A third of the hearts have extra beats: 1 to 4 %, too early, wide, with a pause behind them.
    """
    peak_uv = np.exp(rng.uniform(np.log(20.0), np.log(100.0)))
    usual, wide = _beats(rng)
    scale = peak_uv / np.abs(usual).max()
    at_s, extra = _rhythm(rng, n / FS_HZ, rng.uniform(*per_min))
    x = np.zeros(n + 3 * FS_HZ)
    breath_hz, depth = rng.uniform(0.15, 0.35), rng.uniform(0, 0.15)
    for beat_s, early in zip(at_s, extra, strict=True):
        first = round((beat_s + 1 - _BEFORE_S) * FS_HZ)
        height = 1 + depth * np.sin(2 * np.pi * breath_hz * beat_s) + 0.03 * rng.standard_normal()
        x[first : first + len(usual)] += scale * height * (wide if early else usual)
    return Beats(x[FS_HZ : FS_HZ + n], at_s, extra)


def _beats(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """One beat as it is usually, and an extra one, behind the sensor."""
    t_s = np.arange(-_BEFORE_S, _AFTER_S, 1 / FS_HZ)
    width_s, lead = rng.uniform(0.008, 0.014), rng.choice([-1, 1])
    complex_ = _COMPLEXES[rng.choice(list(_COMPLEXES))]
    bell = _bell if rng.random() < 0.5 else _hump
    p_at_s, p = rng.uniform(-0.2, -0.14), rng.uniform(0, 0.2)
    t_at_s, t = rng.uniform(0.22, 0.34), rng.uniform(-0.2, 0.4)
    slow = p * bell(t_s - p_at_s, 0.022, 0.028)
    slow = slow + t * bell(t_s - t_at_s, rng.uniform(0.05, 0.08), rng.uniform(0.03, 0.05))
    slant = rng.uniform(0.8, 1.25)  # a wave rises faster than it falls, or the other way round

    def qrs(times: float) -> FloatArray:
        waves = [
            height
            * bell(t_s - at * times * width_s, times * w * width_s, slant * times * w * width_s)
            for height, at, w in complex_
        ]
        return np.asarray(sum(waves))

    wide = rng.choice([-1, 1]) * rng.uniform(0.9, 1.4) * qrs(rng.uniform(1.5, 2.0))
    wide = wide - 0.4 * np.sign(wide[np.abs(wide).argmax()]) * bell(t_s - 0.3, 0.08, 0.05)
    return lead * sensor(qrs(1.0) + slow), lead * sensor(wide)


def _bell(t_s: FloatArray, rise_s: float, fall_s: float) -> FloatArray:
    return np.exp(-0.5 * np.square(t_s / np.where(t_s < 0, rise_s, fall_s)))


def _hump(t_s: FloatArray, rise_s: float, fall_s: float) -> FloatArray:
    """A raised cosine about as wide as the bell; nothing beyond it."""
    x = (t_s / np.where(t_s < 0, 2.5 * rise_s, 2.5 * fall_s)).clip(-1, 1)
    return np.asarray((1 + np.cos(np.pi * x)) / 2)


def _rhythm(
    rng: np.random.Generator, seconds: float, per_min: float
) -> tuple[FloatArray, BoolArray]:
    """Moments of the beats: they follow the breath, blood pressure, mood and chance."""
    breath_hz, breath, slow = rng.uniform(0.15, 0.35), rng.uniform(0.01, 0.08), rng.uniform(0, 0.05)
    mood, mood_s = rng.uniform(0, 0.08), rng.uniform(60, 200)
    extra_share = rng.uniform(0.01, 0.04) if rng.random() < 1 / 3 else 0.0
    at_s: list[float] = [rng.uniform(0, 1)]
    extra = [False]
    while at_s[-1] < seconds + 1:
        now_s = at_s[-1]
        phases = (breath_hz * now_s, 0.1 * now_s, now_s / mood_s)
        times = zip((breath, slow, mood), np.sin(2 * np.pi * np.array(phases)), strict=True)
        every_s = 60 / per_min * (1 + sum(a * b for a, b in times)) * rng.normal(1, 0.01)
        if len(at_s) > 4 and not extra[-1] and rng.random() < extra_share:
            at_s += [now_s + rng.uniform(0.6, 0.8) * every_s, now_s + 2 * every_s]
            extra += [True, False]
        else:
            at_s.append(now_s + every_s)
            extra.append(False)
    inside = np.array(at_s) < seconds
    return np.array(at_s)[inside], np.array(extra)[inside]
