"""Calibrate a board: count raw codes, find the step at code 2047 and store it on the board."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unclench.board.step import MISSING, StepEstimate, estimate_step
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.profiles.known import BOARD
from unclench.translation import tr
from unclench_wire import ids

FIRST_CODE = MISSING + 1 - ids.HISTOGRAM_CODES // 2
_CONVERSIONS_HZ = round(BOARD.converter.conversions_hz.value)
READINGS_AT_ONCE = _CONVERSIONS_HZ  # a second: the most a board may be asked for (PROTOCOL.md 4.10)
_MARGIN_S = 1.0

Counts = NDArray[np.int64]


def capture(connection: Connection, channel: int, readings: int) -> Counts:
    """Count how often one channel reads each code.

    Returns 128 counts from FIRST_CODE on, then the count below them and the count above them.
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
            tr(
                "The board on {name} sent {n_received} counts instead of {n}. Update its firmware "
                "(`unclench board install`).",
                name=connection.name,
                n_received=len(body) // 4,
                n=n,
            )
        )
    counts = np.frombuffer(body, "<u4", n).astype(np.int64)
    if counts.sum() != readings:
        raise SourceError(
            tr(
                "The board on {name} counted {counts} readings instead of the {readings} "
                "requested. Update its firmware (`unclench board install`).",
                name=connection.name,
                counts=counts.sum(),
                readings=readings,
            )
        )
    return counts


def calibrate(
    connection: Connection,
    channel: int,
    seconds: float,
    progress: Callable[[float, StepEstimate | None, str], None] = lambda *_: None,
) -> StepEstimate:
    """Measure for `seconds` of the converter's time and estimate the step; store nothing.

    `progress` is called after each capture with the seconds done, the estimate so far, and the
    reason if there is none yet. Raises InputError if the readings do not determine the step,
    SourceError if the board fails.
    """
    left = math.ceil(seconds * _CONVERSIONS_HZ)
    counts = np.zeros(ids.HISTOGRAM_CODES + 2, np.int64)
    found: StepEstimate | None = None
    refusal = InputError(
        tr("{seconds:g} s is too short to count anything. Use --seconds 10.", seconds=seconds)
    )
    while left > 0:
        n = min(left, READINGS_AT_ONCE)
        left -= n
        counts += capture(connection, channel, n)
        try:
            found, reason = estimate_step(counts[: ids.HISTOGRAM_CODES], FIRST_CODE), ""
        except InputError as error:
            found, refusal = None, error
            reason = _far_from_step(counts) or str(error)
        progress(counts.sum() / _CONVERSIONS_HZ, found, reason)
    if found is None:
        far = _far_from_step(counts)
        raise InputError(far) if far else refusal
    return found


def store_step(connection: Connection, step_lsb: float) -> float:
    """Store the step on the board, which corrects its readings by it; return what it reports."""
    hello = connection.setting(ids.CMD_SET_STEP, struct.pack("<h", round(step_lsb * 1000)))
    if hello.step_mlsb != round(step_lsb * 1000):
        raise SourceError(
            tr(
                "The board on {name} reports a step of {step_mlsb:.3f} codes after {step_lsb:.3f} "
                "was set. Update its firmware (`unclench board install`).",
                name=connection.name,
                step_mlsb=hello.step_mlsb / 1000,
                step_lsb=step_lsb,
            )
        )
    return hello.step_mlsb / 1000


def _far_from_step(counts: Counts) -> str:
    """Explain that the input is outside the codes counted one by one; "" if it is inside."""
    below, above = counts[-2:]
    if max(below, above) <= counts.sum() / 2:
        return ""
    if below > above:
        return tr(
            "The input is below code {first_code}, far from the step at code {missing}. Connect a "
            "powered sensor, which rests at half the supply (1.65 V), or turn a potentiometer "
            "slowly through that voltage.",
            first_code=FIRST_CODE,
            missing=MISSING,
        )
    return tr(
        "The input is above code {first_code}, far from the step at code {missing}. Connect a "
        "powered sensor, which rests at half the supply (1.65 V), or turn a potentiometer slowly "
        "through that voltage.",
        first_code=FIRST_CODE + len(counts) - 3,
        missing=MISSING,
    )
