"""Compares baseline, activity and recovery steps of a program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.review.figures import LEAST_S, rows_of
from unclench.review.results import Marks, PhaseRole
from unclench.review.signal import Signal
from unclench_dsp.uncertainty import BlockBootstrap, Estimate

ROLES: tuple[PhaseRole, ...] = ("baseline", "activity", "recovery")


@dataclass(frozen=True)
class RoleFigures:
    """Figures of all steps of one role."""

    role: PhaseRole
    used_s: float
    mean: Estimate | None  # uV
    against_baseline: Estimate | None  # ratio: 1.3 is 30 % above the baseline steps


def role_figures(signal: Signal, marks: Marks, k: int) -> tuple[RoleFigures, ...]:
    """Sum up the steps of each role; empty without a baseline and one other role."""
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
    calm = BlockBootstrap(np.where(used["baseline"], fast_uv, np.nan), signal.row_hz).mean()
    found = []
    for role in there:
        boot = BlockBootstrap(np.where(used[role], fast_uv, np.nan), signal.row_hz)
        used_s = float(np.count_nonzero(used[role]) / signal.row_hz)
        mean = boot.mean()
        ratio = None if role == "baseline" else _ratio(mean, calm)
        found.append(RoleFigures(role, used_s, mean, ratio))
    return tuple(found)


def _ratio(mean: Estimate, calm: Estimate) -> Estimate | None:
    """Return the ratio of two means of separate times: their variances add on the log scale."""
    if min(mean.value, calm.value) <= 0:
        return None
    value = float(np.log(mean.value / calm.value))
    n_blocks = min(mean.n_blocks, calm.n_blocks)
    if None in (mean.low, mean.high, calm.low, calm.high):
        return Estimate(float(np.exp(value)), None, None, n_blocks)
    assert mean.low is not None
    assert mean.high is not None
    assert calm.low is not None
    assert calm.high is not None
    if min(mean.low, calm.low) <= 0:
        return Estimate(float(np.exp(value)), None, None, n_blocks)
    down = np.hypot(np.log(mean.value / mean.low), np.log(calm.high / calm.value))
    up = np.hypot(np.log(mean.high / mean.value), np.log(calm.value / calm.low))
    return Estimate(
        float(np.exp(value)), float(np.exp(value - down)), float(np.exp(value + up)), n_blocks
    )
