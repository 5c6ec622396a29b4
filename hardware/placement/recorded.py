"""Traces to look at: the virtual board through pipeline, recorder and review, as a session goes."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unclench.link.virtual.board import MAX_SPEED
from unclench.link.virtual.situation import REACTION_S, Asked, Moment
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.results import Excluded
from unclench.review.signal import make_signal
from unclench.sources import open_source
from unclench.store.recording import load_recording
from unclench_dsp import WIDE, Band

Floats = NDArray[np.float64]
_TRAINED_S = 600.0  # a virtual person who has practised for so long lets go quickly


@dataclass(frozen=True)
class Cue:
    """What a virtual person does from a second of the trace on."""

    from_s: float
    asked: Asked


@dataclass(frozen=True)
class Recorded:
    """A stretch of one channel, as a review sees it.

    Attributes
    ----------
    band : Band
        That tension was made in.
    emg_s, emg_uv : ndarray, shape (n_samples,)
        The raw signal at the electrode.
    tension_s, tension_uv : ndarray, shape (n_rows,)
        Moving RMS, 50 a second; NaN while filters settle.
    noise_uv : float
        The board's own noise in that band, RMS.
    excluded : tuple of Excluded
        Time that is no muscle's, with the program's own word for it.
    """

    band: Band
    emg_s: Floats
    emg_uv: Floats
    tension_s: Floats
    tension_uv: Floats
    noise_uv: float
    excluded: tuple[Excluded, ...]

    def mean_uv(self, from_s: float, to_s: float) -> float:
        """RMS of the tension over a stretch."""
        inside = (self.tension_s >= from_s) & (self.tension_s < to_s)
        return float(np.sqrt(np.mean(np.square(self.tension_uv[inside]))))


@lru_cache(maxsize=16)
def record(
    source: str, from_s: float, seconds: float, band: Band = WIDE, cues: tuple[Cue, ...] = ()
) -> Recorded:
    """Record a source from `from_s` on, which becomes second 0, and review it."""
    opened = open_source(source, speed=MAX_SPEED)
    if opened.situation is not None:
        for cue in cues:  # a person reacts a moment later
            since_s = from_s + cue.from_s - REACTION_S
            opened.situation.tell(Moment(since_s, cue.asked, _TRAINED_S))
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=from_s + seconds)
        recorder = Recorder(Path(folder) / "trace", pipeline.info, origin=0, lossless=True)
        pipeline.start([recorder])
        pipeline.wait()
        pipeline.stop()
        recorder.close()
        opened.close()
        recording = load_recording(recorder.folder)
    signal = make_signal(recording, band)
    noise_uv = signal.info.noise_uv[0]
    assert noise_uv is not None  # a virtual board knows its own
    emg_s = recording.sample / recording.fs_hz - from_s
    shown, rows = emg_s >= 0, signal.time_s >= from_s
    return Recorded(
        band,
        emg_s[shown],
        recording.emg_uv[shown, 0],
        signal.time_s[rows] - from_s,
        signal.fast_uv[rows, 0],
        noise_uv,
        tuple(
            Excluded(max(0.0, span.start_s - from_s), span.stop_s - from_s, 0, span.why)
            for span in signal.excluded
            if span.stop_s > from_s
        ),
    )
