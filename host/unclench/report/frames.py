"""Frames and rows of a session's plots."""

from __future__ import annotations

from unclench.report.plots.intervals import Row
from unclench.report.plots.small import Frame
from unclench.review.results import ChannelContext
from unclench_dsp.uncertainty import Estimate


def row_of(name: str, estimate: Estimate, words: str) -> Row:
    """Return an estimate as a row of a plot."""
    return Row(name, estimate.value, estimate.low, estimate.high, words)


def frame_of(key: str, title: str, summary: str, context: ChannelContext) -> Frame:
    """Return the frame of a channel's plot; `key` is unique on the page."""
    return Frame(f"{key}{context.index}", title, summary, context.index, context.label)
