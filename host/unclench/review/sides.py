"""Left against right of one site."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.review.figures import LEAST_S
from unclench.review.results import ChannelContext, SideDifference
from unclench.review.signal import Signal
from unclench_dsp.uncertainty import BlockBootstrap


def side_differences(
    signal: Signal, contexts: Sequence[ChannelContext]
) -> tuple[SideDifference, ...]:
    """Compare both sides of every site that has them.

    The index is the mean of (left - right) / (left + right) over the rows in which both sides were
    used: 0.2 is the left half as high again as the right, about. What is no difference of muscles
    (thickness of skin, distance of the electrodes) is in it, too.
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
        why = f"both sides were usable together for {both_s:.1f} s only"
        return SideDifference(site, left, right, None, why)
    left_uv, right_uv = signal.fast_uv[:, left], signal.fast_uv[:, right]
    index = np.full(len(both), np.nan)
    index[both] = (left_uv[both] - right_uv[both]) / (left_uv[both] + right_uv[both])
    return SideDifference(site, left, right, BlockBootstrap(index, signal.row_hz).mean(), "")
