"""Tension over the breath in a program's breathing steps, calculated as in the session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unclench.review.contexts import as_trained
from unclench.review.figures import rows_of
from unclench.review.results import BreathFigures, ChannelContext, Marks, Phase, Span
from unclench.review.signal import Signal
from unclench.training.programs.program import Program
from unclench.training.rows import Row
from unclench.training.steps.kinds.breathe import BreathWatch, Pacer
from unclench_dsp.arrays import FloatArray


def breath_figures(
    signal: Signal,
    marks: Marks,
    contexts: Sequence[ChannelContext],
    program: Program | None,
) -> tuple[BreathFigures, ...]:
    """Average tension over the pacer's breath; there is no breath sensor."""
    if program is None:
        return ()
    steps = program.flat()
    found = []
    for phase in marks.phases:
        step = steps[phase.number] if phase.number < len(steps) else None
        if step is not None and (pacer := step.pacer()) is not None:
            found.append(_step(signal, phase, pacer, marks.pauses, contexts))
    return tuple(found)


def _step(
    signal: Signal,
    phase: Phase,
    pacer: Pacer,
    pauses: Sequence[Span],
    contexts: Sequence[ChannelContext],
) -> BreathFigures:
    watch = BreathWatch(pacer, [as_trained(context) for context in contexts], signal.window_s)
    first, last = rows_of(signal, phase)
    time_s = signal.time_s[first:last]
    step_s, going = _step_time(time_s, phase, pauses)
    columns = (signal.sample[first:last], signal.fast_uv[first:last], signal.used[first:last])
    rows = zip(*(column.tolist() for column in (step_s, going, *columns)), strict=True)
    for into_s, counts, sample, fast_uv, used in rows:
        if counts:
            watch.row(into_s, Row(sample, fast_uv, fast_uv, fast_uv, used, used), used)
    watch.close()
    inhale_end, hold_end, exhale_end = pacer.bounds
    return BreathFigures(phase, inhale_end, hold_end, exhale_end, watch.breath())


def _step_time(
    time_s: FloatArray, phase: Span, pauses: Sequence[Span]
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return seconds into a step without pauses, and whether its clock was running."""
    into_s = time_s - phase.start_s
    going = np.ones(len(time_s), np.bool_)
    for pause in pauses:
        since_s = max(pause.start_s, phase.start_s)
        into_s -= np.clip(time_s - since_s, 0.0, max(0.0, pause.stop_s - since_s))
        going &= (time_s < pause.start_s) | (time_s >= pause.stop_s)
    return into_s, going
