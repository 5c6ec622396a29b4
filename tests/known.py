"""Values that a test expects to be there, though their types allow them to be missing."""

from __future__ import annotations

from typing import TypeVar

from unclench_dsp.uncertainty import Estimate

T = TypeVar("T")


def known(value: T | None) -> T:
    """Return a value that must not be None."""
    assert value is not None
    return value


def interval(estimate: Estimate | None) -> tuple[float, float]:
    """Return the ends of an estimate's confidence interval, which must have one."""
    estimate = known(estimate)
    return known(estimate.low), known(estimate.high)
