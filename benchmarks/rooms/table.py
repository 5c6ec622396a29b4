"""The table: what is added to rest, how far off median and mean are, and what was said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from benchmarks.rooms import jolts, lines, muscle
from benchmarks.rooms.hearts import heart
from benchmarks.rooms.measure import Disturb, Off, measured
from benchmarks.rooms.muscle import contractions
from unclench_dsp.arrays import FloatArray


@dataclass(frozen=True)
class Row:
    """A row of the table: what is added, and how far off median and mean may be, in %.

    Attributes
    ----------
    disturb : Disturb or None
        None: nothing; a review is measured against band-pass and RMS alone.
    limits : (float, float) or None
        None: there is no limit, the figures are for information.
    excludable : bool
        Whether all of the time may be left out instead, if the reason is named.
    """

    name: str
    disturb: Disturb | None
    limits: tuple[float, float] | None
    excludable: bool = False
    make: Disturb = muscle.rest

    def met(self, each: Off) -> bool:
        """Whether one seed is within the limits, or excluded as a whole and said to be."""
        if self.limits is None or (self.excludable and each.excluded):
            return True
        return all(abs(one) <= most for one, most in zip(each.ours, self.limits, strict=True))


def beating(rng: np.random.Generator, n: int) -> FloatArray:
    """A heart alone."""
    return heart(rng, n).uv


def everything(rng: np.random.Generator, n: int) -> FloatArray:
    """Heart, hum, and pops, tugs or flutter."""
    return beating(rng, n) + lines.hum(rng, n) + jolts.any_of_them(rng, n)


def busy(rng: np.random.Generator, n: int) -> FloatArray:
    """Rest with contractions."""
    return muscle.rest(rng, n) + contractions(rng, n)


ROWS = (
    Row("clean rest", None, (0.5, 1.0)),
    Row("clean contractions", None, (0.5, 1.0), make=busy),
    Row("heart", beating, (3.0, 8.0)),
    Row("heart, contractions", beating, None, make=busy),
    Row("hum, steady", lines.hum, (2.0, 3.0)),
    Row("hum, wandering", lines.wandering, (4.0, 4.0), excludable=True),
    Row("hum, size swings", lines.swinging, (4.0, 4.0), excludable=True),
    Row("tone, steady", lines.tone, (3.0, 3.0), excludable=True),
    Row("tone, sweeping", lines.sweep, (3.0, 3.0), excludable=True),
    Row("pops", jolts.pops, (2.0, 10.0)),
    Row("tugs", jolts.tugs, (2.0, 10.0)),
    Row("flutter", jolts.flutter, (2.0, 10.0)),
    Row("all together", everything, (5.0, 10.0)),
)


def table(seeds: range, seconds: int, title: str) -> None:
    """Print all rows."""
    print(f"{title}: seeds {seeds.start} to {seeds.stop - 1}, {seconds} s each")
    print("                        off by, %: median (limit)   mean (limit)     time   plain chain")
    print(
        "                           usual  worst          usual  worst        used   median   mean"
    )
    for row in ROWS:
        _print_row(row, [measured(row.disturb, seed, seconds, row.make) for seed in seeds])


def _print_row(row: Row, found: list[Off]) -> None:
    sizes = np.abs([each.ours for each in found if not each.excluded]).reshape(-1, 2)
    usual, worst = (
        np.full((2, 2), np.nan) if not len(sizes) else (np.median(sizes, 0), sizes.max(0))
    )
    median, mean = (f"({most:g})" for most in row.limits) if row.limits else ("(-)", "(-)")
    bare = np.median(np.abs([each.plain for each in found]), axis=0)
    used = np.median([each.used for each in found])
    excluded = sum(each.excluded for each in found)
    missed = [each.seed for each in found if not row.met(each)]
    print(
        f"  {row.name:19} {usual[0]:10.2f} {worst[0]:6.2f} {median:5} {usual[1]:9.2f} "
        f"{worst[1]:6.2f} {mean:5} {100 * used:8.0f} % {bare[0]:8.1f} {bare[1]:6.1f}   "
        + _said(found)
        + (f"; not counted and said by {excluded}" if excluded else "")
        + (f"; missed by seeds {missed}" if missed else "")
    )


def _said(found: list[Off]) -> str:
    """What was said to be removed or left out, with the number of seeds."""
    counts = Counter(kind for each in found for kind in each.said)
    return ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items())) or "nothing"
