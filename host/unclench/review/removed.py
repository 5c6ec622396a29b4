"""What was removed from a channel before its tension was computed: hum, tones, the heartbeat."""

from __future__ import annotations

import math

from unclench.review.results import Removed
from unclench.review.signal import Signal


def removed_from(signal: Signal, k: int) -> tuple[Removed, ...]:
    """Return what was removed from a channel; hum with its harmonics is one entry."""
    lines_hz = signal.notched_hz[k]
    if not lines_hz:
        return ()
    share = signal.mains_fraction[k]
    return (Removed("hum", hz=min(lines_hz), share=share if math.isfinite(share) else None),)
