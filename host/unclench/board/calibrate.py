"""Calibrates a board: counts raw codes on it, finds the step at code 2047, and stores it there."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unclench.board.step import MISSING, StepEstimate, estimate_step
from unclench.board.words import counted
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.profiles.known import BOARD
from unclench_wire import ids

FIRST_CODE = MISSING + 1 - ids.HISTOGRAM_CODES // 2
_CONVERSIONS_HZ = round(BOARD.converter.conversions_hz.value)
READINGS_AT_ONCE = _CONVERSIONS_HZ  # a second: the most a board may be asked for (PROTOCOL.md 4.10)
_MARGIN_S = 1.0

Counts = NDArray[np.int64]


def capture(connection: Connection, channel: int, readings: int) -> Counts:
    """Count the codes of one channel: 128 from FIRST_CODE on, then below, then above.

    Raises SourceError.
    """
    body = connection.command(
        ids.CMD_HISTOGRAM,
        struct.pack("<BHI", channel, FIRST_CODE, readings),
        wait_s=readings / _CONVERSIONS_HZ + _MARGIN_S,
    )
    n = ids.HISTOGRAM_CODES + 2
    if len(body) < 4 * n:
        raise SourceError(
            f"The board on {connection.name} sent {len(body) // 4} counts, {n} are expected: "
            "update its firmware (`unclench board install`)."
        )
    counts = np.frombuffer(body, "<u4", n).astype(np.int64)
    if counts.sum() != readings:
        raise SourceError(
            f"The board on {connection.name} counted {counts.sum()} readings, {readings} were "
            "asked for: update its firmware (`unclench board install`)."
        )
    return counts


def calibrate(
    connection: Connection,
    channel: int,
    seconds: float,
    progress: Callable[[float, StepEstimate | None, str], None] = lambda done_s, found, why: None,
) -> StepEstimate:
    """Measure for `seconds` of the converter's time and estimate the step; stores nothing.

    `progress` is told after each capture how far it is, and what is known or why nothing is.
    Raises InputError if the readings do not tell the step, SourceError if the board fails.
    """
    left = math.ceil(seconds * _CONVERSIONS_HZ)
    counts = np.zeros(ids.HISTOGRAM_CODES + 2, np.int64)
    found: StepEstimate | None = None
    refusal = InputError(f"{seconds:g} s are too short to count anything: give --seconds 10.")
    while left > 0:
        n = min(left, READINGS_AT_ONCE)
        left -= n
        counts += capture(connection, channel, n)
        try:
            found, why = estimate_step(counts[: ids.HISTOGRAM_CODES], FIRST_CODE), ""
        except InputError as error:
            found, refusal = None, error
            why = _elsewhere(counts) or str(error)
        progress(counts.sum() / _CONVERSIONS_HZ, found, why)
    if found is None:
        elsewhere = _elsewhere(counts)
        raise InputError(elsewhere) if elsewhere else refusal
    return found


def store_step(connection: Connection, step_lsb: float) -> float:
    """Let the board take `step_lsb` off from now on; return what it says it takes off."""
    hello = connection.setting(ids.CMD_SET_STEP, struct.pack("<h", round(step_lsb * 1000)))
    if hello.step_mlsb != round(step_lsb * 1000):
        raise SourceError(
            f"The board on {connection.name} takes off {counted(hello.step_mlsb / 1000, 'codes')} "
            f"where {step_lsb:.3f} were set: update its firmware (`unclench board install`)."
        )
    return hello.step_mlsb / 1000


def _elsewhere(counts: Counts) -> str:
    """Where the input is if not among the codes that were counted one by one."""
    below, above = counts[-2:]
    if max(below, above) <= counts.sum() / 2:
        return ""
    where = f"below {FIRST_CODE}" if below > above else f"above {FIRST_CODE + len(counts) - 3}"
    return (
        f"The input sits {where}, far from code {MISSING} where the step is: connect a powered "
        "sensor that rests at half the supply (1.65 V), or turn a potentiometer slowly across it."
    )
