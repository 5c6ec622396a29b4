"""Compares baseline, activity and recovery steps of a program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.review.figures import LEAST_S, rows_of
from unclench.review.results import Marks, PhaseRole
from unclench.review.signal import Signal
from unclench_dsp.abovefloor import above_floor
from unclench_dsp.uncertainty import BlockBootstrap, Estimate

ROLES: tuple[PhaseRole, ...] = ("baseline", "activity", "recovery")


@dataclass(frozen=True)
class RoleFigures:
    """Figures of all steps of one role."""

    role: PhaseRole
    used_s: float
    median: Estimate | None  # uV
    against_baseline: (
        Estimate | None
    )  # ratio above the noise floor: 1.3 is 30 % over baseline steps


def role_figures(
    signal: Signal, marks: Marks, k: int, noise: Estimate | None
) -> tuple[RoleFigures, ...]:
    """Sum up the steps of each role; empty without a baseline and one other role.

    `noise` is the instrument's own, if known.
    """
    rows = {role: np.zeros(len(signal.sample), np.bool_) for role in ROLES}
    for phase in marks.phases:
        if phase.role in rows:
            rows[phase.role][slice(*rows_of(signal, phase))] = True
    least_n = LEAST_S * signal.row_hz
    used = {role: hit & signal.used[:, k] for role, hit in rows.items()}
    there = [role for role in ROLES if np.count_nonzero(used[role]) >= least_n]
    if "baseline" not in there or len(there) < 2:
        return ()
    fast_uv = signal.fast_uv[:, k]
    medians = {
        role: BlockBootstrap(np.where(used[role], fast_uv, np.nan), signal.row_hz).quantiles([50])[
            0
        ]
        for role in there
    }
    muscle = {role: _muscle(median, noise) for role, median in medians.items()}
    found = []
    for role in there:
        used_s = float(np.count_nonzero(used[role]) / signal.row_hz)
        ratio = None if role == "baseline" else _ratio(muscle[role], muscle["baseline"])
        found.append(RoleFigures(role, used_s, medians[role], ratio))
    return tuple(found)


def _muscle(median: Estimate, noise: Estimate | None) -> Estimate | None:
    """Return a tension without the noise; None below what the instrument can see."""
    if noise is None:
        return median
    found = above_floor(median, noise)
    return found.estimate if found.seen else None


def _ratio(one: Estimate | None, calm: Estimate | None) -> Estimate | None:
    """Return the ratio of two medians of separate times: their variances add on the log scale."""
    if one is None or calm is None or min(one.value, calm.value) <= 0:
        return None
    value = float(np.log(one.value / calm.value))
    n_blocks = min(one.n_blocks, calm.n_blocks)
    if None in (one.low, one.high, calm.low, calm.high):
        return Estimate(float(np.exp(value)), None, None, n_blocks)
    assert one.low is not None
    assert one.high is not None
    assert calm.low is not None
    assert calm.high is not None
    if min(one.low, calm.low) <= 0:
        return Estimate(float(np.exp(value)), None, None, n_blocks)
    down = np.hypot(np.log(one.value / one.low), np.log(calm.high / calm.value))
    up = np.hypot(np.log(one.high / one.value), np.log(calm.value / calm.low))
    return Estimate(
        float(np.exp(value)), float(np.exp(value - down)), float(np.exp(value + up)), n_blocks
    )
