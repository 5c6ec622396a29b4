"""How often are the alerts of `watch` wrong when rest wanders? `python -m benchmarks.alerts`.

Rows without the signal chain, so that 300 h take minutes: hops of 20 ms whose mean square scatters
as that of EMG in 180 Hz does, on rest that wanders (log-normal, first-order Markov). Each day
of 5 h begins with a baseline of one minute, which has its own error. Then, with the day's alerts as
`watch` has them: rest alone, planted blocks of 5 to 10 minutes at twice rest, an hour in which
tension rises to twice rest, and contractions that pause for 4 s in every 20 s.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from scipy.signal import lfilter

from benchmarks.watch import plan_blocks
from unclench.settings import Sustained
from unclench.store.events.event import Alerted, Event
from unclench.training.day.day import DayWatch
from unclench.training.placement.values import TrainedChannel
from unclench.training.rows import Rows, Stream, each_row
from unclench.training.steps.kinds.baseline import RestMeasurement
from unclench_dsp import RollingRms
from unclench_dsp.arrays import FloatArray

FS_HZ, ROW_N, ROW_HZ = 2000, 40, 50
REST_UV, BAND_HZ, DAY_H = 2.0, 180, 5
BASELINE_S = 63
NOISE_UV = 0.28
OTHERS = ((0.05, 600), (0.1, 1800), (0.2, 600))  # spread and time constant in s


@dataclass
class Tally:
    """What days of one kind brought."""

    hours: float = 0.0
    sustained: int = 0
    few_rests: int = 0
    planted: int = 0
    missed: int = 0
    first_min: list[float] = field(default_factory=list)


def main(hours: float, first: int) -> None:
    """Print false alerts and misses."""
    print(f"Days of {DAY_H} h, seeds from {first} on")
    for share, spread, tau_s in ((1.0, 0.1, 600), *((0.2, *of) for of in OTHERS)):
        rest = Tally()
        for seed in range(first, first + max(1, round(share * hours / DAY_H))):
            add_rest(rest, seed, spread, tau_s)
        print(
            f"  rest wanders by {spread:.0%}, {tau_s // 60} min, {rest.hours:g} h: false alerts an "
            f"hour {rest.sustained / rest.hours:.3f} for lasting tension, "
            f"{rest.few_rests / rest.hours:.3f} for too few rests",
            flush=True,
        )
    for name, add in (
        ("blocks at twice rest", add_blocks),
        ("tension rises to twice rest in an hour", add_rise),
        ("9 uV with a pause of 4 s in every 20 s, 30 min", add_pauses),
    ):
        found = Tally()
        for seed in range(first, first + max(2, round(hours / 25))):
            add(found, seed)
        early, late = np.percentile(found.first_min or [np.nan], (0, 100))
        when = f", first alert after {early:.0f} to {late:.0f} min" if found.first_min else ""
        print(f"  {name}: missed {found.missed} of {found.planted}{when}")


def add_rest(into: Tally, seed: int, spread: float, tau_s: float) -> None:
    """Watch rest alone."""
    alerts = alerts_of(seed, wander(seed, DAY_H, spread, tau_s))
    into.hours += DAY_H
    for _, alert in alerts:
        into.sustained += alert.reason == "sustained"
        into.few_rests += alert.reason == "few rests"


def add_blocks(into: Tally, seed: int) -> None:
    """Watch planted tension."""
    rest_uv = wander(seed, DAY_H, 0.1, 600)
    plan = plan_blocks(np.random.default_rng([seed, 3]), DAY_H)
    for start, stop in plan:
        rest_uv[(BASELINE_S + start) * ROW_HZ : (BASELINE_S + stop) * ROW_HZ] *= 2
    at_s = sustained_s(alerts_of(seed, rest_uv))
    into.planted += len(plan)
    into.missed += sum(not any(start <= t <= stop + 2 for t in at_s) for start, stop in plan)


def add_rise(into: Tally, seed: int) -> None:
    """Watch somebody who tenses slowly, and stays so for half an hour."""
    rest_uv = wander(seed, 1.5, 0.1, 600)
    hours = (np.arange(len(rest_uv)) / ROW_HZ - BASELINE_S) / 3600
    add_first(into, sustained_s(alerts_of(seed, rest_uv * 2 ** hours.clip(0, 1))))


def add_pauses(into: Tally, seed: int) -> None:
    """Watch contractions with short pauses."""
    rest_uv = wander(seed, 0.5, 0.1, 600)
    second = np.arange(len(rest_uv)) // ROW_HZ - BASELINE_S
    tense = (second >= 0) & (second % 20 < 16)
    add_first(into, sustained_s(alerts_of(seed, np.where(tense, 9.0, rest_uv))))


def add_first(into: Tally, at_s: list[float]) -> None:
    """Count whether there was an alert, and when."""
    into.planted += 1
    into.missed += not at_s
    into.first_min += [t / 60 for t in at_s[:1]]


def sustained_s(alerts: list[tuple[float, Alerted]]) -> list[float]:
    """Return the times of alerts for lasting tension."""
    return [at_s for at_s, alert in alerts if alert.reason == "sustained"]


def wander(seed: int, hours: float, spread: float, tau_s: float) -> FloatArray:
    """Return resting tension by the row, from the baseline's minute on."""
    seconds = round(hours * 3600) + BASELINE_S
    keep = np.exp(-1 / tau_s)
    rng = np.random.default_rng([seed, 1])
    kicks = rng.standard_normal(seconds + 1) * np.sqrt(1 - keep**2)
    kicks[0] = rng.standard_normal()
    logs = spread * lfilter([1.0], [1.0, -keep], kicks)
    at = np.arange(seconds * ROW_HZ) / ROW_HZ
    return REST_UV * np.exp(np.interp(at, np.arange(seconds + 1), logs))


