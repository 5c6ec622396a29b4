"""Compares left and right of one site."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from unclench.review.figures import LEAST_S
from unclench.review.results import ChannelContext, SideDifference
from unclench.review.signal import Signal
from unclench.translation import tr
from unclench_dsp.arrays import FloatArray
from unclench_dsp.blocks import NORMAL, Blocks, correlation_time_s
from unclench_dsp.uncertainty import Estimate


def side_differences(
    signal: Signal, contexts: Sequence[ChannelContext]
) -> tuple[SideDifference, ...]:
    """Compare both sides of every site that has both.

    The index is (left - right) / (left + right) of both mean tensions above the noise floor, over
    the rows that both sides use: at 0.2, the left is 1.5 times the right. Its interval is that of
    the ratio of both means, by the jackknife over blocks of time, which leaves out both sides
    together. The index also contains differences in skin thickness and electrode distance.
    """
    lefts: dict[str, int] = {}
    rights: dict[str, int] = {}
    for context in contexts:
        words = context.site or ""
        for side, found in (("left", lefts), ("right", rights)):
            if words.lower().startswith(f"{side} "):
                found[words[len(side) + 1 :].lower()] = context.index
            elif words.lower().endswith(f" ({side})"):
                found[words[: -len(side) - 3].lower()] = context.index
    return tuple(
        _difference(signal, site, lefts[site], rights[site])
        for site in sorted(lefts.keys() & rights.keys())
    )


def _difference(signal: Signal, site: str, left: int, right: int) -> SideDifference:
    both = signal.used[:, left] & signal.used[:, right]
    both_s = float(np.count_nonzero(both) / signal.row_hz)
    if both_s < LEAST_S:
        why = tr("both sides were usable at once for only {seconds:.1f} s", seconds=both_s)
        return SideDifference(site, left, right, None, why)
    left_uv, right_uv = signal.muscle_uv(left)[both], signal.muscle_uv(right)[both]
    log_ratio = math.log(left_uv.mean() / right_uv.mean())
    # How the rows of both sides move the ratio of the means, and how they move at rest.
    moves = left_uv / left_uv.mean() - right_uv / right_uv.mean()
    taus_s = [correlation_time_s(m, signal.row_hz) for m in (moves, np.log(left_uv / right_uv))]
    blocks = Blocks(len(left_uv), signal.row_hz, max(taus_s))
    low = high = None
    if blocks.enough:
        half = _half_width(blocks, left_uv, right_uv)
        low, high = _index(log_ratio - half), _index(log_ratio + half)
    return SideDifference(site, left, right, Estimate(_index(log_ratio), low, high, blocks.n), "")


def _half_width(blocks: Blocks, left_uv: FloatArray, right_uv: FloatArray) -> float:
    """Return half the interval of ln(mean left / mean right): jackknife over blocks of both."""
    without = [side.sum() - blocks.sums(side) for side in (left_uv, right_uv)]
    error = np.log(without[0] / without[1]).std() * (blocks.n - 1) / math.sqrt(blocks.n)
    return float(NORMAL * blocks.widening * error)


def _index(log_ratio: float) -> float:
    """Return (left - right) / (left + right) from ln(left / right)."""
    return math.tanh(log_ratio / 2)
