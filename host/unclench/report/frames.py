"""What pictures of a session are called, and how its figures go into them."""

from __future__ import annotations

from unclench.report.plots.intervals import Row
from unclench.report.plots.small import Frame
from unclench.review.results import ChannelContext
from unclench_dsp.uncertainty import Estimate


def row_of(name: str, estimate: Estimate, words: str) -> Row:
    """Put an estimate among others."""
    return Row(name, estimate.value, estimate.low, estimate.high, words)


def frame_of(key: str, title: str, summary: str, context: ChannelContext) -> Frame:
    """Name a picture of a channel; `key` is unique on the page."""
    return Frame(f"{key}{context.index}", title, summary, context.index, context.label)