def alerts_of(seed: int, tension_uv: FloatArray) -> list[tuple[float, Alerted]]:
    """Measure the baseline, then watch; return alerts and their times in seconds."""
    rng = np.random.default_rng([seed, 2])
    channel = TrainedChannel(0, "Left shoulder", NOISE_UV)
    rest = RestMeasurement([channel], Stream(FS_HZ, ROW_N, 0.25, 0))
    parts = rows_of(rng, tension_uv)
    begin = BASELINE_S * ROW_HZ
    first = next(parts)
    for number, row in enumerate(each_row(first)):
        if 3 * ROW_HZ <= number < begin:
            rest.add(row, 0, [True])
    (known,) = rest.measured().channels
    assert known.baseline is not None, rest.measured().failures
    day = DayWatch([known], Sustained(), ROW_N, FS_HZ, datetime(2026, 1, 5, 9))
    return [
        (each.sample / FS_HZ - BASELINE_S, each.payload)
        for rows in (first.from_row(begin), *parts)
        for each in day.rows(rows)
        if isinstance(each, Event) and isinstance(each.payload, Alerted)
    ]


def rows_of(rng: np.random.Generator, tension_uv: FloatArray) -> Iterator[Rows]:
    """Rows of one channel, ten minutes at a time."""
    freedom = 2 * BAND_HZ / ROW_HZ
    slow, fast, quick = (RollingRms(n, 1) for n in (ROW_HZ, ROW_HZ // 4, ROW_HZ // 10))
    for at in range(0, len(tension_uv), 600 * ROW_HZ):
        uv = tension_uv[at : at + 600 * ROW_HZ]
        power = (uv**2 + NOISE_UV**2) * rng.chisquare(freedom, len(uv)) / freedom
        hops = np.arange(at, at + len(uv))
        slow_uv, fast_uv, quick_uv = (
            rms.process(hops, power[:, np.newaxis]) for rms in (slow, fast, quick)
        )
        trusted = ~np.isnan(fast_uv)
        bad = np.zeros_like(trusted)
        yield Rows((hops + 1) * ROW_N, fast_uv, slow_uv, quick_uv, trusted, bad)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts", description=__doc__)
    parser.add_argument("--hours", type=float, default=300.0, help="of rest, each")
    parser.add_argument("--first", type=int, default=1000, help="seed")
    options = parser.parse_args()
    main(options.hours, options.first)
