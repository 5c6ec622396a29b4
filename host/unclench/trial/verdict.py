"""The result of a trial: paired blocks, an exact test based on their random order, plain words.

Each block has one value: the mean over its days of the mean over the day's sessions (of logarithms
if the measure is a tension). If seeing tension changed nothing, each pair's difference (with minus
without feedback) could just as well have the other sign, because a coin decided which block was
which. All ways to flip the signs show how often chance alone gives as large a mean (Fisher 1935;
Edgington & Onghena 2007, Randomization Tests). The interval contains the effects that the same
test would not reject.
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
from unclench.review.metrics import muscle_uv
from unclench.translation import tr, trn
from unclench.trial.phases import Block, block_on, blocks_of, last_day, standing_of
from unclench.trial.plan import FEWEST_PAIRS, MEASURE_WORDS, Trial
from unclench_dsp.permutation import PermutationResult, sign_flip_test
from unclench_dsp.uncertainty import Estimate
from unclench_dsp.version import CHAIN_VERSION

LEVEL = 0.05


@dataclass(frozen=True)
class BlockResult:
    """The sessions and the value of one block."""

    block: Block
    sessions: int
    days: int  # with a session
    value: float | None  # ln uV or a share; None: no session counts


@dataclass(frozen=True)
class Verdict:
    """The result of a trial."""

    trial: Trial
    blocks: tuple[BlockResult, ...]
    pairs_used: int
    effect: Estimate | None  # with vs without: a ratio of tensions, or a difference of shares
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
        All sessions, of any site and band.
    changes
        When the site's electrodes were placed again.
    today

    Raises
    ------
    InputError
        The trial is not over. Looking repeatedly and stopping at a good moment finds effects that
        do not exist.
    """
    if standing_of(trial, today).state in ("to come", "running"):
        raise InputError(
            tr(
                "The trial runs until {last}. Looking at the result earlier would spoil it: come "
                "back after that day, or end the trial with `unclench trial stop`.",
                last=last_day(trial),
            )
        )
    values, notes = _values(trial, sittings)
    results = tuple(_result(block, values) for block in blocks_of(trial))
    differences = _differences(results)
    notes += _missing_notes(trial, results) + _other_notes(trial, changes)
    if len(differences) < FEWEST_PAIRS:
        headline = tr(
            "No verdict: both blocks have sessions in {used} of {pairs} pairs, and at least "
            "{fewest} are needed to distinguish an effect from chance.",
            used=len(differences),
            pairs=trial.pairs,
            fewest=FEWEST_PAIRS,
        )
        return Verdict(trial, results, len(differences), None, None, headline, notes)
    found = sign_flip_test(np.array(differences))
    effect = _effect(trial, found)
    headline = _headline(trial, effect, found.p)
    return Verdict(trial, results, found.n_pairs, effect, float(found.p), headline, notes)


def _values(trial: Trial, sittings: Sequence[Sitting]) -> tuple[list[_Value], tuple[str, ...]]:
    """Return the measure of each session that counts, and notes about the others."""
    found: list[tuple[date, float, float | None]] = []  # with the instrument's noise
    other_bands = short = without = other_chains = 0
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
            elif sitting.summary.chain != CHAIN_VERSION or (
                trial.measure == "rest_share" and channel.baseline_chain != CHAIN_VERSION
            ):
                other_chains += 1
            elif channel.used_s < FEWEST_USED_S:
                short += 1
            elif value is None or (trial.measure != "rest_share" and value <= 0):
                without += 1
            else:
                found.append((sitting.at.date(), value, channel.noise_uv))
    values = _above_floor(found) if trial.measure != "rest_share" else found
    without += len(found) - len(values)
    logs = trial.measure != "rest_share"
    shown = [_Value(day, math.log(value) if logs else value) for day, value, _ in values]
    notes = (
        trn(
            "Left out: 1 session in another band than the plan's ({band}).",
            "Left out: {n} sessions in another band than the plan's ({band}).",
            other_bands,
            band=trial.band.name,
        ),
        trn(
            "Left out: 1 session with less than {least_s:.0f} s of usable signal.",
            "Left out: {n} sessions with less than {least_s:.0f} s of usable signal.",
            short,
            least_s=FEWEST_USED_S,
        ),
        trn(
            "Left out: 1 session without a figure for {measure}.",
            "Left out: {n} sessions without a figure for {measure}.",
            without,
            measure=MEASURE_WORDS[trial.measure],
        ),
        trn(
            "Left out: 1 session with figures of another version of the analysis.",
            "Left out: {n} sessions with figures of another version of the analysis.",
            other_chains,
        ),
    )
    counts = (other_bands, short, without, other_chains)
    return shown, tuple(note for note, n in zip(notes, counts, strict=True) if n)


