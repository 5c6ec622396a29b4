"""Beats: how many are found, how much of the time stays in use, and none where no heart is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.rooms import muscle
from benchmarks.rooms.hearts import Beats, heart
from benchmarks.rooms.measure import reviewed
from benchmarks.rooms.muscle import FS_HZ
from unclench.review.signal import Signal

_RATES = ((50.0, 70.0, 80.0), (70.0, 90.0, 80.0), (90.0, 110.0, 70.0))  # least use in %
_EDGE_S = 1.0
_PIECE_S = 300  # of the long search
_BESIDE_S = 0.3


@dataclass(frozen=True)
class Found:
    """One heart: numbers of what there was and of what was found."""

    seed: int
    usual: int  # beats of the usual shape
    usual_found: int
    extra: int  # too early, of another shape
    extra_gated: int
    told: int  # as beats
    told_right: int
    false: int  # pops, tugs and flutter with no extra beat in them
    used: float


def hearts(seeds: range, seconds: int) -> None:
    """Print recall, precision, false names and time in use, by heart rate."""
    print(f"Beats beside rest (seeds {seeds.start}...): recall and precision (limit 0.98),")
    print("  windows in use in the usual and the worst case (limit), other names without a cause")
    for low, high, least in _RATES:
        found = [_one(seed, seconds, (low, high)) for seed in seeds]
        usual, right, told, told_right, extra, gated, false = (
            sum(getattr(each, name) for each in found)
            for name in (
                *("usual", "usual_found", "told", "told_right"),
                *("extra", "extra_gated", "false"),
            )
        )
        used = 100 * np.array([each.used for each in found])
        recall, precision = right / usual, told_right / max(told, 1)
        missed = [each.seed for each in found if 100 * each.used < least]
        print(
            f"  {low:.0f}-{high:.0f} a minute: {recall:.3f}, {precision:.3f} of {usual} beats; "
            f"in use {np.median(used):.0f} and {used.min():.0f} % ({least:.0f}); "
            f"false names {false}; extra beats left out {gated} of {extra}"
            + ("; missed" if min(recall, precision) < 0.98 else "")
            + (f"; missed by seeds {missed}" if missed else "")
        )


def none_found(first: int, hours: float) -> None:
    """Print how many beats are found, and how much is left out, where there is no heart."""
    told, gated_s, pieces = 0, 0.0, max(1, round(3600 * hours / _PIECE_S))
    for seed in range(first, first + pieces):
        rng, n = np.random.default_rng(seed), _PIECE_S * FS_HZ
        made = reviewed(muscle.rest(rng, n) + muscle.contractions(rng, n))
        told += sum(one.kind == "heart" for one in made.disturbances)
        gated_s += sum(one.stop - one.first for one in made.disturbances) / FS_HZ
    total_s = pieces * _PIECE_S
    print(
        f"{total_s / 3600:.1f} h of rest and contractions without a heart: {told} beats found "
        f"(limit 0), {gated_s:.1f} s left out as anything"
    )


def _one(seed: int, seconds: int, per_min: tuple[float, float]) -> Found:
    rng, n = np.random.default_rng(seed), seconds * FS_HZ
    rest_uv = muscle.rest(rng, n)
    beats = heart(rng, n, per_min)
    return _compared(seed, beats, reviewed(rest_uv), reviewed(rest_uv + beats.uv), seconds)


def _compared(seed: int, beats: Beats, before: Signal, after: Signal, seconds: int) -> Found:
    spans = [(one.first / FS_HZ, one.stop / FS_HZ, one.kind) for one in after.disturbances]
    told = [(start, stop) for start, stop, kind in spans if kind == "heart"]
    others = [(start, stop) for start, stop, kind in spans if kind != "heart"]
    inside = (beats.at_s > _EDGE_S) & (beats.at_s < seconds - _EDGE_S)
    usual, extra = beats.at_s[inside & ~beats.extra], beats.at_s[inside & beats.extra]

    def holds(span: tuple[float, float], moments: np.ndarray) -> bool:
        return bool(((span[0] <= moments) & (moments <= span[1])).any())

    return Found(
        seed,
        len(usual),
        sum(any(start <= at <= stop for start, stop in told) for at in usual),
        len(extra),
        sum(any(start <= at <= stop for start, stop, _ in spans) for at in extra),
        len(told),
        sum(holds(span, beats.at_s) for span in told),
        sum(not holds((start, stop + _BESIDE_S), extra) for start, stop in others),
        float(after.used.mean() / before.used.mean()),
    )
