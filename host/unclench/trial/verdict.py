"""What came of a trial: paired blocks, an exact test by their drawn order, in plain words.

Each block has one value: the mean over its days of the mean over the day's sessions, of the
logarithm where the measure is a tension. If seeing tension changed nothing, each pair's difference
(with minus without feedback) would as well have come with the other sign, for a coin drew which
block was which: all ways to flip the signs tell how often chance alone gives as much (Fisher 1935;
Edgington & Onghena 2007, Randomization Tests). The interval holds the effects that this same test
would not reject.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from unclench.errors import InputError
from unclench.review.history import FEWEST_USED_S, Change, Sitting
from unclench.trial.phases import Block, block_on, blocks_of, last_day, standing_of
from unclench.trial.plan import FEWEST_PAIRS, MEASURE_WORDS, Trial
from unclench_dsp.permutation import PermutationResult, sign_flip_test
from unclench_dsp.uncertainty import Estimate

LEVEL = 0.05


@dataclass(frozen=True)
class BlockResult:
    """One block."""

    block: Block
    sessions: int
    days: int  # with a session
    value: float | None  # ln uV or a share; None: no session that counts


@dataclass(frozen=True)
class Verdict:
    """What came of it."""

    trial: Trial
    blocks: tuple[BlockResult, ...]
    pairs_used: int
    effect: Estimate | None  # with against without: a ratio of tensions, or a difference of shares
    p: float | None  # two-sided, exact
    headline: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Value:
    day: date
    value: float


def judge(
    trial: Trial, sittings: Sequence[Sitting], changes: Sequence[Change], today: date
) -> Verdict:
    """Judge a trial that is over.

    Parameters
    ----------
    trial
    sittings
        All sessions, whatever site and band.
    changes
        When the site's electrodes were placed anew.
    today

    Raises
    ------
    InputError
        The trial is not over: who looks at every step and stops when it pleases finds effects that
        are not there.
    """
    if standing_of(trial, today).state in ("to come", "running"):
        raise InputError(
            f"The trial runs until {last_day(trial)}, and a look at its result before then would "
            "spoil it: come back after that day, or end it for good with `unclench trial stop`."
        )
    values, notes = _values(trial, sittings)
    results = tuple(_result(block, values) for block in blocks_of(trial))
    differences = _differences(results)
    notes += _missing_notes(trial, results) + _other_notes(trial, changes)
    if len(differences) < FEWEST_PAIRS:
        headline = (
            f"No verdict: both blocks have sessions in {len(differences)} of {trial.pairs} pairs, "
            f"and {FEWEST_PAIRS} are needed to tell an effect from chance."
        )
        return Verdict(trial, results, len(differences), None, None, headline, notes)
    found = sign_flip_test(np.array(differences))
    effect = _effect(trial, found)
    headline = _headline(trial, effect, found.p)
    return Verdict(trial, results, found.n_pairs, effect, float(found.p), headline, notes)


def _values(trial: Trial, sittings: Sequence[Sitting]) -> tuple[list[_Value], tuple[str, ...]]:
    """The measure of each session that counts, and what is to be said of the others."""
    values: list[_Value] = []
    other_bands = short = without = 0
    for sitting in sorted(sittings, key=lambda s: s.at):
        if sitting.origin is not trial.provenance:
            continue
        if block_on(trial, sitting.at.date()) is None:
            continue
        for channel in sitting.summary.channels:
            if channel.site != trial.site:
                continue
            value: float | None = getattr(channel, trial.measure)
            if sitting.band != trial.band:
                other_bands += 1
            elif channel.used_s < FEWEST_USED_S:
                short += 1
            elif value is None or (trial.measure != "rest_share" and value <= 0):
                without += 1
            else:
                shown = value if trial.measure == "rest_share" else math.log(value)
                values.append(_Value(sitting.at.date(), shown))
    said = [
        (other_bands, f"in another band than the plan's ({trial.band.name})"),
        (short, f"with less than {FEWEST_USED_S:.0f} s of usable signal"),
        (without, f"without a figure for {MEASURE_WORDS[trial.measure]}"),
    ]
    return values, tuple(f"Left out: {_sessions(n)} {why}." for n, why in said if n)


def _result(block: Block, values: Sequence[_Value]) -> BlockResult:
    mine = [v for v in values if block.first <= v.day <= block.last]
    days = [
        float(np.mean([v.value for v in of_day])) for _, of_day in groupby(mine, lambda v: v.day)
    ]
    return BlockResult(block, len(mine), len(days), float(np.mean(days)) if days else None)


def _differences(results: Sequence[BlockResult]) -> list[float]:
    """With minus without feedback, of the pairs whose both blocks have sessions."""
    found = []
    for one, other in zip(results[::2], results[1::2], strict=True):
        if one.value is not None and other.value is not None:
            found.append((one.value - other.value) * (1 if one.block.feedback else -1))
    return found


def _effect(trial: Trial, found: PermutationResult) -> Estimate:
    assert found.low is not None  # for there are pairs enough
    assert found.high is not None
    value, low, high = found.value, found.low, found.high
    if trial.measure != "rest_share":
        value, low, high = math.exp(value), math.exp(low), math.exp(high)
    return Estimate(value, low, high, found.n_pairs)


def _headline(trial: Trial, effect: Estimate, p: float) -> str:
    assert effect.low is not None
    assert effect.high is not None
    if trial.measure == "rest_share":
        value, low, high = (100 * part for part in (effect.value, effect.low, effect.high))
        what, unit, sides = "your time at rest", "points", ("less", "more")
    else:
        value, low, high = (100 * (part - 1) for part in (effect.value, effect.low, effect.high))
        what, unit, sides = f"your {MEASURE_WORDS[trial.measure]}", "%", ("lower", "higher")

    def side(percent: float) -> str:
        return f"{abs(percent):.0f} {unit} {sides[percent > 0]}"

    chance = f"By chance alone that or more would happen in {_of_100(p)} such trials."
    if p <= LEVEL:
        near, far = sorted((abs(low), abs(high)))
        return f"With feedback {what} was {side(value)} ({near:.0f} to {far:.0f} {unit}). {chance}"
    return (
        f"No difference can be told: with feedback {what} was {side(value)}, but anything from "
        f"{side(low)} to {side(high)} fits what was measured. {chance}"
    )


def _of_100(p: float) -> str:
    return "fewer than 1 of 100" if p < 0.005 else f"{100 * p:.0f} of 100"


def _missing_notes(trial: Trial, results: Sequence[BlockResult]) -> tuple[str, ...]:
    empty = [r.block.number + 1 for r in results if r.value is None]
    notes = []
    if trial.stopped is not None and trial.stopped <= last_day(trial):
        notes.append(
            f"It was stopped on {trial.stopped}, before its planned end on {last_day(trial)}. If "
            "that was for how it seemed to go, its result means little."
        )
    if empty:
        which = f"Block {empty[0]} has" if len(empty) == 1 else f"{len(empty)} blocks have"
        lost = len({(number - 1) // 2 for number in empty})
        pairs = "1 pair is" if lost == 1 else f"{lost} pairs are"
        notes.append(f"{which} no session that counts, so {pairs} left out.")
    return tuple(notes)


def _other_notes(trial: Trial, changes: Sequence[Change]) -> tuple[str, ...]:
    notes = []
    if trial.deviations:
        notes.append(
            f"Tension was shown {len(trial.deviations)} time"
            f"{'' if len(trial.deviations) == 1 else 's'} in blocks without feedback. Those blocks "
            "count as they were drawn, so an effect looks smaller than it is."
        )
    within = [c for c in changes if block_on(trial, c.at.date()) is not None]
    days = len({c.at.date() for c in within})
    if days:
        notes.append(
            f"On {days} day{'' if days == 1 else 's'} of the trial the electrodes were placed "
            "anew. That does not favour either kind of block, but makes an effect harder to see."
        )
    return tuple(notes)


def _sessions(n: int) -> str:
    return f"{n} session{'' if n == 1 else 's'}"