def _above_floor(
    found: Sequence[tuple[date, float, float | None]],
) -> Sequence[tuple[date, float, float | None]]:
    """Subtract the noise of each session, if it is known of all; what it hides is left out."""
    if any(noise_uv is None for _, _, noise_uv in found):
        return found
    above = [(day, muscle_uv(value, noise), noise) for day, value, noise in found]
    return [each for each in above if each[1] > 0]


def _result(block: Block, values: Sequence[_Value]) -> BlockResult:
    mine = [v for v in values if block.first <= v.day <= block.last]
    days = [
        float(np.mean([v.value for v in of_day])) for _, of_day in groupby(mine, lambda v: v.day)
    ]
    return BlockResult(block, len(mine), len(days), float(np.mean(days)) if days else None)


def _differences(results: Sequence[BlockResult]) -> list[float]:
    """Return with minus without feedback for each pair in which both blocks have sessions."""
    found = []
    for one, other in zip(results[::2], results[1::2], strict=True):
        if one.value is not None and other.value is not None:
            found.append((one.value - other.value) * (1 if one.block.feedback else -1))
    return found


def _effect(trial: Trial, found: PermutationResult) -> Estimate:
    assert found.low is not None  # because there are enough pairs
    assert found.high is not None
    value, low, high = found.value, found.low, found.high
    if trial.measure != "rest_share":
        value, low, high = math.exp(value), math.exp(low), math.exp(high)
    return Estimate(value, low, high, found.n_pairs)


def _headline(trial: Trial, effect: Estimate, p: float) -> str:
    assert effect.low is not None
    assert effect.high is not None
    none = 0.0 if trial.measure == "rest_share" else 1.0
    change, low, high = (100 * (part - none) for part in (effect.value, effect.low, effect.high))
    measure = MEASURE_WORDS[trial.measure]
    if p <= LEVEL:
        near, far = sorted((abs(low), abs(high)))
        result = tr(
            "With feedback, your {measure} was {change} (95 % confidence interval: {near:.0f} to "
            "{far:.0f}).",
            measure=measure,
            change=_change_words(trial, change),
            near=near,
            far=far,
        )
    else:
        result = tr(
            "No difference found: with feedback, your {measure} was {change}, but effects from "
            "{low} to {high} also fit the measurements.",
            measure=measure,
            change=_change_words(trial, change),
            low=_change_words(trial, low),
            high=_change_words(trial, high),
        )
    return f"{result} {_chance_words(p)}"


def _change_words(trial: Trial, change: float) -> str:
    """Return a change of the measure, in percent or percentage points, as words."""
    size = abs(change)
    if trial.measure == "rest_share":
        if change > 0:
            return tr("{size:.0f} percentage points longer", size=size)
        return tr("{size:.0f} percentage points shorter", size=size)
    if change > 0:
        return tr("{size:.0f} % higher", size=size)
    return tr("{size:.0f} % lower", size=size)


def _chance_words(p: float) -> str:
    if p < 0.005:
        return tr(
            "If feedback made no difference, chance would give such a result or a larger one in "
            "fewer than 1 of 100 trials."
        )
    return tr(
        "If feedback made no difference, chance would give such a result or a larger one in {n} "
        "of 100 trials.",
        n=round(100 * p),
    )


def _missing_notes(trial: Trial, results: Sequence[BlockResult]) -> tuple[str, ...]:
    empty = [r.block.number + 1 for r in results if r.value is None]
    notes = []
    if trial.stopped is not None and trial.stopped <= last_day(trial):
        notes.append(
            tr(
                "The trial was stopped on {stopped}, before its planned end on {last}. If you "
                "stopped because of how it seemed to go, the result means little.",
                stopped=trial.stopped,
                last=last_day(trial),
            )
        )
    if empty:
        notes.append(
            trn(
                "Left out: 1 pair of blocks, because no session counts in block {blocks}.",
                "Left out: {n} pairs of blocks, because no session counts in these blocks: "
                "{blocks}.",
                len({(number - 1) // 2 for number in empty}),
                blocks=", ".join(map(str, empty)),
            )
        )
    return tuple(notes)


def _other_notes(trial: Trial, changes: Sequence[Change]) -> tuple[str, ...]:
    notes = []
    if trial.deviations:
        notes.append(
            trn(
                "Tension was shown once in a block without feedback. The block counts as drawn, "
                "so an effect looks smaller than it is.",
                "Tension was shown {n} times in blocks without feedback. The blocks count as "
                "drawn, so an effect looks smaller than it is.",
                len(trial.deviations),
            )
        )
    within = [c for c in changes if block_on(trial, c.at.date()) is not None]
    days = len({c.at.date() for c in within})
    if days:
        notes.append(
            trn(
                "Electrodes were placed again on 1 day of the trial. This favours neither kind of "
                "block, but makes an effect harder to see.",
                "Electrodes were placed again on {n} days of the trial. This favours neither kind "
                "of block, but makes an effect harder to see.",
                days,
            )
        )
    return tuple(notes)
