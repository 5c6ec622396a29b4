"""What may be shown of a channel's tension at a moment: a number, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unclench.live.blocks import FloatArray
from unclench.live.words import NO_SIGNAL, STATE_WORDS, StateWords, state_words
from unclench_dsp import SignalState

READ_OVER_S = 0.5  # a number that changes faster than this cannot be read


@dataclass(frozen=True)
class Reading:
    """Tension as a number, None where it is not to be trusted; and the signal's state."""

    tension_uv: float | None
    words: StateWords


def reading(
    tension_uv: FloatArray,
    state: SignalState,
    trusted: bool,
    connected: bool = True,
    left_hz: float = 0.0,
) -> Reading:
    """Read the mean of consecutive rows of one channel, shape (k,), NaN where there is no value.

    `state`, `trusted` and `left_hz` (of a tone) are those of the last row. A heartbeat or a pop
    leaves rows without a value; more than half of them must have one.
    """
    if not connected:
        return Reading(None, NO_SIGNAL)
    if not trusted:
        return Reading(None, state_words(state, left_hz))
    known = tension_uv[np.isfinite(tension_uv)]
    if len(known) <= len(tension_uv) / 2:  # as behind a gap, until filters have settled
        return Reading(None, STATE_WORDS["settling"])
    return Reading(float(known.mean()), state_words(state, left_hz))
