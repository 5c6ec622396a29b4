"""The version of the chain that every stored figure carries."""

from __future__ import annotations

CHAIN_VERSION = 2
"""Raise it whenever the same samples give another tension or other used time: a filter, a window, a
gate, what is removed, what is trusted. Figures with different versions are never joined; summaries
of an older one are computed again from the samples.

1: until 0.1. Notches at the nominal mains frequency, no gates, rest by the RMS over 0.25 s.
2: lines followed and subtracted, heartbeat and disturbances gated, rest by the RMS over 0.1 s.
"""

FIRST_CHAIN = 1
"""Version of figures that carry none."""
