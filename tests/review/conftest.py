"""Recordings whose truth is known: noise in the band of muscle, as high as it is told to be."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.known import known

from unclench.link.virtual.board import MAX_SPEED
from unclench.live.blocks import LiveSettings, SignalInfo
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.review.contexts import as_trained
from unclench.review.results import ChannelContext, Marks, TagSpan
from unclench.review.session import SessionReview
from unclench.review.signal import Signal
from unclench.sources import open_source
from unclench.store.events.legacy import split_tag
from unclench.store.model import Recording
from unclench.training.placement.values import RestBaseline, TrainedChannel, rest_level
from unclench.training.programs.file import parse_program
from unclench.training.session.setup import site_names
from unclench.training.session.sink import Session
from unclench_dsp import WIDE, SosFilter, design_bandpass

FS_HZ = 1000
ROWS_HZ = 50
HANGS_S = 120  # only against hanging
SHOULDER = TrainedChannel(0, "Left shoulder", 0.2, RestBaseline(8.0, 1.0, 60.0, 1.5))


def make_muscle(amplitude_uv: np.ndarray, seed: int, fs_hz: int = FS_HZ) -> np.ndarray:
    """Noise of 20-450 Hz with the RMS `amplitude_uv` (n,) at every moment."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((len(amplitude_uv) + fs_hz, 1))
    noise = SosFilter(design_bandpass(WIDE, fs_hz), 1).process(white)[fs_hz:, 0]
    return noise / noise.std() * amplitude_uv


def make_recording(
    *channels_uv: np.ndarray,
    names: Sequence[str] | None = None,
    sample: np.ndarray | None = None,
) -> Recording:
    """A stranger's recording of channels in uV: no constants, no noise figure."""
    emg_uv = np.column_stack(channels_uv)
    names = names or tuple(f"ch{k + 1}" for k in range(emg_uv.shape[1]))
    sample = np.arange(len(emg_uv)) if sample is None else sample
    return Recording("planted", Fraction(FS_HZ), tuple(names), sample, emg_uv)


@pytest.fixture
def muscle() -> Callable[..., np.ndarray]:
    """EMG of 20-450 Hz at 1 kHz with the RMS `amplitude_uv` (n,) at every moment."""
    return make_muscle


@pytest.fixture
def recording() -> Callable[..., Recording]:
    """A stranger's recording of channels in uV: no constants, no noise figure."""
    return make_recording


@pytest.fixture
def review() -> Callable[..., SessionReview]:
    """The review of such a recording; `rested`: its quietest time was measured as rest."""

    def make(*channels_uv: np.ndarray, rested: bool = False, **given: Any) -> SessionReview:
        made = SessionReview(make_recording(*channels_uv, **given))
        if rested:
            made.contexts = tuple(map(as_measured, made.contexts))
        return made

    return make


def as_measured(context: ChannelContext) -> ChannelContext:
    """A context whose baseline was measured."""
    level_uv, why = rest_level(as_trained(context))
    return replace(context, baseline_from="calibration", rest_level_uv=level_uv, rest_level_why=why)


@pytest.fixture
def levels() -> Callable[..., np.ndarray]:
    """Amplitude at 1 kHz from (seconds, uV) or (seconds, from uV, to uV), one behind the other."""

    def make(*parts: tuple[float, ...]) -> np.ndarray:
        return np.concatenate(
            [
                np.linspace(uv[0], uv[-1], round(seconds * FS_HZ), endpoint=False)
                for seconds, *uv in parts
            ]
        )

    return make


@pytest.fixture
def tagged() -> Callable[..., Marks]:
    """Marks with tags from (words, start_s, stop_s)."""

    def make(*tags: tuple[str, float, float]) -> Marks:
        return Marks(
            (),
            tuple(TagSpan(start, stop, *split_tag(words)) for words, start, stop in tags),
            (),
            (),
        )

    return make


@pytest.fixture
def wandering() -> Callable[..., np.ndarray]:
    """Tension (n_rows,) that wanders as it likes: log-AR(1), 50 rows a second."""

    def make(
        seconds: float,
        seed: int,
        tau_s: float = 3.0,
        spread: float = 0.3,
        middle_uv: float = 5.0,
    ) -> np.ndarray:
        keep = math.exp(-1 / (tau_s * ROWS_HZ))
        rng = np.random.default_rng(10_000 + seed)
        kicks = rng.standard_normal(round(seconds * ROWS_HZ)) * math.sqrt(1 - keep**2)
        kicks[0] = rng.standard_normal()
        return middle_uv * np.exp(spread * lfilter([1.0], [1.0, -keep], kicks))

    return make


@pytest.fixture
def as_signal() -> Callable[..., Signal]:
    """A signal of rows (n_rows,) as they are, all of them used."""

    def make(tension_uv: np.ndarray) -> Signal:
        rows = tension_uv[:, np.newaxis]
        info = SignalInfo(1000.0, ("ch1",), LiveSettings(), None, (None,))
        sample = np.arange(len(rows)) * info.hop_n
        used, left_hz = np.ones(rows.shape, bool), np.zeros(rows.shape)
        return Signal(info, 0, sample, rows, rows, rows, used, left_hz, (), (), ())

    return make


def hold_session(folder: Path, steps: str, channel: TrainedChannel) -> Path:
    """Hold a guided session with the virtual person; return its folder."""
    text = f'title = "Test"\npurpose = "A test."\nevidence = "None."\n{steps}'
    program = parse_program(text, "test").program
    assert program is not None
    opened = open_source("sim:person", speed=MAX_SPEED)
    known(opened.situation).lead()  # from the first sample on, or it depends on the machine's speed
    pipeline = Pipeline.connect(opened.reader(), opened.name)
    info = pipeline.info
    session = Session(
        pipeline,
        program,
        "test",
        [channel],
        situation=opened.situation,
        attended=False,
        ends_stream=True,
    )
    about = {"sites": site_names([channel], len(info.channels))}
    recorder = Recorder(folder, info, origin=0, lossless=True, about=about)
    session.keep(recorder, text)
    pipeline.start([session, recorder])
    assert pipeline.wait(HANGS_S)
    pipeline.stop()
    session.close()
    recorder.close()
    opened.close()
    return recorder.folder


@pytest.fixture(scope="session")
def guided(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return the folder of a guided session, which is held once: only to be read."""

    @cache
    def held(steps: str, channel: TrainedChannel = SHOULDER) -> Path:
        return hold_session(tmp_path_factory.mktemp("guided") / "session", steps, channel)

    return held


@pytest.fixture
def guided_copy(guided: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Return a copy of a guided session, to be changed."""
    return lambda *which: Path(shutil.copytree(guided(*which), tmp_path / "guided"))


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[..., Path]:
    """Record so many seconds of a source as fast as can be; return the folder."""

    def record(
        source: str, seconds: float, name: str = "recorded", settings: LiveSettings | None = None
    ) -> Path:
        opened = open_source(source, speed=MAX_SPEED)
        pipeline = Pipeline.connect(
            opened.reader(), opened.name, settings, stop_after_s=float(seconds)
        )
        recorder = Recorder(tmp_path / name, pipeline.info, origin=0, lossless=True)
        pipeline.start([recorder])
        assert pipeline.wait(HANGS_S)
        pipeline.stop()
        recorder.close()
        opened.close()
        return recorder.folder

    return record
